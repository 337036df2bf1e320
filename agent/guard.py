"""Look at a message before anything else does: clean it, and refuse what is an attack and no wish.

A recommender has a closed set of actions and little to leak, so turning away a harmless film fan is worse than
letting a clumsy trick through: rules add up, one word alone never refuses, and talk about what a story is about is
always welcome. A small classifier adds points where the rules are silent; nothing here needs a network.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from pydantic import Field

from retrieval.types import Value

from .guard_model import shipped_weights
from .guard_text import clean, readings
from .redact import redact

__all__ = ["GuardConfig", "GuardVerdict", "check_input", "redact"]


class GuardConfig(Value):
    """How strict the guard is."""

    enabled: bool = True
    """Off lets every message through, cleaned, cut and without personal data; only for measuring what else holds."""
    classifier: bool = True
    """Whether the small classifier adds points to the rules'."""
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
_FEW_WORDS = 4
"""Shorter messages are judged by rules alone."""
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
    cleaned = clean(text)
    if not cleaned:
        return GuardVerdict(action="refuse", reason="empty")
    if len(cleaned) > config.refuse_chars:
        return GuardVerdict(action="refuse", reason="too_long", text=cleaned[: config.max_chars])
    cut = cleaned[: config.max_chars]
    return _judged(cleaned, cut, config) if config.enabled else GuardVerdict(text=cut)


def _judged(text: str, cut: str, config: GuardConfig) -> GuardVerdict:
    rules = _rules()
    stories = rules.stories.search(text) is not None
    attack = _fired_disguised(text, rules.injection)
    strong = any(rule.points >= _STRONG for rule in attack)
    points = sum(rule.points for rule in attack)
    if points >= config.threshold and (strong or not stories):
        return _attacked(cut, _names(attack), config)
    harmful = _fired(text, rules.harmful)
    if harmful and (not stories or any(rule.points >= _STRONG for rule in harmful)):
        return GuardVerdict(action="refuse", reason="harmful", text=cut, rules=_names(harmful))
    abuse = _fired(text, rules.abuse)
    if abuse and not rules.wishes.search(text):
        return GuardVerdict(action="refuse", reason="abuse", text=cut, rules=_names(abuse))
    if config.classifier and not stories and points + _suspicion(text) >= config.threshold:
        return _attacked(cut, (*_names(attack), "classifier"), config)
    return GuardVerdict(text=cut)


def _suspicion(text: str) -> int:
    """Return the classifier's points; a few words are too little to tell ("pass", "tell me more")."""
    if len(text.split()) < _FEW_WORDS:
        return 0
    weights = shipped_weights()
    score = weights.score(text)
    return _STRONG if score >= weights.likely else 1 if score >= weights.doubtful else 0


def fired_rules(text: str) -> tuple[str, ...]:
    """Return the names of the strong rules against injection that fire on a text as it stands."""
    return _names([rule for rule in _fired(text, _rules().injection) if rule.points >= _STRONG])


def _attacked(text: str, fired: tuple[str, ...], config: GuardConfig) -> GuardVerdict:
    """Keep the sentences that ask for a recommendation and fire no rule; refuse when none does."""
    rules = _rules()
    kept = [part.strip() for part in _SENTENCES.split(text) if part.strip() and not _fired(part, rules.injection)]
    left = " ".join(kept)
    if rules.stories.search(left) and len(left) < config.max_chars // 2:
        return GuardVerdict(action="neutralise", reason="injection", text=left, rules=fired)
    return GuardVerdict(action="refuse", reason="injection", text=text, rules=fired)


def _fired(text: str, rules: Sequence[_Rule]) -> list[_Rule]:
    return [rule for rule in rules if rule.pattern.search(text)]


def _fired_disguised(text: str, rules: Sequence[_Rule]) -> list[_Rule]:
    """Return the rules that fire on the message, however it is disguised; of the readings the one that fires most."""
    return max((_fired(reading, rules) for reading in readings(text)), key=lambda fired: sum(r.points for r in fired))


def _names(rules: Sequence[_Rule]) -> tuple[str, ...]:
    return tuple(rule.name for rule in rules)
