"""The schema, put together. `python -m schema.schema` prints it; schema.graphql is its copy."""

import logging
import sys
from pathlib import Path
from typing import Any

import strawberry
from graphql import GraphQLError, MiddlewareManager
from graphql import OperationType as GraphQLOperationType
from strawberry.extensions import SchemaExtension
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from core.errors import VantageError
from schema.document import Documents, check_nodes
from schema.errors import ErrorCodes
from schema.executor import EventExecutor
from schema.guard import guard_schema
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

PRINTED = Path(__file__).parent / "schema.graphql"


class Schema(strawberry.Schema):
    """Strawberry's, with our own documents, limits and executor, and errors told in one place."""

    def __init__(self, **options: Any) -> None:
        super().__init__(execution_context_class=EventExecutor, **options)
        guard_schema(self._schema)
        self.documents = Documents(self._schema)
        self._middleware = MiddlewareManager()

    def is_mutation(self, text: str, operation_name: str | None) -> bool:
        """Tells whether it is one, as far as that can be read; running it tells the rest."""
        try:
            operation = self.documents.get(text).get_operation(operation_name)
        except (GraphQLError, VantageError):
            return False
        return operation.operation is GraphQLOperationType.MUTATION

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        """Reads and checks the operation, from memory if it was sent before.

        Strawberry would let what is raised here pass, without a code or without a word.
        """
        try:
            return self._prepare(context)
        except GraphQLError as error:
            return PreExecutionError(data=None, errors=[error])
        except VantageError as error:
            told = GraphQLError(str(error), original_error=error)
            return PreExecutionError(data=None, errors=[told])

    def _prepare(self, context: ExecutionContext) -> PreExecutionError | None:
        document = self.documents.get(context.query or "")
        if document.errors:
            return PreExecutionError(data=None, errors=list(document.errors))
        name = context._provided_operation_name
        kind = OperationType(document.get_operation(name).operation.value)
        if kind not in context.allowed_operations:
            raise GraphQLError(f"a {kind.value} is not for this way of asking")
        check_nodes(document.node, name, context.variables or {})
        context.graphql_document = document.node
        return None

    def _get_middleware_manager(self, extensions: list[SchemaExtension]) -> MiddlewareManager:
        """There is none: our extensions stay out of the resolvers' way."""
        return self._middleware

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Logs nothing: a refused argument is not worth a trace, a fault has one already."""


def create_schema() -> Schema:
    # Strawberry's own log repeats what callers are told.
    logging.getLogger("strawberry").setLevel(logging.CRITICAL)
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
        extensions=[ErrorCodes],
    )


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
