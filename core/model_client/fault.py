"""What can go wrong with a model, told apart by what is to be done about it.

ModelFault
├── ModelAway         no answer: wait, and try again for as long as it takes
│   └── BudgetSpent   the workspace may not ask before tomorrow
├── ModelRefused      the endpoint does not take this request; others it may
└── AnswerUnreadable  it answered, with nothing we can use; worth a few more tries

Their messages are stored and shown, so they never hold what was asked or answered.
"""


class ModelFault(Exception):
    """A model was asked and gave nothing to go on with."""


class ModelAway(ModelFault):
    """Nobody answered; `wait_s` is how long to wait at least before the next try."""

    def __init__(self, message: str, *, wait_s: float = 0.0, is_outage: bool = True) -> None:
        """`is_outage` false: the endpoint is there, but does not let us in now."""
        super().__init__(message)
        self.wait_s = wait_s
        self.is_outage = is_outage


class BudgetSpent(ModelAway):
    """The workspace has used up what it may use in a day."""


class ModelRefused(ModelFault):
    """The endpoint finds fault with the request; `complaint` is what it says, and stays inside."""

    def __init__(self, message: str, complaint: str) -> None:
        super().__init__(message)
        self.complaint = complaint


class AnswerUnreadable(ModelFault):
    """The answer is not what was asked for."""

    def __init__(self, message: str, *, can_be_corrected: bool = True) -> None:
        """`can_be_corrected` false: telling the model so would not help."""
        super().__init__(message)
        self.can_be_corrected = can_be_corrected
