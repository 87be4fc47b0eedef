"""Answers without a model: the best supported statements in their own words, with citations."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from representation.builtin.fit import Finding, list_fits
from representation.builtin.inquiry import Inquiry, read_inquiry
from representation.builtin.repeat import merge_repeats
from representation.builtin.rival import Conflict, Rivals
from representation.reasoner import Question, Reply

_MOST_TOLD = 3
_MOST_TOLD_OPEN = 5
_MOST_CITED = 5
"""For one statement; what is said a hundred times needs no hundred witnesses."""
_LEAST_OF_BEST = 0.6
"""What fits clearly worse than the best is left out."""
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")
_EARLIER = "Earlier: "
_TWO_CONTRADICT = "These two contradict each other: they cannot both hold."
_MORE_CONTRADICT = "These contradict each other: they cannot all hold."


def answer_question(question: Question) -> Reply:
    """Same question, same answer; it rests on nothing but the question's supports."""
    inquiry = read_inquiry(question)
    fits = list_fits(inquiry, question.supports)
    rivals = Rivals(inquiry, fits, question.supports)
    merged = merge_repeats(_to_present(inquiry, fits, rivals))
    if not merged:
        about = f" about {question.target}" if question.target else ""
        return Reply(f"I don't know: nothing I have seen{about} says so.", ())
    return _tell(_choose(inquiry, merged), merged, rivals)


def _to_present(inquiry: Inquiry, fits: list[Finding], rivals: Rivals) -> list[Finding]:
    """What holds now in place of what held; or what held, if the question is about the past."""
    latest = [rivals.find_latest(fit) for fit in fits]
    if not inquiry.wants_past:
        return latest
    outdated = [
        replace(fit, is_outdated=True)
        for fit, last in zip(fits, latest, strict=True)
        if fit.support.id != last.support.id
    ]
    return outdated or fits


def _choose(inquiry: Inquiry, merged: Sequence[Finding]) -> Sequence[Finding]:
    if inquiry.is_open:
        return merged[:_MOST_TOLD_OPEN]
    least = _LEAST_OF_BEST * max(finding.score for finding in merged)
    return [finding for finding in merged if finding.score >= least][:_MOST_TOLD]


def _tell(chosen: Iterable[Finding], merged: Iterable[Finding], rivals: Rivals) -> Reply:
    """Says each finding once, together with what contradicts it."""
    known = {cited: finding for finding in merged for cited in finding.cites}
    sentences: list[str] = []
    cites: dict[str, None] = {}
    for finding in chosen:
        if not cites.keys().isdisjoint(finding.cites):
            continue
        conflict = rivals.find_conflict(finding) or Conflict((finding,))
        sides = list(dict.fromkeys(known.get(side.support.id, side) for side in conflict.sides))
        sentences += [_to_sentence(each) for each in sides if cites.keys().isdisjoint(each.cites)]
        cites |= dict.fromkeys(cited for side in sides for cited in side.cites[:_MOST_CITED])
        cites |= dict.fromkeys(conflict.cites)
        if len(sides) > 1:
            sentences.append(_TWO_CONTRADICT if len(sides) == 2 else _MORE_CONTRADICT)
    return Reply(" ".join(sentences), tuple(cites))


def _to_sentence(finding: Finding) -> str:
    text = finding.text
    end = "" if text.endswith(_SENTENCE_ENDS) else "."
    if finding.support.is_message:
        quoted = text.replace('"', "'")
        text = f'{finding.support.peer} said: "{quoted}"'
    return f"{_EARLIER if finding.is_outdated else ''}{text}{end}"
