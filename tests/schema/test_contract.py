"""The printed schema holds everything that tests/contract.graphql promises to clients.

_NOT_YET names what the contract promises and the schema does not have so far. It only shrinks:
whatever of it exists by now has to be taken out.
"""

from pathlib import Path

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)

from schema.schema import PRINTED, print_schema

CONTRACT = Path(__file__).parent.parent / "contract.graphql"

_NOT_YET = {
    # Types.
    "": """
        Effort ChatEvent
        Webhook WebhookPayload CreateWebhookInput DeleteWebhookInput TestWebhookInput
    """,
    # Fields, arguments and values of types that are there.
    "Workspace": "webhooks",
    "Peer.chat": "session effort responseSchema",
    "Answer": "structured degraded",
    "Mutation": "createWebhook deleteWebhook testWebhook",
    "Subscription": "chat",
    "ChangeKind": "RESYNC",
}
NOT_YET = {
    f"{owner}.{name}".lstrip(".") for owner, names in _NOT_YET.items() for name in names.split()
}

INPUT = "takes "


def read_promises(document: DocumentNode) -> dict[str, str]:
    """Maps every name, as in `Peer.chat.target`, to what is promised of it."""
    promises: dict[str, str] = {}
    for node in document.definitions:
        if isinstance(node, TypeDefinitionNode):
            promises |= _read_type(node)
    return promises


def _read_type(node: TypeDefinitionNode) -> dict[str, str]:
    name, kind = node.name.value, node.kind.removesuffix("_definition")
    promises = {name: kind}
    if isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        promises |= {f"{name}.implements {i.name.value}": kind for i in node.interfaces or ()}
        for field in node.fields or ():
            promises |= _read_field(name, field)
    elif isinstance(node, InputObjectTypeDefinitionNode):
        promises |= {
            f"{name}.{field.name.value}": _read_input(field) for field in node.fields or ()
        }
    elif isinstance(node, EnumTypeDefinitionNode):
        promises |= {f"{name}.{value.name.value}": "enum_value" for value in node.values or ()}
    elif isinstance(node, UnionTypeDefinitionNode):
        promises |= {f"{name}.{member.name.value}": "member" for member in node.types or ()}
    return promises


def _read_field(type_name: str, field: FieldDefinitionNode) -> dict[str, str]:
    name = f"{type_name}.{field.name.value}"
    arguments = {f"{name}.{each.name.value}": _read_input(each) for each in field.arguments or ()}
    return {name: print_ast(field.type), **arguments}


def _read_input(node: InputValueDefinitionNode) -> str:
    """Type and default; for a caller `= null` is the same as no default."""
    default = print_ast(node.default_value) if node.default_value else "null"
    type_ = INPUT + print_ast(node.type)
    return type_ if default == "null" else f"{type_} = {default}"


PROMISED = read_promises(parse(CONTRACT.read_text()))
PRESENT = read_promises(parse(print_schema()))


def is_not_yet(name: str) -> bool:
    """Tells whether a name, or what it is part of, is listed in NOT_YET."""
    parts = name.split(".")
    return any(".".join(parts[:length]) in NOT_YET for length in range(1, len(parts) + 1))


def test_everything_promised_is_there_as_promised() -> None:
    promised = {name: told for name, told in PROMISED.items() if not is_not_yet(name)}
    assert {name: PRESENT.get(name) for name in promised} == promised


def test_what_is_listed_as_missing_is_promised_and_missing() -> None:
    assert NOT_YET - PROMISED.keys() == set()
    assert NOT_YET & PRESENT.keys() == set()


def test_what_is_added_need_not_be_given() -> None:
    added = {
        name: told
        for name, told in PRESENT.items()
        if name not in PROMISED and name.rpartition(".")[0] in PROMISED
    }
    assert [
        name for name, told in added.items() if told.startswith(INPUT) and told[-1] == "!"
    ] == []


def test_the_printed_schema_is_up_to_date() -> None:
    assert PRINTED.read_text() == print_schema()
