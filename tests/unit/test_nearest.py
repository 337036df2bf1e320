"""The nearest phrase is the one that a comparison with every phrase would find."""

from __future__ import annotations

import random
import string

import pytest
from rapidfuzz.distance import OSA

from agent.understanding.nearest import Nearest, slips_of

NAMES = [
    tuple(name.split()) for name in ("anna karina", "anne karina", "jean seberg", "jean", "seberg", "joseph", "sofie")
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("jaen seberg", ("jean", "seberg")),
        ("anna karyna", ("anna", "karina")),
        ("ann karina", ("anna", "karina")),  # as near to both, so the first
        ("josef", ("joseph",)),
        ("seburg", ("seberg",)),
        ("jeen", None),  # too short to be forgiven a slip
        ("seburgg", None),
        ("", None),
    ],
)
def test_slips_are_forgiven_up_to_a_measure(said: str, meant: tuple[str, ...] | None) -> None:
    assert Nearest(dict.fromkeys(NAMES)).find(said) == meant


def test_fewer_slips_may_be_asked_for() -> None:
    assert Nearest(dict.fromkeys(NAMES)).find("jaen seberg", 0) is None


def test_it_is_what_a_comparison_with_all_finds() -> None:
    chance = random.Random(5)
    letters = string.ascii_lowercase[:6]
    phrases = ["".join(chance.choices(letters, k=chance.randint(4, 14))) for _ in range(3000)]
    nearest = Nearest({(phrase,): None for phrase in phrases})
    found = 0
    for _ in range(300):
        query = list(chance.choice(phrases))
        for _ in range(chance.randint(0, 3)):
            query[chance.randrange(len(query))] = chance.choice(letters)
        said = "".join(query)
        near = [(OSA.distance(said, phrase), place) for place, phrase in enumerate(phrases)]
        slips, place = min(near)
        expected = (phrases[place],) if len(said) >= 5 and slips <= slips_of(said) else None
        assert nearest.find(said) == expected
        found += expected is not None
    assert found > 100
