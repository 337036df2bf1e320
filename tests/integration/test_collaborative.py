"""From a file of interactions to a search that knows what others with the same likes liked besides."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from retrieval import (
    CatalogConfig,
    CollaborativeConfig,
    IndexConfig,
    RerankConfig,
    RetrievalSettings,
    Retriever,
    build_index,
)
from retrieval.catalog_types import AttributeColumn, Columns
from retrieval.collaborative import CollaborativeModel, TrainingConfig, indexed_items, train_collaborative
from retrieval.errors import CollaborativeError, InteractionsError
from retrieval.testing import HashEncoder
from retrieval.types import Constraint, Leaning, Query

pytest.importorskip("implicit", reason="palate[train] is not installed")

COUNT, COLD = 80, 4
"""Items; the last few have no interactions."""
CONFIG = TrainingConfig(held_out=2, quick=True, neighbours=30)


def cup(place: int) -> dict[str, object]:
    colour = ("red", "blue", "green", "white")[(place // 2) % 4]
    return {
        "id": f"c{place}",
        "title": f"Cup {place}",
        "about": f"a {colour} cup",
        "size": place,
        "sold": COUNT - place,
    }


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> RetrievalSettings:
    """Cups whose words say nothing of whether their number is even, and people who like either kind."""
    folder = tmp_path_factory.mktemp("cups")
    (folder / "cups.jsonl").write_text("\n".join(json.dumps(cup(place)) for place in range(COUNT)), "utf-8")
    draw = np.random.default_rng(3)
    rows = ["user_id,item_id,value,timestamp", "u0,gone,5,1"]
    for user in range(60):
        mine = np.arange(user % 2, COUNT - COLD, 2)
        rows += [f"u{user},c{item},5,{at}" for at, item in enumerate(draw.choice(mine, 12, replace=False))]
    (folder / "interactions.csv").write_text("\n".join(rows), "utf-8")
    found = RetrievalSettings(
        catalog=CatalogConfig(
            path=folder / "cups.jsonl",
            name="cups",
            columns=Columns(description="about", popularity="sold"),
            attributes=(AttributeColumn(name="size", kind="number"),),
        ),
        index=IndexConfig(path=folder / "index"),
        rerank=RerankConfig(enabled=False),
        collaborative=CollaborativeConfig(interactions=folder / "interactions.csv", model=folder / "model"),
    )
    build_index(found, encoder=HashEncoder(64))
    name, ids, texts = indexed_items(found.index)
    said: list[str] = []
    report = train_collaborative(
        folder / "interactions.csv",
        folder / "model",
        name,
        ids,
        texts,
        found.collaborative,
        CONFIG,
        "test",
        said.append,
    )
    assert any("gone" in line for line in said)
    assert report.interactions.unknown_rows == 1
    return found


@pytest.fixture(scope="module")
def retriever(settings: RetrievalSettings) -> Retriever:
    return Retriever.open(settings, encoder=HashEncoder(64))


def even(ids: list[str]) -> float:
    return sum(int(item_id[1:]) % 2 == 0 for item_id in ids) / len(ids)


def test_the_report_says_what_the_model_is_worth_and_how_to_repeat_it(settings: RetrievalSettings) -> None:
    assert settings.collaborative.model is not None
    report = json.loads((settings.collaborative.model / "report.json").read_text("utf-8"))
    figures = {figure["name"]: figure for figure in report["figures"]}
    kept = figures[report["kept"]]
    assert kept["above_interval"][0] > 0, "two tastes are easier to foresee than popularity"
    assert figures[f"{report['kept']}, as saved"]["ndcg"] > figures["popularity"]["ndcg"]
    card = (settings.collaborative.model / "model_card.md").read_text("utf-8")
    assert "Command: `test` (seed 42)" in card and "gone" not in card.split("|")[0].split("Data")[0]
    assert (settings.collaborative.model / "ndcg.svg").read_text("utf-8").startswith("<?xml")


def test_likes_bring_what_others_with_those_likes_liked(retriever: Retriever) -> None:
    result = retriever.search(Query(like_ids=("c2", "c10", "c20", "c30"), k=10, diversity=0.0))
    speaking = [hit for hit in result.hits if "collaborative" in hit.stages]
    assert len(speaking) >= 7
    assert even([hit.item.id for hit in speaking]) >= 0.9
    assert result.degraded == ()
    assert "collaborative" in result.timings_ms


def test_dislikes_push_away_and_hard_constraints_stay_exact(retriever: Retriever) -> None:
    hard = Constraint(attribute="size", op="ge", value=40)
    query = Query(like_ids=("c2", "c10"), dislike_ids=("c3",), constraints=(hard,), k=20)
    hits = retriever.search(query).hits
    assert len(hits) == 20
    assert all(int(hit.item.id[1:]) >= 40 for hit in hits)
    assert not {"c2", "c10", "c3"} & {hit.item.id for hit in hits}


def test_a_query_without_likes_is_left_as_it_was(settings: RetrievalSettings, retriever: Retriever) -> None:
    plain = Retriever.open(
        settings.model_copy(update={"collaborative": CollaborativeConfig()}), encoder=HashEncoder(64)
    )
    query = Query(text="a red cup", k=10)
    assert [hit.item.id for hit in retriever.search(query).hits] == [hit.item.id for hit in plain.search(query).hits]
    plain.close()


def test_remembered_likes_count_only_where_nothing_is_asked_and_are_named(retriever: Retriever) -> None:
    leanings = tuple(Leaning(id=f"m{place}", item_id=f"c{place}", weight=1.0) for place in (3, 11, 21))
    vague = retriever.search(Query(leanings=leanings, leaning_weight=1.0, k=10))
    assert any("collaborative" in hit.stages for hit in vague.hits)
    assert set(vague.leaned) == {"m3", "m11", "m21"}
    definite = retriever.search(Query(text="a red cup", leanings=leanings, k=10))
    assert not any("collaborative" in hit.stages for hit in definite.hits)


def test_items_without_interactions_get_scores_from_their_texts(settings: RetrievalSettings) -> None:
    assert settings.collaborative.model is not None
    model = CollaborativeModel.open(settings.collaborative.model)
    scores = model.scores({"c2": 1.0, "c10": 1.0})
    assert scores is not None
    cold = scores[[model.row(f"c{place}") for place in range(COUNT - COLD, COUNT)]]
    assert np.isfinite(cold).all() and len(set(cold.tolist())) > 1
    assert model.scores({"unheard": 1.0}) is None
    assert 0 == model.trust(0) < model.trust(1) < model.trust(20) < 1


@pytest.mark.parametrize("fault", ["missing", "torn", "stranger"])
def test_a_model_that_does_not_serve_degrades_and_fails_no_search(
    settings: RetrievalSettings, tmp_path: Path, fault: str
) -> None:
    assert settings.collaborative.model is not None
    folder = tmp_path / "model"
    if fault != "missing":
        shutil.copytree(settings.collaborative.model, folder)
    if fault == "torn":
        (folder / "model.npz").write_bytes((folder / "model.npz").read_bytes()[:100])
    if fault == "stranger":
        (folder / "items.json").write_text(json.dumps([f"other{place}" for place in range(COUNT)]), "utf-8")
    broken = settings.model_copy(update={"collaborative": CollaborativeConfig(model=folder)})
    opened = Retriever.open(broken, encoder=HashEncoder(64))
    result = opened.search(Query(like_ids=("c2",), k=5))
    opened.close()
    assert len(result.hits) == 5
    assert [reason.split(":")[0] for reason in result.degraded] == ["collaborative"]
    if fault != "stranger":
        with pytest.raises(CollaborativeError, match="palate train collaborative"):
            CollaborativeModel.open(folder)


def test_too_few_users_are_refused(settings: RetrievalSettings, tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    file.write_text("user_id,item_id\n" + "".join(f"u{user},c{user}\nu{user},c9\n" for user in range(5)), "utf-8")
    name, ids, texts = indexed_items(settings.index)
    with pytest.raises(InteractionsError, match="too few"):
        train_collaborative(
            file, tmp_path / "out", name, ids, texts, CollaborativeConfig(), CONFIG, "test", lambda line: None
        )
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ui.cli import main

    with pytest.raises(SystemExit) as left:
        main(["train", "collaborative", "--out", str(tmp_path / "out")])
    assert left.value.code == 2
    assert "--interactions FILE" in capsys.readouterr().err
