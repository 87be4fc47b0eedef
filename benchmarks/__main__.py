"""Runs every benchmark: `python -m benchmarks`; `--list` only names them."""

import sys

from rich.console import Console

from benchmarks import fanout, graphql, growth, hints, ingest, observers
from benchmarks.rig import run_measured

BENCHMARKS = {
    "ingest": ingest,
    "observers": observers,
    "growth": growth,
    "fanout": fanout,
    "graphql": graphql,
    "hints": hints,
}


def main() -> None:
    console = Console()
    for name, module in BENCHMARKS.items():
        console.print(f"[bold]{name}[/bold]: {module.__doc__.splitlines()[0]}")
        if "--list" not in sys.argv[1:]:
            run_measured(module.run(console))


if __name__ == "__main__":
    main()
