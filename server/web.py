"""The web application's files, or a page that says how to build them."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).parent.parent / "web_playground" / "dist"
_PAGE = DIST / "index.html"

# 'unsafe-inline' for styles alone: the editor writes them so.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SECURITY = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_MISSING = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Vantage</title>
<h1>Vantage is running</h1>
<p>The playground is not built. With Node 20.19 or newer, run <code>make web</code> in Vantage's
folder and load this page again.</p>
<p>The API does not need it: it is at <code>/graphql</code>, over HTTP (POST) and WebSocket
(graphql-transport-ws), and <a href="/schema.graphql">schema.graphql</a> says what it takes.</p>
</html>
"""


class _Assets(StaticFiles):
    """Files whose names change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers.update(_SECURITY)
        return response


def is_built() -> bool:
    return _PAGE.is_file()


async def index(_: Request) -> Response:
    headers = {**_SECURITY, "Cache-Control": "no-cache"}
    if is_built():
        return FileResponse(_PAGE, headers=headers)
    return HTMLResponse(_MISSING, headers=headers)


def create_routes() -> list[BaseRoute]:
    return [
        Route("/", index),
        Mount("/assets", _Assets(directory=DIST / "assets", check_dir=False)),
    ]
