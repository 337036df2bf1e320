"""Personal data goes, wishes stay: what only its context gives away, and film talk that looks like it."""

from __future__ import annotations

import itertools
import time

import pytest

from agent.redact import find_personal, redact


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("My name is Ada Larkin and I want a comedy", "My name is [name] and I want a comedy"),
        ("hi, my name's ada. a western please", "hi, my name's [name]. a western please"),
        ("I live at 12 Mill Lane, Leeds LS1 4AB. A comedy", "I live at [address]. A comedy"),
        ("please send it to 5 Rue de Rivoli, Paris please", "please send it to [address] please"),
        ("reach me at a@example.org or 14 Elm Road", "reach me at [email] or [address]"),
        ("zip: 90210", "zip: [postcode]"),
        ("my postcode is SW1A 1AA", "my postcode is [postcode]"),
        ("I was born on 7/30/1964", "I was born on [birth_date]"),
        ("date of birth: 3 May 1980", "date of birth: [birth_date]"),
        ("my driver's license number is U62928788557186", "my driver's license number is [id_number]"),
        ("my phone: 0341 8387176", "my phone: [phone]"),
        ("+41 (0)62 585 51 90 is mine", "[phone] is mine"),
        ("as on https://ada:secret@example.org/x?y=1 ok", "as on [link] ok"),
        ("my instagram is @ada.larkin", "my instagram is [handle]"),
        ("my card number is 4111 1111 1111 1112", "my card number is [card]"),
    ],
)
def test_what_somebody_calls_their_own_is_taken_out(text: str, clean: str) -> None:
    assert redact(text)[0] == clean


@pytest.mark.parametrize(
    "text",
    [
        "meeting friends at 8 tonight, want a comedy under 100 minutes",
        "I live in a flat with 3 kids and like 90s comedies",
        "10 Cloverfield Lane, 21 Jump Street or 84 Charing Cross Road",
        "My Name is Nobody and They Call Me Trinity",
        "loved my name is khan",
        "Call Me by Your Name",
        "find me something like 21 Jump Street",
        "actors born in 1980",
        "films from 2018 2019 2020",
        "Ocean's 11, 12 and 13, then 1917",
        "I'm Batman from 1989 was great",
        "this is Dr. Strangelove",
        "a film about a man who lives at the end of the street",
        "starring Tom Hanks, directed by Robert Zemeckis",
        "my name is not important",
    ],
)
def test_talk_about_films_is_left_alone(text: str) -> None:
    assert redact(text) == (text, ())


def test_pieces_come_in_order_and_never_overlap() -> None:
    found = find_personal("mail ada@example.org or call +44 20 7946 0958, I live at 12 Mill Lane, Leeds")
    assert [piece.kind for piece in found] == ["email", "phone", "address"]
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))


def test_formats_alone_need_no_context() -> None:
    assert find_personal("I live at 12 Mill Lane, Leeds", context=False) == ()


@pytest.mark.parametrize(
    "part", ["my name is ", "live at 1 ", "1 a ", "address: 1 ", "Apt. 1 ", "1-2 ", "a.b@c.", "A A 1 "]
)
def test_no_text_makes_it_slow(part: str) -> None:
    begun = time.perf_counter()
    redact(part * (20_000 // len(part)))
    assert time.perf_counter() - begun < 2.0
