"""How reading slows down as a workspace grows, under the vantages of two peers."""

from benchmarks.growth.compare import run

__all__ = ["run"]
