"""The operator's page in a real browser: it fits, axe finds nothing serious, and what is shown stays text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from pageworld import ARTEFACTS, EVIL, WIDTHS, findings, serving
from playwright.sync_api import Browser, expect

from ui.operator import routes
from ui.operator.gather import Attribute, Overview, Report, stages
from ui.operator.recent import TurnSeen
from ui.operator.render import view_html

pytestmark = pytest.mark.real

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
TIMES = {"guard": 0.6, "understand": 7.0, "understand_model": 2100.0, "decide": 1.0, "retrieve": 240.0, "compose": 30.0}


def turn(at: int) -> TurnSeen:
    taken = {name: value * (1 + at % 7 / 5) for name, value in TIMES.items() if at % 3 or name != "understand_model"}
    return TurnSeen(
        at=AT - timedelta(seconds=9 * at),
        action="recommend" if at % 4 else "answer",
        picks=5 if at % 4 else 0,
        degraded=(EVIL,) if at % 5 == 0 else (),
        timings_ms=taken | {"cards": sum(taken.values())},
    )


def overview() -> Overview:
    turns = tuple(turn(at) for at in range(24))
    return Overview(
        at=AT,
        parts={"index": "ok", "store": "ok", "model": f"It did not answer {EVIL}."},
        index={"catalog": EVIL, "items": 17472, "problems": 3, "encoder": "bundled:minilm", "generation": "0a1b2c"},
        index_age_hours=0.4,
        attributes=(Attribute(label="genre", known=0.98), Attribute(label=EVIL, known=0.06)),
        turns=turns,
        actions={"recommend": 18, "answer": 6},
        degraded={EVIL: 5},
        stages=stages(turns),
        reactions={"like": 1203, "dislike": 77},
        reports=(Report(name="nightly", at=AT),),
    )


@pytest.fixture(scope="module")
def operated() -> Iterator[str]:
    """Serve the page's own frame and files, with a made-up state of things."""
    app = FastAPI()
    app.get("/operator")(routes.page)
    app.get("/operator/static/{name}")(routes.static)

    @app.get("/operator/view")
    def view(words: routes.WordsOf) -> HTMLResponse:
        return HTMLResponse(view_html(overview(), words))

    yield from serving(app)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("language", "verdict"),
    [("en-GB", "One part does not work as it should."), ("de-DE", "Ein Teil läuft nicht, wie er soll.")],
)
def test_it_fits_and_axe_finds_nothing_serious(
    browser: Browser, operated: str, width: str, scheme: str, language: str, verdict: str
) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    context = browser.new_context(viewport=size, color_scheme=scheme, locale=language)  # type: ignore[arg-type]
    tab = context.new_page()
    problems: list[str] = []
    tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    tab.goto(f"{operated}operator")
    expect(tab.locator(".verdict")).to_have_text(verdict)
    tab.locator("summary").first.click()
    expect(tab.locator("#h-index")).to_be_visible()
    expect(tab.locator(".turns tbody tr")).to_have_count(20)
    ends = "rows => rows.map((row) => Math.round(row.lastElementChild.getBoundingClientRect().right))"
    assert len(set(tab.locator(".stack").evaluate_all(ends))) > 5, "every turn has a bar of its own length"
    assert tab.evaluate("document.fonts.ready.then((fonts) => [...fonts].some((font) => font.status === 'loaded'))")
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert tab.evaluate("window.broken") is None
    expect(tab.locator("main")).to_contain_text(EVIL)
    assert findings(tab) == []
    tab.screenshot(path=ARTEFACTS / f"operator-{width}-{language}-{scheme}.png", full_page=True)
    assert problems == []
    context.close()


def test_a_server_that_is_gone_is_said_aloud(browser: Browser, operated: str) -> None:
    context = browser.new_context()
    tab = context.new_page()
    tab.route("**/operator/view", lambda route: route.abort())
    tab.goto(f"{operated}operator")
    expect(tab.get_by_role("status")).to_have_text("Palate does not answer; trying again.")
    context.close()
