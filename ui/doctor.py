"""Examine the installation part by part and say, for each, whether it works and what to do."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agent.errors import AgentError, ModelError
from agent.types import ChatMessage
from retrieval.errors import RetrievalError
from retrieval.types import Value

if TYPE_CHECKING:
    from agent import Settings

State = Literal["fine", "warning", "broken"]

PACKAGES = ("agent", "evals", "prompts", "retrieval", "ui")
_MARKS: dict[State, str] = {"fine": "ok  ", "warning": "warn", "broken": "FAIL"}
_OLDEST = (3, 11)
PATIENCE_S = 60.0
"""How long the language model may take to load and answer."""


class Check(Value):
    """What one part was found to be."""

    part: str
    state: State
    detail: str
    hint: str = ""


def examine(config: Path | None) -> list[Check]:
    """Examine every part; none of them raises, and later parts are examined though earlier ones are broken."""
    checks = [python(sys.version_info[:3]), *packages(packages_distributions()), conflicts()]
    settings, check = _settings(config)
    checks.append(check)
    if settings is not None:
        checks += [_guarded(part, look, settings) for part, look in _PARTS.items()]
    return checks


def write(checks: Sequence[Check], *, as_json: bool) -> str:
    """Write the findings for people, or as JSON."""
    if as_json:
        return json.dumps([check.model_dump() for check in checks], indent=2)
    lines = []
    for check in checks:
        lines.append(f"{_MARKS[check.state]}  {check.part:<10} {check.detail}")
        if check.hint and check.state != "fine":
            lines.append(f"{'':17}{check.hint}")
    return "\n".join(lines)


def python(version: tuple[int, ...]) -> Check:
    """Say whether this Python is recent enough."""
    found = ".".join(str(part) for part in version)
    if version < _OLDEST:
        return Check(part="python", state="broken", detail=found, hint="Palate needs Python 3.11 or later.")
    return Check(part="python", state="fine", detail=found)


def packages(distributions: Mapping[str, Sequence[str]]) -> list[Check]:
    """Say for each of Palate's packages whether another distribution brings one of the same name."""
    root = Path(__file__).resolve().parent.parent
    return [_package(name, distributions.get(name, ()), root) for name in PACKAGES]


def conflicts() -> Check:
    """Warn of torchvision, whose wheel on the package index does not load beside the processor build of torch."""
    if importlib.util.find_spec("torchvision") is None:
        return Check(part="libraries", state="fine", detail="no known conflict")
    hint = "If models fail to load with strange messages: pip uninstall torchvision"
    return Check(part="libraries", state="warning", detail="torchvision is installed", hint=hint)


def _package(name: str, claimants: Sequence[str], root: Path) -> Check:
    others = sorted(set(claimants) - {"palate"})
    spec = importlib.util.find_spec(name)
    places = [] if spec is None else [Path(place).resolve().parent for place in spec.submodule_search_locations or ()]
    if others or places != [root]:
        rivals = ", ".join(others) or ", ".join(str(place) for place in places) or "nothing"
        return Check(
            part=name,
            state="broken",
            detail=f"the name is taken by {rivals}",
            hint="Give Palate an environment of its own.",
        )
    return Check(part=name, state="fine", detail="ours")


def _guarded(part: str, look: Callable[[Settings], Check], settings: Settings) -> Check:
    try:
        return look(settings)
    except (AgentError, RetrievalError) as error:
        return Check(part=part, state="broken", detail=Exception.__str__(error), hint=error.hint)


def _settings(config: Path | None) -> tuple[Settings | None, Check]:
    from agent import Settings

    try:
        return Settings.load(config), Check(part="settings", state="fine", detail=str(config or "defaults"))
    except AgentError as error:
        return None, Check(part="settings", state="broken", detail=Exception.__str__(error), hint=error.hint)


def _index(settings: Settings) -> Check:
    from retrieval import Retriever

    retriever = Retriever.open(settings.retrieval())
    try:
        manifest = retriever.manifest
        return Check(part="index", state="fine", detail=f"{manifest.items:,} items, encoder {manifest.encoder}")
    finally:
        retriever.close()


def _store(settings: Settings) -> Check:
    from agent import open_store

    store = open_store(settings)

    async def ask() -> str | None:
        try:
            return await store.health()
        finally:
            await store.close()

    reason = asyncio.run(ask())
    if reason is None:
        return Check(part="store", state="fine", detail="answers")
    return Check(part="store", state="broken", detail=reason)


def _model(settings: Settings) -> Check:
    """Ask the language model something; Palate answers without one, so nothing here is more than a warning."""
    from agent.llm import open_model

    async def ask() -> float | None:
        model = open_model(settings.llm)
        if model is None:
            return None
        question = [ChatMessage(role="user", content="Say yes.")]
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await model.warm(question)
                await model.complete(question, max_tokens=3)
        finally:
            await model.close()
        return time.perf_counter() - began

    where = settings.llm.base_url if settings.llm.engine == "endpoint" else "embedded"
    try:
        seconds = asyncio.run(ask())
    except (ModelError, TimeoutError) as error:
        reason = str(error) or f"no answer within {PATIENCE_S:.0f} s"
        return Check(part="model", state="warning", detail=f"{where}: {reason}", hint="Palate answers without it.")
    detail = "switched off" if seconds is None else f"{where}, loaded and answered in {seconds:.1f} s"
    return Check(part="model", state="fine", detail=detail)


_PARTS: dict[str, Callable[[Settings], Check]] = {"index": _index, "store": _store, "model": _model}
