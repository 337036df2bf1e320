"""Run a language model on this machine: llama.cpp beside this process, asked like any other endpoint.

The model loads while the application already serves; until it is ready every call raises ``ModelUnavailableError``,
so the agent answers without it and says so.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from ..errors import ModelUnavailableError
from ..types import ChatMessage, Completion
from .config import LlmConfig
from .endpoint import EndpointModel

PROGRAM = Path(__file__).with_name("engine.py")
STOP_WAIT_S = 5.0
"""How long the engine may take to end by itself before it is killed."""
RESTART_PAUSE_S = 30.0
"""Least time between two starts, so that an engine that always dies does not occupy the machine."""
READY_POLL_S = 0.05
YIELDING_THREADS = {"OMP_WAIT_POLICY": "PASSIVE"}
"""llama.cpp's threads otherwise spin while they wait for each other: with one other busy process on two processors that
made 1 token a second out of 10."""


class EmbeddedModel:
    """A ``ChatModel`` that owns its server."""

    def __init__(self, config: LlmConfig, path: Path, *, program: Path = PROGRAM) -> None:
        """Start loading ``path`` in the background; ``program`` holds it (see ``engine.py`` for what it must do)."""
        self.name = path.stem
        self._config = config
        self._engine = Engine(config, path, self.name, program=program)
        self._client: EndpointModel | None = None

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 256,
        temperature: float = 0.0,
    ) -> Completion:
        """Answer at once; with ``schema`` the text is JSON that the server constrained to it."""
        client = await self._ready_client()
        return await client.complete(messages, schema=schema, max_tokens=max_tokens, temperature=temperature)

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 256, temperature: float = 0.0
    ) -> AsyncGenerator[str]:
        """Yield pieces of text as they come; closing the iterator cancels the request."""
        client = await self._ready_client()
        async with aclosing(client.stream(messages, max_tokens=max_tokens, temperature=temperature)) as pieces:
            async for piece in pieces:
                yield piece

    async def warm(self, messages: Sequence[ChatMessage]) -> None:
        """Wait until the model is loaded and let it read ``messages``, so that later requests start sooner.

        Raises:
            ModelUnavailableError: the model could not be loaded.
        """
        while self._engine.loading:
            await asyncio.sleep(READY_POLL_S)
        await (await self._ready_client()).warm(messages)

    async def health(self) -> str | None:
        """Return None when the model can answer, else the reason in words."""
        try:
            client = await self._ready_client()
        except ModelUnavailableError as error:
            return str(error)
        return await client.health()

    async def close(self) -> None:
        """Stop the engine and give its memory back."""
        if self._client is not None:
            await self._client.close()
        await asyncio.to_thread(self._engine.stop)

    async def _ready_client(self) -> EndpointModel:
        base_url = self._engine.address()
        if self._client is None or self._client.base_url != base_url:
            served = {"base_url": base_url, "model": self.name, "api_key": SecretStr(self._engine.key)}
            self._client = EndpointModel(self._config.model_copy(update=served))
        return self._client


class Engine:
    """The process that holds the model: started in a thread, started again if it dies, ended with its owner."""

    def __init__(self, config: LlmConfig, path: Path, name: str, *, program: Path = PROGRAM) -> None:
        """Start the process; this does not wait for it."""
        self.key = secrets.token_urlsafe(16)
        self._config, self._path, self._name, self._program = config, path, name, program
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._address: str | None = None
        self._failure: str | None = None
        self._started_at = 0.0
        self._served = False
        self._stopped = False
        self._start()

    @property
    def loading(self) -> bool:
        """Whether the model is on its way: neither ready, failed nor stopped."""
        return self._address is None and self._failure is None and not self._stopped

    def address(self) -> str:
        """Return the address to ask, up to and with ``/v1``; starts a dead engine again.

        Raises:
            ModelUnavailableError: the model is loading, cannot be loaded, or was stopped.
        """
        self._start_again_if_dead()
        if self._address is not None:
            return self._address
        if self._stopped:
            raise ModelUnavailableError(f"Model {self._name!r} was stopped.")
        if self._failure is not None:
            raise ModelUnavailableError(f"Model {self._name!r} could not be loaded: {self._failure}.", hint=self._hint)
        raise ModelUnavailableError(f"Model {self._name!r} is loading.", hint="It is ready in a few seconds.")

    def stop(self) -> None:
        """End the process; this blocks for a moment."""
        with self._lock:
            ready, process = self._address is not None, self._process
            self._stopped, self._address = True, None
        if process is not None:
            _end(process, gently=ready)

    @property
    def _hint(self) -> str:
        return "Try another file (llm.model_path), fewer tokens (llm.n_ctx), or read its log (llm.log_file)."

    def _start(self) -> None:
        self._address, self._failure, self._started_at = None, None, time.monotonic()
        threading.Thread(target=self._load, name="palate-engine", daemon=True).start()

    def _start_again_if_dead(self) -> None:
        """Only an engine that was ready once is worth another try."""
        with self._lock:
            process = self._process
            if self._stopped or self.loading or process is None or process.poll() is None:
                return
            if self._address is not None:
                self._address, self._failure, self._served = None, "it ended unexpectedly", True
            if self._served and time.monotonic() - self._started_at > RESTART_PAUSE_S:
                self._start()

    def _load(self) -> None:
        """Start the process and wait until it says where it listens, or why it cannot."""
        with self._lock:
            if self._stopped:
                return
            process = self._process = self._spawn()
        answer = self._exchange(process)
        with self._lock:
            if "address" in answer:
                self._address = f"{answer['address']}/v1"
            else:
                self._failure = answer.get("error") or f"the engine ended with status {process.wait()}"

    def _spawn(self) -> subprocess.Popen[str]:
        log = self._config.log_file
        # -P: the engine's own folder must not come first on its import path, where it could hide library modules.
        command = [sys.executable, "-P", str(self._program)]
        with open(log or os.devnull, "ab") as stderr:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                encoding="utf-8",
                env=YIELDING_THREADS | os.environ,
            )

    def _exchange(self, process: subprocess.Popen[str]) -> dict[str, str]:
        """Send the settings and wait for the answer; an engine that ends without one gives an empty answer."""
        settings = {
            "path": str(self._path),
            "name": self._name,
            "key": self.key,
            "n_ctx": self._config.n_ctx,
            "parallel": self._config.parallel,
            "threads": self._config.threads or _processors(),
            "verbose": self._config.log_file is not None,
        }
        if process.stdin is None or process.stdout is None:
            return {}
        with process.stdout as answers:
            try:
                process.stdin.write(json.dumps(settings) + "\n")
                process.stdin.flush()
            except BrokenPipeError:
                return {}
            answer: dict[str, str] = json.loads(answers.readline() or "{}")
            return answer


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _end(process: subprocess.Popen[str], *, gently: bool) -> None:
    """Ask the process to end by closing its input, and insist after a while; one that still loads cannot listen."""
    if process.stdin is not None:
        process.stdin.close()
    if not gently:
        process.kill()
    try:
        process.wait(STOP_WAIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
