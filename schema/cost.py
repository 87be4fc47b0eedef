"""How many nodes an operation may return at most, estimated before it runs.

A connection counts as many nodes as its `first` or `last` allows, a list with a limit as many as
that, everything else once. Each fragment is measured once, whatever it is spread into.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from core.limits import PAGE_ROWS, PAGE_ROWS_DEFAULT

_SIZES = ("first", "last", "maxConclusions", "ids")
"""Arguments that say how many there are."""

_CONNECTION_FIELDS = frozenset(("edges", "pageInfo"))
_INSIDE_CONNECTIONS = _CONNECTION_FIELDS | {"node"}


def estimate_nodes(
    document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any]
) -> int:
    """Returns the most nodes that the operation could return."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and (
            operation_name is None or (node.name and node.name.value == operation_name)
        ):
            return _Estimate(fragments, variables).count(node.selection_set)
    return 0


class _Estimate:
    def __init__(
        self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._fragments = fragments
        self._variables = variables
        self._counts: dict[str, int] = {}
        self._fields: dict[str, frozenset[str]] = {}

    def count(self, selections: SelectionSetNode) -> int:
        total = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                total += self._count_field(node)
            elif isinstance(node, FragmentSpreadNode):
                total += self._count_fragment(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                total += self.count(node.selection_set)
        return total

    def _count_field(self, node: FieldNode) -> int:
        if node.selection_set is None or node.name.value.startswith("__"):
            return 0
        below = self.count(node.selection_set)
        if node.name.value in _INSIDE_CONNECTIONS:
            return below
        return self._get_size(node) * (1 + below)

    def _count_fragment(self, name: str) -> int:
        if name not in self._counts:
            self._counts[name] = self.count(self._fragments[name].selection_set)
        return self._counts[name]

    def _get_size(self, node: FieldNode) -> int:
        sizes = [
            self._read(argument.value)
            for argument in node.arguments or ()
            if argument.name.value in _SIZES
        ]
        known = [size for size in sizes if size is not None]
        if known:
            return min(max(known), PAGE_ROWS)
        return PAGE_ROWS_DEFAULT if self._is_connection(node) else 1

    def _read(self, value: ValueNode) -> int | None:
        if isinstance(value, VariableNode):
            given = self._variables.get(value.name.value)
            if isinstance(given, list):
                return len(given)
            return given if isinstance(given, int) else None  # what does not fit is refused later
        if isinstance(value, IntValueNode):
            return int(value.value)
        return len(value.values) if isinstance(value, ListValueNode) else None

    def _is_connection(self, node: FieldNode) -> bool:
        fields = self._list_fields(node.selection_set) if node.selection_set else frozenset()
        return not fields.isdisjoint(_CONNECTION_FIELDS)

    def _list_fields(self, selections: SelectionSetNode) -> frozenset[str]:
        """Names what is selected, in fragments too."""
        names: set[str] = set()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                names.add(node.name.value)
            elif isinstance(node, FragmentSpreadNode):
                names |= self._list_fragment_fields(node.name.value)
            elif isinstance(node, InlineFragmentNode):
                names |= self._list_fields(node.selection_set)
        return frozenset(names)

    def _list_fragment_fields(self, name: str) -> frozenset[str]:
        if name not in self._fields:
            self._fields[name] = self._list_fields(self._fragments[name].selection_set)
        return self._fields[name]
