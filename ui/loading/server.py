"""A server to try things on: another process, or a thread of this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any, NamedTuple

import uvicorn

from agent.errors import AgentError

_START_S = 120.0
_STOP_S = 30.0


class Started(NamedTuple):
    """A server that answers."""

    address: str
    pid: int


@contextmanager
def program(environment: Mapping[str, str], *arguments: str) -> Iterator[Started]:
    """Run ``palate serve --no-page`` as a process of its own on a free port, and yield where it is.

    Raises:
        AgentError: it did not start; what it said stands above.
    """
    command = [sys.executable, "-c", "from ui.cli import main; main()", "serve", "--no-page", "--port", "0", *arguments]
    own = dict(os.environ) | dict(environment) | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=own) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            address = next((word for word in line.split() if word.startswith("http://")), None)
            if address is None:
                raise AgentError("The server did not start.", hint="What it said stands above; try: palate doctor")
            yield Started(address, server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(_STOP_S)


@contextmanager
def replicas(environment: Mapping[str, str], count: int, *arguments: str) -> Iterator[list[Started]]:
    """Run so many servers as ``program`` does, over one index and one store, and yield where they are."""
    with ExitStack() as stack:
        yield [stack.enter_context(program(environment, *arguments)) for _ in range(count)]


@contextmanager
def in_thread(app: Any) -> Iterator[str]:
    """Serve an app in a thread on a free port, and yield its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="on"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + _START_S
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.02)
    if not server.started:
        raise AgentError("The server did not start.", hint="See its log.")
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(_STOP_S)
