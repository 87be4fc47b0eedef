"""Whether the process is alive, and whether it can do its work."""

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse

from models.migrate import is_current
from server.runtime import Runtime


async def healthz(_: Request) -> JSONResponse:
    """Answers as long as the event loop turns."""
    return JSONResponse({"status": "alive"})


async def readyz(request: Request) -> JSONResponse:
    """200 if the database answers, its tables are ours and workers run; else 503 and what lacks."""
    runtime: Runtime = request.app.state.runtime
    checks = {"database": False, "migrations": False, "workers": runtime.crew.is_working}
    try:
        checks["database"] = await runtime.services.pool.fetchval("SELECT true")
        checks["migrations"] = await is_current(runtime.services.pool)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return JSONResponse({**checks, "error": type(error).__name__}, status_code=503)
    return JSONResponse(checks, status_code=200 if all(checks.values()) else 503)
