"""A serving process that can be killed and is started again within a second.

Processes are forked from one that has everything imported and nothing open, so that a kill falls into the work and not
into the start of Python. What runs in them is what ``palate serve`` runs.
"""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from agent import Settings
from agent.errors import AgentError

_PRELOADED = ["ui.breaking.killable", "agent.recommender", "ui.serve", "chromadb", "langgraph.graph", "tantivy"]
_START_S = 120.0


class KillableServer:
    """Start it, kill it, start it again."""

    def __init__(self, settings: Settings) -> None:
        """Take what to serve with; starts nothing.

        Raises:
            AgentError: this system cannot fork.
        """
        if not hasattr(os, "fork"):
            raise AgentError("This system cannot fork processes.", hint="Run it on Linux.")
        self._settings = settings
        self._forks = multiprocessing.get_context("forkserver")
        self._forks.set_forkserver_preload(_PRELOADED)
        self._process: ForkServerProcess | None = None

    def start(self) -> str:
        """Start a process and return its address once it answers.

        Raises:
            AgentError: it does not start; what it said stands above.
        """
        here, there = self._forks.Pipe(duplex=False)
        self._process = self._forks.Process(target=serve_until_killed, args=(self._settings, there))
        self._process.start()
        there.close()
        try:
            if here.poll(_START_S):
                return str(here.recv())
        except EOFError:
            pass
        finally:
            here.close()
        self.kill()
        raise AgentError("The server did not start.", hint="What it said stands above; try: palate doctor")

    def kill(self) -> None:
        """Send SIGKILL, and wait until the process is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None


def serve_until_killed(settings: Settings, told: Connection) -> None:
    """Serve the API; tell the address as soon as it answers."""
    from agent import Recommender

    from ..serve import serve

    serve(Recommender.from_settings(settings), page=False, on_ready=told.send)
