"""A small thesaurus of everyday talk: which words of a statement can answer one of a question."""

from collections import defaultdict

from representation.words import to_stem

# Left: words for nearly the same. Right: words that often tell of it, each in its own way: eggs
# say something about a breakfast, and nothing about cereal.
_CONCEPTS = """
    breakfast brunch: eat had food cook cereal egg toast
    lunch: eat had food cook
    dinner supper: eat had food cook
    eat food meal hungry: breakfast brunch lunch dinner supper had snack cook dish recipe restaurant
    diet allergic allergy: vegetarian vegan meat eat gluten nut dairy halal kosher
    drink beverage thirsty: tea coffee water juice beer wine milk soda
    live home address reside: house flat apartment move relocate city town stay based
    origin hometown: born grew come country
    city town country place: live move visit travel
    work job profession career living occupation: employer company office teacher engineer nurse
    work job employer company: hire boss colleague career promote quit
    study school education: university college student class course degree exam learn
    like favourite favorite prefer interest hobby passion: love enjoy fan fond adore
    dislike hate: detest loathe despise annoy
    opinion think feel feeling: like love enjoy hate dislike happy sad angry afraid
    happy glad: joy excited delighted pleased proud
    sad upset: unhappy cry depressed miserable lonely
    angry: mad furious annoyed upset
    fear afraid scare: scared worry worried anxious nervous
    travel trip vacation holiday journey: visit go fly flight hotel tour beach drive train
    visit: go trip travel see tour
    family relative: mother father mom mum dad parent sister brother sibling son daughter child
    family relative: kid wife husband cousin aunt uncle grandmother grandfather
    parent: mother father mom mum dad
    sibling: sister brother
    child children kid: son daughter baby
    married partner relationship spouse: wife husband marry wedding engaged single divorced
    friend: buddy pal mate ally
    pet animal: dog cat puppy kitten bird fish hamster rabbit horse
    health sick ill: doctor hospital hurt pain allergic allergy flu fever medicine injury disease
    exercise sport fit: run gym swim yoga football soccer tennis basketball hike bike train workout
    music instrument: song sing band concert guitar piano violin drum listen album
    book read: novel author story library
    film movie: watch cinema show series actor
    game: play chess video board
    money pay price cost: buy sell cheap expensive salary rent dollar euro
    buy: purchase order shop got
    car vehicle: drive truck bike
    age old: year birthday born
    birthday born: birth year age
    name: called named
    language speak: english french german spanish italian chinese japanese russian fluent
    religion: church mosque temple christian muslim jewish hindu buddhist atheist
    trust safe reliable honest: promise peace peaceful ally friendly loyal attack betray lie hostile
    attack war fight betray hostile threat: peace peaceful ally friendly invade enemy raid promise
    peace peaceful friendly ally: attack betray hostile war enemy friend truce
    plan intend goal dream: want hope going future decide
    skill able ability: speak know learn expert
    weather: rain snow sun sunny storm cold hot
    meet meeting appointment: schedule call calendar met
    learn: study taught class course
    move: relocate new house flat apartment
    job hobby: teach paint write draw cook
"""


def _to_related(concepts: str) -> dict[str, frozenset[str]]:
    related: defaultdict[str, set[str]] = defaultdict(set)
    for row in concepts.strip().splitlines():
        asked, told = (
            {to_stem(word) for word in side.split()} for side in row.split(":", maxsplit=1)
        )
        for term in asked:
            related[term] |= asked | told
        for term in told:
            related[term] |= asked
    return {term: frozenset(terms - {term}) for term, terms in related.items()}


_RELATED = _to_related(_CONCEPTS)


def find_related(term: str) -> frozenset[str]:
    """The terms that stand for something close to `term`, itself left out."""
    return _RELATED.get(term, frozenset())
