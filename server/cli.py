"""The command line."""

import asyncio
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError
from rich.console import Console
from rich.table import Table

from core.errors import SetupError
from core.log import configure_log
from core.settings import Settings
from models.sight import KeyKind
from resolvers.key import WantedKey
from server.archive import export_to_file, import_from_file
from server.demo import DemoFailed, run_demo
from server.fake_model.serve import serve_fake_model
from server.keys import end_key, make_key, print_keys
from server.runtime import run_database
from server.serve import serve as run_serve
from server.serve import work

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Vantage: a memory and perspective server for groups of people and agents.",
)

keys = typer.Typer(no_args_is_help=True, help="Makes, lists and revokes keys.")
app.add_typer(keys, name="keys")


class _Kind(StrEnum):
    """Kinds of keys, as one types them."""

    ADMIN = "admin"
    WORKSPACE = "workspace"
    PEER = "peer"
    SESSION = "session"


DataDir = Annotated[
    Path | None, typer.Option(help="Where the embedded PostgreSQL lives.  [default: .vantage]")
]


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes a free one.  [default: 8000]")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Runs the API, the workers and, unless one is configured, the database."""
    settings = _read_settings(host=host, port=port, data_dir=data_dir)
    _run(run_serve(settings, Console()))


@app.command()
def worker() -> None:
    """Runs workers alone, for a database and a broker shared with other processes."""
    _run(work(_read_settings(), Console()))


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Brings the database's tables up to date, and ends."""

    async def run() -> None:
        async with run_database(_read_settings(data_dir=data_dir)):
            Console().print("The database is up to date.")

    _run(run())


@app.command()
def demo(
    url: Annotated[
        str | None,
        typer.Option(help="A running server.  [default: one at the configured port, or a new one]"),
    ] = None,
    data_dir: DataDir = None,
    key: Annotated[
        str | None, typer.Option(help="An admin key, if the running server asks for one.")
    ] = None,
) -> None:
    """Plays three conversations and prints what each peer knows."""
    _run(run_demo(_read_settings(data_dir=data_dir), url, Console(), key=key))


@app.command()
def fake_model(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8001,
) -> None:
    """Runs a server that speaks the OpenAI protocol without a model, for trying out and tests."""
    _run(serve_fake_model(host, port, Console()))


@app.command("export")
def export_workspace(
    workspace: Annotated[str, typer.Argument(help="Name of the workspace.")],
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    data_dir: DataDir = None,
) -> None:
    """Writes a workspace into a file: lines of JSON, with all ids and times."""
    settings = _read_settings(data_dir=data_dir)
    _run(export_to_file(settings, workspace, file, Console(stderr=True)))


@app.command("import")
def import_workspace(
    file: Annotated[Path, typer.Argument(help="What `vantage export` has written.")],
    data_dir: DataDir = None,
) -> None:
    """Reads a workspace from such a file, whole or not at all."""
    _run(import_from_file(_read_settings(data_dir=data_dir), file, Console(stderr=True)))


@app.command()
def doctor() -> None:
    """Prints the settings in effect, secrets hidden."""
    settings = _read_settings()
    table = Table("setting", "value")
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        table.add_row(f"VANTAGE_{name.upper()}", _hide_secret(name, value))
    Console().print(table)


@keys.command("create")
def create_key(
    kind: Annotated[_Kind, typer.Option(help="What the key is for.")],
    name: Annotated[str, typer.Option(help="Unique in its workspace.")] = "first",
    workspace: Annotated[
        str | None, typer.Option(help="Its workspace; none for an admin key.")
    ] = None,
    peer: Annotated[str | None, typer.Option(help="The peer of a peer key.")] = None,
    session: Annotated[str | None, typer.Option(help="The session of a session key.")] = None,
    days: Annotated[float | None, typer.Option(help="How long it is good.", min=0)] = None,
    data_dir: DataDir = None,
) -> None:
    """Makes a key and prints its secret, this once."""
    wanted = WantedKey(name, KeyKind[kind.name], workspace, peer, session)
    settings = _read_settings(data_dir=data_dir)
    _run(make_key(settings, wanted, days=days, console=Console()))


@keys.command("list")
def list_keys(
    workspace: Annotated[
        str | None, typer.Option(help="Its keys; without, the admin keys.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Prints the keys of a workspace, or the admin keys, without their secrets."""
    _run(print_keys(_read_settings(data_dir=data_dir), workspace, Console()))


@keys.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `list` prints it.")],
    grace_seconds: Annotated[int, typer.Option(help="How long it is still good.", min=0)] = 0,
    data_dir: DataDir = None,
) -> None:
    """Ends a key."""
    settings = _read_settings(data_dir=data_dir)
    _run(end_key(settings, key_id, grace_s=grace_seconds, console=Console()))


def main() -> None:
    app()


def _read_settings(**given: Any) -> Settings:
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise typer.BadParameter("\n".join(map(_tell_fault, error.errors()))) from None
    except SettingsError as error:
        raise typer.BadParameter(f"{error}: {error.__cause__}") from None
    configure_log(settings.log_level)
    return settings


def _tell_fault(fault: ErrorDetails) -> str:
    if not fault["loc"]:  # about several settings, which it names
        return fault["msg"]
    return f"VANTAGE_{str(fault['loc'][0]).upper()}: {fault['msg']}"


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(coroutine)
    except (SetupError, DemoFailed) as error:
        Console(stderr=True).print(f"[red]{error}[/red]", soft_wrap=True)
        raise typer.Exit(1) from None


def _hide_secret(name: str, value: object) -> str:
    if value is not None and name.endswith("_key"):
        return "***"
    return _hide_password(str(value)) if name.endswith("_url") else str(value)


def _hide_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, credentials = head.partition("://")
    user = credentials.partition(":")[0]
    return f"{scheme}://{user}:***@{tail}"
