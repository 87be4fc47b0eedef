"""The built-in reasoner: by rules, without a model, the same output for the same input."""

from representation.builtin.answer import answer_question
from representation.builtin.derive import derive_statements
from representation.builtin.dream import infer
from representation.builtin.summarise import summarise_talk
from representation.dream import Dream, Inference
from representation.reasoner import Question, Reply
from representation.statement import Statement
from representation.talk import Talk
from representation.window import Window


class BuiltinReasoner:
    """Extracts what was said and answers with it; it never invents."""

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        return derive_statements(window)

    async def summarise(self, talk: Talk) -> str:
        return summarise_talk(talk)

    async def dream(self, dream: Dream) -> tuple[Inference, ...]:
        return infer(dream)

    async def answer(self, question: Question) -> Reply:
        return answer_question(question)

    async def close(self) -> None:
        """Holds nothing open."""
