"""What a text asks for, as far as those who run it need to know before: it is not validated."""

from dataclasses import dataclass
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    parse,
    visit,
)

from schema.limits import OPERATION_BYTES, OPERATION_TOKENS

START_ARGUMENTS = frozenset(("after", "last"))
"""Of a subscription: they tell where it begins, not what it tells."""
_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Operation:
    """The one operation of a document that is asked for."""

    is_subscription: bool
    start_variables: frozenset[str]
    """Variables that only tell where the subscription begins."""


def read_operation(query: str, operation_name: str | None) -> Operation | None:
    """Reads an operation; None: it cannot be read, and running it will tell why."""
    # No more bytes than characters are allowed, and what is longer is not worth remembering.
    return None if len(query) > OPERATION_BYTES else _read_operation(query, operation_name)


@lru_cache(maxsize=_REMEMBERED)
def _read_operation(query: str, operation_name: str | None) -> Operation | None:
    try:
        document = parse(query, max_tokens=OPERATION_TOKENS, no_location=True)
    except GraphQLError:
        return None
    operation = find_operation(document, operation_name)
    if operation is None:
        return None
    is_subscription = operation.operation is OperationType.SUBSCRIPTION
    return Operation(is_subscription, frozenset(_list_start_variables(document, operation)))


def find_operation(
    document: DocumentNode, operation_name: str | None
) -> OperationDefinitionNode | None:
    """Returns the operation with the name, or without a name the only one there is."""
    operations = [
        node for node in document.definitions if isinstance(node, OperationDefinitionNode)
    ]
    if operation_name is None:
        return operations[0] if len(operations) == 1 else None
    named = [node for node in operations if node.name and node.name.value == operation_name]
    return named[0] if named else None


def _list_start_variables(document: DocumentNode, operation: OperationDefinitionNode) -> list[str]:
    counter = _VariableCounter()
    visit(document, counter)
    starts = [
        argument.value.name.value
        for field in operation.selection_set.selections
        if isinstance(field, FieldNode)
        for argument in field.arguments or ()
        if argument.name.value in START_ARGUMENTS and isinstance(argument.value, VariableNode)
    ]
    # Once in its definition, and once there.
    return [name for name in starts if counter.counts[name] == 2]


class _VariableCounter(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        name = node.name.value
        self.counts[name] = self.counts.get(name, 0) + 1
