"""The log as one JSON object a line, for machines that gather logs; personal data is taken out of what is said."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from agent.operating import TelemetryConfig, redact

CURRENT_REQUEST: ContextVar[str] = ContextVar("palate_request_id", default="")
"""Id of the request that is served where this is read; empty outside of one."""
FIELDS = ("method", "route", "status", "milliseconds")
"""What events of requests say beside their words."""


class JsonLines(logging.Formatter):
    """Write one object a line: ``at, level, logger, event``, and ``request_id``, fields and the error where there are.

    Of an error its kind and the places it passed are told, not its message, which may hold what users wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redact(record.getMessage())[0],
        }
        if identity := CURRENT_REQUEST.get():
            said["request_id"] = identity
        said |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[0] is not None:
            frames = traceback.extract_tb(record.exc_info[2])
            said["error"] = record.exc_info[0].__name__
            said["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(said, ensure_ascii=False)


def write_json_lines(stream: TextIO | None = None) -> logging.Handler:
    """Send all of the log there, standard error by default, from level info on; return the handler."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # Libraries that tell of every call they make would tell it twice, and with addresses.
    for chatty in ("httpx", "httpcore", "openai", "chromadb", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return handler


def set_up(config: TelemetryConfig) -> None:
    """Write the log as the settings say."""
    if config.log == "json":
        write_json_lines()
