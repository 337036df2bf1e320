"""Going back to earlier conversations: a list of links that stays in the browser."""

from __future__ import annotations

import pytest
from pageworld import ARTEFACTS, EVIL, WIDTHS, open_page, say
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.real


def test_an_earlier_conversation_is_one_press_away(page: Page) -> None:
    opener = page.get_by_role("button", name="Earlier conversations")
    expect(opener).to_be_hidden()
    say(page, f"hello {EVIL}")
    link = page.url
    expect(opener).to_be_hidden()
    page.locator(".tool-new").click()
    expect(page.locator(".sample")).to_have_count(3)
    opener.focus()
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    entry = page.locator("[data-earlier] a")
    expect(entry).to_be_focused()
    expect(entry).to_contain_text(f"hello {EVIL}")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / "earlier-desktop.png")
    page.keyboard.press("Escape")
    expect(page.locator("[data-earlier]")).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(1)
    assert page.url == link
    page.go_back()
    expect(page.locator(".sample")).to_have_count(3)


def test_the_list_fits_a_phone_and_can_be_forgotten(page: Page) -> None:
    page.set_viewport_size({"width": WIDTHS["phone"][0], "height": WIDTHS["phone"][1]})
    for text in ("hello", "choose"):
        say(page, text)
        page.locator(".tool-new").click()
        expect(page.locator(".turn")).to_have_count(0)
    page.get_by_role("button", name="Earlier conversations").click()
    expect(page.locator("[data-earlier] a")).to_have_count(2)
    expect(page.locator("[data-earlier] a").first).to_contain_text("choose")
    box = page.locator("[data-earlier]").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= WIDTHS["phone"][0]
    page.screenshot(path=ARTEFACTS / "earlier-phone.png")
    page.get_by_role("button", name="Forget it").click()
    expect(page.locator(".earlier")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('palate-earlier')") == "[]"


def test_a_conversation_that_is_gone_leaves_the_list(page: Page, address: str) -> None:
    page.evaluate("localStorage.setItem('palate-earlier', JSON.stringify([{session: 'gone', said: 'x', at: 0}]))")
    open_page(page, f"{address}?session=gone")
    expect(page.locator("[data-toast]")).to_contain_text("gone")
    expect(page.locator(".earlier")).to_be_hidden()


@pytest.mark.parametrize("kept", ["not json", "null", "{}", "[1, null]", '[{"session": 7}]'])
def test_a_list_written_by_something_else_does_no_harm(page: Page, kept: str) -> None:
    page.evaluate("kept => localStorage.setItem('palate-earlier', kept)", kept)
    page.reload()
    expect(page.locator(".sample")).to_have_count(3)
    expect(page.locator(".earlier")).to_be_hidden()
