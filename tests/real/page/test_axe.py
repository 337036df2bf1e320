"""axe-core on every state of the page, light and dark: nothing serious is found."""

from __future__ import annotations

from typing import Literal

import pytest
from pageworld import WIDTHS, files, findings, say
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.real


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_axe_finds_nothing_serious(page: Page, device: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": WIDTHS[device][0], "height": WIDTHS[device][1]})
    assert findings(page) == []
    for text in ("hello on reserve", "choose", "nothing", "compare"):
        say(page, text)
        assert findings(page) == [], text
    say(page, "fail", state="error")
    assert findings(page) == []
    page.locator(".facts-more summary").first.click()
    page.locator("[data-kind=like]").first.click()
    page.set_input_files("#attach-file", files=[files()[0]])
    expect(page.locator(".chip-image")).to_have_count(1)
    assert findings(page) == []
    if device == "phone":
        page.locator(".tool-panel").click()
    page.locator("[data-panel] summary").first.click()
    assert findings(page) == []


def test_axe_finds_nothing_serious_in_what_opens_on_demand(page: Page) -> None:
    say(page, "hello")
    page.locator("[data-speak]").click()  # no recogniser answers here, and that is told
    page.locator(".tool-new").click()
    page.locator("[data-act=earlier]").click()
    expect(page.locator("[data-earlier]")).to_be_visible()
    assert findings(page) == []


def test_axe_is_looking(page: Page) -> None:
    page.evaluate("document.querySelector('.promise').style.color = 'var(--line)'")
    page.evaluate("document.querySelector('.samples').insertAdjacentHTML('afterend', '<button></button>')")
    assert {one.split(":")[0] for one in findings(page)} == {"color-contrast", "button-name"}
