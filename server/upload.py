"""Files in requests, by the GraphQL multipart request specification."""

from typing import Any
from urllib.parse import urlsplit

from cross_web import HTTPException
from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException as FormError
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from representation.document import File

FILES = 10
_FIELDS = 10


def check_origin(headers: Headers) -> None:
    """Refuses pages of other origins: browsers let them send forms without asking us first."""
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        raise HTTPException(403, "A multipart request must come from this origin")


async def read_form(request: Request) -> tuple[str, str, dict[str, File]]:
    """Returns `operations`, `map`, and the files by the names of their parts."""
    try:
        form = await request.form(max_files=FILES, max_fields=_FIELDS)
    except (FormError, MultiPartException) as error:
        raise HTTPException(400, "Unable to parse the multipart body") from error
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
        raise HTTPException(400, "A multipart request needs the fields operations and map")
    return texts["operations"], texts["map"], files


def place_files(operations: Any, places: Any, files: dict[str, File]) -> dict[str, Any]:
    """Returns the operation with each file where `map` says; there must be null there."""
    if not isinstance(operations, dict):
        raise HTTPException(400, "operations must be a JSON object")
    if not isinstance(places, dict):
        raise HTTPException(400, "map must be a JSON object")
    for name, paths in places.items():
        if name not in files:
            raise HTTPException(400, f"map names the file {name[:40]!r}, which is not there")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise HTTPException(400, f"map must have a list of paths for {name[:40]!r}")
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
        raise HTTPException(400, f"map has {path[:80]!r}, where no null is") from None
    at[place] = file
