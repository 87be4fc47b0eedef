"""Which of a model's summaries are kept."""

from core.errors import BadInput
from core.limits import check_text
from core.model_client.fault import AnswerUnreadable
from core.tokens import count_tokens
from representation.prompts.summarise import Summarised
from representation.talk import Talk

_TOLERANCE = 2
"""Models count badly; what is longer by more has not summarised anything."""


def check_summary(talk: Talk, answer: Summarised) -> str:
    """Returns the summary, empty if there is nothing to tell; raises AnswerUnreadable."""
    content = answer.summary.strip()
    try:
        check_text("summary", content)
    except BadInput:
        raise AnswerUnreadable("the model's summary cannot be stored") from None
    tokens = count_tokens(content)
    if tokens > _TOLERANCE * talk.most_tokens:
        raise AnswerUnreadable(
            f"the model's summary has {tokens} tokens, asked for were {talk.most_tokens}"
        )
    return content
