"""Read a message the ways in which an attack may be disguised: other alphabets, digits for letters, codes, spaces.

A disguise is only looked through, never answered: what is stored and understood is the message as it was cleaned.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_MOST_CHARS = 4_000
"""Disguises beyond this are not looked for: the readings of a long message must stay quick."""
_LETTERS = str.maketrans("аеорсухіјѕԁԛԝһкмтвнΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχ", "aeopcyxijsdqwhkmtbhABEZHIKMNOPTYXaeiknoptux")
"""Letters of other alphabets that look like Latin ones."""
_DIGITS = str.maketrans("013457@$", "oieastas")
_DIGIT_WORD = re.compile(r"(?=\w*[A-Za-z])(?=\w*[0134579@$])[\w@$]{3,}")
_SPELLED = re.compile(r"(?<!\w)(?:\w[\s._*|-]){4,}\w(?!\w)")
_CODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[\s:]?){8,}")
_GAP = re.compile(r"[\s._*|-]+")


def clean(text: str) -> str:
    """Drop control, invisible and direction-changing characters, which only hide things from readers."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(c for c in normal if c in "\n\t" or unicodedata.category(c) not in _UNSEEN).strip()


def readings(text: str) -> Iterator[str]:
    """Yield a cleaned message as it stands, then as it reads with each disguise taken off that it may wear."""
    yield text
    told = {text}
    for undo in _DISGUISES:
        seen = undo(text[:_MOST_CHARS])
        if seen and seen not in told:
            told.add(seen)
            yield seen


def _latin(text: str) -> str:
    """Take look-alike letters for Latin ones, accents off."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _digits(text: str) -> str:
    return _DIGIT_WORD.sub(lambda word: word[0].translate(_DIGITS), text)


def _spelled(text: str) -> str:
    """Join letters that stand alone in a row; a wider gap than usual is a space."""
    return _SPELLED.sub(lambda run: _GAP.sub("", run[0]), text.replace("  ", " \u00b7 ")).replace("\u00b7", " ")


def _coded(text: str) -> str:
    """Return what stands in base 64, as one text; empty when nothing does."""
    return " ".join(found for run in _CODED.findall(text) if (found := _printable(_base64, run)))


def _hex(text: str) -> str:
    return " ".join(found for run in _HEX.findall(text) if (found := _printable(_hexadecimal, run)))


def _base64(run: str) -> bytes:
    plain = run.rstrip("=").translate(str.maketrans("-_", "+/"))
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _hexadecimal(run: str) -> bytes:
    return bytes.fromhex(re.sub(r"[^0-9a-fA-F]", "", run))


def _printable(decode: Callable[[str], bytes], run: str) -> str:
    try:
        found = decode(run).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return found if found.isprintable() and " " in found else ""


def _turned(text: str) -> str:
    return text[::-1]


def _rotated(text: str) -> str:
    return codecs.encode(text, "rot13")


_DISGUISES = (_latin, _digits, _spelled, _coded, _hex, _rotated, _turned)
