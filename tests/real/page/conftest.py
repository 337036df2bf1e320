"""The chat page in a real browser, served for real, with a scripted recommender behind it.

Screenshots land in ``artefacts/`` (not kept in git); look at them after changing the page's looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pageworld import ARGUMENTS, CHROMIUM, open_page, served, serving
from playwright.sync_api import Browser, Page, sync_playwright


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the page on a free port of this machine."""
    yield from serving(served())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).is_file():
        pytest.skip(f"no browser at {CHROMIUM!r}: install chromium or set PALATE_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A fresh visitor on the first screen, watched for errors and for requests to anywhere else."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    hosts: set[str] = set()
    troubles: list[str] = []
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    open_page(tab, address)
    yield tab
    assert hosts - {""} == {urlsplit(address).netloc}
    assert not troubles
    assert tab.evaluate("window.broken") is None
    context.close()
