"""From the first person to the third."""

import pytest

from representation.builtin.perspective import to_third_person


@pytest.mark.parametrize(
    ("sentence", "rewritten"),
    [
        ("I like tea", "bob likes tea"),
        ("i go to work", "bob goes to work"),
        ("I study biology", "bob studies biology"),
        ("I AM TIRED", "bob IS TIRED"),
        ("I am tired", "bob is tired"),
        ("I'm not sure", "bob is not sure"),
        ("I’m happy, it’s mine", "bob is happy, it’s bob's"),
        ("im tired", "bob is tired"),
        ("I have two cats", "bob has two cats"),
        ("I've never been to Japan", "bob has never been to Japan"),
        ("I haven't seen it", "bob hasn't seen it"),
        ("I was ill", "bob was ill"),
        ("I will go", "bob will go"),
        ("I'll call him", "bob will call him"),
        ("I won't go", "bob won't go"),
        ("I don't like tea", "bob doesn't like tea"),
        ("I didn't go", "bob didn't go"),
        ("I'd like tea", "bob would like tea"),
        ("I'd been there", "bob had been there"),
        ("I'd better go", "bob had better go"),
        ("I gotta go", "bob has to go"),
        ("I went home", "bob went home"),
        ("I moved to Oslo", "bob moved to Oslo"),
        ("I used to smoke", "bob used to smoke"),
        ("I no longer eat meat", "bob no longer eats meat"),
        ("i cant come", "bob can't come"),
        ("I really never liked it", "bob really never liked it"),
        ("I currently live in the US", "bob currently lives in the US"),
    ],
)
def test_the_verb_agrees_with_the_name(sentence: str, rewritten: str | None) -> None:
    assert to_third_person(sentence, "bob") == rewritten


@pytest.mark.parametrize(
    ("sentence", "rewritten"),
    [
        ("My brother lives in Paris", "bob's brother lives in Paris"),
        ("I lost my keys", "bob lost bob's keys"),
        ("The doctor told me to rest", "The doctor told bob to rest"),
        ("I'd like to introduce myself", "bob would like to introduce themself"),
        ("A friend of mine lives in Lyon", "A friend of bob's lives in Lyon"),
        ("I work in a gold mine", None),
        ("Alice ate my lunch", "Alice ate bob's lunch"),
        ("Work is killing me", "Work is killing bob"),
        ("Lost my keys", None),
        ("Gonna lose my keys", None),
        ("I watched My Fair Lady", None),
        ("Me and my brother went fishing", "bob and bob's brother went fishing"),
        ("I and my brother go", "bob and bob's brother go"),
        ("My brother and I like tea", "bob's brother and bob like tea"),
        ("When Alice and I go, it rains", "When Alice and bob go, it rains"),
        ("It rained and I left", "It rained and bob left"),
    ],
)
def test_every_form_of_i_becomes_the_name(sentence: str, rewritten: str | None) -> None:
    assert to_third_person(sentence, "bob") == rewritten


@pytest.mark.parametrize(
    ("sentence", "rewritten"),
    [
        ("I'm tired and need sleep", "bob is tired and needs sleep"),
        ("I like tea and hate coffee", "bob likes tea and hates coffee"),
        ("I work at Google and live in Rome", "bob works at Google and lives in Rome"),
        ("I bought tea and love it", "bob bought tea and loves it"),
        ("I can sing and dance", "bob can sing and dance"),
        ("I love fish and chips", "bob loves fish and chips"),
        ("I love music and dance", None),
        ("I like to swim and run", None),
        ("I know people who sing and work", None),
        ("I can't swim and hate water", None),
        ("I went home, but I'm sad", "bob went home, but bob is sad"),
        ("I think I love tea", "bob thinks bob loves tea"),
        ("When I was young I lived in Rome", "When bob was young bob lived in Rome"),
        ("The city I love is Rome", "The city bob loves is Rome"),
        ("He is taller than I am", "He is taller than bob is"),
        ("I feel like I need a break", "bob feels like bob needs a break"),
    ],
)
def test_joined_verbs_and_further_clauses_agree(sentence: str, rewritten: str | None) -> None:
    assert to_third_person(sentence, "bob") == rewritten


@pytest.mark.parametrize(
    "sentence",
    [
        "Paris is lovely",
        "We went to Paris",
        "I love you",
        "So do I",
        "Had I known, I would have come",
        "World War I was terrible",
        "I ❤️ tea",
        "I blorp daily",
        "I read a book",
        "I'd come if I could",
        "I, however, like it",
        "Bob: I hate tea",
        "Bob said I hate tea",
        "He was like I hate tea",
        'Bob said "I hate tea',
        "x/I am",
        "I",
    ],
)
def test_what_is_not_certain_is_not_rewritten(sentence: str) -> None:
    assert to_third_person(sentence, "bob") is None


@pytest.mark.parametrize(
    ("sentence", "rewritten"),
    [
        ("Bob told me 'I hate tea'", "Bob told alice 'I hate tea'"),
        ("I said “I hate my job”", "alice said “I hate my job”"),
        ("I use `rm my.txt` daily", "alice uses `rm my.txt` daily"),
        ("I like https://me.example/my/i", "alice likes https://me.example/my/i"),
    ],
)
def test_quotations_keep_their_first_person(sentence: str, rewritten: str) -> None:
    assert to_third_person(sentence, "alice") == rewritten


@pytest.mark.parametrize(
    "name",
    ["Dr. O'Neil", "agent-7 (beta)", "José", "李雷", r"a\1|.*$", '"q"', "I", "May", "my", "x y"],
)
def test_any_name_is_put_in_as_it_is(name: str) -> None:
    assert to_third_person("I love my dog", name) == f"{name} loves {name}'s dog"


@pytest.mark.parametrize(
    ("sentence", "rewritten"),
    [
        ("I'm Alice", "alice's name is Alice"),
        ("I am Alice Smith", "alice's name is Alice Smith"),
        ("I'm Alice from accounting", "alice is Alice from accounting"),
        ("I'm German", "alice is German"),
    ],
)
def test_who_introduces_itself_tells_its_name(sentence: str, rewritten: str) -> None:
    assert to_third_person(sentence, "alice") == rewritten
