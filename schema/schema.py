"""The schema, put together. `python -m schema.schema` prints it; schema.graphql is its copy."""

import logging
import sys
from pathlib import Path

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.execution import PreExecutionError

from core.errors import VantageError
from schema.errors import ErrorCodes
from schema.executor import EventExecutor
from schema.guard import guard_schema
from schema.limits import OperationLimits
from schema.mutation import Mutation
from schema.operation import find_operation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

PRINTED = Path(__file__).parent / "schema.graphql"
_CACHED_DOCUMENTS = 1_000


class Schema(strawberry.Schema):
    """Strawberry's, with errors told and logged in one place (schema/errors.py) and there alone."""

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        """Turns what an extension raises while parsing into an error like any other.

        Strawberry lets it pass, without a code over HTTP and without a word over sockets.
        """
        try:
            error = await super()._prepare_operation_async(context, extensions_runner)
            return error or _check_choice(context)
        except GraphQLError as error:
            return PreExecutionError(data=None, errors=[error])
        except VantageError as error:
            told = GraphQLError(str(error), original_error=error)
            return PreExecutionError(data=None, errors=[told])

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Logs nothing: a refused argument is not worth a trace, a fault has one already."""


def _check_choice(context: ExecutionContext) -> PreExecutionError | None:
    """Refuses several operations without a name to tell which; Strawberry runs the first."""
    document = context.graphql_document
    name = context._provided_operation_name
    if document is None or find_operation(document, name) is not None:
        return None
    error = GraphQLError("the document has several operations; operationName must tell which")
    return PreExecutionError(data=None, errors=[error])


def create_schema() -> Schema:
    # Strawberry's own log repeats what callers are told.
    logging.getLogger("strawberry").setLevel(logging.CRITICAL)
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        execution_context_class=EventExecutor,
        extensions=[
            OperationLimits,
            lambda: ParserCache(maxsize=_CACHED_DOCUMENTS),
            lambda: ValidationCache(maxsize=_CACHED_DOCUMENTS),
            ErrorCodes,
        ],
    )
    guard_schema(schema._schema)
    return schema


def print_schema() -> str:
    """Returns the schema in its own language, as it is committed."""
    return create_schema().as_str() + "\n"


def main(arguments: list[str]) -> int:
    """Prints the schema to its file, or with --check says whether the file is up to date."""
    if "--check" not in arguments:
        PRINTED.write_text(print_schema())
        return 0
    if PRINTED.read_text() == print_schema():
        return 0
    sys.stderr.write("schema/schema.graphql is not up to date; run `make schema`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
