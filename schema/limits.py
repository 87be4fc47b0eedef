"""What an operation may be: measured in one pass, each fragment once, before anything runs."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)

from core.errors import QueryTooComplex

OPERATION_BYTES = 64 * 1024
OPERATION_TOKENS = 2_000
OPERATION_DEPTH = 12
OPERATION_ALIASES = 30
OPERATION_ROOT_FIELDS = 30
OPERATION_DIRECTIVES = 50
OPERATION_NODES = 20_000
OPERATION_S = 30.0
SOCKET_OPERATIONS = 50


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int = 0
    aliases: int = 0
    directives: int = 0


class OperationSize(ValidationRule):
    """Refuses operations that are too deep or wide, or have too many aliases or directives.

    A fragment counts at each place it is spread, but is measured once: linear, however the
    fragments are chained.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._sizes: dict[str, _Size] = {}
        self._names: dict[str, frozenset[str]] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        size = self._measure(node.selection_set, frozenset())
        directives = size.directives + len(node.directives or ())
        roots = len(self._list_names(node.selection_set, frozenset()))
        if size.depth > OPERATION_DEPTH:
            self._refuse(node, f"is {size.depth} levels deep, at most {OPERATION_DEPTH}")
        if size.aliases > OPERATION_ALIASES:
            self._refuse(node, f"has {size.aliases} aliases, at most {OPERATION_ALIASES}")
        elif roots > OPERATION_ROOT_FIELDS:
            self._refuse(node, f"has {roots} root fields, at most {OPERATION_ROOT_FIELDS}")
        if directives > OPERATION_DIRECTIVES:
            self._refuse(node, f"has {directives} directives, at most {OPERATION_DIRECTIVES}")

    def _refuse(self, node: OperationDefinitionNode, rule: str) -> None:
        self.report_error(
            GraphQLError(f"the operation {rule}", node, extensions={"code": QueryTooComplex.code})
        )

    def _measure(self, selections: SelectionSetNode, above: frozenset[str]) -> _Size:
        depth = aliases = directives = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                size = self._measure_field(node, above)
            elif isinstance(node, FragmentSpreadNode):
                size = self._measure_fragment(node.name.value, above)
            elif isinstance(node, InlineFragmentNode):
                size = self._measure(node.selection_set, above)
            else:
                raise TypeError(f"no such selection: {node.kind}")
            depth, aliases = max(depth, size.depth), aliases + size.aliases
            directives += size.directives + len(node.directives or ())
        return _Size(depth, aliases, directives)

    def _measure_field(self, node: FieldNode, above: frozenset[str]) -> _Size:
        alias = int(node.alias is not None)
        if node.selection_set is None:
            return _Size(1, alias)
        below = self._measure(node.selection_set, above)
        # Introspection is deep by nature and cheap here.
        depth = 1 if node.name.value.startswith("__") else 1 + below.depth
        return _Size(depth, alias + below.aliases, below.directives)

    def _measure_fragment(self, name: str, above: frozenset[str]) -> _Size:
        fragment: FragmentDefinitionNode | None = self.context.get_fragment(name)
        if fragment is None or name in above:  # another rule reports it
            return _Size()
        if name not in self._sizes:
            self._sizes[name] = self._measure(fragment.selection_set, above | {name})
        return self._sizes[name]

    def _list_names(self, selections: SelectionSetNode, above: frozenset[str]) -> frozenset[str]:
        """Names the fields of an answer, in fragments too: what has one name is merged into one."""
        names: set[str] = set()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                names.add((node.alias or node.name).value)
            elif isinstance(node, InlineFragmentNode):
                names |= self._list_names(node.selection_set, above)
            elif isinstance(node, FragmentSpreadNode):
                names |= self._list_fragment_names(node.name.value, above)
        return frozenset(names)

    def _list_fragment_names(self, name: str, above: frozenset[str]) -> frozenset[str]:
        fragment: FragmentDefinitionNode | None = self.context.get_fragment(name)
        if fragment is None or name in above:
            return frozenset()
        if name not in self._names:
            self._names[name] = self._list_names(fragment.selection_set, above | {name})
        return self._names[name]
