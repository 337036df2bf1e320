"""Talking to the page: what is said, what streams in, what is asked, what fails, what is kept."""

from __future__ import annotations

import pytest
from pageworld import EVIL, REASON, open_page, say
from playwright.sync_api import FilePayload, Page, expect

pytestmark = pytest.mark.real


def test_the_first_screen_invites_and_a_sample_starts_a_conversation(page: Page) -> None:
    expect(page.locator("h1")).to_contain_text("hear")
    expect(page.locator(".sample")).to_have_count(3)
    expect(page.locator("footer")).to_be_hidden()
    page.locator(".sample").first.click()
    expect(page.locator(".said").first).to_have_text("Something loud")
    expect(page.locator(".card")).to_have_count(5)
    assert "session=s" in page.url


def test_text_from_outside_is_shown_as_text(page: Page) -> None:
    say(page, f"hello {EVIL}")
    expect(page.locator(".said")).to_have_text(f"hello {EVIL}")
    expect(page.locator(".card h3").nth(2)).to_contain_text(EVIL)
    expect(page.locator(".slot-text")).to_contain_text(EVIL)


def test_reasons_stream_into_cards_that_stay_where_they_are(page: Page) -> None:
    page.evaluate(
        """() => { window.lengths = new Set(); window.drawn = new Set();
            new MutationObserver(() => {
                const cards = document.querySelectorAll('.card');
                for (const card of cards) window.drawn.add(card);
                if (cards.length) window.lengths.add(document.querySelector('.cards').textContent.length);
            }).observe(document.querySelector('[data-turns]'), {childList: true, subtree: true}); }"""
    )
    say(page, "hello")
    expect(page.locator(".why").last).to_have_text(REASON)
    assert page.evaluate("window.lengths.size") > 3, "the reasons came all at once"
    assert page.evaluate("window.drawn.size") == 5, "a card was drawn twice"


def test_a_cover_that_does_not_load_leaves_its_stand_in(page: Page) -> None:
    say(page, "hello")
    expect(page.locator(".card").nth(1).locator("img")).to_have_count(0)
    expect(page.locator(".card").nth(1).locator(".cover span")).to_contain_text("A Very Long Title")
    expect(page.locator(".card").first.locator("img")).to_have_count(1)


def test_reactions_are_kept_and_shown_again_by_the_link(page: Page, address: str) -> None:
    say(page, "hello")
    first, second = page.locator(".card").nth(0), page.locator(".card").nth(1)
    first.locator("[data-kind=like]").click()
    second.locator("[data-kind=seen]").click()
    expect(page.locator("[data-panel]")).to_contain_text("Harbour Lights")
    expect(second.locator("[data-kind=seen]")).to_be_disabled()
    again = page.context.new_page()
    open_page(again, page.url)
    expect(again.locator(".card").nth(0).locator("[data-kind=like]")).to_have_attribute("aria-pressed", "true")
    expect(again.locator(".card").nth(1).locator("[data-kind=seen]")).to_have_attribute("aria-pressed", "true")
    expect(again.locator(".why").first).to_have_text(REASON)
    first.locator("[data-kind=like]").click()
    expect(page.locator("[data-panel]")).not_to_contain_text("Harbour Lights")


def test_two_tabs_share_nothing(page: Page, address: str) -> None:
    say(page, "hello")
    other = page.context.new_page()
    open_page(other, address)
    expect(other.locator(".turn")).to_have_count(0)
    say(other, "choose")
    assert other.url != page.url
    expect(page.locator(".turn")).to_have_count(1)


def test_dropping_what_stands_in_the_way_is_one_press(page: Page) -> None:
    say(page, "nothing")
    page.locator(".relax-button").click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn").nth(1)).to_have_attribute("data-state", "done", timeout=20_000)


def test_a_question_is_answered_by_a_press(page: Page) -> None:
    say(page, "choose")
    expect(page.locator(".option")).to_have_text(["Ska", "Dub", EVIL, "No preference"])
    page.locator(".option").first.click()
    expect(page.locator(".said").nth(1)).to_have_text("Ska")


@pytest.mark.parametrize(
    ("text", "words"), [("fail", "Try again in 2 s."), ("crash", "Something went wrong on our side.")]
)
def test_a_turn_that_fails_says_so_and_can_be_tried_again(page: Page, text: str, words: str) -> None:
    say(page, text, state="error")
    expect(page.locator(".notice-error")).to_contain_text(words)
    page.locator(".notice-error button").click()
    expect(page.locator(".said").nth(1)).to_have_text(text)


def test_what_failed_is_said_in_the_pages_language(page: Page) -> None:
    page.locator("[data-language]").select_option("de")
    expect(page.locator("#say")).to_have_attribute("placeholder", "Sag mir, was du suchst")
    say(page, "fail", state="error")
    expect(page.locator(".notice-error")).to_contain_text("Versuch es in 2 s noch einmal.")
    expect(page.locator(".notice-error button")).to_have_text("Noch einmal")
    broken: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.set_input_files("#attach-file", files=[broken])
    expect(page.locator(".toast-problem")).to_contain_text(
        "Diese Datei lässt sich weder als Bild noch als Klang lesen."
    )


def test_an_answer_can_be_stopped_and_the_next_one_asked_for(page: Page) -> None:
    page.fill("#say", "slowly")
    page.keyboard.press("Enter")
    page.locator(".stop").click()
    expect(page.locator(".turn").first).to_have_attribute("data-state", "error")
    expect(page.locator(".stopped")).to_have_text("Stopped.")
    say(page, "choose")


def test_a_new_conversation_leaves_the_old_one_behind_the_back_button(page: Page) -> None:
    say(page, "hello")
    link = page.url
    page.locator(".tool-new").click()
    expect(page.locator(".sample")).to_have_count(3)
    assert "session" not in page.url
    page.go_back()
    expect(page.locator(".turn")).to_have_count(1)
    assert page.url == link


def test_a_reduced_answer_is_marked(page: Page) -> None:
    say(page, "hello on reserve")
    expect(page.locator(".reserve")).to_be_visible()
    expect(page.locator(".notice")).to_contain_text("The language model is not running.")
