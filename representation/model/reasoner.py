"""The reasoner that asks models; what they are not asked for yet, the built-in one does."""

from core.model_client.client import ModelClient
from core.model_client.purpose import Purpose
from representation.builtin.reasoner import BuiltinReasoner
from representation.dream import Dream, Inference
from representation.model.derive import check_statements
from representation.model.summarise import check_summary
from representation.prompts import derive, summarise
from representation.reasoner import Question, Reply
from representation.statement import Statement
from representation.talk import Talk
from representation.window import Window


class ModelReasoner:
    """Derives and summarises with a model; dreams and answers by rules."""

    def __init__(self, client: ModelClient) -> None:
        self._client = client
        self._builtin = BuiltinReasoner()

    async def derive(self, window: Window) -> tuple[Statement, ...]:
        """Asks once for all authors; raises ModelFault."""
        prompt = derive.write_prompt(window)
        derived = await self._client.ask(Purpose.DERIVE, prompt, derive.Derived)
        return check_statements(window, derived)

    async def summarise(self, talk: Talk) -> str:
        """Asks once; raises ModelFault."""
        prompt = summarise.write_prompt(talk)
        answer = await self._client.ask(Purpose.SUMMARISE, prompt, summarise.Summarised)
        return check_summary(talk, answer)

    async def dream(self, dream: Dream) -> tuple[Inference, ...]:
        return await self._builtin.dream(dream)

    async def answer(self, question: Question) -> Reply:
        return await self._builtin.answer(question)

    async def close(self) -> None:
        await self._client.close()
