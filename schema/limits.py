"""What an operation may be: measured in one pass, each fragment once, before anything runs."""

from collections.abc import Iterator
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
from strawberry.extensions import SchemaExtension

from core.errors import PayloadTooLarge, QueryTooComplex
from schema.cost import estimate_nodes

OPERATION_BYTES = 64 * 1024
OPERATION_TOKENS = 2_000
OPERATION_DEPTH = 12
OPERATION_ALIASES = 30
OPERATION_NODES = 20_000
OPERATION_S = 30.0
SOCKET_OPERATIONS = 50


@dataclass(frozen=True, slots=True)
class _Size:
    depth: int
    aliases: int


class OperationSize(ValidationRule):
    """Refuses operations that are too deep or have too many aliases.

    A fragment counts at each place it is spread, but is measured once: linear, however the
    fragments are chained. A module-level rule, so that the validation cache can know it.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._sizes: dict[str, _Size] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        size = self._measure(node.selection_set, frozenset())
        if size.depth > OPERATION_DEPTH:
            self._refuse(node, f"is {size.depth} levels deep, at most {OPERATION_DEPTH}")
        if size.aliases > OPERATION_ALIASES:
            self._refuse(node, f"has {size.aliases} aliases, at most {OPERATION_ALIASES}")

    def _refuse(self, node: OperationDefinitionNode, rule: str) -> None:
        self.report_error(
            GraphQLError(f"the operation {rule}", node, extensions={"code": QueryTooComplex.code})
        )

    def _measure(self, selections: SelectionSetNode, above: frozenset[str]) -> _Size:
        depth = aliases = 0
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
        return _Size(depth, aliases)

    def _measure_field(self, node: FieldNode, above: frozenset[str]) -> _Size:
        alias = int(node.alias is not None)
        if node.name.value.startswith("__") or node.selection_set is None:
            # Introspection is deep by nature and cheap here.
            return _Size(1, alias)
        below = self._measure(node.selection_set, above)
        return _Size(1 + below.depth, alias + below.aliases)

    def _measure_fragment(self, name: str, above: frozenset[str]) -> _Size:
        fragment: FragmentDefinitionNode | None = self.context.get_fragment(name)
        if fragment is None or name in above:  # another rule reports it
            return _Size(0, 0)
        if name not in self._sizes:
            self._sizes[name] = self._measure(fragment.selection_set, above | {name})
        return self._sizes[name]


class OperationLimits(SchemaExtension):
    """Hands the limits to the parser and to validation, and refuses what would return too much."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        size = len((context.query or "").encode(errors="surrogatepass"))
        if size > OPERATION_BYTES:
            raise PayloadTooLarge(f"the operation is {size} bytes long, at most {OPERATION_BYTES}")
        context.parse_options["max_tokens"] = OPERATION_TOKENS
        context.validation_rules = (*context.validation_rules, OperationSize)
        yield

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context
        if context.graphql_document is not None:
            nodes = estimate_nodes(
                context.graphql_document, context.operation_name, context.variables or {}
            )
            if nodes > OPERATION_NODES:
                raise GraphQLError(
                    f"the operation could return {nodes} nodes, at most {OPERATION_NODES};"
                    " ask for smaller pages",
                    extensions={"code": QueryTooComplex.code},
                )
        yield
