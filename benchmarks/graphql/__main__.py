"""`python -m benchmarks.graphql`."""

from rich.console import Console

from benchmarks.graphql import run
from benchmarks.rig import run_measured

run_measured(run(Console()))
