"""Run llama.cpp's server until standard input closes. Started as a program of its own by ``embedded.py``.

It is a process of its own for two measured reasons: loading holds the interpreter lock for all of its 2-10 seconds,
which would freeze a page that is already served, and a fault in native code must not take conversations with it.

One JSON line comes in (``EngineSettings``), one goes out: ``{"address": ...}`` or ``{"error": ...}``. The key travels
this way, not on the command line, where other users of the machine could read it. When the parent dies, however it
dies, its end of the pipe closes and this process ends too.

It imports nothing of Palate's, so that it starts at once.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import Any, TypedDict

import xllamacpp

SILENT = -1
PROMPT_CACHE_MIB = 512
"""Room for prompts pushed out of a slot, so that a busy moment does not lose a warmed prefix."""


class EngineSettings(TypedDict):
    """What the parent sends."""

    path: str
    name: str
    key: str
    n_ctx: int
    parallel: int
    threads: int
    verbose: bool


def main() -> int:
    """Serve; return the exit status."""
    # Ctrl-C reaches every process of the terminal; the parent decides when this one ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings: EngineSettings = json.loads(sys.stdin.readline())
    try:
        server = xllamacpp.Server(_params(settings))
    except RuntimeError as error:
        _tell({"error": str(error)})
        return 1
    _tell({"address": server.listening_address})
    sys.stdin.read()
    del server
    return 0


def _params(settings: EngineSettings) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path = settings["path"]
    params.model_alias = {settings["name"]}
    params.api_keys = [settings["key"]]
    params.port = 0
    # The server divides its memory among the slots; the setting promises tokens for each request.
    params.n_ctx = settings["n_ctx"] * settings["parallel"]
    params.n_parallel = settings["parallel"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.fit_params = False
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = 3 if settings["verbose"] else SILENT
    return params


def _tell(message: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
