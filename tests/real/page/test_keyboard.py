"""The page without a mouse."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pageworld import say
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


FOCUSED = """() => { const node = document.activeElement, box = node.getBoundingClientRect();
    const style = getComputedStyle(node), composer = node.closest('.composer-box, .tool-language') ?? node;
    return { what: [node.dataset.act, node.dataset.kind, node.dataset.do, node.id, node.tagName, node.className]
            .filter(Boolean).join(' '),
        ringed: style.outlineStyle === 'solid' || getComputedStyle(composer).boxShadow !== 'none'
            || getComputedStyle(composer).outlineStyle === 'solid',
        above: box.top, below: box.bottom, thread: Boolean(node.closest('.thread')) }; }"""


def test_tab_reaches_everything_in_order_with_a_ring_around_it_and_nothing_over_it(page: Page) -> None:
    say(page, "hello")
    page.locator(".mark").focus()
    seen: list[str] = []
    top = page.locator(".top").evaluate("node => node.getBoundingClientRect().bottom")
    bottom = page.locator(".composer-box").evaluate("node => node.getBoundingClientRect().top")
    while len(seen) < 150 and "send" not in "".join(seen[-1:]):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        seen.append(at["what"])
        assert at["ringed"], f"no focus ring: {at['what']}"
        if at["thread"]:
            assert top <= at["above"] and at["below"] <= bottom, f"under a bar: {at['what']}"
    path = "\n".join(seen)
    for stop in ("new", "link", "theme", "SELECT", "react like", "react seen", "say", "SUMMARY", "AUDIO", "edit clear"):
        assert stop in path, stop
    order = ["new", "react like", "dial", "attach", "say TEXTAREA"]
    for earlier, later in pairwise(order):
        assert path.index(earlier) < path.index(later), (earlier, later)


def test_the_dial_says_where_it_stands_in_words(page: Page) -> None:
    say(page, "hello")
    dial = page.get_by_role("slider", name="How adventurous")
    expect(dial).to_have_attribute("aria-valuetext", "a bit of both")
    dial.focus()
    page.keyboard.press("End")
    expect(dial).to_have_attribute("aria-valuetext", "off the beaten track")
    expect(page.locator(".dial-words")).to_have_text("off the beaten track")
    page.reload()
    expect(dial).to_have_attribute("aria-valuetext", "off the beaten track")


def test_why_a_pick_was_made_is_told_on_demand(page: Page) -> None:
    say(page, "hello")
    card = page.locator(".card").first
    told = card.get_by_text("the words of your request: number 1 of 5")
    expect(told).to_be_hidden()
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(told).to_be_visible()
    expect(card.get_by_text("what you like: number 5 of 5")).to_be_visible()
    expect(card.locator(".evidence li")).to_have_count(1)
