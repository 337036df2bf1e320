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
Host = Annotated[
    str | None,
    typer.Option(help="Address to listen on, 0.0.0.0 for every network; else server.host.", show_default=False),
]
Port = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Port to listen on, 0 for any free one; else server.port.", show_default=False),
]
