"""Items side by side: full facts, what differs first, what was asked for marked, at every width."""

from __future__ import annotations

import pytest
from pageworld import ARTEFACTS, EVIL, WIDTHS, open_page, say
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.real


def test_differences_stand_out_and_what_was_asked_for_is_marked(page: Page) -> None:
    say(page, "hello")
    say(page, "compare")
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_contain_text(["Harbour Lights", EVIL])
    bodies = table.locator("tbody")
    expect(bodies.nth(0).get_by_role("rowheader")).to_have_text(["length", "genre", "year"])
    expect(bodies.nth(1).get_by_role("rowheader")).to_have_text(["The same in all of them", "singer"])
    length = bodies.nth(0).get_by_role("row").nth(0).get_by_role("cell")
    expect(length.nth(0)).to_contain_text("3 min (as you asked)")
    expect(length.nth(1)).to_contain_text("9 min (not as you asked)")
    genre = bodies.nth(0).get_by_role("row").nth(1).get_by_role("cell")
    expect(genre.nth(0).locator(".own")).to_have_text(["Dub"])
    expect(genre.nth(1).locator(".own")).to_have_text(["Polka"])
    expect(page.locator(".turn").nth(1).locator(".card")).to_have_count(0)


def test_a_compared_item_is_liked_where_it_stands(page: Page) -> None:
    say(page, "hello")
    say(page, "compare")
    page.locator(".compare [data-kind=like]").first.click()
    expect(page.locator("[data-panel]")).to_contain_text("Harbour Lights")
    expect(page.locator(".card [data-kind=like]").first).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator(".compare [data-kind=like]").first).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "language"), [("phone", "de"), ("tablet", "zh"), ("desktop", "fr")])
def test_it_fits(browser: Browser, address: str, width: str, language: str, scheme: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    context = browser.new_context(viewport=size, locale=language, color_scheme=scheme)  # type: ignore[arg-type]
    tab = context.new_page()
    open_page(tab, address)
    say(tab, "hello")
    say(tab, "compare")
    box = tab.locator(".compare").evaluate("node => [node.scrollWidth - node.clientWidth, innerWidth]")
    assert box[0] <= 0, "two items need no scrolling sideways"
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    tab.wait_for_timeout(500)
    tab.screenshot(path=ARTEFACTS / f"compare-{width}-{language}-{scheme}.png")
    context.close()
