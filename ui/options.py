"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="PALATE_CONFIG",
        help="Settings file; without it palate.toml in this folder, else the demo's settings.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]
Host = Annotated[str, typer.Option(envvar="PALATE_HOST", help="Address to listen on; 0.0.0.0 = every network.")]
Port = Annotated[int, typer.Option(envvar="PALATE_PORT", min=0, max=65535, help="Port to listen on; 0 = any free.")]
