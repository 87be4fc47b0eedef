"""The built-in reasoner, made as indiscreet as any reasoner can be.

All that it was shown leaves a mark on all that it says. So whatever a reader gets that comes from
something that it must not see is different when that is different, however clever the reasoner.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b

from representation.builtin.reasoner import BuiltinReasoner
from representation.dream import Dream, Inference
from representation.reasoner import Question, Reply
from representation.statement import Statement
from representation.talk import Talk
from representation.window import Window


class IndiscreetReasoner(BuiltinReasoner):
    """Concludes and answers by the same rules."""

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        shown = _digest((said.author, said.content) for said in window.utterances)
        statements = await super().derive(window)
        return tuple(replace(each, confidence=int(shown, 16) / 16**8) for each in statements)

    async def summarise(self, talk: Talk) -> str:
        shown = _digest([(talk.previous or "",), *((u.author, u.content) for u in talk.utterances)])
        return f"{await super().summarise(talk)} ({shown})"

    async def dream(self, dream: Dream) -> tuple[Inference, ...]:
        shown = _digest((memory.content,) for memory in dream.memories)
        inferred = await super().dream(dream)
        return tuple(replace(each, content=f"{each.content} ({shown})") for each in inferred)

    async def answer(self, question: Question) -> Reply:
        shown = _digest((each.peer, each.text, str(each.count)) for each in question.supports)
        reply = await super().answer(question)
        return replace(reply, text=f"{reply.text} ({shown})")


def _digest(shown: Iterable[tuple[str, ...]]) -> str:
    return blake2b(repr(list(shown)).encode(), digest_size=4).hexdigest()
