"""Changing what Palate noted by hand."""

from __future__ import annotations

import pytest
from pageworld import ARTEFACTS, WIDTHS, open_page, say
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.real


def test_preferences_can_be_changed_and_taken_back(page: Page) -> None:
    say(page, "hello")
    panel = page.locator("[data-panel]")
    expect(panel).to_contain_text("at most 8 min")
    panel.locator("summary", has_text="at most 8 min").click()
    expect(panel).to_contain_text("short ones")
    panel.locator(".wish-edit input").first.fill("6")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("at most 6 min")
    panel.locator("[data-do=undo]").click()
    expect(panel).to_contain_text("at most 8 min")
    expect(panel.locator(".pill[aria-pressed=true]")).to_have_count(1)
    panel.locator(".pill[aria-pressed=true]").click()
    expect(panel.locator(".pill[aria-pressed=true]")).to_have_count(0)
    panel.locator("[data-do=remove]").first.click()
    expect(page.locator("[data-badge]")).to_have_text("1")
    expect(panel.locator(".panel-apply")).to_be_visible()
    panel.locator("[data-do=clear]").click()
    expect(panel).to_contain_text("collects here")


def test_the_dial_is_turned_by_hand_and_taken_back(page: Page) -> None:
    say(page, "hello")
    dial = page.get_by_label("How adventurous")
    expect(dial).to_have_value("50")
    dial.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")  # faster than the panel is written anew: no step may be lost
    expect(page.locator(".dial-words")).to_have_text("mostly new to you")
    page.wait_for_timeout(1000)
    expect(dial).to_have_value("70")
    expect(page.locator("[data-do=dial]")).to_be_focused()
    expect(page.locator(".panel-apply")).to_be_visible()
    again = page.context.new_page()
    open_page(again, page.url)
    expect(again.get_by_label("How adventurous")).to_have_value("70")
    for _ in range(4):
        page.locator("[data-do=undo]").click()
        page.wait_for_timeout(150)
    expect(dial).to_have_value("50")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de", "es", "fr", "zh"])
def test_the_dial_fits_a_phone_in_every_language(browser: Browser, address: str, language: str, scheme: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    size = {"width": WIDTHS["phone"][0], "height": WIDTHS["phone"][1]}
    context = browser.new_context(viewport=size, locale=language, color_scheme=scheme)  # type: ignore[arg-type]
    tab = context.new_page()
    open_page(tab, address)
    say(tab, "hello")
    tab.locator(".tool-panel").click()
    box = tab.locator(".dial input").bounding_box()
    assert box is not None and box["height"] >= 44
    ends = [tab.locator(".dial-ends span").nth(at).bounding_box() for at in (0, 1)]
    assert all(end is not None and end["height"] < 30 for end in ends), "an end of the dial is broken in two"
    tab.wait_for_timeout(500)
    tab.screenshot(path=ARTEFACTS / f"dial-{language}-{scheme}.png")
    context.close()


def test_a_typed_value_that_does_not_fit_is_refused_in_words(page: Page) -> None:
    say(page, "hello")
    panel = page.locator("[data-panel]")
    panel.locator("summary", has_text="Ska").click()
    panel.locator(".wish-edit input").last.fill("Opera")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Nothing here has genre Opera")
    expect(panel).to_contain_text("Ska")
