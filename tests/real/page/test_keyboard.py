"""The page without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.real


def test_the_page_can_be_used_from_the_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_be_focused()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_text("first line\nsecond line")
    expect(page.locator(".turn")).to_have_attribute("data-state", "done", timeout=20_000)
    like = page.locator("[data-kind=like]").first
    like.focus()
    page.keyboard.press("Space")
    expect(like).to_have_attribute("aria-pressed", "true")
    outline = like.evaluate("node => getComputedStyle(node).outlineStyle")
    assert outline == "solid"
