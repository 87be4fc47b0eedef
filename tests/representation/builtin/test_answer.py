"""Answers by rules: what they rest on, what they say, and when they say nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.builtin.answer import answer_question
from representation.reasoner import Question, Reply, Support

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
CONFLICT = "These two contradict each other: they cannot both hold."
NO_IDEA = Reply("I don't know: nothing I have seen says so.", ())


def conclude(
    id_: str, peer: str, text: str, *, day: int = 1, count: int = 1, sources: tuple[str, ...] = ()
) -> Support:
    said_at = datetime(2026, 3, day, tzinfo=UTC)
    return Support(id_, peer, text, said_at, count, sources=sources)


def write(id_: str, peer: str, text: str, *, day: int = 1) -> Support:
    return replace(conclude(id_, peer, text, day=day), is_message=True)


def ask(query: str, *supports: Support, asked: str = "dora", target: str | None = None) -> Reply:
    return answer_question(Question(query, asked, target, NOW, supports))


EGGS = conclude("eggs", "bob", "bob ate eggs on 2026-03-02", day=2, sources=("said-eggs",))
SAID_EGGS = write("said-eggs", "bob", "Good morning! I ate eggs today. And you?", day=2)
CEREAL = conclude("cereal", "charlie", "charlie ate cereal on 2026-03-02", day=2)
SAID_CEREAL = write("said-cereal", "charlie", "I had cereal with Bob for breakfast", day=2)
PARIS = conclude("paris", "alice", "alice lives in Paris", day=1)
BERLIN = conclude("berlin", "alice", "alice moved to Berlin", day=3)
PEACE = conclude("peace", "alice", "alice will be peaceful", day=1)
ATTACK = conclude("attack", "alice", "alice will attack charlie", day=2, sources=("said-attack",))
SAID_ATTACK = write("said-attack", "alice", "I will attack Charlie", day=2)
TEA = conclude("tea", "bob", "bob likes tea", day=1, count=3)
NO_TEA = conclude("no-tea", "bob", "bob hates tea", day=5)
CATS = conclude("cats", "bob", "bob has 3 cats", day=4)
STATION = conclude("station", "bob", "bob met alice at the station", day=5)
ALL = (
    *(EGGS, SAID_EGGS, CEREAL, SAID_CEREAL, PARIS, BERLIN, PEACE, ATTACK, SAID_ATTACK),
    *(TEA, NO_TEA, CATS, STATION),
)


@pytest.mark.parametrize(
    ("query", "text", "cites"),
    [
        (
            "What did Bob have for breakfast?",
            "bob ate eggs on 2026-03-02.",
            ("eggs", "said-eggs"),
        ),
        ("what did BOB eat?", "bob ate eggs on 2026-03-02.", ("eggs", "said-eggs")),
        ("What did Bob eat on 2026-03-02?", "bob ate eggs on 2026-03-02.", ("eggs", "said-eggs")),
        ("Where does Alice live?", "alice moved to Berlin.", ("berlin",)),
        ("Does Alice live in Paris?", "alice moved to Berlin.", ("berlin",)),
        ("Where did Alice live before?", "Earlier: alice lives in Paris.", ("paris",)),
        ("How many cats does Bob have?", "bob has 3 cats.", ("cats",)),
        ("Does Bob have a pet?", "bob has 3 cats.", ("cats",)),
        ("Where did Bob meet Alice?", "bob met alice at the station.", ("station",)),
        ("Does Bob like tea?", f"bob likes tea. bob hates tea. {CONFLICT}", ("tea", "no-tea")),
        (
            "Who had cereal?",
            'charlie said: "I had cereal with Bob for breakfast".',
            ("said-cereal",),
        ),
    ],
)
def test_the_answer_is_what_fits_best_in_its_own_words(
    query: str, text: str, cites: tuple[str, ...]
) -> None:
    assert ask(query, *ALL) == Reply(text, cites)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?!",
        "hello",
        "What is the capital of France?",
        "Does Bob like pizza?",
        "Does Alice like Bob?",
        "What did Eve have for breakfast?",
        "Bob, is the moon made of cheese?",
        "茶",
    ],
)
def test_what_nothing_speaks_of_is_not_known(query: str) -> None:
    assert ask(query, *ALL) == NO_IDEA


def test_not_knowing_names_the_target() -> None:
    reply = ask("Does she like chess?", PARIS, target="alice")
    assert reply == Reply("I don't know: nothing I have seen about alice says so.", ())


def test_without_supports_nothing_is_known() -> None:
    assert ask("What do you know about Bob?") == NO_IDEA


TRUST = "Can I trust that Alice won't attack me?"


def test_trust_rests_on_the_promise_where_only_the_promise_was_heard() -> None:
    reply = ask(TRUST, PEACE, PARIS, asked="charlie", target="alice")
    assert reply == Reply("alice will be peaceful.", ("peace",))


def test_trust_meets_both_sides_where_both_were_heard() -> None:
    reply = ask(TRUST, PEACE, ATTACK, SAID_ATTACK, PARIS, asked="bob", target="alice")
    text = f"alice will be peaceful. alice will attack charlie. {CONFLICT}"
    assert reply == Reply(text, ("peace", "attack", "said-attack"))


def test_messages_alone_are_quoted_and_compared_as_well() -> None:
    promise = write("promise", "alice", "I will be peaceful.", day=1)
    reply = ask(TRUST, promise, SAID_ATTACK, asked="bob", target="alice")
    text = (
        'alice said: "I will be peaceful." alice said: "I will attack Charlie". '
        "These two contradict each other: they cannot both hold."
    )
    assert reply == Reply(text, ("promise", "said-attack"))


def test_a_stance_towards_everybody_is_set_against_each_opposite() -> None:
    raid = conclude("raid", "alice", "alice will raid dora", day=3)
    reply = ask("Is Alice peaceful?", PEACE, ATTACK, raid)
    assert reply.text == (
        "alice will be peaceful. alice will attack charlie. alice will raid dora. "
        "These contradict each other: they cannot all hold."
    )
    assert reply.cites == ("peace", "attack", "raid")


def test_a_known_contradiction_is_told_by_its_premises_and_cited() -> None:
    loves = conclude("loves", "bob", "bob goes dancing every week", day=1)
    never = conclude("never", "bob", "bob cannot move his legs", day=2)
    clash = replace(
        conclude("clash", "bob", "bob dances but cannot move", day=3), premises=("loves", "never")
    )
    reply = ask("Does Bob go dancing?", loves, never, clash)
    text = f"bob goes dancing every week. bob cannot move his legs. {CONFLICT}"
    assert reply == Reply(text, ("loves", "never", "clash"))


def test_a_contradiction_whose_premises_are_out_of_sight_speaks_for_itself() -> None:
    clash = replace(conclude("clash", "bob", "bob dances but cannot move"), premises=("a", "b"))
    assert ask("Can Bob dance?", clash) == Reply("bob dances but cannot move.", ("clash",))


def test_opposite_statements_of_two_peers_do_not_contradict() -> None:
    dislike = conclude("dislike", "alice", "alice hates tea")
    assert CONFLICT not in ask("Who likes tea?", TEA, dislike).text


@pytest.mark.parametrize(
    "query", ["What do you know about Bob?", "Tell me about bob.", "Who is Bob?", "Bob?"]
)
def test_an_open_question_gets_the_best_supported_then_the_newest(query: str) -> None:
    reply = ask(query, EGGS, CATS, TEA, STATION, CEREAL, PARIS)
    assert reply.cites == ("tea", "station", "cats", "eggs")
    assert reply.text == (
        "bob likes tea. bob met alice at the station. bob has 3 cats. bob ate eggs on 2026-03-02."
    )


def test_an_open_question_gets_five_statements_at_most() -> None:
    facts = [conclude(f"fact-{at}", "bob", f"bob owns boat {at}", day=at + 1) for at in range(9)]
    cites = ("fact-8", "fact-7", "fact-6", "fact-5", "fact-4")
    assert ask("Who is Bob?", *facts).cites == cites


def test_what_others_say_of_a_peer_answers_where_its_own_does_not() -> None:
    hearsay = write("hearsay", "alice", "Bob is allergic to nuts.")
    reply = ask("What is Bob allergic to?", hearsay, TEA)
    assert reply == Reply('alice said: "Bob is allergic to nuts."', ("hearsay",))


def test_the_sentence_that_fits_is_quoted_from_a_long_message() -> None:
    long = write("long", "bob", "Hi all. " * 50 + 'My cat is called "Rex". ' + "Bye now. " * 50)
    reply = ask("What is the name of Bob's cat?", long)
    assert reply == Reply("bob said: \"My cat is called 'Rex'.\"", ("long",))


def test_an_endless_sentence_is_cut_at_a_word() -> None:
    endless = write("endless", "bob", "tea " * 1_000)
    reply = ask("Does Bob drink tea?", endless)
    assert reply == Reply(f'bob said: "{"tea " * 74}tea…"', ("endless",))


def test_a_message_of_another_day_is_no_repetition_of_a_dated_conclusion() -> None:
    later = write("later", "bob", "I ate eggs today", day=9)
    reply = ask("What did Bob eat?", EGGS, later)
    assert set(reply.cites) == {"eggs", "later"}
    assert 'bob said: "I ate eggs today".' in reply.text


def test_you_means_the_peer_that_is_asked() -> None:
    reply = ask("What did you eat?", EGGS, CEREAL, asked="charlie")
    assert reply.cites == ("cereal",)


def test_a_date_is_preferred_for_when() -> None:
    soon = conclude("soon", "bob", "bob goes to Rome with joy", day=9)
    dated = conclude("dated", "bob", "bob goes to Rome on 2026-05-01", day=1)
    assert ask("When does Bob go to Rome?", soon, dated).cites[0] == "dated"


def test_longer_names_are_not_taken_for_shorter_ones() -> None:
    smith = conclude("smith", "Bob Smith", "Bob Smith likes milk")
    assert ask("What does Bob Smith like?", TEA, smith).cites == ("smith",)
    assert ask("What does Bob like?", TEA, smith).cites == ("tea",)


PEERS = st.sampled_from(["alice", "bob", "charlie", "小明", "will", "!"])
TEXTS = st.sampled_from([each.text for each in ALL]) | st.text(st.characters(codec=None))
SUPPORTS = st.lists(
    st.builds(
        Support,
        id=st.text("abcdef", min_size=1, max_size=2),
        peer=PEERS,
        text=TEXTS,
        said_at=st.integers(0, 9).map(lambda days: NOW - timedelta(days=days)),
        count=st.integers(1, 3),
        is_message=st.booleans(),
        premises=st.lists(st.sampled_from("abcdef"), max_size=2).map(tuple),
    ),
    max_size=8,
    unique_by=lambda support: support.id,
)
QUERIES = st.text(max_size=40) | st.sampled_from(
    [
        "Who is Bob?",
        "Does bob like tea?",
        TRUST,
        "What did Bob eat today?",
        "Where was 小明 before?",
    ]
)
TARGETS = st.none() | PEERS


@given(QUERIES, SUPPORTS, TARGETS)
def test_an_answer_cites_each_support_it_rests_on_once_and_nothing_else(
    query: str, supports: list[Support], target: str | None
) -> None:
    reply = ask(query, *supports, target=target)
    assert len(set(reply.cites)) == len(reply.cites)
    assert set(reply.cites) <= {support.id for support in supports}
    assert bool(reply.cites) != reply.text.startswith("I don't know: ")


@given(QUERIES, SUPPORTS, TARGETS, st.randoms(use_true_random=False))
def test_the_order_of_the_supports_changes_nothing(
    query: str, supports: list[Support], target: str | None, random: Random
) -> None:
    before = ask(query, *supports, target=target)
    random.shuffle(supports)
    assert ask(query, *supports, target=target) == before


@given(st.sampled_from(["Who is Bob?", "Does Bob like tea?", "What did Bob eat?"]), TEXTS)
def test_what_another_peer_says_of_other_things_changes_nothing(query: str, text: str) -> None:
    known = (EGGS, SAID_EGGS, TEA, NO_TEA, CATS, STATION)
    stranger = write("stranger", "eve", text)
    assert ask(query, *known, stranger) == ask(query, *known)


def test_its_own_name_in_a_question_about_another_is_one_more_word_for_me() -> None:
    asking = "Can I trust that Alice won't attack {}?"
    ones = ask(asking.format("me"), PEACE, asked="charlie", target="alice")
    assert ones == Reply("alice will be peaceful.", ("peace",))
    assert ask(asking.format("Charlie"), PEACE, asked="charlie", target="alice") == ones
