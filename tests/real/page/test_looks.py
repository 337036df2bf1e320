"""How the page looks: it fits at every width, light and dark, and speaks the visitor's language."""

from __future__ import annotations

import pytest
from pageworld import ARTEFACTS, WIDTHS, open_page, say
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.real


def test_the_page_speaks_the_browsers_language_until_another_is_chosen(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-CA")
    tab = context.new_page()
    open_page(tab, address)
    expect(tab.locator("html")).to_have_attribute("lang", "fr")
    expect(tab.get_by_role("button", name="Envoyer")).to_be_visible()
    expect(tab.locator("#say")).to_have_attribute("placeholder", "Que cherchez-vous\u00a0?")
    say(tab, "hello")
    expect(tab.locator(".card summary").first).to_contain_text("Faits et preuves")
    tab.get_by_label("Langue").select_option("zh")
    expect(tab.locator("html")).to_have_attribute("lang", "zh")
    expect(tab.locator(".card summary").first).to_contain_text("事实与依据")
    tab.reload()
    expect(tab.locator("html")).to_have_attribute("lang", "zh", timeout=20_000)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_and_is_pictured(browser: Browser, address: str, width: str, scheme: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    tab = context.new_page()
    open_page(tab, address)

    def picture(name: str) -> None:
        tab.wait_for_timeout(500)
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        tab.screenshot(path=ARTEFACTS / f"page-{name}-{width}-{scheme}.png")

    picture("first")
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 60")
    assert dark == (scheme == "dark")
    for name, text in {"picks": "hello", "question": "choose", "nothing": "nothing", "reserves": "on reserve"}.items():
        say(tab, text)
        picture(name)
    if width != "desktop":
        expect(tab.locator("[data-panel]")).to_be_hidden()
        tab.locator(".tool-panel").click()
    expect(tab.locator("[data-panel]")).to_be_visible()
    picture("panel")
    if width != "desktop":
        tab.keyboard.press("Escape")
        expect(tab.locator("[data-panel]")).to_be_hidden()
        expect(tab.locator(".tool-panel")).to_be_focused()
    tab.locator("[data-act=theme]").click()
    assert tab.evaluate("document.documentElement.dataset.theme") == ("light" if scheme == "dark" else "dark")
    context.close()
