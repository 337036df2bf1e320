"""Measure redaction: personal data found by type, what of it leaks, and what is taken out of talk that holds none.

palate bench pii
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from agent import find_personal
from retrieval.types import Value

from .guard import Share
from .guard_data import Half, Message, half_of, rows

PII_FILE = Path("pii", "pii_shareable.jsonl")

TAKEN_OUT = frozenset(
    {
        "CREDIT_CARD", "DOMAIN_NAME", "EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS", "PHONE_NUMBER", "STREET_ADDRESS",
        "US_DRIVER_LICENSE", "US_SSN", "ZIP_CODE",
    }
)  # fmt: skip
"""Types that are taken out. Names only where somebody calls them their own; towns, employers, ages, titles and plain
years stay: in a wish they are people, places and times of what is wished for."""

Span = tuple[int, int]
Finder = Callable[[str], Sequence[Span]]


class PiiText(Value):
    """A text with its marked personal data."""

    id: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    """(start, end, type)."""


class PiiCounts(Value):
    """What one way of redacting did."""

    found: Mapping[str, Share]
    """Type -> marked pieces touched."""
    whole: Mapping[str, Share]
    """Type -> marked pieces of which no letter or digit is left."""
    right: Share
    """Pieces taken out that touch something marked, of any type."""
    talk: Share
    """Messages about films from which something was taken out."""

    def f1(self, kinds: Sequence[str]) -> float | None:
        """Return the harmonic mean of recall over these types and precision; None where there is nothing to count."""
        wanted = [self.found[kind] for kind in kinds if kind in self.found]
        hits, every = sum(share.hits for share in wanted), sum(share.all for share in wanted)
        if not every or not self.right.all or not hits:
            return None
        recall, precision = hits / every, self.right.hits / self.right.all
        return 2 * recall * precision / (recall + precision)


class PiiReport(Value):
    """One half: Palate, and formats alone beside it."""

    half: Half
    ways: Mapping[str, PiiCounts]


def _palate(text: str) -> list[Span]:
    return [(found.start, found.end) for found in find_personal(text)]


def _formats(text: str) -> list[Span]:
    return [(found.start, found.end) for found in find_personal(text, context=False)]


WAYS: Mapping[str, Finder] = MappingProxyType(
    {"palate": _palate, "formats alone": _formats, "nothing": lambda text: []}
)


def read_pii(folder: Path, half: Half) -> list[PiiText]:
    """Return the half's texts; all texts made from one template are in one half.

    Raises:
        EvalError: the folder does not hold the set.
    """
    return [_text(row) for row in rows(folder / PII_FILE) if half_of(f"pii-{row['template_id']}") == half]


def _text(row: Mapping[str, Any]) -> PiiText:
    spans = tuple((span["start"], span["end"], span["type"]) for span in row["spans"])
    return PiiText(id=str(row["id"]), text=row["text"], spans=spans)


def measure(texts: Sequence[PiiText], talk: Sequence[Message], half: Half) -> PiiReport:
    """Count what each way of redacting finds in marked texts, and in talk without personal data."""
    return PiiReport(half=half, ways={name: _counts(texts, talk, find) for name, find in WAYS.items()})


def _counts(texts: Sequence[PiiText], talk: Sequence[Message], find: Finder) -> PiiCounts:
    touched: dict[str, list[bool]] = {}
    gone: dict[str, list[bool]] = {}
    right: list[bool] = []
    for text in texts:
        taken = find(text.text)
        for start, end, kind in text.spans:
            touched.setdefault(kind, []).append(any(_meet((start, end), span) for span in taken))
            gone.setdefault(kind, []).append(not any(_left(text.text, start, end, taken)))
        right += [any(_meet(span, (start, end)) for start, end, _ in text.spans) for span in taken]
    return PiiCounts(
        found=_shares(touched),
        whole=_shares(gone),
        right=Share(hits=sum(right), all=len(right)),
        talk=Share(hits=sum(bool(find(message.text)) for message in talk), all=len(talk)),
    )


def _shares(verdicts: Mapping[str, Sequence[bool]]) -> dict[str, Share]:
    return {kind: Share(hits=sum(found), all=len(found)) for kind, found in sorted(verdicts.items())}


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _left(text: str, start: int, end: int, taken: Sequence[Span]) -> Iterator[str]:
    """Yield the letters and digits of a marked piece that are not taken out."""
    for at in range(start, end):
        if text[at].isalnum() and not any(low <= at < high for low, high in taken):
            yield text[at]


def render(reports: Sequence[PiiReport]) -> str:
    """Return the figures for people."""
    lines: list[str] = []
    for report in reports:
        lines.append(f"== {report.half} half")
        for name, counts in report.ways.items():
            f1 = counts.f1(sorted(TAKEN_OUT))
            score = "no F1" if f1 is None else f"F1 {f1:.3f}"
            lines.append(
                f"{name:14} {score:9} precision {counts.right.show():34} film talk touched {counts.talk.show()}"
            )
        ours = report.ways["palate"]
        lines += ["", f"{'type':20} {'found':36} nothing of it left"]
        for kind in sorted(ours.found, key=lambda one: (one not in TAKEN_OUT, one)):
            mark = "" if kind in TAKEN_OUT else "  (stays by decision)"
            lines.append(f"{kind:20} {ours.found[kind].show():36} {ours.whole[kind].show()}{mark}")
        lines.append("")
    return "\n".join(lines).rstrip()
