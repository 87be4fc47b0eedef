"""The schema, put together. `python -m schema.schema` prints it; schema.graphql is its copy."""

import logging
import sys
from collections.abc import Awaitable, Callable, Iterable
from inspect import isawaitable
from pathlib import Path
from typing import Any, TypeGuard, cast

import strawberry
from graphql import GraphQLError, MiddlewareManager, execute
from graphql import OperationType as GraphQLOperationType
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.extensions import SchemaExtension
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from core.errors import VantageError
from schema.document import Document, Documents, check_nodes
from schema.errors import ErrorCodes, tell_error
from schema.executor import EventExecutor
from schema.guard import guard_schema
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription

PRINTED = Path(__file__).parent / "schema.graphql"


_QUERY_OR_MUTATION = frozenset((OperationType.QUERY, OperationType.MUTATION))


_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


class _Refused(Exception):
    """The operation must not be run."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


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

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Runs a query or mutation; without the hooks of Strawberry, which cost more than it does.

        Returns a PreExecutionError if it did not run.
        """
        allowed = _QUERY_OR_MUTATION if allowed_operation_types is None else allowed_operation_types
        variables = variable_values or {}
        try:
            document = self._get_document(query or "", operation_name, variables, allowed)
            result = execute(
                self._schema,
                document.node,
                root_value=root_value,
                context_value=context_value,
                variable_values=variables,
                operation_name=operation_name,
                executor_class=EventExecutor,
                is_awaitable=_is_awaitable,
                completions=document.completions,
            )
            answer = await result if isawaitable(result) else result
        except _Refused as refused:
            return PreExecutionError(data=None, errors=[tell_error(e) for e in refused.errors])
        except Exception as fault:
            told = tell_error(GraphQLError(str(fault), original_error=fault))
            return PreExecutionError(data=None, errors=[told])
        return ExecutionResult(answer.data, [tell_error(e) for e in answer.errors or ()] or None)

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        """Reads and checks the operation of a stream, from memory if it was sent before."""
        name, variables = context._provided_operation_name, context.variables or {}
        try:
            document = self._get_document(
                context.query or "", name, variables, context.allowed_operations
            )
        except _Refused as refused:
            return PreExecutionError(data=None, errors=refused.errors)
        context.graphql_document = document.node
        return None

    def _get_document(
        self,
        text: str,
        operation_name: str | None,
        variables: dict[str, Any],
        allowed: Iterable[OperationType],
    ) -> Document:
        """Returns a document whose operation may be run; raises _Refused."""
        try:
            document = self.documents.get(text)
            if document.errors:
                raise _Refused(list(document.errors))
            kind = OperationType(document.get_operation(operation_name).operation.value)
            if kind not in allowed:
                raise GraphQLError(f"a {kind.value} is not for this way of asking")
            check_nodes(document.node, operation_name, variables)
        except GraphQLError as error:
            raise _Refused([error]) from error
        except VantageError as error:
            raise _Refused([GraphQLError(str(error), original_error=error)]) from error
        return document

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
