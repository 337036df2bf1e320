"""Pictures and sounds that go with the words."""

from __future__ import annotations

from typing import Literal

import pytest
from pageworld import ARTEFACTS, WIDTHS, files, say
from playwright.sync_api import FilePayload, Page, expect

pytestmark = pytest.mark.real


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_a_picture_and_a_sound_go_with_the_words(page: Page, device: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": WIDTHS[device][0], "height": WIDTHS[device][1]})
    for file in files():
        page.set_input_files("#attach-file", files=[file])
    expect(page.locator(".chip-image")).to_have_count(1)
    expect(page.locator(".chip-audio")).to_have_count(1)
    assert page.locator(".chip-image").evaluate("image => image.decode().then(() => image.naturalWidth)") == 300
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"attached-{device}-{scheme}.png")
    say(page, "like this, but sadder")
    expect(page.locator(".said-picture")).to_have_count(1)
    expect(page.locator(".chip")).to_have_count(0)
    page.screenshot(path=ARTEFACTS / f"looked-{device}-{scheme}.png")
    page.reload()
    expect(page.locator(".turn .said-picture")).to_have_count(1)
    expect(page.locator(".turn .said-sound")).to_have_count(1)


def test_a_file_that_cannot_be_read_is_said_in_words(page: Page) -> None:
    broken: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n nothing"}
    page.set_input_files("#attach-file", files=[broken])
    expect(page.locator(".toast-problem")).to_contain_text("picture")
    expect(page.locator(".chip")).to_have_count(0)


def test_a_picture_needs_no_words_and_can_be_taken_off(page: Page) -> None:
    page.set_input_files("#attach-file", files=[files()[0]])
    page.locator(".chip-off").click()
    expect(page.locator(".chip")).to_have_count(0)
    page.set_input_files("#attach-file", files=[files()[0]])
    expect(page.locator(".chip-image")).to_have_count(1)
    page.locator(".send:not(.stop)").click()
    expect(page.locator(".turn .said-picture")).to_have_count(1)
    expect(page.locator(".card")).to_have_count(5)


def test_what_is_dropped_is_taken_and_the_box_says_where(page: Page) -> None:
    page.evaluate(
        """bytes => { window.dropped = new DataTransfer();
            dropped.items.add(new File([new Uint8Array(bytes)], 'sun.png', {type: 'image/png'})); }""",
        list(files()[0]["buffer"]),
    )
    happen = "name => document.querySelector('.thread').dispatchEvent(new DragEvent(name, {{bubbles: true, {}}}))"
    page.evaluate(happen.format("cancelable: true, dataTransfer: dropped"), "dragover")
    expect(page.locator("#palate")).to_have_attribute("data-dropping", "")
    hint = page.locator(".composer-box").evaluate("node => getComputedStyle(node, '::before').content")
    assert hint == '"Drop it here"'
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / "dropping.png")
    page.evaluate(happen.format("relatedTarget: null"), "dragleave")
    expect(page.locator("#palate")).not_to_have_attribute("data-dropping", "")
    page.evaluate(happen.format("cancelable: true, dataTransfer: dropped"), "drop")
    expect(page.locator(".chip-image")).to_have_count(1)


def test_a_card_plays_the_sound_and_the_film_of_its_item(page: Page) -> None:
    say(page, "hello")
    sound = page.get_by_label("The sound of Harbour Lights")
    assert sound.evaluate("node => node.play().then(() => node.duration)") == pytest.approx(1.0)
    expect(page.locator("video.preview")).to_have_attribute("src", "/v1/items/4/video")
    expect(page.locator("video.preview")).to_have_attribute("preload", "none")
    expect(page.locator(".preview")).to_have_count(2)
