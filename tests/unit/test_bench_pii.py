"""The benchmark of redaction counts what is found, what leaks in part, and what is taken out for nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import EvalError, measure_pii, read_pii, render_pii
from evals.benchmarks.guard import Share
from evals.benchmarks.guard_data import Message
from evals.benchmarks.pii import PiiText


def marked(text: str, value: str, kind: str) -> PiiText:
    start = text.index(value)
    return PiiText(id=text, text=text, spans=((start, start + len(value), kind),))


def test_found_leaked_right_and_needless_are_counted() -> None:
    texts = [
        marked("write to ada@example.org now", "ada@example.org", "EMAIL_ADDRESS"),
        marked("card 4111 1111 1111 1111, valid 09/27", "4111 1111 1111 1111, valid 09/27", "CREDIT_CARD"),
        marked("Ada likes westerns", "Ada", "PERSON"),
    ]
    talk = [
        Message(id="1", text="my name is Ada", kind="film_talk", attack=False),
        Message(id="2", text="a western", kind="film_talk", attack=False),
    ]
    report = measure_pii(texts, talk, "test")
    ours, nothing = report.ways["palate"], report.ways["nothing"]
    assert ours.found["EMAIL_ADDRESS"] == ours.whole["EMAIL_ADDRESS"] == Share(hits=1, all=1)
    assert (ours.found["CREDIT_CARD"], ours.whole["CREDIT_CARD"]) == (Share(hits=1, all=1), Share(hits=0, all=1))
    assert ours.found["PERSON"] == Share(hits=0, all=1)
    assert ours.right == Share(hits=2, all=2)
    assert ours.talk == Share(hits=1, all=2)
    assert ours.f1(["EMAIL_ADDRESS", "PERSON"]) == pytest.approx(2 / 3)
    assert nothing.f1(["EMAIL_ADDRESS"]) is None
    text = render_pii([report])
    assert "stays by decision" in text and "no F1" in text


def test_texts_of_one_template_are_in_one_half(tmp_path: Path) -> None:
    lines = [json.dumps({"id": n, "text": "x", "spans": [], "template_id": n % 7}) for n in range(70)]
    (tmp_path / "pii").mkdir()
    (tmp_path / "pii" / "pii_shareable.jsonl").write_text("\n".join(lines), encoding="utf-8")
    halves = [{int(text.id) % 7 for text in read_pii(tmp_path, half)} for half in ("development", "test")]
    assert not halves[0] & halves[1]
    assert halves[0] | halves[1] == set(range(7))
    with pytest.raises(EvalError):
        read_pii(tmp_path / "nowhere", "test")
