"""Files in requests, by the GraphQL multipart request specification.

Browsers let pages send forms without asking us first; server/gate.py keeps those of others out.
"""

from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException as FormError
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from representation.document import File
from server.transport_http.refusal import BadRequest

FILES = 10
_FIELDS = 10


async def read_form(request: Request) -> tuple[str, str, dict[str, File]]:
    """Returns `operations`, `map`, and the files by the names of their parts."""
    try:
        form = await request.form(max_files=FILES, max_fields=_FIELDS)
    except (FormError, MultiPartException) as error:
        raise BadRequest("Unable to parse the multipart body") from error
    try:
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        files = {
            name: File(part.filename or name, part.content_type or "", await part.read())
            for name, part in form.items()
            if isinstance(part, UploadFile)
        }
    finally:
        await form.close()
    if not {"operations", "map"} <= texts.keys():
        raise BadRequest("A multipart request needs the fields operations and map")
    return texts["operations"], texts["map"], files


def place_files(operations: Any, places: Any, files: dict[str, File]) -> dict[str, Any]:
    """Returns the operation with each file where `map` says; there must be null there."""
    if not isinstance(operations, dict):
        raise BadRequest("operations must be a JSON object")
    if not isinstance(places, dict):
        raise BadRequest("map must be a JSON object")
    for name, paths in places.items():
        if name not in files:
            raise BadRequest(f"map names the file {name[:40]!r}, which is not there")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise BadRequest(f"map must have a list of paths for {name[:40]!r}")
        for path in paths:
            _place(operations, path, files[name])
    return operations


def _place(operations: dict[str, Any], path: str, file: File) -> None:
    *above, last = path.split(".")
    at: Any = operations
    try:
        for key in above:
            at = at[int(key) if isinstance(at, list) else key]
        place = int(last) if isinstance(at, list) else last
        if above[:1] != ["variables"] or at[place] is not None:
            raise KeyError(path)
    except (KeyError, IndexError, TypeError, ValueError):
        raise BadRequest(f"map has {path[:80]!r}, where no null is") from None
    at[place] = file
