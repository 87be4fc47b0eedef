"""Why we close a socket."""

from enum import IntEnum


class CloseCode(IntEnum):
    """The codes of graphql-transport-ws, one that it leaves free, and one of RFC 6455's registry.

    After TRY_AGAIN and TOO_SLOW a client connects anew and goes on from the last it has got.
    """

    TRY_AGAIN = 1013
    """Who it is cannot be told now."""
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    """An operation before the connection was acknowledged."""
    FORBIDDEN = 4403
    """Who is not let in; also who is not let stay."""
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    DUPLICATE_ID = 4409
    TOO_SLOW = 4410
    """It has not read what waits for it for too long."""
    TOO_MANY_INITS = 4429
