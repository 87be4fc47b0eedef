"""Everything in the schema says what it is for."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
)

from schema.schema import print_schema

SCHEMA = build_schema(print_schema())
OURS = [
    type_
    for name, type_ in SCHEMA.type_map.items()
    if not name.startswith("__") and name not in {"String", "Int", "Float", "Boolean", "ID"}
]


def list_described(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """Yields the names of a type and of all in it, each with its description."""
    yield type_.name, type_.description
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for field_name, field in type_.fields.items():
            yield f"{type_.name}.{field_name}", field.description
            for argument_name, argument in field.args.items():
                yield f"{type_.name}.{field_name}({argument_name})", argument.description
    elif isinstance(type_, GraphQLInputObjectType):
        for field_name, input_field in type_.fields.items():
            yield f"{type_.name}.{field_name}", input_field.description
    elif isinstance(type_, GraphQLEnumType):
        for value_name, value in type_.values.items():
            yield f"{type_.name}.{value_name}", value.description


DESCRIPTIONS = {name: told for type_ in OURS for name, told in list_described(type_)}


def test_everything_has_a_description() -> None:
    assert [name for name, told in DESCRIPTIONS.items() if not told] == []


def test_every_description_is_a_sentence() -> None:
    ends = (".", "...", ":")
    assert [name for name, told in DESCRIPTIONS.items() if told and not told.endswith(ends)] == []
