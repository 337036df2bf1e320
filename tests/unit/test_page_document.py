"""The page's document: whose it is, what it may load, and that everything else passes untouched."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.testclient import TestClient

from retrieval.errors import RetrievalError
from retrieval.types import CatalogSchema, Item
from ui.page.document import Document, dressed
from ui.page.first import first_screen
from ui.testing import ScriptedRecommender

HTML = """<html><head><title>Palate</title>
<meta property="og:title" content="Other" /><meta
 name="twitter:image"
 content="https://elsewhere.example/x.jpg"
/><meta name="viewport" content="width=device-width"></head><body>ü</body></html>"""
SCHEMA = CatalogSchema(name="songs", noun="song", noun_plural="songs", verb="hear")
HEAD = '<link rel="stylesheet" href="page/style.css">'


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(Document, path="/", head=HEAD)

    @app.get("/")
    @app.head("/")
    def page() -> Response:
        return HTMLResponse(HTML)

    @app.get("/v1/stream")
    def stream() -> Response:
        return StreamingResponse(iter(["data: 1\n\n", "data: 2\n\n"]), media_type="text/event-stream")

    @app.get("/other")
    def other() -> Response:
        return HTMLResponse(HTML)

    return TestClient(app)


def test_descriptions_of_other_products_go_and_our_head_comes_last() -> None:
    html = dressed(HTML, HEAD)
    assert "Other" not in html
    assert "elsewhere.example" not in html
    assert 'name="viewport"' in html
    assert f"{HEAD}</head>" in html


def test_the_document_is_served_whole_with_a_policy(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.text == dressed(HTML, HEAD)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "same-origin"


def test_asking_for_the_head_alone_works(client: TestClient) -> None:
    assert client.head("/").status_code == 200


def test_everything_else_passes_untouched(client: TestClient) -> None:
    assert client.get("/v1/stream").text == "data: 1\n\ndata: 2\n\n"
    other = client.get("/other")
    assert other.text == HTML
    assert "content-security-policy" not in other.headers


def test_the_first_screen_stands_in_the_body_in_the_visitors_language() -> None:
    app = FastAPI()
    asked: list[tuple[str, bool]] = []

    def first(accepted: str, resuming: bool) -> str:
        asked.append((accepted, resuming))
        return f"<p>{accepted}</p>"

    app.add_middleware(Document, path="/", head=HEAD, first=first)
    app.get("/")(lambda: HTMLResponse(HTML))
    client = TestClient(app, headers={"accept-language": "fr"})
    assert "<body><p>fr</p>ü</body>" in client.get("/").text
    client.get("/?session=s1")
    assert asked == [("fr", False), ("fr", True)]


def test_the_first_screen_is_that_of_the_page_and_resuming_shows_no_invitation() -> None:
    item = Item(id="a", title="<b>Alpha</b>")
    write = first_screen(ScriptedRecommender([item], SCHEMA, lambda _text, _before: []), ["Something <i>loud</i>"])
    german, resumed = write("de-AT,en;q=0.5", False), write("", True)
    assert 'lang="de"' in german
    assert "&lt;b&gt;Alpha" in german
    assert "&lt;i&gt;loud" in german
    assert "inert" in german
    assert 'class="welcome"' in german
    assert 'class="welcome"' not in resumed


def test_a_first_screen_that_cannot_be_written_is_left_out() -> None:
    broken = ScriptedRecommender([], SCHEMA, lambda _text, _before: [])
    broken.facts.count = _fail  # type: ignore[method-assign]
    assert first_screen(broken, [])("en", False) == ""


def _fail(*_: object) -> int:
    raise RetrievalError("The index is gone.", hint="Build it.")
