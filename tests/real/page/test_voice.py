"""Speaking instead of typing, with a stand-in for the browser's recogniser."""

from __future__ import annotations

import pytest
from pageworld import open_page, say
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.real

STAND_IN = """
window.SpeechRecognition = class extends EventTarget {
  constructor() { super(); window.ear = this; window.ears = (window.ears ?? 0) + 1; }
  start() { this.started = true; }
  stop() { this.ended = 'stop'; this.dispatchEvent(new Event('end')); }
  abort() { this.ended = 'abort'; this.fail('aborted'); }
  hear(...words) {
    const event = new Event('result');
    event.results = words.map((transcript) => [{ transcript }]);
    this.dispatchEvent(event);
  }
  fail(error) {
    this.dispatchEvent(Object.assign(new Event('error'), { error }));
    this.dispatchEvent(new Event('end'));
  }
};
"""


@pytest.fixture
def speaking(page: Page) -> Page:
    page.add_init_script(STAND_IN)
    open_page(page, page.url)
    return page


def test_what_is_spoken_is_typed_and_sent_only_by_the_visitor(speaking: Page) -> None:
    button = speaking.get_by_role("button", name="Speak your message")
    speaking.fill("#say", "Please:")
    button.focus()
    speaking.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(speaking.get_by_role("log")).to_contain_text("Listening")
    assert speaking.evaluate("[ear.started, ear.interimResults, ear.lang.slice(0, 2)]") == [True, True, "en"]
    speaking.evaluate("ear.hear('something')")
    expect(speaking.locator("#say")).to_have_value("Please: something")
    speaking.evaluate("ear.hear('something', ' slow')")
    expect(speaking.locator("#say")).to_have_value("Please: something slow")
    speaking.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert speaking.evaluate("ear.ended") == "stop"
    expect(speaking.locator("#say")).to_be_focused()
    expect(speaking.locator(".turn")).to_have_count(0)
    speaking.keyboard.press("Enter")
    expect(speaking.locator(".said")).to_have_text("Please: something slow")


def test_it_listens_in_the_pages_language(speaking: Page) -> None:
    speaking.get_by_label("Language").select_option("de")
    speaking.get_by_role("button", name="Nachricht sprechen").click()
    assert speaking.evaluate("ear.lang") == "de"
    expect(speaking.locator("#say")).to_have_attribute("placeholder", "Ich höre zu …")


@pytest.mark.parametrize(
    ("error", "words"),
    [("not-allowed", "may not use the microphone"), ("no-speech", "Nothing was heard"), ("network", "did not work")],
)
def test_what_goes_wrong_is_said_in_words(speaking: Page, error: str, words: str) -> None:
    button = speaking.locator("[data-speak]")
    button.click()
    speaking.evaluate(f"ear.fail('{error}')")
    expect(speaking.locator(".toast-problem")).to_contain_text(words)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    assert speaking.evaluate("ears") == 2


def test_escape_and_sending_end_the_listening(speaking: Page) -> None:
    button = speaking.locator("[data-speak]")
    button.click()
    speaking.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    say(speaking, "typed after all")
    assert speaking.evaluate("ear.ended") == "abort"
    speaking.evaluate("ear.hear('too late')")
    expect(speaking.locator(".toast-problem")).to_have_count(0)
    expect(speaking.locator("#say")).to_have_value("")


def test_without_a_recogniser_there_is_no_button(browser: Browser, address: str) -> None:
    context = browser.new_context()
    tab = context.new_page()
    tab.add_init_script("delete window.webkitSpeechRecognition; delete window.SpeechRecognition")
    open_page(tab, address)
    expect(tab.locator("[data-speak]")).to_be_hidden()
    context.close()
