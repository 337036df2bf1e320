"""The sweep of the dial over a stand-in for a search: what its rows are, and how they are written and drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from evals import DiversityReport, plot_diversity, render_diversity
from evals.ranking.exposure import World
from evals.variety.cases import Asked
from evals.variety.report import Source
from evals.variety.sweep import PLACES, RememberingReranker, Sweeper
from retrieval import VarietyConfig
from retrieval.types import Hit, Item, Query, SearchResult
from ui.cli import app

ITEMS = [Item(id=f"f{n:02}", title=f"Film {n}", popularity=60 - n) for n in range(60)]


class Search:
    """Rank by fame, further down the further the dial stands."""

    def varied(self, variety: VarietyConfig) -> Search:
        return self

    def search(self, query: Query) -> SearchResult:
        start = round((query.adventure or 0.0) * 40)
        found = ITEMS[start : start + query.k]
        hits = tuple(Hit(item=item, rank=at, score=-at) for at, item in enumerate(found, start=1))
        return SearchResult(hits=hits, eligible=60, plan="exact")


def swept() -> Source:
    def rows(ids: Sequence[str]) -> np.ndarray:
        return np.eye(60, dtype=np.float32)[[int(item_id[1:]) for item_id in ids]]

    world = World({item.id: item for item in ITEMS}, rows)
    asked = [Asked(str(n), Query(text=str(n)), frozenset({f"f{n:02}"}), ("f00",)) for n in range(8)]
    steps = Sweeper(Search(), world, 1).steps(asked, lambda words: None)  # type: ignore[arg-type]
    return Source(name="requests", items=60, searches=8, groups=8, steps=tuple(steps))


@pytest.fixture(scope="module")
def report() -> DiversityReport:
    return DiversityReport(
        half="test", seed=1, k=10, sources=(swept(),), chosen=0.0, default=0.4, machine="m", commit="c"
    )


def test_the_rows_are_the_trivial_ones_and_every_place(report: DiversityReport) -> None:
    steps = {step.name: step for step in report.sources[0].steps}
    assert [step.place for step in steps.values()] == [None, None, None, *PLACES]
    fame = [step.figures.exposure.percentile for step in steps.values() if step.place is not None]
    assert fame == sorted(fame, key=lambda value: -(value or 0))
    plain, mixed = steps["no diversification"].figures, steps["random order of the top 50"].figures
    assert plain.each == steps["dial 0.0"].figures.each
    assert mixed.ndcg.value < plain.ndcg.value
    assert steps["popularity penalised"].figures.exposure.percentile < (plain.exposure.percentile or 0)
    assert swept() == report.sources[0], "the same seed gives the same rows"


def test_the_table_has_a_line_a_row_and_a_dash_for_what_was_not_measured(report: DiversityReport) -> None:
    lines = render_diversity(report).splitlines()
    assert sum(line.strip().startswith("dial ") for line in lines) == len(PLACES)
    assert next(line for line in lines if "no diversification" in line).endswith("-")
    assert "chosen" in report.model_dump_json()


def test_the_plot_is_drawn_as_vectors_and_as_pixels(report: DiversityReport, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots need the extra 'train'")
    for ending in ("svg", "png"):
        plot_diversity(report, tmp_path / f"plot.{ending}")
    assert ET.parse(tmp_path / "plot.svg").getroot().tag.endswith("svg")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_each_pair_is_scored_once() -> None:
    asked: list[str] = []

    class Lengths:
        name = "lengths"

        def score(self, query: str, texts: Sequence[str]) -> np.ndarray:
            asked.extend(texts)
            return np.array([len(text) for text in texts], dtype=np.float32)

    reranker = RememberingReranker(Lengths())
    assert reranker.score("q", ["a", "bb", "a"]).tolist() == [1, 2, 1]
    assert reranker.score("q", ["bb", "ccc"]).tolist() == [2, 3]
    assert asked == ["a", "bb", "ccc"]


@pytest.mark.parametrize("wrong", [["--half", "third"], ["--plot", "plot.pdf"]])
def test_a_slip_in_the_options_is_the_callers(wrong: list[str]) -> None:
    assert CliRunner().invoke(app, ["bench", "diversity", *wrong]).exit_code == 2
