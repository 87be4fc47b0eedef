"""`python -m benchmarks.growth`; with `--million` also a million messages."""

import sys

from rich.console import Console

from benchmarks.growth.compare import MILLION, SIZES, run
from benchmarks.rig import run_measured

run_measured(run(Console(), (*SIZES, MILLION) if "--million" in sys.argv[1:] else SIZES))
