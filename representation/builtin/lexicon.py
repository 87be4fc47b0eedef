"""English words that the rules look up, by part of speech. Data only; nothing here decides."""


def to_word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def to_key(word: str) -> str:
    """Returns the form under which a word is looked up."""
    return word.replace("’", "'").lower()


# Verbs that are hardly ever nouns: after "and" they are taken for a second verb.
PLAIN_VERBS = to_word_set(
    """
    accept achieve adapt add admire adopt adore afford agree allow announce apologise apologize
    apply appreciate argue arrange arrive ask assemble assist assume attend avoid become begin
    behave believe belong borrow breathe bring buy calculate cancel carry catch celebrate choose
    collect combine communicate compete complain compose confess connect consider consult
    contain continue contribute convince cope create criticize decide decorate define delete
    deliver depend deserve despise detest develop die disagree disappear discover dislike donate
    earn eat edit employ encourage enjoy enroll enter examine exist expect explain explore
    express fall finish fix follow forget forgive gather get give go grow happen hate have hear
    hire imagine immigrate impress improve include inform inherit insist inspire install intend
    interact introduce invent invest invite involve join keep know learn lend listen live loathe
    lose maintain make manage marry meet memorize migrate miss motivate move need negotiate obey
    obtain operate oppose organise organize owe own participate pay perceive perform persuade
    possess predict prefer prepare pretend prioritize proceed produce promise promote pronounce
    protect prove publish qualify react realise realize rebuild recall receive reckon recognise
    recognize recommend recover recycle reduce refer reflect refuse regret reject relate relax
    relocate rely remain remember remind remove renovate replace require rescue resemble resent
    resign respect respond retire satisfy save say seem select sell send serve settle sing sit
    solve speak specialise spend stay strive struggle study submit subscribe succeed suffer
    suggest supervise surrender survive sustain swallow take teach tell tend think throw
    translate treat trust try understand unpack upgrade use wait wake wander want warn wear win
    wish wonder worry write yell
    """
)

# Verbs that are as often nouns, prepositions or adjectives.
NOUN_VERBS = to_word_set(
    """
    access act aim answer appeal approach attempt bake bank base bathe benefit bike blame block
    blog blush boil book bother box brew brush build burn call camp care cause change chat check
    cheer chew chill claim clean climb close coach code come comment commute compare concern
    cook copy count cover crash crave cross crush cry cycle dabble dance date deal debate delay
    demand deny design desire direct dislike divorce doubt download draft draw dream dress drink
    drive drop dry duck dye email embed end escape estimate exercise experience face fail fancy
    farm favor favour fear feed feel fight file fill film find fish fit fly focus fold force
    foster function gain gamble game garden gossip grade grill guess guide hack handle hang heal
    help hike hold hope host hug hunt hurry identify ignore interview iron jog joke judge juggle
    jump kick kill kiss knit know label lack land laugh lead lean leave lie lift like limit link
    load lock look love mail major manufacture march mark master matter mean measure meditate
    mention mentor mind mix moderate monitor mourn name nap note notice object offer open order
    pack paint parent park part party pass pause phone photograph pick plan plant play please
    point post pour practice practise pray press print process program progress project
    prototype pull purchase push question race raise rank reach regard release rent repair reply
    report represent request research reserve rest result return review ride ring rise risk rock
    row rule run rush sail scare schedule score scream screen search see sew shake share shine
    shop shout show shower sigh sign skate skateboard sketch ski skip sleep slip smell smile
    smoke snack sneeze snore sort sound specialize spell stand start state steal stick stop
    store stress stretch supply support suppose surf surprise suspect swear sweat swim switch
    talk target taste tease test text thank tidy tie touch track trade train transfer travel
    trouble turn tutor tweet type update upload vacuum value vape view visit volunteer vote vow
    walk wash waste watch water weigh welcome whisper whistle work wrap wrestle yawn yearn
    """
)

VERBS = PLAIN_VERBS | NOUN_VERBS

# Present and past look alike, so that the tense cannot be told.
TENSELESS_VERBS = to_word_set(
    "beat bet bid burst bust cast cost cut forecast hit hurt lay let put quit read rid set shed "
    "shut split spread thrust upset wed wet"
)

PASTS = to_word_set(
    """
    arose ate awoke became began bent bit blew bore bought bred broke brought built burnt came
    caught chose clung crept dealt did drank dreamt drew drove dug fed fell felt fled flew forbade
    forgave forgot fought found froze gave got grew had heard held hid hung kept knelt knew learnt
    led left lent lit lost made meant met misread misunderstood mistook overcame overslept paid
    proved ran rang relied rode rose said sang sank sat saw sent shone shook shot shrank slept slid
    slung smelt sold sought spelt spent spilt spoke sprang spun stole stood struck stuck stung swam
    swept swore swung taught thought threw told took tore understood went wept withdrew woke won
    wore wound wove wrote
    """
)

PARTICIPLES = to_word_set(
    """
    been begun bitten blown born broken chosen done drawn driven drunk eaten fallen flown forgiven
    forgotten frozen given gone gotten grown hidden known mistaken ridden risen rung seen shaken
    shown shrunk sung spoken stolen sunk sworn swum taken thrown torn woken worn woven written
    """
)

AUXILIARIES = to_word_set(
    """
    am is are was were do does did have has had can could will would shall should may might must
    isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't can't cannot couldn't
    won't wouldn't shouldn't mustn't mightn't
    """
)

WH_WORDS = to_word_set("who whom whose what when where why how which")

# Adverbs that stand between a subject and its verb; words in -ly need no listing.
ADVERBS = to_word_set(
    """
    also always even ever finally first hardly just kinda maybe merely mostly never now often once
    only perhaps quite rarely really seldom simply since sometimes somewhat sorta soon still then
    too truly twice usually well again already almost
    """
)

# What a clause may open with: after one of these, "I" is the subject of a clause.
OPENERS = (
    to_word_set(
        """
        after afterwards although and anyway as basically because before but earlier either
        everyone everything except finally first for from here hence how however if initially
        instead later lately like meanwhile nevertheless next nor nothing now often once or
        otherwise perhaps maybe plus second since so someday sometimes something somewhere still
        than that then therefore third though thus til till unless until what whatever when
        whenever where whereas wherever whether which while who whom whose why yet all anything
        anyone nowadays recently yesterday today tomorrow tonight
        """
    )
    | ADVERBS
)

SUBORDINATORS = to_word_set(
    "after although as assuming because before given if once since though unless when whenever "
    "while"
)

COORDINATORS = to_word_set("and or but then yet nor plus so")

DETERMINERS = to_word_set(
    "the a an my your his her its our their this that these those some any every"
)

OBJECT_PRONOUNS = to_word_set("me him her it us them")

PREPOSITIONS = to_word_set(
    "about above across against along among around at by during for from in into near of off on "
    "onto out over per through to toward towards under until up upon with within without"
)

COMMON_WORDS = to_word_set(
    """
    and the is are be being been has had have with without not but from they them their she him
    her his hers its you your yours our ours us we're it's that's there's what's who's he's she's
    they're you're i'm i've i'll i'd isn't wasn't very much many more most less least good great
    nice bad new old happy sad tired hungry excited busy ready late early lovely favourite
    favorite everyone everybody someone something anything nothing people friend friends brother
    sister mother father mom dad wife husband son daughter family birthday week month year day
    days weeks months years ago time work home school job house today tomorrow yesterday tonight
    here there please not about because every other another same
    """
)

# Words of the lists above that are words of another language as well, and so prove nothing.
SHARED_WORDS = to_word_set(
    """
    a all also am an as at base cause come date die do face final fine guide had has hat he
    her here i image in land major man me mention mine minute my no note object once one or over
    park pause per phase plan plus sang sank so son stand state test text to type under up us was
    we well were will
    """
)

FOREIGN_WORDS = to_word_set(
    """
    el la los las un una unos que para por con del muy pero como está estoy soy es en yo mi tu su
    le les des du de et est pas je il elle nous vous dans pour avec une sur mais ce cette suis ai
    der die das und nicht ist ich ein eine einen mit auf für sehr wir sie bin habe hat den dem zu
    che di sono non gli della nel per ho è questo molto io mia mio
    het een niet ik dat te van voor maar zijn heb bij ook naar mijn
    och att det jag är inte på som har til på og jeg ikke er av
    não uma com os eu você meu minha muito são
    nie się jest na że mam jestem v je se že to ja ako
    saya aku tidak ini itu dan yang ben bir çok ve için
    """
)
