"""What a GraphQL request over HTTP asks for, and refusing what is none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request as HTTPRequest

from server.transport_http.refusal import BadRequest
from server.transport_http.upload import place_files, read_form

JSON = "application/json"
FORM = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed request; its document was not looked at."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)


async def read_request(http: HTTPRequest) -> Request:
    """Reads the parameters from where the method has them; raises BadRequest."""
    if http.method == "GET":
        return _check(_read_url(http))
    if http.method != "POST":
        raise BadRequest(
            f"the method is {http.method}, it must be GET or POST",
            status=405,
            headers={"Allow": "GET, POST"},
        )
    if _check_content_type(http.headers.get("content-type")) == FORM:
        operations, places, files = await read_form(http)
        asked = _read_json("operations", operations)
        return _check(place_files(asked, _read_json("map", places), files))
    return _check(_read_json("the request body", await http.body()))


def _read_url(http: HTTPRequest) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, value in http.query_params.multi_items():
        if name in given:
            raise BadRequest(f"the parameter {name} is there twice, once is allowed")
        given[name] = value
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _read_json(name, given[name])
    # An empty one is as good as none: that is how forms send it.
    return {name: value for name, value in given.items() if value != ""}


def _check_content_type(header: str | None) -> str:
    """Returns JSON, or FORM for requests with files."""
    name, *parameters = (part.strip().lower() for part in (header or "").split(";"))
    if name == FORM:
        return name
    if name != JSON:
        told = f"is {name[:80]!r}" if name else "is missing"
        raise BadRequest(f"the content type {told}, it must be {JSON}", status=415)
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            raise BadRequest(f"the charset is {value[:80]}, it must be utf-8", status=415)
    return name


def _read_json(what: str, text: str | bytes) -> Any:
    try:
        # Not orjson: it takes no lone surrogates, and those are refused by name further in.
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequest(f"{what} is not JSON") from None


def _check(given: Any) -> Request:
    if isinstance(given, list):
        raise BadRequest("the request is a list, it must be one operation: batching is off")
    if not isinstance(given, dict):
        raise BadRequest("the request body must be a JSON object")
    query = given.get("query")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest("query must be a string that holds a GraphQL document")
    name = given.get("operationName")
    if name is not None and not isinstance(name, str):
        raise BadRequest("operationName must be a string or null")
    return Request(query, name, _get_map(given, "variables"), _get_map(given, "extensions"))


def _get_map(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = given.get(name)
    if value is not None and not isinstance(value, dict):
        raise BadRequest(f"{name} must be an object or null")
    return value or {}
