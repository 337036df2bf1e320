"""The page's document: whose it is, what it may load, and that everything else passes untouched."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.testclient import TestClient

from ui.page.document import Document, dressed

HTML = """<html><head><title>Palate</title>
<meta property="og:title" content="Other" /><meta
 name="twitter:image"
 content="https://elsewhere.example/x.jpg"
/><meta name="viewport" content="width=device-width"></head><body>ü</body></html>"""
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
