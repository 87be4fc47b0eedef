"""Logs: structured, to standard error, at one level for all."""

import logging
import sys

import structlog


def configure_log(level: str) -> None:
    """Sets the level of our log and quiets the libraries' to warnings."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            # Plain: the default also prints local variables, and with them what peers said.
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
    )
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr)
    # When what they connect to is away they print traces, again and again; we say it in a line.
    for name in ("pika", "asyncpg"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
