"""Errors as clients see them: a stable code each, and nothing of a fault but its id."""

import uuid

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.extensions import MaskErrors

from core.errors import BadInput, QueryTooComplex, Unavailable, VantageError
from models.database import AWAY

_TOO_COMPLEX = ("Validation aborted.", "Maximum introspection depth exceeded")
"""What graphql-core says when an operation is beyond limits of its own."""

_log = structlog.get_logger(__name__)


class ErrorCodes(MaskErrors):
    """Has Strawberry tell errors so, where it runs the operation."""

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        return tell_error(error)


def tell_error(error: GraphQLError) -> GraphQLError:
    """Gives an error its code; what is not meant for callers becomes INTERNAL with an id."""
    message, extensions = _tell(error)
    return GraphQLError(
        # What callers sent may be quoted in it, lone surrogates too, and those are no JSON.
        message.encode(errors="backslashreplace").decode(),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def _tell(error: GraphQLError) -> tuple[str, dict[str, str]]:
    cause = _get_cause(error)
    if isinstance(cause, VantageError):
        return str(cause), {"code": cause.code}
    if "code" in (error.extensions or {}):
        return error.message, {"code": str((error.extensions or {})["code"])}
    is_long = isinstance(error, GraphQLSyntaxError) and "tokens" in error.message
    if is_long or error.message in _TOO_COMPLEX:
        return error.message, {"code": QueryTooComplex.code}
    if cause is None:  # it does not parse, does not validate, or a variable does not fit
        return error.message, {"code": BadInput.code}
    if isinstance(cause, AWAY):
        _log.warning("database away", path=error.path, error=type(cause).__name__)
        return "the database does not answer; try again", {"code": Unavailable.code}
    fault_id = uuid.uuid4().hex
    _log.error("fault", id=fault_id, path=error.path, exc_info=cause)
    return (
        f"Something went wrong on our side; the log has it under {fault_id}",
        {"code": "INTERNAL", "id": fault_id},
    )


def _get_cause(error: GraphQLError) -> Exception | None:
    """Returns what was raised below; scalars wrap what they raise more than once."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return None if isinstance(cause, GraphQLError) else cause
