"""Every command of docs/api.md works against a real server."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ui.api.app import create_app

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def commands() -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl on the path")
async def test_every_command_of_the_page_works(echo: Any, serving: Any) -> None:
    lines = commands()
    assert len(lines) > 12
    async with serving(create_app(echo)) as address:
        script = "\n".join(["set -eu -o pipefail", f"HOST={address}", *(f"{line}; echo" for line in lines)])
        run = await asyncio.to_thread(
            subprocess.run, ["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False
        )
    assert run.returncode == 0, run.stdout[-500:] + run.stderr
    assert "event: done" in run.stdout and '"text":"You said: A slow-burning crime film"' in run.stdout
    # The request that was sent twice was answered once.
    assert echo.turns == 3
