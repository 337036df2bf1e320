"""Look at a message before anything else does: clean it, and refuse what is an attack and no wish.

A recommender has a closed set of actions and little to leak, so turning away a harmless film fan is worse than
letting a clumsy trick through: rules add up, one word alone never refuses, and talk about what a story is about is
always welcome.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from pydantic import Field

from retrieval.types import Value

from .redact import redact

__all__ = ["GuardConfig", "GuardVerdict", "check_input", "redact"]


class GuardConfig(Value):
    """How strict the guard is."""

    max_chars: int = Field(2_000, ge=100)
    """Longer messages are cut here."""
    refuse_chars: int = Field(20_000, ge=1_000)
    """Longer messages are refused."""
    threshold: int = Field(3, ge=1)
    """Points at which a message counts as an attack."""


class GuardVerdict(Value):
    """What to do with a message."""

    action: Literal["allow", "refuse", "neutralise"] = "allow"
    """``neutralise``: answer ``text``, from which the attack was taken out."""
    reason: Literal["", "injection", "harmful", "abuse", "too_long", "empty"] = ""
    text: str = ""
    """The message, cleaned; what may be stored, understood and answered."""
    rules: tuple[str, ...] = ()
    """Names of the rules that fired."""


class _Rule(NamedTuple):
    name: str
    points: int
    pattern: re.Pattern[str]


class _Rules(NamedTuple):
    injection: tuple[_Rule, ...]
    harmful: tuple[_Rule, ...]
    abuse: tuple[_Rule, ...]
    stories: re.Pattern[str]
    """Talk about what to watch, read or hear."""
    wishes: re.Pattern[str]


_STRONG = 3
"""Points of a rule that may turn away a message about stories on its own."""
_SENTENCES = re.compile(r"(?<=[.!?\n])\s+|\n+")
_PLACE = re.compile(r"\{([a-z_]+)\}")


@cache
def _rules() -> _Rules:
    """Read ``guard_rules.toml`` once; the rules never change while running."""
    data = tomllib.loads(files(__package__).joinpath("guard_rules.toml").read_text(encoding="utf-8"))
    words = {name: f"(?:{'|'.join(alternatives)})" for name, alternatives in data["words"].items()}

    def rules(kind: str) -> tuple[_Rule, ...]:
        return tuple(
            _Rule(rule["name"], rule["points"], _compiled("|".join(rule["patterns"]), words)) for rule in data[kind]
        )

    return _Rules(
        injection=rules("injection"),
        harmful=rules("harmful"),
        abuse=rules("abuse"),
        stories=_compiled(data["stories"]["pattern"], {}),
        wishes=_compiled(data["wishes"]["pattern"], {}),
    )


def _compiled(pattern: str, words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(lambda place: words[place[1]], pattern), re.I | re.S)


def check_input(text: str, config: GuardConfig | None = None) -> GuardVerdict:
    """Return whether to answer a message, and the cleaned text to go on with."""
    config = config or GuardConfig()
    clean = _clean(text)
    if not clean:
        return GuardVerdict(action="refuse", reason="empty")
    if len(clean) > config.refuse_chars:
        return GuardVerdict(action="refuse", reason="too_long", text=clean[: config.max_chars])
    cut = clean[: config.max_chars]
    rules = _rules()
    stories = rules.stories.search(clean) is not None
    attack = _fired(clean, rules.injection)
    strong = any(rule.points >= _STRONG for rule in attack)
    if sum(rule.points for rule in attack) >= config.threshold and (strong or not stories):
        return _attacked(cut, attack, config)
    harmful = _fired(clean, rules.harmful)
    if harmful and not stories:
        return GuardVerdict(action="refuse", reason="harmful", text=cut, rules=_names(harmful))
    abuse = _fired(clean, rules.abuse)
    if abuse and not rules.wishes.search(clean):
        return GuardVerdict(action="refuse", reason="abuse", text=cut, rules=_names(abuse))
    return GuardVerdict(text=cut)


def _attacked(text: str, attack: Sequence[_Rule], config: GuardConfig) -> GuardVerdict:
    """Keep the sentences that ask for a recommendation and fire no rule; refuse when none does."""
    rules = _rules()
    kept = [part.strip() for part in _SENTENCES.split(text) if part.strip() and not _fired(part, rules.injection)]
    left = " ".join(kept)
    if rules.stories.search(left) and len(left) < config.max_chars // 2:
        return GuardVerdict(action="neutralise", reason="injection", text=left, rules=_names(attack))
    return GuardVerdict(action="refuse", reason="injection", text=text, rules=_names(attack))


def _fired(text: str, rules: Sequence[_Rule]) -> list[_Rule]:
    return [rule for rule in rules if rule.pattern.search(text)]


def _names(rules: Sequence[_Rule]) -> tuple[str, ...]:
    return tuple(rule.name for rule in rules)


def _clean(text: str) -> str:
    """Drop control, invisible and direction-changing characters, which only hide things from readers."""
    normal = unicodedata.normalize("NFKC", text)
    kept = (c for c in normal if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    return "".join(kept).strip()
