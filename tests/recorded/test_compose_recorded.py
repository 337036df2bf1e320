"""What the embedded model really wrote about demo films, replayed: most of it is shown, and all of that is true.

The sentences in ``data/compose.jsonl`` came from Qwen2.5-Coder-1.5B-Instruct Q4_K_M. Record again after changing the
prompt: ``PALATE_RECORD=1 python -m pytest --run-real tests/recorded/test_compose_recorded.py``
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from agent.compose import ComposeConfig, ComposeReport, ComposeRequest, compose, static_prompt
from agent.llm import LlmConfig, OpenedModel, open_model
from agent.sentences import Sentence
from agent.testing import RecordedModel
from agent.types import Preference
from retrieval.demo import films, schema
from retrieval.types import Item

FILE = Path(__file__).parent / "data" / "compose.jsonl"
RECORDING = bool(os.environ.get("PALATE_RECORD"))
CONFIG = ComposeConfig(model_items=3, timeout_s=600)
WISHES = {
    "a tense crime film": ("genres", "Crime"),
    "something funny and warm about family": ("themes", "family"),
    "science fiction that makes me think": ("genres", "Sci-Fi"),
    "a scary ghost story": ("themes", "ghosts"),
    "a war film without heroes": ("genres", "War"),
}

pytestmark = [pytest.mark.real] if RECORDING else []


@cache
def described() -> tuple[Item, ...]:
    return tuple(film for film in films() if film.description and film.popularity > 60)


def request(wish: str) -> ComposeRequest:
    attribute, value = WISHES[wish]
    fitting = [film for film in described() if value in (film.attributes.get(attribute) or ())]
    likes = Preference(id="1", attribute=attribute, value=value, turn_id="t", quote=wish)
    picks = tuple(fitting[:: max(1, len(fitting) // 3)][:3])
    return ComposeRequest(catalog=schema(), items=picks, wish=wish, preferences=(likes,), seed="t")


@pytest.fixture(scope="module")
def source() -> Iterator[OpenedModel | None]:
    model = open_model(LlmConfig(first_token_timeout_s=300, timeout_s=600)) if RECORDING else None
    yield model
    if model is not None:
        asyncio.run(model.close())


async def test_most_of_what_the_model_wrote_is_shown(source: OpenedModel | None) -> None:
    model = RecordedModel(FILE, model="qwen2.5-coder-1.5b-instruct-q4_k_m", source=source)
    if source is not None:
        await source.warm([static_prompt(schema())[0]])
    report = ComposeReport()
    told: list[Sentence] = []
    for wish in WISHES:
        told += [sentence async for sentence in compose(model, request(wish), CONFIG, report)]
    assert report.calls == len(WISHES)
    written = report.accepted + report.repaired
    assert written >= 0.6 * (written + report.replaced), report.__dict__
    assert all(sentence.evidence for sentence in told)
