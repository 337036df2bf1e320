"""A picture in a conversation, from the upload to the reply: real index, real API, files made here."""

from __future__ import annotations

import io
import json
import random
import wave
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from agent import Recommender, Settings
from agent.parts import ModelGate
from agent.store import SqlStore
from retrieval import CatalogConfig, IndexConfig, RerankConfig, Retriever, build_index
from retrieval.catalog_types import AttributeColumn, Columns
from retrieval.modalities.config import ModalityConfig
from retrieval.testing import ColourEncoder, HashEncoder
from ui.api.app import create_app

COLOURS = {
    "ruby": (220, 20, 20),
    "rose": (235, 60, 70),
    "leaf": (60, 190, 40),
    "moss": (20, 200, 30),
    "sea": (50, 80, 210),
    "ink": (20, 30, 220),
}


def picture(colour: tuple[int, int, int], form: str = "PNG", side: int = 40) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(written, form)
    return written.getvalue()


def tone(pitch: float = 440.0, seconds: float = 0.4, rate: int = 8000) -> bytes:
    samples = np.sin(2 * np.pi * pitch * np.arange(int(rate * seconds)) / rate)
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((samples * 20000).astype("<i2").tobytes())
    return written.getvalue()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Path]]:
    """Settings over an index of coloured tiles, some with a sound, built once."""
    folder = tmp_path_factory.mktemp("tiles")
    rows = []
    for place, (name, colour) in enumerate(COLOURS.items()):
        (folder / f"{name}.png").write_bytes(picture(colour))
        row = {"id": f"t/{name}", "title": f"Tile {name}", "size": place, "image": f"{name}.png", "kind": "tile"}
        if place % 2 == 0:
            (folder / f"{name}.wav").write_bytes(tone(200.0 + 100 * place))
            row["audio"] = f"{name}.wav"
        rows.append(row)
    rows.append({"id": "t/plain", "title": "Tile without a picture", "size": 9, "kind": "tile"})
    (folder / "tiles.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    catalog = CatalogConfig(
        path=folder / "tiles.jsonl",
        name="tiles",
        noun="tile",
        noun_plural="tiles",
        columns=Columns(image="image", audio="audio"),
        attributes=(
            AttributeColumn(name="size", kind="number", phrases={"small": "<= 1"}),
            AttributeColumn(name="kind", kind="category"),
        ),
    )
    settings = Settings(
        data_dir=folder / "data",
        catalog=catalog,
        index=IndexConfig(path=folder / "index", audio=ModalityConfig(enabled=False)),
        rerank=RerankConfig(enabled=False),
        llm={"engine": "none"},
    )
    build_index(settings.retrieval(), encoder=HashEncoder(), media={"image": ColourEncoder()})
    yield settings, folder


@pytest.fixture
async def recommender(shop: tuple[Settings, Path], tmp_path: Path) -> AsyncIterator[Recommender]:
    settings = shop[0].model_copy(update={"data_dir": tmp_path})
    retriever = Retriever.open(settings.retrieval(), encoder=HashEncoder(), media={"image": ColourEncoder()})
    store = SqlStore(f"sqlite:///{tmp_path / 'talk.db'}")
    made = Recommender(settings, retriever, store, ModelGate(None, why_none="model_off"))
    yield made
    await made.aclose()


@pytest.fixture
async def client(recommender: Recommender) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(recommender), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://palate") as client:
        yield client


async def session(client: httpx.AsyncClient) -> str:
    return str((await client.post("/v1/sessions", json={})).json()["session_id"])


async def send(client: httpx.AsyncClient, data: bytes, name: str = "a.png", **form: str) -> httpx.Response:
    return await client.post("/v1/uploads", files={"file": (name, data, "application/octet-stream")}, data=form)


async def say(client: httpx.AsyncClient, session_id: str, **body: object) -> dict[str, object]:
    answer = await client.post(f"/v1/sessions/{session_id}/messages", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def ids(reply: dict[str, object]) -> list[str]:
    return [pick["item_id"] for pick in reply["recommendations"]]  # type: ignore[attr-defined, index]


async def test_a_picture_without_words_is_a_message(client: httpx.AsyncClient) -> None:
    chat = await session(client)
    taken = (await send(client, picture((228, 40, 45)), session_id=chat)).json()
    assert taken["kind"] == "image"
    reply = await say(client, chat, upload_ids=[taken["upload_id"]], k=2)
    assert ids(reply) == ["t/rose", "t/ruby"]
    assert "Two tiles that look like your picture" in str(reply["text"])
    scores = reply["recommendations"][0]["scores"]  # type: ignore[index]
    assert scores["image"] > 0.9
    told = await say(client, chat, text="why the first one?")
    assert "looks like your picture" in str(told["text"])
    evidence = [e for e in told["recommendations"][0]["evidence"] if e["source"] == "search"]  # type: ignore[index]
    assert "image" in {e["field"] for e in evidence}


async def test_a_picture_counts_with_words_and_in_later_turns_until_taken_back(client: httpx.AsyncClient) -> None:
    chat = await session(client)
    taken = (await send(client, picture((40, 60, 215)))).json()
    small = {"add": [{"attribute": "size", "op": "le", "value": 1, "hard": True}]}
    await client.patch(f"/v1/sessions/{chat}/preferences", json=small)
    reply = await say(client, chat, text="something calm", upload_ids=[taken["upload_id"]], k=3)
    assert set(ids(reply)) == {"t/ruby", "t/rose"}, "the condition binds, whatever the picture shows"
    assert "image" in reply["recommendations"][0]["scores"]  # type: ignore[index]
    later = await say(client, chat, text="calm and quiet", k=2)
    assert "image" in later["recommendations"][0]["scores"]  # type: ignore[index]
    whole = (await client.get(f"/v1/sessions/{chat}")).json()
    assert whole["turns"][0]["uploads"] == [{"id": taken["upload_id"], "kind": "image"}]
    assert whole["uploads"] == [{"id": taken["upload_id"], "kind": "image"}]
    await say(client, chat, text="forget the picture")
    assert (await client.get(f"/v1/sessions/{chat}")).json()["uploads"] == []


async def test_what_the_catalogue_has_none_of_is_said_plainly(client: httpx.AsyncClient) -> None:
    chat = await session(client)
    taken = (await send(client, tone(), "hum.wav")).json()
    assert taken["kind"] == "audio"
    reply = await say(client, chat, upload_ids=[taken["upload_id"]])
    assert reply["action"]["kind"] == "answer"  # type: ignore[index]
    assert "can't search by sound here" in str(reply["text"])
    assert ids(reply) == []
    both = await say(client, chat, text="a tile called sea", upload_ids=[taken["upload_id"]], k=2)
    assert "can't search by sound here" in str(both["text"])
    assert ids(both)


async def test_search_without_a_dialogue_by_a_picture(client: httpx.AsyncClient) -> None:
    taken = (await send(client, picture((228, 40, 45), "JPEG"), "lies.txt")).json()
    found = await client.post("/v1/recommend", json={"upload_ids": [taken["upload_id"]], "k": 2})
    assert [hit["item_id"] for hit in found.json()["recommendations"]] == ["t/rose", "t/ruby"]
    hard = [{"attribute": "size", "op": "ge", "value": 3}]
    found = await client.post("/v1/recommend", json={"upload_ids": [taken["upload_id"]], "constraints": hard, "k": 9})
    assert {hit["item_id"] for hit in found.json()["recommendations"]} == {"t/moss", "t/sea", "t/ink", "t/plain"}


async def test_uploads_belong_to_their_session_and_expire(client: httpx.AsyncClient, recommender: Recommender) -> None:
    mine, other = await session(client), await session(client)
    taken = (await send(client, picture((1, 2, 3)), session_id=mine)).json()["upload_id"]
    for unknown in (taken, "0" * 32, "../../etc/passwd", "x"):
        refused = await client.post(f"/v1/sessions/{other}/messages", json={"upload_ids": [unknown]})
        assert refused.status_code == 404, unknown
        assert "Send the file again" in refused.json()["hint"]
    shown = await client.get(f"/v1/uploads/{taken}", params={"session_id": mine})
    assert shown.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(shown.content)).size == (40, 40)
    recommender.uploads.config = recommender.uploads.config.model_copy(update={"keep_hours": 1e-9})
    gone = await client.post(f"/v1/sessions/{mine}/messages", json={"upload_ids": [taken]})
    assert gone.status_code == 404
    await send(client, picture((3, 2, 1)))
    folder = recommender.settings.data_dir / "uploads"
    assert not list(folder.glob(f"{taken}*"))


async def test_too_large_and_empty_uploads_are_refused_with_a_hint(
    client: httpx.AsyncClient, recommender: Recommender
) -> None:
    empty = await send(client, b"")
    assert (empty.status_code, empty.json()["type"]) == (422, "urn:palate:problem:upload")
    recommender.uploads.config = recommender.uploads.config.model_copy(update={"max_mb": 1})
    large = await send(client, b"\xff\xd8\xff" + b"0" * (1024 * 1024))
    assert large.status_code == 422
    assert "at most 1 MB" in large.json()["detail"]
    huge = await send(client, b"0" * (11 * 1024 * 1024))
    assert huge.status_code == 413


async def test_an_items_media_are_served_by_its_id_only(client: httpx.AsyncClient) -> None:
    seen = await client.get("/v1/items/t%2Fruby/image")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/png")
    heard = await client.get("/v1/items/t%2Fruby/audio", headers={"Range": "bytes=0-3"})
    assert (heard.status_code, heard.content) == (206, b"RIFF")
    assert heard.headers["content-type"] == "audio/wav"
    assert (await client.get("/v1/items/t%2Frose/audio")).status_code == 404
    assert (await client.get("/v1/items/t%2Fruby/video")).json()["detail"].startswith("The catalogue has no video")
    assert (await client.get("/v1/items/..%2F..%2Ftiles.jsonl/audio")).status_code == 404
    item = (await client.get("/v1/items/t%2Fruby")).json()
    assert (item["audio_url"], item["video_url"]) == ("/v1/items/t%2Fruby/audio", None)


OTHER_KINDS = (
    b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    b"<svg onload='x()'/>",
    b"%!PS-Adobe",
    b"PK\x03\x04",
    b"\0" * 99,
)
PLAIN_FIELD = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nplain\r\n--x--\r\n'


def malformed(seed: int) -> tuple[str, bytes]:
    """Return a file that is broken in one of many ways."""
    draw = random.Random(seed)
    whole = draw.choice(
        [
            lambda: picture((9, 99, 200), draw.choice(["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]), 24),
            lambda: tone(draw.uniform(100, 2000), 0.1),
        ]
    )()
    way = seed % 8
    if way == 0:
        return "cut", whole[: draw.randrange(1, len(whole))]
    if way == 1:
        bytes_ = bytearray(whole)
        for _ in range(draw.randrange(1, 40)):
            bytes_[draw.randrange(len(bytes_))] = draw.randrange(256)
        return "flipped", bytes(bytes_)
    if way == 2:
        return "head and noise", whole[:24] + draw.randbytes(draw.randrange(0, 4000))
    if way == 3:
        return "noise", draw.randbytes(draw.randrange(0, 3000))
    if way == 4:
        sizes = draw.randrange(2**16, 2**31).to_bytes(4, "big") * 2
        return "bomb", picture((1, 1, 1))[:16] + sizes + picture((1, 1, 1))[24:]
    if way == 5:
        return "swapped", whole[len(whole) // 2 :] + whole[: len(whole) // 2]
    if way == 6:
        texts = [
            b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
            b"<svg onload='x()'/>",
            b"%!PS-Adobe",
            b"PK\x03\x04",
            b"\0" * 99,
        ]
        return "other kind", draw.choice(texts) * draw.randrange(1, 4)
    return "doubled", whole + whole[::-1]


async def test_200_malformed_files_are_refused_or_read_but_break_nothing(client: httpx.AsyncClient) -> None:
    outcomes: dict[int, int] = {}
    for seed in range(200):
        name, data = malformed(seed)
        answer = await send(client, data, f"{seed}.jpg")
        outcomes[answer.status_code] = outcomes.get(answer.status_code, 0) + 1
        assert answer.status_code in (201, 422), f"{seed} ({name}): {answer.status_code} {answer.text}"
        if answer.status_code == 422:
            assert answer.json()["hint"], f"{seed} ({name}) gives no way out"
            assert "/" not in answer.json()["detail"], f"{seed} ({name}) names a path"
    assert outcomes[422] > 80
    assert (await client.get("/healthz")).text == "ok"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b"not multipart", "multipart/form-data"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nplain\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_bodies_that_hold_no_file_are_the_callers_mistake(
    client: httpx.AsyncClient, body: bytes, kind: str
) -> None:
    answer = await client.post("/v1/uploads", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
