"""Take personal data out of a message before it is stored or read by a model. Pure.

Two layers: formats that speak for themselves (an address of mail, a card number with its check digit), and data that
only the words around give away (``redact_context``). Names of people stay where nothing says that they are the user's
or somebody's near them: in talk about a catalogue they are actors and authors. Ages stay, being wishes ("my kids are
8 and 10"); so do towns, employers and plain years.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .redact_context import CUES


class Found(NamedTuple):
    """One piece of personal data in a text."""

    start: int
    end: int
    kind: str


class _Format(NamedTuple):
    kind: str
    pattern: re.Pattern[str]
    valid: Callable[[str], bool]


_MOST_CHARS = 20_000
"""What lies beyond is cut by the guard; nobody types so much."""


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _luhn(text: str) -> bool:
    """Check the digit that card numbers carry (ISO/IEC 7812)."""
    digits = [int(d) for d in reversed(_digits(text))]
    doubled = [d if i % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for i, d in enumerate(digits)]
    return 12 <= len(digits) <= 19 and sum(doubled) % 10 == 0


def _iban(text: str) -> bool:
    """Check the two digits that account numbers carry (ISO 13616)."""
    plain = re.sub(r"\s", "", text).upper()
    turned = plain[4:] + plain[:4]
    return len(plain) >= 15 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _phone(text: str) -> bool:
    digits = _digits(text)
    years = re.fullmatch(r"(?:(?:1[89]|20)\d\d\D*){2,}", text.strip())
    return 7 <= len(digits) <= 15 and not years


def _any(text: str) -> bool:
    return bool(text)


_FORMATS = (
    _Format("email", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), _any),
    _Format("link", re.compile(r"\b(?:(?:https?|ftp|file|wss?)://|www\.)[^\s<>]+", re.I), _any),
    _Format("link", re.compile(r"\b(?:data|javascript|vbscript):(?=\S)[^\s<>]+", re.I), _any),
    _Format("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b"), _iban),
    _Format("card", re.compile(r"\b\d(?:[ -]?\d){11,18}\b"), _luhn),
    _Format("ip", re.compile(r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b"), _any),
    _Format("ip", re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){5,7}[0-9a-fA-F]{1,4}\b"), _any),
    _Format("id_number", re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), _any),
    _Format(
        "phone",
        re.compile(r"(?<![\w$€£.,])(?:\+\d{1,3}[\s.-]?|00\d{1,3}[\s.-]?)?\(?\d{2,5}\)?(?:[\s./-]{1,2}\d{2,5}){1,5}(?:\s?x\d{1,6})?(?![\w%])"),
        _phone,
    ),
    _Format("phone", re.compile(r"(?<!\w)\+\d{8,15}\b|\b0\d{8,11}\b|\b[2-9]\d{9}\b"), _any),
    _Format("phone", re.compile(r"(?<!\w)\+\d{1,3}\s?\(0\)\s?\d{1,4}(?:[\s.-]\d{2,4}){2,4}\b"), _any),
    _Format("postcode", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b"), _any),
)  # fmt: skip


def find_personal(text: str, *, context: bool = True) -> tuple[Found, ...]:
    """Return the personal data in a text, in order, without overlaps; the longest of several that overlap wins.

    Args:
        text: any message.
        context: whether data that only its context gives away is looked for too.
    """
    text = text[:_MOST_CHARS]
    found = [*_by_format(text), *(_by_context(text) if context else ())]
    chosen: list[Found] = []
    for one in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if all(one.end <= other.start or one.start >= other.end for other in chosen):
            chosen.append(one)
    return tuple(sorted(chosen))


def redact(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text with personal data replaced by ``[email]``, ``[card]`` and so on, and the kinds found."""
    parts, at = [], 0
    found = find_personal(text)
    for start, end, kind in found:
        parts += [text[at:start], f"[{kind}]"]
        at = end
    return "".join([*parts, text[at:]]), tuple(dict.fromkeys(one.kind for one in found))


def _by_format(text: str) -> Iterator[Found]:
    for form in _FORMATS:
        for match in form.pattern.finditer(text):
            if form.valid(match.group()):
                yield Found(match.start(), match.end(), form.kind)


def _by_context(text: str) -> Iterator[Found]:
    for cue in CUES:
        for match in cue.pattern.finditer(text):
            value = match["value"].rstrip(" ,.;:\n")
            if value:
                yield Found(match.start("value"), match.start("value") + len(value), cue.kind)
