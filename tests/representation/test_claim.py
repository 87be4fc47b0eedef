"""What statements claim, and how two of them relate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from representation.claim import Relation, find_relation, read_claim

REPEATS, SUPERSEDES, CONTRADICTS = Relation

WORDS = (
    "alice bob charlie i my 's likes hates tea dog a the is not doesn't will attack be peaceful "
    "with lives moved to in paris berlin no longer now really 3 4 can't swim married single said "
    "that : \" ? 's favourite colour red was used 小明 🍕 every one friend of"
)
STATEMENTS = st.lists(st.sampled_from(WORDS.split(" ")), max_size=9).map(" ".join) | st.text(
    st.characters(codec=None), max_size=60
)


def relate(earlier: str, later: str) -> Relation | None:
    return find_relation(read_claim("alice", earlier), read_claim("alice", later))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice likes tea.", "Alice really likes tea!"),
        ("alice likes tea", "alice likes tea very much"),
        ("alice likes tea", "  ALICE just LIKES   tea… "),
        ("alice does not like tea", "alice doesn't like tea"),
        ("alice does not like tea", "alice doesn’t like tea"),
        ("alice will not come", "alice won't come"),
        ("alice has no dog", "alice doesn't have a dog"),
        ("alice no longer likes tea", "alice really no longer likes tea"),
        ("alice is going to attack Charlie", "alice will attack charlie"),
        ("alice likes dogs", "alice likes a dog"),
        ("alice's favourite colour is blue", "alice's favorite color is blue"),
        ('alice said: "I like tea"', "alice likes tea"),
        ("alice said that alice likes tea", "alice likes tea"),
        ("I like tea", "alice likes tea"),
        ("🙂", "🙂"),
        ("!!!", "!!!"),
    ],
)
def test_what_differs_in_form_only_repeats(one: str, other: str) -> None:
    assert relate(one, other) is REPEATS
    assert relate(other, one) is REPEATS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice likes bob's dog", "bob's dog likes alice"),
        ("alice has 3 cats", "alice has 4 cats"),
        ("alice ate eggs on 2026-03-02", "alice ate eggs on 2026-03-03"),
        ("alice likes 🍕", "alice likes 🍔"),
        ("alice likes C", "alice likes C++"),
        ("alice flew to Paris", "alice flew from Paris"),
        ("alice goes to Paris", "alice went to Paris"),
        ("alice attacks Charlie", "alice attacked Charlie"),
        ("alice might move to Berlin", "alice lives in Paris"),
        ("alice lives in Berlin", "alice used to live in Paris"),
        ("alice lives in Berlin", "alice lived in Paris in 2010"),
        ("alice lives in Paris", "alice lives in Paris, France"),
        ("alice is a teacher", "alice is an English teacher"),
        ("alice lives in Paris", "alice moved to a new flat"),
        ("alice works at Stripe", "alice works for a startup"),
        ("alice is a teacher", "alice is a mother"),
        ("alice is 31", "alice is 5 minutes late"),
        ("alice loves tea", "alice likes tea"),
        ("alice likes tea", "alice does not love tea"),
        ("alice does not hate tea", "alice likes tea"),
        ("alice likes it", "alice doesn't like it"),
        ("alice likes tea", "does alice hate tea?"),
        ("alice likes tea", "alice would hate tea"),
        ("alice will come", "alice will not come if it rains"),
        ("alice is peaceful with Bob", "alice will attack Charlie"),
        ("alice won't attack Bob", "alice is not an ally of Bob"),
        ("alice is peaceful", "alice attacked Charlie in 2019"),
        ("alice likes people who smoke", "alice likes people who do not smoke"),
        ("alice says hello", "alice swims"),
        ("小明喜欢茶", "小明喜欢水"),
        ("!!!", "???"),
    ],
)
def test_what_can_hold_side_by_side_is_unrelated(one: str, other: str) -> None:
    assert relate(one, other) is None
    assert relate(other, one) is None


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("alice lives in Paris", "alice lives in Berlin"),
        ("alice lives in Paris", "alice moved to Berlin"),
        ("alice lives in Paris", "alice has moved from Paris to New York with her kids"),
        ("alice lives in Paris", "alice relocated to the Netherlands in 2025"),
        ("alice lives in Paris", "alice no longer lives in Paris"),
        ("alice works at Google", "alice works for Microsoft now"),
        ("alice works as a teacher", "alice is a nurse"),
        ("alice is a teacher", "alice became a doctor last year"),
        ("alice is 30 years old", "alice just turned 31"),
        ("alice's name is Alicia", "alice's name is Ally"),
        ("alice's favourite colour is blue", "alice's favourite color is red"),
        ("alice's favourite drink is tea", "coffee is alice's favourite drink"),
        ("alice's birthday is on 1 April", "alice was born on 2 April"),
        ("alice's email is a@b.org", "alice's email address is c@d.org"),
        ("alice is single", "alice got married"),
        ("I live in Paris", "I moved to Berlin"),
        ("alice likes tea", "alice does not like tea anymore"),
        ("alice is a vegetarian", "alice is no longer a vegetarian"),
        ("alice smokes", "alice has stopped smoking"),
        ("alice is alive", "alice died on 2026-03-02"),
    ],
)
def test_a_change_or_another_value_supersedes(earlier: str, later: str) -> None:
    assert relate(earlier, later) is SUPERSEDES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alice likes tea", "alice doesn't like tea"),
        ("alice loves tea", "alice hates tea"),
        ("alice enjoys tea", "alice can't stand tea"),
        ("alice hates tea", "alice doesn't hate tea"),
        ("alice trusts bob", "alice distrusts bob"),
        ("alice is a vegetarian", "alice is not a vegetarian"),
        ("alice is a vegetarian", "alice eats meat"),
        ("alice can swim", "alice can't swim"),
        ("alice can drive", "alice is unable to drive"),
        ("alice will come", "alice won't come"),
        ("alice has a dog", "alice doesn't have a dog"),
        ("alice has a dog", "alice has no dog"),
        ("alice's dog is friendly", "alice's dog is not friendly"),
        ("alice lives in Paris", "alice does not live in Paris"),
        ("alice is married", "alice is not married"),
        ("alice is open", "alice is closed"),
        ("alice will be peaceful", "alice will attack Charlie"),
        ("alice will be peaceful", "alice is not peaceful"),
        ("alice promises not to attack anyone", "alice plans to betray Bob"),
        ("alice is peaceful with Bob", "alice will attack Bob on 2026-03-02"),
        ("alice won't attack Charlie", "alice is going to attack Charlie"),
        ("alice is an ally of Bob", "alice is an enemy of Bob"),
        ('alice said: "I will be peaceful"', "I will attack Charlie"),
    ],
)
def test_what_cannot_both_hold_contradicts(one: str, other: str) -> None:
    assert relate(one, other) is CONTRADICTS
    assert relate(other, one) is CONTRADICTS


@pytest.mark.parametrize(
    ("content", "topic", "value"),
    [
        ("alice lives in Paris with Bob", "home", "paris"),
        ("alice does not live in Paris", "home", "not paris"),
        ("alice is from Sweden", "origin", "sweden"),
        ("alice works as a freelance designer in Rome", "job", "freelance designer"),
        ("alice's favourite football team is Arsenal", "favorite football team", "arsenal"),
        ("alice is 30 years old", "age", "30"),
        ("alice will be peaceful", "stance:peace", "+2"),
        ("alice won't attack Charlie", "stance:peace", "+1 charlie"),
        ("alice will betray Bob tomorrow", "stance:peace", "-2 bob"),
        ("alice dislikes green tea", "does:like green tea", "-2"),
        ("alice can swim", "does:can swim", "+2"),
        ("alice used to live in Paris", None, None),
        ("alice might attack Charlie", None, None),
        ("bob's dog slept", None, None),
    ],
)
def test_a_statement_takes_a_position_on_a_topic(
    content: str, topic: str | None, value: str | None
) -> None:
    claim = read_claim("alice", content)
    assert (claim.topic, claim.value) == (topic, value)


def test_the_peer_is_found_by_its_whole_name_in_any_case() -> None:
    claim = read_claim("Dr. O'Neil-Smith", "dr o'neil-smith lives in Paris")
    assert (claim.topic, claim.value) == ("home", "paris")
    assert read_claim("al", "alice lives in Paris").topic == "does:alic live in pari"


def test_a_long_text_has_a_gist_of_bounded_length_and_takes_no_position() -> None:
    claim = read_claim("alice", "alice likes tea and " * 1_000 + "milk")
    assert (len(claim.gist), claim.topic) == (32, None)


@given(STATEMENTS, STATEMENTS)
def test_any_two_statements_relate_in_one_of_the_known_ways(one: str, other: str) -> None:
    ours, theirs = read_claim("alice", one), read_claim("alice", other)
    there, back = find_relation(ours, theirs), find_relation(theirs, ours)
    assert (there is REPEATS) == (back is REPEATS) == (ours.gist == theirs.gist)
    if not ours.is_change and not theirs.is_change:
        assert (there is CONTRADICTS) == (back is CONTRADICTS)


@given(STATEMENTS, st.text(max_size=12))
def test_a_statement_repeats_itself_whoever_it_is_about(content: str, observed: str) -> None:
    claim = read_claim(observed, content)
    assert find_relation(claim, read_claim(observed, content)) is REPEATS
    assert (claim.topic is None) == (claim.value is None)
