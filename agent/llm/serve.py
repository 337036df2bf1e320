"""Run a vLLM server for Palate to ask: start it, wait until it is healthy, end it whole."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from pydantic import Field

from retrieval.types import Value

from ..errors import ModelUnavailableError
from .vllm_env import Device, Note

POLL_S = 0.5
NOTE_EVERY_S = 10.0
STOP_WAIT_S = 15.0
"""How long vLLM may take to end by itself before its whole process group is killed."""


class ServeConfig(Value):
    """What to serve and how."""

    model: str
    """Folder of a model, or its name on the hub."""
    name: str
    """Name that requests use."""
    device: Device = "cpu"
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    max_len: int = Field(4096, ge=512)
    """Tokens that prompt and answer of one request may use together."""
    max_requests: int = Field(8, ge=1)
    """Requests answered at the same time."""
    cache_gb: int = Field(2, ge=1)
    """Memory for the prompts under way, on a processor."""
    eager: bool = False
    """Compile nothing: ready minutes sooner on a processor, slower afterwards."""
    ready_timeout_s: float = Field(900.0, gt=0)
    """Longest wait until it is healthy; the first start on a processor compiles for minutes."""


class VllmServer:
    """One vLLM process with everything it starts. A context manager: leaving it ends them all."""

    def __init__(self, config: ServeConfig, python: Path, *, log: Path | None = None) -> None:
        """Keep the settings; ``log`` receives what vLLM prints, None = this program's standard error."""
        self.config = config
        self.base_url = f"http://{config.host}:{config.port}/v1"
        self._python, self._log = python, log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> VllmServer:
        """Start; this does not wait until it is healthy."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.stop()

    def start(self) -> None:
        """Start the process, in a group of its own so that all it starts can be ended together."""
        log = open(self._log, "ab") if self._log else None  # noqa: SIM115 - closed below, the child keeps its own copy
        try:
            self._process = subprocess.Popen(
                [str(self._python), "-m", "vllm.entrypoints.openai.api_server", *_flags(self.config)],
                env=os.environ | _environment(self.config),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        finally:
            if log is not None:
                log.close()

    def wait_ready(self, on_note: Note) -> None:
        """Return when the server answers its health check.

        Raises:
            ModelUnavailableError: it ended, or was not healthy in time.
        """
        start = noted = time.monotonic()
        while not self._healthy():
            waited = time.monotonic() - start
            if self._process is None or self._process.poll() is not None:
                raise ModelUnavailableError(f"vLLM ended before it was ready.{self._last_words()}", hint=self._hint)
            if waited > self.config.ready_timeout_s:
                raise ModelUnavailableError(f"vLLM was not ready after {waited:.0f} s.", hint=self._hint)
            if time.monotonic() - noted > NOTE_EVERY_S:
                noted = time.monotonic()
                on_note(f"vLLM is starting: {waited:.0f} s so far.")
            time.sleep(POLL_S)

    def wait(self) -> int:
        """Return vLLM's exit status when it ends by itself."""
        return self._process.wait() if self._process else 0

    def stop(self) -> None:
        """End vLLM and all it started; this blocks until they are gone."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_WAIT_S)
        # Workers can outlive the server that started them.
        self.kill()

    def kill(self) -> None:
        """End everything at once, as a crash would."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def settings(self) -> str:
        """Return the lines of palate.toml that make Palate use this server."""
        return f'[llm]\nengine = "endpoint"\nbase_url = "{self.base_url}"\nmodel = "{self.config.name}"\n'

    @property
    def _hint(self) -> str:
        return f"Read {self._log}." if self._log else "Read what it printed above."

    def _healthy(self) -> bool:
        import httpx

        try:
            return httpx.get(f"{self.base_url.removesuffix('/v1')}/health", timeout=2.0).is_success
        except httpx.TransportError:
            return False

    def _last_words(self) -> str:
        if self._log is None or not self._log.exists():
            return ""
        lines = [line for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
        return f" Its last words: {lines[-1].strip()!r}." if lines else ""

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _flags(config: ServeConfig) -> list[str]:
    flags = {
        "--model": config.model,
        "--served-model-name": config.name,
        "--host": config.host,
        "--port": str(config.port),
        "--max-model-len": str(config.max_len),
        "--max-num-seqs": str(config.max_requests),
    }
    if config.device == "cpu":
        flags["--dtype"] = "bfloat16"
    return [word for pair in flags.items() for word in pair] + (["--enforce-eager"] if config.eager else [])


def _environment(config: ServeConfig) -> dict[str, str]:
    settings = {"VLLM_NO_USAGE_STATS": "1"}
    if config.device == "cpu":
        settings["VLLM_CPU_KVCACHE_SPACE"] = str(config.cache_gb)
    if Path(config.model).is_dir():
        settings["HF_HUB_OFFLINE"] = "1"
    return settings
