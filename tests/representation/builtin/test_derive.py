"""What windows state, from end to end, and the rules that hold for any text."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.builtin.derive import derive_statements
from representation.statement import Statement
from representation.window import Utterance, Window

MONDAY = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


def derive(*utterances: Utterance) -> tuple[Statement, ...]:
    return derive_statements(Window("kitchen", utterances))


def say(content: str, author: str = "bob") -> list[str]:
    utterance = Utterance(1, author, content, MONDAY, is_observed=True)
    return [statement.content for statement in derive(utterance)]


@pytest.mark.parametrize(
    ("content", "statements"),
    [
        ("I ate eggs today", ["bob ate eggs on 2026-03-02"]),
        ("I love tea. I hate coffee!", ["bob loves tea", "bob hates coffee"]),
        ("I love tea. I love tea!", ["bob loves tea"]),
        ("Paris is lovely.", ['bob said: "Paris is lovely"']),
        ("We went to Paris yesterday", ['bob said: "We went to Paris on 2026-03-01"']),
        ("Went to Paris yesterday", ['bob said: "Went to Paris on 2026-03-01"']),
        ("Loving this new phone", ['bob said: "Loving this new phone"']),
        ("Love it", ['bob said: "Love it"']),
        ("I ❤️ tea", ['bob said: "I ❤️ tea"']),
        ("Don't like it", ['bob said: "Don\'t like it"']),
        ("Bob told me 'I hate tea'.", ["Bob told bob 'I hate tea'"]),
        ("I live in the U.S.", ["bob lives in the U.S."]),
        ("Shopping:\n- I need eggs\n- I need milk", [
            'bob said: "Shopping:"', "bob needs eggs", "bob needs milk",
        ]),
        ("https://example.com/today", ['bob said: "https://example.com/today"']),
        ("I may go in May", ["bob may go in May"]),
        ("42", ['bob said: "42"']),
    ],
)  # fmt: skip
def test_a_declarative_sentence_becomes_one_statement(content: str, statements: list[str]) -> None:
    assert say(content) == statements


@pytest.mark.parametrize(
    "content",
    [
        "Hello everyone!",
        "hi bob",
        "Good morning Alice",
        "thanks",
        "Thanks for the flowers!",
        "ok lol",
        "hahaha",
        "👍",
        "...",
        "Of course, sounds good!",
        "me too",
        "I do",
        "Happy birthday Alice!",
        "Have a nice day!",
        "See you tomorrow",
        "Where are you?",
        "where are you",
        "How many cats do you have",
        "You like tea?",
        "If I go to Paris, where should I stay?",
        'Did he say "hi"? 😂',
        "Please send me the file",
        "Don't touch that",
        "Let's go to the beach",
        "Send Alice an email",
        "Tell me about your day",
        "> I love tea",
        "```\nI = 1\n```",
        "",
    ],
)
def test_what_states_nothing_is_dropped(content: str) -> None:
    assert say(content) == []


@pytest.mark.parametrize(
    ("content", "statement"),
    [
        ("Hi, I'm Bob", "bob's name is Bob"),
        ("Hi there! I lost my keys", "bob lost bob's keys"),
        ("Hey Alice - I lost my keys", "bob lost bob's keys"),
        ("Thanks for asking, I'm fine", "bob is fine"),
        ("lol I forgot my keys", "bob forgot bob's keys"),
        ("No, I don't eat meat", "bob doesn't eat meat"),
        ("I love tea, don't you?", "bob loves tea"),
        ("It's cold, isn't it?", 'bob said: "It\'s cold"'),
        ("I bought a house, what do you think, Alice?", "bob bought a house"),
        ('I asked "where are you?"', 'bob asked "where are you?"'),
        ("What a day!", 'bob said: "What a day"'),
        ("What is important to me is honesty", "What is important to bob is honesty"),
        ("Hello from Paris", 'bob said: "Hello from Paris"'),
        ("Thanks to Alice I won", 'bob said: "Thanks to Alice I won"'),
        ("Call me, I'm in Paris", 'bob said: "Call me, I\'m in Paris"'),
        ("Call went well", 'bob said: "Call went well"'),
        ("I know everyone there", "bob knows everyone there"),
    ],
)
def test_content_beside_a_greeting_question_or_command_is_kept(
    content: str, statement: str
) -> None:
    assert say(content) == [statement]


@pytest.mark.parametrize(
    "content",
    [
        "我喜欢茶",
        "Где ты?",
        "¿Dónde estás?",
        "Me llamo Juan",
        "Yo hablo español",
        "Come va?",
        "My idziemy do domu",
        "I ragazzi mangiano la pizza",
        "Ich war gestern in Berlin",
        "J'aime le thé",
        "مرحبا بكم",
    ],
)
def test_another_language_is_quoted_as_it_is(content: str) -> None:
    assert say(content) == [f'bob said: "{content}"']


@pytest.mark.parametrize(
    ("content", "confidence"),
    [
        ("Maybe I will go to Rome", 0.5),
        ("I think tea is great", 0.5),
        ("I might go", 0.5),
        ("I said 'maybe'", None),
        ("I will go to Rome", None),
    ],
)
def test_a_hedged_sentence_is_half_as_certain(content: str, confidence: float | None) -> None:
    (statement,) = derive(Utterance(1, "bob", content, MONDAY, is_observed=True))
    assert statement.confidence == confidence


def test_a_statement_is_about_the_author_and_cites_its_message() -> None:
    statements = derive(
        Utterance(7, "bob", "I left yesterday.", MONDAY, is_observed=True),
        Utterance(8, "eve", "I hate tea.", MONDAY, is_observed=False),
        Utterance(9, "May", "I like tea in May", MONDAY, is_observed=True),
    )
    assert statements == (
        Statement(
            observed="bob",
            content="bob left on 2026-03-01",
            cites=(7,),
            valid_from=datetime(2026, 3, 1, tzinfo=UTC),
            valid_to=datetime(2026, 3, 2, tzinfo=UTC),
        ),
        Statement(observed="May", content="May likes tea in May", cites=(9,)),
    )


def test_a_very_long_sentence_is_quoted_in_pieces() -> None:
    words = [f"word{number}" for number in range(500)]
    statements = say(" ".join(words))
    quoted = [statement.removeprefix('bob said: "').removesuffix('"') for statement in statements]
    assert len(statements) == 4
    assert all(len(piece) <= 1_000 for piece in quoted)
    assert " ".join(quoted).split() == words


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("a.", 1), ('"', 0), (" I", 3), ("(", 0), ("“", 0), ("`", 0), ("'a ", 2), ("!,", 0),
        ("?!", 0), ("**", 0), ("*a ", 2), ("\n", 0), ("```\n", 0), ("https://", 1), ("ha", 1),
        (", who ", 3), ("2 days ago ", 4), ("oh, ", 3), ("so good ", 4), ("👍", 0), ("。", 0),
        ("I like tea and ", 3), ("in 2 days ", 5), ("e.g. ", 3), ("I am. ", 0), ("a b. ", 1),
    ],
)  # fmt: skip
def test_adversarial_repetition_comes_to_an_end(pattern: str, count: int) -> None:
    """Equal pieces of one message are one statement, so that few are left."""
    assert len(say((pattern * 25_000)[:25_000])) == count


# Real words in any order find more than random characters do.
WORDS = st.sampled_from(
    [
        *("I", "i'm", "I'd", "my", "mine", "me", "we", "you", "Bob", "who", "the", "a", "我", "👍"),
        *("like", "run", "went", "am", "have", "is", "don't", "please", "hi", "thanks", "maybe"),
        *("and", "but", "or", "to", "in", "3", "days", "ago", "today", "last", "Friday", "May"),
        *(",", ".", "!", "?", "...", ":", "-", '"', "'", "(", ")", "\n"),
    ]
)
TEXTS = st.text(max_size=200) | st.lists(WORDS, max_size=30).map(" ".join)
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9))]))
NAMES = st.text(min_size=1, max_size=8) | st.sampled_from(["I", "May", "bob", "\\1", "O'Neil"])


@st.composite
def windows(draw: st.DrawFn) -> Window:
    spoken = draw(st.lists(st.tuples(NAMES, TEXTS, MOMENTS, st.booleans()), max_size=4))
    utterances = (
        Utterance(sequence, author, content, moment, is_observed)
        for sequence, (author, content, moment, is_observed) in enumerate(spoken, start=5)
    )
    return Window("kitchen", tuple(utterances))


@given(windows())
def test_each_message_yields_what_it_yields_alone(window: Window) -> None:
    alone = [derive(utterance) for utterance in window.utterances]
    assert derive_statements(window) == tuple(statement for part in alone for statement in part)


@given(windows())
def test_the_same_window_yields_the_same_statements(window: Window) -> None:
    assert derive_statements(window) == derive_statements(window)


@given(windows())
def test_statements_are_about_observed_authors_and_cite_one_message(window: Window) -> None:
    spoken = {utterance.sequence: utterance for utterance in window.utterances}
    for statement in derive_statements(window):
        (sequence,) = statement.cites
        assert spoken[sequence].is_observed
        assert statement.observed == spoken[sequence].author
        assert statement.observed in statement.content
