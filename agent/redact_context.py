"""Find personal data that only its context gives away: names, addresses, codes and dates that somebody calls their own.

A name or a street alone stays: in talk about a catalogue names are actors and authors, and streets are titles
("21 Jump Street"). What counts is that the words around say whose it is.
"""

# ruff: noqa: E501 - a pattern reads best in one piece
from __future__ import annotations

import re
from typing import NamedTuple


class Cue(NamedTuple):
    """Words that give personal data away; the group ``value`` is the data."""

    kind: str
    pattern: re.Pattern[str]


_NAME = r"(?!\[|not\b|no\b)[^\W\d_][\w'’.-]*(?:\s+(?!and\b|but\b|from\b|i\b|i'|i’|so\b|my\b|is\b|the\b|a\b|looking\b|please\b)[^\W\d_][\w'’.-]*){0,3}"
_PROPER = r"[A-ZÀ-ÞĀ-Ž][\w'’.-]*(?:\s+(?:[a-z]{2,3}\s+){0,2}[A-ZÀ-ÞĀ-Ž][\w'’.-]*){0,3}"
_STREET = (
    r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|close|way|court|ct|boulevard|blvd|place|pl|square|sq|terrace|crescent|circle|trail|"
    r"parkway|pkwy|highway|alley|mews|grove|gardens|stra(?:ß|ss)e|platz|weg|gasse|rue|chemin|calle|avenida|plaza|via|piazza|rua|laan|straat)"
)
_DAY = r"(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?[A-Za-z]{3,9},?\s+\d{4}|[A-Za-z]{3,9}\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})"
_OPEN = r"(?:^|[.!?,;:\n]\s*|\b(?:hi|hello|hey|and|so|well|oh)[,!]?\s+)"
_PART = r"(?:(?!\b(?:and|so|but|please|if|in case|i|we|want|like|looking|with|who|where|need)\b)[^!?\n.])"
_NUMBERED = rf"\d{{1,6}}[a-z]?,?\s+(?=(?-i:[A-ZÀ-ÞĀ-Ž0-9])|(?:[\w.'’-]+\s+){{0,4}}?{_STREET}\b){_PART}{{3,70}}"
_REST = rf"(?:{_NUMBERED}|(?-i:[A-ZÀ-ÞĀ-Ž]){_PART}{{2,40}}?\b\d{{1,6}}\b{_PART}{{0,50}})"
"""A street with its number on either side; never an hour, a count or a wish that follows."""


def _cue(kind: str, pattern: str, flags: re.RegexFlag = re.I) -> Cue:
    return Cue(kind, re.compile(pattern, flags | re.M))


CUES = (
    _cue("name", rf"{_OPEN}(?-i:[Mm]y|MY) (?-i:(?:\w+ )?name|NAME)(?:'s| is|:)\s+(?:(?:mr|mrs|ms|dr)\.?\s+)?(?P<value>{_NAME})"),
    _cue("name", rf"\b(?:maiden|last|family|full) name(?:'s| is|:)\s+(?P<value>{_NAME})"),
    _cue("name", rf"^name:\s*(?P<value>{_NAME})"),
    _cue("name", rf"(?i:\b(?:hello|hi|hey)[,!.]?\s+(?:this is|i am|i'm))\s+(?:(?:Mr|Mrs|Ms|Dr)\.?\s+)(?P<value>{_PROPER})", re.NOFLAG),
    _cue("name", rf"(?i:\bi am|\bi'm|\bi’m)\s+(?P<value>{_PROPER})(?=,?\s+(?:and i live|i live|originally from|from\s+[A-ZÀ-Þ]))", re.NOFLAG),
    _cue("name", rf"(?i:what's your name\?|your name\?)\s+(?P<value>{_PROPER})", re.NOFLAG),
    _cue("address", rf"\b(?:live|lives|living|reside|stay|staying)\s+(?:at|on)\s+(?P<value>{_REST})"),
    _cue(
        "address",
        rf"\b(?:my|his|her|our|the|new|home|postal|mailing|billing|shipping)\s+(?:\w+\s+)?address(?:es)?(?:,?\s+here they are)?"
        rf"(?:\s+(?:is|to)|:)+\s*(?P<value>{_REST})",
    ),
    _cue("address", r"^address:\s*(?P<value>(?:[^\n]*\d[^\n]*\n?){1,4})"),
    _cue("address", rf"\b(?:ship|send|deliver|return|post|mail)\s+(?:it|them|this)?\s*to\s+(?P<value>{_REST})"),
    _cue("address", rf"\b(?:restaurant|office|shop|store|house|home|flat|party) is (?:located )?(?:at|on)\s+(?P<value>{_REST})"),
    _cue("address", rf"\b(?:reach|contact|find|visit|write(?:\s+to)?)\s+(?:me|us)\s+(?:at|on)\b[^\n]{{0,60}}?(?P<value>{_NUMBERED})"),
    _cue("address", rf"\b(?:meet|meeting)\b[^.!?\n]{{0,40}}?\bat\s+(?P<value>{_REST})"),
    _cue("address", rf"(?P<value>\b\d{{1,5}}\s+(?:[\w.'’-]+\s+){{1,5}}?{_STREET}\.?,?\s+(?:(?:apt|suite|unit|flat|floor)\.?\s*\w+|[^\n!?]{{0,40}}?\b[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}}\b))"),
    _cue("address", r"^(?P<value>[^\n]*\b(?:apt|suite|postbox|p\.?\s?o\.? box|psc \d+,? box)\.?\s*\d+[^\n]*)$"),
    _cue("address", r"(?P<value>\b\d+[^\n.!?]{3,40}\b(?:apt|suite)\.?\s*\d+[^\n!?]{0,50}?\b\d{4,5}\b)"),
    _cue("postcode", r"\b(?:zip(?: ?code)?|post ?code|postal code|plz)(?:\s+is|:)?\s+(?P<value>(?=\w*\s?\w*\d)[A-Z\d]{2,6}(?:[ -][A-Z\d]{2,4})?)\b"),
    _cue("birth_date", rf"\b(?:born(?:\s+on)?|birthday(?:\s+is)?|birth\s?date(?:\s+is)?|date of birth(?:\s+is)?|dob(?:\s+is)?)[:\s]+(?P<value>{_DAY})"),
    _cue(
        "id_number",
        r"\b(?:licen[cs]e|passport|social security|ssn|national insurance|tax(?:payer)?(?: id)?|identity card|account|iban|insurance)"
        r"(?:\s+(?:number|no\.?|id|card))*(?:\s+is|:|#)*\s*(?P<value>(?=[\w-]*\d[\w-]*\d)[A-Z\d][A-Z\d-]{5,20})\b",
    ),
    _cue(
        "card",
        r"\b(?:credit |debit |bank )?card(?:\s+(?:number|no\.?))?(?:\s+is|:|#)*\s*(?P<value>\d(?:[ -]?\d){11,18})\b",
    ),
    _cue(
        "phone",
        r"\b(?:phone|mobile|cell|tel(?:ephone)?|fax|desk|number|call(?: me)?(?: at| on)?|text me(?: at| on)?|whatsapp|messages to|registered)"
        r"(?:\s+is|\s+number|:)*\s*\n?(?P<value>\+?\(?\d[\d\s().x+/-]{5,22}\d)",
    ),
    _cue("handle", r"\b(?:my|on) (?:instagram|twitter|telegram|snapchat|discord|tiktok|facebook)(?:\s+(?:is|handle is|name is)|:)?\s+(?P<value>@?[\w.]{3,30})"),
)  # fmt: skip
