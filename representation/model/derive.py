"""Which of a model's statements are believed: those about who was there, citing what was shown."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

import structlog

from core.errors import BadInput
from core.limits import check_text
from core.model_client.fault import AnswerUnreadable
from representation.prompts.derive import Derived, DerivedStatement, list_observed
from representation.statement import Statement
from representation.window import Utterance, Window

MOST_STATEMENTS = 200
"""From one window; a model that runs on is not listened to any longer."""
CONTENT_CHARACTERS = 1_000

_log = structlog.get_logger(__name__)


def check_statements(window: Window, derived: Derived) -> tuple[Statement, ...]:
    """Returns the statements that hold up, repetitions joined, in the order of the answer.

    Raises AnswerUnreadable if there are some and none of them cites a message that was shown: such
    a model has not understood what it was given.
    """
    told = derived.statements[:MOST_STATEMENTS]
    cited = [_list_cited(window, each) for each in told]
    if told and not any(cited):
        raise AnswerUnreadable("none of the model's statements cites a message that was shown")
    names = list_observed(window)
    kept: dict[tuple[str, str], Statement] = {}
    refused = len(derived.statements) - len(told)
    for each, utterances in zip(told, cited, strict=True):
        observed = _find_name(names, each.observed)
        statement = _to_statement(each, observed, utterances) if observed else None
        if statement is None:
            refused += 1
            continue
        key = (statement.observed, statement.content)
        kept[key] = _join(kept.get(key), statement)
    if refused:
        _log.info("statements refused", refused=refused, kept=len(kept))
    return tuple(kept.values())


def _find_name(names: Sequence[str], told: str) -> str | None:
    """Finds whom a model means: models write names as sentences do, "Ada" for "ada"."""
    if told in names:
        return told
    alike = [name for name in names if name.casefold() == told.strip().casefold()]
    return alike[0] if len(alike) == 1 else None


def _list_cited(window: Window, told: DerivedStatement) -> list[Utterance]:
    return [each for each in window.utterances if each.sequence in told.cites]


def _to_statement(
    told: DerivedStatement, observed: str, cited: Iterable[Utterance]
) -> Statement | None:
    """Returns None if there is nothing in it that may be said, or nothing it may rest on."""
    # From what a peer said while it was not observed nothing is concluded about it.
    allowed = [each for each in cited if each.is_observed or each.author != observed]
    content = " ".join(told.content.split())
    if not allowed or not content or len(content) > CONTENT_CHARACTERS or not _is_storable(content):
        return None
    valid_from, valid_to = _read_validity(told, allowed[-1])
    return Statement(
        observed=observed,
        content=content,
        cites=tuple(each.sequence for each in allowed),
        valid_from=valid_from,
        valid_to=valid_to,
        confidence=None if told.confidence is None else min(max(told.confidence, 0.0), 1.0),
    )


def _join(known: Statement | None, again: Statement) -> Statement:
    """Returns one statement that rests on all the messages of both."""
    if known is None:
        return again
    return Statement(
        observed=known.observed,
        content=known.content,
        cites=tuple(sorted({*known.cites, *again.cites})),
        valid_from=known.valid_from or again.valid_from,
        valid_to=known.valid_to or again.valid_to,
        confidence=known.confidence,
    )


def _is_storable(content: str) -> bool:
    try:
        check_text("content", content)
    except BadInput:
        return False
    return True


def _read_validity(
    told: DerivedStatement, newest: Utterance
) -> tuple[datetime | None, datetime | None]:
    """Returns whole days by the sender's clock, the end exclusive; nonsense holds always."""
    first, last = _read_day(told.valid_from), _read_day(told.valid_to)
    if first and last and last < first:
        return None, None
    zone = newest.created_at.tzinfo
    start = datetime.combine(first, time(), zone) if first else None
    end = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
    return start, end


def _read_day(text: str | None) -> date | None:
    try:
        # Many models write a whole time. Beyond the last year that we can count no day follows.
        day = datetime.fromisoformat(text.strip()).date() if text else None
    except ValueError:
        return None
    return day if day is None or date.min < day < date(9999, 12, 31) else None
