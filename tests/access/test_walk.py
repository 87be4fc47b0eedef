"""Every field that decides anything, under every kind of key, on what is its own and what is not.

The fields come from the schema, what to expect from the table in docs/access.md, the arguments from
their names: a field without a rule, or without a line in the table, fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_required_argument,
)

from models.database import Pool
from resolvers.access import ANYBODY
from resolvers.access_rules import RULES
from schema.guard import get_rule_name, is_resolved
from schema.schema import create_schema
from tests.access.house import PEER, ROOM, SELF, SESSION, WORKSPACE, House, nothing_changes
from tests.client import Client, Refused
from tests.programs import ROOT

SCHEMA = create_schema()._schema
ROOTS = ("Query", "Mutation", "Subscription")
ENTERED = {"Workspace": "workspace", "Peer": "peer", "Session": "session"}
"""Types whose fields are walked from `node(id:)`."""
ELSEWHERE = {"Scope.sessions", "Query.node", "Query.nodes", "Mutation.importFile"}
"""Fields that test_nodes.py, test_scopes.py and test_import_file.py look at."""

COLUMNS = (WORKSPACE, PEER, SESSION)
KINDS = (PEER, SESSION, WORKSPACE)
"""The one that may delete everything comes last."""
YES, NO = "yes", "no"
# With what a key is refused: by its kind, or because there is no such thing for it.
REFUSED = {"FORBIDDEN", "NOT_FOUND"}
NULL = "null"


def read_table() -> dict[str, dict[str, str]]:
    rows = re.findall(
        r"^\| `(\w+\.\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
        (ROOT / "docs" / "access.md").read_text(),
        re.MULTILINE,
    )
    return {field: dict(zip(COLUMNS, told, strict=True)) for field, *told in rows}


def list_resolved() -> Iterator[tuple[str, GraphQLField]]:
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                if is_resolved(field):
                    yield get_rule_name(type_.name, name), field


TABLE = read_table()
FIELDS = dict(list_resolved())
WALKED = sorted(
    name
    for name in FIELDS.keys() & TABLE.keys() - ELSEWHERE
    if name.split(".")[0] in (*ROOTS, *ENTERED)
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a call names."""

    workspace: str
    peer: str
    session: str
    ids: dict[str, str]
    key: str

    def name(self, argument: str, field: str) -> Any:
        """Returns what an argument of this name is given; None: nothing."""
        if argument == "id":
            return {
                "Mutation.revokeKey": self.key,
                "Mutation.deleteConclusion": self.ids["alice lives in Paris"],
                "Mutation.updateMessage": self.ids["I live in Paris."],
            }.get(field)
        return {
            "workspace": self.workspace,
            "session": self.session,
            "peer": self.peer,
            "observed": self.peer,
            "scope": "rooms" if field.startswith("Mutation.") else None,
            "name": self._name(field),
            "ids": [self.ids["I live in Paris."]] if field.endswith("deleteMessages") else None,
            "messages": [{"peer": self.peer, "content": "Hello."}],
            "peers": [self.peer] if field == "Mutation.leaveSession" else [{"name": self.peer}],
            "query": "Where does alice live?",
            "contents": ["Is tall."],
            "lines": ["Is tall."],
            "metadata": {"mood": "calm"} if field == "Mutation.updateMessage" else None,
            "kind": PEER,
            "last": 1 if field == "Subscription.messages" else None,
            "after": "0-0" if field == "Subscription.events" else None,
        }.get(argument)

    def _name(self, field: str) -> str:
        if field.endswith("Workspace") or field == "Query.workspace":
            return self.workspace
        if field == "Mutation.createKey":
            return f"for {self.session}"
        return {
            "Workspace.session": self.session,
            "Workspace.scope": "rooms",
            "Mutation.cloneSession": f"copy of {self.session}",
        }.get(field, self.peer)


def get_own(house: House, kind: str) -> Target:
    return Target(house.own.name, SELF, ROOM, house.own.ids, house.keys[kind])


def get_other(house: House, kind: str) -> Target:
    """What is in the same workspace and not the key's."""
    other = house.keys[SESSION if kind == PEER else PEER]
    return Target(house.own.name, "bob", "den", house.own.ids, other)


def get_foreign(house: House) -> Target:
    return Target(house.foreign.name, SELF, ROOM, house.foreign.ids, house.keys["foreign"])


def to_variables(name: str, field: GraphQLField, target: Target) -> dict[str, Any]:
    given = {}
    for argument, definition in field.args.items():
        value = _fill(name, argument, definition, definition.type, target)
        if value is not None:
            given[argument] = value
    return given


def _fill(
    name: str,
    argument: str,
    definition: GraphQLArgument,
    type_: GraphQLInputType,
    target: Target,
) -> Any:
    input_type = get_nullable_type(type_)
    if isinstance(input_type, GraphQLInputObjectType):
        if not is_required_argument(definition):
            return None  # a filter
        values = {key: target.name(key, name) for key in input_type.fields}
        if name == "Mutation.createKey":
            values["session"] = None
        return {key: value for key, value in values.items() if value is not None}
    value = target.name(argument, name)
    if value is None and is_required_argument(definition):
        raise AssertionError(f"the walk has nothing for {name}({argument})")
    named = get_named_type(type_)
    is_given = is_required_argument(definition) or isinstance(named, GraphQLScalarType)
    return value if is_given and is_list_type(input_type) == isinstance(value, list) else None


def to_operation(name: str, field: GraphQLField) -> str:
    """Writes an operation that asks for one field, with a variable for each of its arguments."""
    owner, field_name = name.split(".")
    declared = [f"${key}: {argument.type}" for key, argument in field.args.items()]
    passed = [f"{key}: ${key}" for key in field.args]
    if owner in ENTERED:
        declared.append("$at: ID!")
    head = f"({', '.join(declared)})" if declared else ""
    call = field_name + (f"({', '.join(passed)})" if passed else "")
    type_ = get_named_type(field.type)
    if not isinstance(type_, GraphQLScalarType):
        call += " { deleted }" if type_.name == "DeletePayload" else " { __typename }"
    if owner in ENTERED:
        return f"query{head} {{ node(id: $at) {{ ... on {owner} {{ {call} }} }} }}"
    return f"{owner.lower()}{head} {{ {call} }}"


async def call(client: Client, name: str, target: Target) -> str:
    """Returns `yes`, the code of the refusal, or `null`: there is nothing, or nothing to delete."""
    field, owner = FIELDS[name], name.split(".")[0]
    operation, variables = to_operation(name, field), to_variables(name, field, target)
    if owner in ENTERED:
        noun = ENTERED[owner]
        what = noun if noun == "workspace" else f"{noun} {getattr(target, noun)}"
        variables["at"] = target.ids[what]
    try:
        if owner == "Subscription":
            async with client.subscribe(operation, **variables) as stream:
                data = await stream.get_next()
        else:
            data = await client.run(operation, **variables)
    except Refused as refusal:
        return refusal.code
    value = next(iter(data.values()))
    return NULL if value in (None, {"deleted": 0}) else YES


async def walk(house: House, pool: Pool, name: str) -> None:
    own, foreign = house.own.name, house.foreign.name
    refused = REFUSED | {NULL}
    for kind in KINDS:
        client, told = house.clients[kind], TABLE[name][kind]
        await house.own.workspace.derive()  # what the walk itself has said
        async with nothing_changes(pool, own, foreign):
            if RULES[name] is not ANYBODY or name == "Query.workspace":
                assert await call(client, name, get_foreign(house)) in refused
            if told == NO:
                assert await call(client, name, get_own(house, kind)) == "FORBIDDEN"
            elif told not in (YES, "its workspace"):
                assert await call(client, name, get_other(house, kind)) in refused
        if told != NO:
            assert await call(client, name, get_own(house, kind)) == YES, kind


@pytest.mark.parametrize("name", [name for name in WALKED if not name.startswith("Mutation")])
async def test_a_key_reads_what_the_table_says_and_nothing_else(
    shared_house: House, guarded_pool: Pool, name: str
) -> None:
    await walk(shared_house, guarded_pool, name)
    assert await call(shared_house.admin, name, get_foreign(shared_house)) == YES


@pytest.mark.parametrize("name", [name for name in WALKED if name.startswith("Mutation")])
async def test_a_key_changes_what_the_table_says_and_nothing_else(
    house: House, guarded_pool: Pool, name: str
) -> None:
    await walk(house, guarded_pool, name)


def test_every_field_that_decides_anything_has_a_rule() -> None:
    assert FIELDS.keys() - RULES.keys() == set()
    assert RULES.keys() - FIELDS.keys() == set()


def test_every_rule_that_is_not_everybodys_is_in_the_table() -> None:
    decided = {name for name, rule in RULES.items() if rule is not ANYBODY}
    assert decided - TABLE.keys() == {"Derivation.deadItems", "Derivation.pausedUntil"}
    assert TABLE.keys() - RULES.keys() == set()


def test_every_root_field_is_in_the_table() -> None:
    roots = {name for name in FIELDS if name.split(".")[0] in (*ROOTS, *ENTERED)}
    assert roots - TABLE.keys() == set()
