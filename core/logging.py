"""Structured logs, for people on a terminal and for collectors in production."""

import logging
import sys

import structlog

from core.settings import settings

_QUIETER = (
    # These log addresses at INFO, and an address can hold a phone number.
    "twilio.http_client",
    "httpx",
    "httpx2",
    "httpcore",
    "urllib3",
    # This one tells at INFO what it loads.
    "sentence_transformers",
)


def configure_logging() -> None:
    """Send every log line, ours and the libraries', to standard error in one form."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = _renderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    level = logging.getLevelNamesMapping()[settings().log_level]
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIETER:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def _renderer() -> structlog.types.Processor:
    if settings().log_json:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
