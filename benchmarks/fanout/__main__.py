"""`python -m benchmarks.fanout`."""

from rich.console import Console

from benchmarks.fanout import run
from benchmarks.rig import run_measured

run_measured(run(Console()))
