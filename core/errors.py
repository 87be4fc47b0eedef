"""Every error a caller can be told about, with its stable code.

VantageError
├── BadInput         BAD_USER_INPUT     a value breaks a rule; nothing was changed
├── NotFound         NOT_FOUND          no such thing, or not the caller's
├── Unauthenticated  UNAUTHENTICATED    no valid credentials
├── Forbidden        FORBIDDEN          valid credentials, not for this
├── Conflict         CONFLICT           the same id was used for something else
├── PayloadTooLarge  PAYLOAD_TOO_LARGE  the request is larger than the limit
├── RateLimited      RATE_LIMITED       too many requests
├── QueryTooComplex  QUERY_TOO_COMPLEX  the operation is larger than the limit
└── Unavailable      UNAVAILABLE        a part we need does not answer; try again
SetupError                              the server can't start as configured; says what to do
"""

from typing import ClassVar


class VantageError(Exception):
    """Something the caller is told; the message names the value and the rule."""

    code: ClassVar[str]


class BadInput(VantageError):
    code = "BAD_USER_INPUT"


class NotFound(VantageError):
    code = "NOT_FOUND"


class Unauthenticated(VantageError):
    code = "UNAUTHENTICATED"


class Forbidden(VantageError):
    code = "FORBIDDEN"


class Conflict(VantageError):
    code = "CONFLICT"


class PayloadTooLarge(VantageError):
    code = "PAYLOAD_TOO_LARGE"


class RateLimited(VantageError):
    code = "RATE_LIMITED"


class QueryTooComplex(VantageError):
    code = "QUERY_TOO_COMPLEX"


class Unavailable(VantageError):
    code = "UNAVAILABLE"


class SetupError(Exception):
    """The server can't start as it is configured; the message says what to do."""
