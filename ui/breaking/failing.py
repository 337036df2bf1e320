"""Let one part after another fail in the middle of a conversation, and see that no turn lies and nothing is lost."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from agent import Settings
from retrieval.types import Value

from .fault_list import FAULTS, NARROW, Fault
from .stand import Stand, standing

_HUNG_S = 60.0
_RECOVERY_S = 20.0
_FIRST, _LAST = "a story with a cellist", "only after 1990"


class Finding(Value):
    """One fault: what was expected and what was seen."""

    part: str
    fault: str
    expected: str
    observed: str
    """The outcome, and what the answer said of it; then whatever else was wrong."""
    ok: bool


class FaultReport(Value):
    """All faults."""

    findings: tuple[Finding, ...]
    seconds: float
    machine: str = ""
    commit: str = ""

    @property
    def differing(self) -> tuple[Finding, ...]:
        """Those that did not end as they must."""
        return tuple(finding for finding in self.findings if not finding.ok)


class _Answer(Value):
    outcome: str
    words: str = ""
    """What it says of the fault."""
    text: str = ""
    """All of it."""
    kept: bool = False
    """Whether the caller was told that it is done."""
    problems: tuple[str, ...] = ()


def faults(settings: Settings, only: str = "", say: Callable[[Finding], None] = lambda _one: None) -> FaultReport:
    """Try every fault, each with a server of its own.

    Args:
        settings: from ``shelf_settings``, with a SQLite file; each fault gets a file of its own beside it.
        only: tries those alone whose part or name holds this.
        say: told of each.
    """
    chosen = [fault for fault in FAULTS if only in f"{fault.part}: {fault.fault}"]
    return asyncio.run(_all(settings, chosen, say))


async def _all(settings: Settings, chosen: Sequence[Fault], say: Callable[[Finding], None]) -> FaultReport:
    loop = asyncio.get_running_loop()
    began, findings = loop.time(), []
    for fault in chosen:
        with tempfile.TemporaryDirectory(prefix="palate-fault-") as place:
            own = settings.model_copy(update={"data_dir": Path(place)})
            async with standing(own) as stand:
                findings.append(await _tried(stand, fault))
        say(findings[-1])
    return FaultReport(findings=tuple(findings), seconds=round(loop.time() - began, 1))


async def _tried(stand: Stand, fault: Fault) -> Finding:
    """Say something, break the part, say something, mend it, say something; then read what was kept."""
    client, problems = stand.client, []
    session = (await client.post("/v1/sessions", json={})).raise_for_status().json()["session_id"]
    path = f"/v1/sessions/{session}"
    item = (await client.get("/v1/items", params={"limit": 1})).json()["items"][0]["item_id"]
    upload = (await _send(client)).json()["upload_id"] if fault.asking == "picture" else ""
    first = await _say(client, path, _FIRST)
    with fault.inject(stand):
        asked = await _asked(client, path, fault, upload)
        liked = await client.post(f"{path}/feedback", json={"item_id": item, "kind": "like"})
    last = await _after(client, path)
    if first.outcome not in ("correct", "degraded"):
        problems.append(f"before the fault: {first.outcome}")
    if last.outcome not in ("correct", "degraded"):
        problems.append(f"does not recover: {last.outcome} {last.words}")
    problems += asked.problems
    if asked.outcome != "correct" and fault.says not in asked.words.lower():
        problems.append(f"does not say {fault.says!r}")
    if fault.never and fault.never in asked.text.lower():
        problems.append(f"says {fault.never!r}")
    if liked.status_code == 500:
        problems.append("a reaction meanwhile failed with 500")
    answers = [first, asked, last] if fault.asking != "upload" else [first, last]
    problems += await _kept(client, path, answers, item if liked.is_success else "")
    observed = "; ".join((f"{asked.outcome}: {asked.words}" if asked.words else asked.outcome, *problems))
    right = asked.outcome == fault.expected and not problems
    return Finding(part=fault.part, fault=fault.fault, expected=fault.expected, observed=observed, ok=right)


async def _after(client: httpx.AsyncClient, path: str) -> _Answer:
    """Go on. A hold on the session that could not be given back ends by itself, within ten seconds."""
    until = asyncio.get_running_loop().time() + _RECOVERY_S
    while True:
        answer = await _say(client, path, _LAST)
        if answer.outcome != "refused" or asyncio.get_running_loop().time() > until:
            return answer


async def _asked(client: httpx.AsyncClient, path: str, fault: Fault, upload: str) -> _Answer:
    if fault.asking == "upload":
        answer = await _send(client)
        return _refusal(answer) if answer.is_error else _Answer(outcome="correct", kept=True)
    return await _say(client, path, fault.text, *([upload] if upload else []))


async def _say(client: httpx.AsyncClient, path: str, text: str, *uploads: str) -> _Answer:
    body = {"text": text, "k": 3, "upload_ids": uploads}
    try:
        async with asyncio.timeout(_HUNG_S):
            answer = await client.post(f"{path}/messages", json=body)
    except TimeoutError:
        return _Answer(outcome="hung", words=f"no answer in {_HUNG_S:g} s")
    if answer.is_error:
        return _refusal(answer)
    reply = answer.json()
    picks = reply["recommendations"]
    problems = [] if picks else ["shows nothing"]
    if text == NARROW and not all(_fits(pick["attributes"]) for pick in picks):
        problems.append("shows what breaks a condition")
    words = " ".join(reply["degraded"])
    return _Answer(
        outcome="degraded" if words else "correct",
        words=words,
        text=answer.text,
        kept=True,
        problems=tuple(problems),
    )


def _fits(attributes: dict[str, Any]) -> bool:
    return "Crime" in attributes["genres"] and attributes["year"] > 2000


def _refusal(answer: httpx.Response) -> _Answer:
    """Read a refusal; one that says neither what happened nor what to do is none."""
    problem = answer.json() if "problem+json" in answer.headers.get("content-type", "") else {}
    words = f"{answer.status_code} {problem.get('detail', '')} {problem.get('hint', '')}".strip()
    clear = problem.get("detail") and problem.get("hint") and answer.status_code != 500
    return _Answer(outcome="refused" if clear else "failed", words=words, text=answer.text)


async def _kept(client: httpx.AsyncClient, path: str, answers: Sequence[_Answer], liked: str) -> list[str]:
    """Return what is lost or kept against what callers were told."""
    found = (await client.get(path)).raise_for_status().json()
    problems = []
    told = [answer.text for answer in answers if answer.kept]
    kept = [turn["reply"]["text"] for turn in found["turns"]]
    if len(kept) != len(told) or not all(_text(one) == text for one, text in zip(told, kept, strict=True)):
        problems.append(f"{len(told)} turns were acknowledged, {len(kept)} are kept")
    likes = [wish["value"] for wish in found["preferences"] if wish["attribute"] == "item"]
    if likes != ([liked] if liked else []):
        problems.append("a reaction is lost, or was kept although it was refused")
    return problems


def _text(body: str) -> str:
    return str(httpx.Response(200, text=body).json()["text"])


async def _send(client: httpx.AsyncClient) -> httpx.Response:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (32, 32), (200, 30, 30)).save(picture, "PNG")
    return await client.post("/v1/uploads", files={"file": ("red.png", picture.getvalue(), "image/png")})


def render_faults(report: FaultReport) -> str:
    """Return a table in Markdown: fault, expected, observed."""
    lines = ["| part | fault | expected | observed |", "|---|---|---|---|"]
    for one in report.findings:
        mark = "" if one.ok else "**differs**: "
        lines.append(f"| {one.part} | {one.fault} | {one.expected} | {mark}{one.observed.replace('|', '/')} |")
    count = len(report.findings)
    lines += ["", f"{count - len(report.differing)} of {count} faults ended as they must, in {report.seconds:.0f} s."]
    return "\n".join(lines)
