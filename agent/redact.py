"""Take personal data out of a message before it is stored or read by a model. Pure; finds formats, not names.

Names and places stay: in talk about a catalogue they are actors, authors and settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple


class _Format(NamedTuple):
    kind: str
    pattern: re.Pattern[str]
    valid: Callable[[str], bool]


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
    years = re.fullmatch(r"(?:1[89]|20)\d\d\D+(?:1[89]|20)\d\d", text.strip())
    return 7 <= len(digits) <= 15 and not years


def _any(text: str) -> bool:
    return bool(text)


_FORMATS = (
    _Format("email", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), _any),
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
)  # fmt: skip


def redact(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text with personal data replaced by ``[email]``, ``[card]`` and so on, and the kinds found."""
    kinds: list[str] = []
    for found in _FORMATS:

        def replace(match: re.Match[str], found: _Format = found) -> str:
            if not found.valid(match.group()):
                return match.group()
            kinds.append(found.kind)
            return f"[{found.kind}]"

        text = found.pattern.sub(replace, text)
    return text, tuple(dict.fromkeys(kinds))
