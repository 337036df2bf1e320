"""While an answer streams: nothing moves, nothing blocks, and who cannot see it hears it grow."""

from __future__ import annotations

import sys

import pytest
from pageworld import ARTEFACTS, REASON, WIDTHS, open_page, say
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.real

WATCH = """() => { window.moved = 0; window.longest = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
    }).observe({type: 'layout-shift'});
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
    }).observe({type: 'longtask'}); }"""
MOST_MOVED = 0.1
"""Cumulative layout shift that still counts as good (web.dev/cls)."""


def tell(capsys: pytest.CaptureFixture[str], measured: str) -> None:
    """Print a figure into the test's output; times are told, never asserted."""
    with capsys.disabled():
        sys.stdout.write(f"\n{measured}\n")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_moves_while_an_answer_streams(page: Page, width: str, capsys: pytest.CaptureFixture[str]) -> None:
    page.set_viewport_size({"width": WIDTHS[width][0], "height": WIDTHS[width][1]})
    say(page, "choose")
    page.evaluate(WATCH)
    for text in ("hello", "compare", "on reserve"):
        say(page, text)
    page.wait_for_timeout(300)
    moved, longest = page.evaluate("[window.moved, window.longest]")
    tell(capsys, f"{width}: cumulative layout shift {moved:.4f} over three answers, longest task {longest:.0f} ms")
    assert moved < MOST_MOVED


def test_the_shift_would_be_seen(page: Page) -> None:
    say(page, "hello")
    page.evaluate(WATCH)
    page.wait_for_timeout(700)
    for padding in ("300px", "0", "300px"):
        page.evaluate(f"document.querySelector('.slot-text').style.paddingTop = '{padding}'")
        page.wait_for_timeout(300)
    assert page.evaluate("window.moved") > MOST_MOVED


def test_the_first_paint_is_measured(browser: Browser, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    open_page(tab, address)
    painted = tab.evaluate(
        """() => { const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? 0;
            return [at('first-contentful-paint'), performance.now(), performance.getEntriesByType('resource')
                .reduce((sum, one) => sum + one.encodedBodySize, 0)]; }"""
    )
    heading = tab.locator("h1")
    expect(heading).to_be_visible()
    first, shown, sent = painted[0], painted[1], painted[2] / 1024
    tell(capsys, f"first paint after {first:.0f} ms, first screen after {shown:.0f} ms, {sent:.0f} kB sent")
    assert 0 < painted[0] <= painted[1]
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_first_screen_is_there_before_the_script_and_nothing_moves_when_it_comes(
    browser: Browser, address: str, width: str
) -> None:
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    context = browser.new_context(viewport=size, locale="fr-FR")  # type: ignore[arg-type]
    tab = context.new_page()
    tab.route("**/*.js", lambda route: route.abort())
    tab.goto(address)
    places = "() => ['h1', '.promise', '.sample', '.composer-box'].map((one) => { const box = "
    places += "document.querySelector(one).getBoundingClientRect(); return [box.x, box.y, box.width, box.height]; })"
    expect(tab.locator(".first h1")).to_be_visible()
    before = tab.evaluate(places)
    tab.unroute("**/*.js")
    open_page(tab, address)
    expect(tab.locator(".first")).to_have_count(0)
    assert tab.evaluate(places) == before
    context.close()


def test_what_is_said_meanwhile_waits_and_is_sent_when_the_answer_is_complete(page: Page) -> None:
    page.fill("#say", "hello")
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_attribute("data-state", "busy")
    page.keyboard.type("choose")
    expect(page.locator("#say")).to_have_value("choose")
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_have_value("")
    expect(page.locator("[data-held]")).to_contain_text("choose")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / "held.png")
    expect(page.locator(".turn").nth(1)).to_have_attribute("data-state", "done", timeout=20_000)
    expect(page.locator(".said").nth(1)).to_have_text("choose")
    expect(page.locator("[data-held]")).to_be_hidden()
    expect(page.locator(".why").last).to_have_text(REASON)


def test_what_waits_can_be_taken_back_and_is_not_lost_when_the_answer_is_stopped(page: Page) -> None:
    page.fill("#say", "slowly")
    page.keyboard.press("Enter")
    page.fill("#say", "one more thing")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#say")).to_have_value("one more thing")
    page.locator("#say").press("Enter")
    page.locator(".stop").click()
    expect(page.locator("#say")).to_have_value("one more thing")
    expect(page.locator(".turn")).to_have_count(1)


def test_a_growing_answer_is_told_once(page: Page) -> None:
    log = page.get_by_role("log")
    page.fill("#say", "hello")
    page.keyboard.press("Enter")
    expect(log).to_contain_text("Thinking it over")
    expect(page.locator(".turn")).to_have_attribute("data-state", "done", timeout=20_000)
    expect(log).to_contain_text("5 picks: Harbour Lights")
    assert log.inner_text().count("Five that fit") == 1


def test_motion_is_left_out_for_those_who_ask(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    say(page, "hello")
    moving = page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
    assert moving == 0
