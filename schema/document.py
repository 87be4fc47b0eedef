"""Documents, read and checked once for all who send the same text."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from core.errors import PayloadTooLarge, QueryTooComplex
from schema.cost import estimate_nodes
from schema.limits import OPERATION_BYTES, OPERATION_NODES, OPERATION_TOKENS, OperationSize
from schema.operation import find_operation
from schema.plain import Completions

_REMEMBERED = 1_000
_LONGEST_REMEMBERED = 8 * 1024
"""Characters: what is longer is rare, and a thousand such documents would take much memory."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that parses; `errors` say what is wrong with it, and then it must not be run."""

    node: DocumentNode
    errors: tuple[GraphQLError, ...]
    completions: Completions | None
    """What was found out about reading its answers, if that is the same whatever the variables."""

    def get_operation(self, name: str | None) -> OperationDefinitionNode:
        """Returns the operation with that name, or without a name the only one there is."""
        operation = find_operation(self.node, name)
        if operation is not None:
            return operation
        if name is not None:
            raise GraphQLError(f'Unknown operation named "{name}".')
        raise GraphQLError("the document has several operations; operationName must tell which")


class Documents:
    """The documents of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._read_remembered = lru_cache(maxsize=_REMEMBERED)(self._read)

    def get(self, text: str) -> Document:
        """Reads a document; raises PayloadTooLarge, or GraphQLError if it does not parse."""
        size = len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
        if size > OPERATION_BYTES:
            raise PayloadTooLarge(f"the operation is {size} bytes long, at most {OPERATION_BYTES}")
        return (self._read if size > _LONGEST_REMEMBERED else self._read_remembered)(text)

    def _read(self, text: str) -> Document:
        node = parse(text, max_tokens=OPERATION_TOKENS)
        # What is too large is not worth the time that the other rules would take.
        errors = validate(self._schema, node, [OperationSize])
        errors = errors or validate(self._schema, node, specified_rules)
        # Without directives the same fields are selected each time.
        return Document(node, tuple(errors), None if "@" in text else {})


def check_nodes(
    node: DocumentNode, operation_name: str | None, variables: Mapping[str, Any]
) -> None:
    """Raises GraphQLError if the operation could return more than is allowed."""
    nodes = estimate_nodes(node, operation_name, variables)
    if nodes > OPERATION_NODES:
        raise GraphQLError(
            f"the operation could return {nodes} nodes, at most {OPERATION_NODES};"
            " ask for smaller pages",
            extensions={"code": QueryTooComplex.code},
        )
