"""Ours, whole: run with the DSN of a migrated database and a workspace; it sends to session `s`."""

import sys

from benchmarks.fanout.control import obey
from benchmarks.fanout.frame import CONTENT
from benchmarks.rig import run_measured
from core.settings import Settings
from models.workspace import create_workspace
from resolvers.message import Utterance, send_messages
from server.serve import run_http


async def main(dsn: str, workspace: str) -> None:
    # Nothing is derived meanwhile: that is the workers' time, not the followers'.
    settings = Settings(
        database_url=dsn, port=0, derive_batch_age_s=86_400, derive_batch_tokens=100_000
    )
    async with run_http(settings) as serving:
        services = serving.runtime.services
        await create_workspace(services.pool, workspace, metadata="{}", configuration="{}")

        async def send(count: int) -> None:
            for _ in range(count):
                await send_messages(services, workspace, "s", [Utterance("ada", CONTENT)])

        await send(1)
        await obey(int(serving.url.rpartition(":")[2]), send)


if __name__ == "__main__":
    run_measured(main(*sys.argv[1:3]))
