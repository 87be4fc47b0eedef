"""The messages of graphql-transport-ws: what clients may send, checked, and what we answer."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

from server.stream import Request

CONNECTION_ACK = b'{"type":"connection_ack"}'


class BadMessage(Exception):
    """Not a message of the protocol; says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Starts any operation: a subscription, a query or a mutation."""

    id: str
    request: Request


@dataclass(frozen=True, slots=True)
class Complete:
    id: str


ClientMessage = ConnectionInit | Ping | Pong | Subscribe | Complete


def read_message(text: str) -> ClientMessage:
    """Reads a message; raises BadMessage, with a reason for the client."""
    try:
        # Not orjson: it refuses lone surrogates, which are the operation's fault, not the socket's.
        found = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadMessage("the message is not JSON") from None
    if not isinstance(found, dict):
        raise BadMessage(f"the message is {_name(found)}, it must be an object")
    match found.get("type"):
        case "connection_init":
            return ConnectionInit(_read_object(found, "payload") or {})
        case "ping":
            return Ping(_read_object(found, "payload"))
        case "pong":
            return Pong(_read_object(found, "payload"))
        case "subscribe":
            return Subscribe(_read_id(found), _read_payload(found))
        case "complete":
            return Complete(_read_id(found))
        case str() as type_:
            raise BadMessage(f'no client sends messages of the type "{type_[:40]}"')
        case type_:
            raise BadMessage(f"type is {_name(type_)}, it must be a string")


def to_pong(payload: dict[str, Any] | None) -> bytes:
    """Writes the answer to a ping, with what the ping carried."""
    return _write({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


def to_next_head(id_: str) -> bytes:
    """Writes what comes before the payload in each `next` of one operation; `}` comes after it."""
    return b'{"id":' + orjson.dumps(id_) + b',"type":"next","payload":'


def to_error(id_: str, errors: list[dict[str, Any]]) -> bytes:
    return _write({"id": id_, "type": "error", "payload": errors})


def to_complete(id_: str) -> bytes:
    return _write({"id": id_, "type": "complete"})


def _read_payload(message: dict[str, Any]) -> Request:
    payload = _read_object(message, "payload")
    if payload is None:
        raise BadMessage("payload is missing, it must be an object")
    return read_request(payload)


def read_request(payload: dict[str, Any]) -> Request:
    """Reads what GraphQL over any transport calls parameters; raises BadMessage."""
    query = payload.get("query")
    if not isinstance(query, str):
        raise BadMessage(f"query is {_name(query)}, it must be a string")
    operation_name = payload.get("operationName")
    if not isinstance(operation_name, str | None):
        raise BadMessage(f"operationName is {_name(operation_name)}, it must be a string")
    _read_object(payload, "extensions")
    return Request(query, operation_name, _read_object(payload, "variables") or {})


def _read_id(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str):
        raise BadMessage(f"id is {_name(id_)}, it must be a string")
    if not id_:
        raise BadMessage("id is empty, at least 1 character is needed")
    try:
        id_.encode()
    except UnicodeEncodeError:
        raise BadMessage("id has a lone surrogate, which is no text") from None
    return id_


def _read_object(message: dict[str, Any], key: str) -> dict[str, Any] | None:
    found = message.get(key)
    if not isinstance(found, dict | None):
        raise BadMessage(f"{key} is {_name(found)}, it must be an object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _name(value: Any) -> str:
    names = {
        dict: "an object",
        list: "an array",
        str: "a string",
        bool: "a boolean",
        type(None): "null or missing",
    }
    return names.get(type(value), "a number")


def _write(message: dict[str, Any]) -> bytes:
    # What clients sent may come back in it, lone surrogates too: as the escapes they were.
    try:
        return orjson.dumps(message)
    except TypeError:
        return json.dumps(message, separators=(",", ":")).encode()
