"""How simulated users behave, as rates; the types that ship lie in ``users.toml``."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Annotated

from pydantic import Field

from retrieval.types import Value

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class UserType(Value):
    """Rates of one type of user; every rate is a probability for one occasion."""

    opening: tuple[int, int] = (1, 1)
    """Least and most wants in the first message."""
    know: Share = 0.9
    """Of being able to answer a question about something the user has in mind."""
    notice: Share = 0.7
    """The same about something the user only notices when asked, times how askable the attribute is."""
    choose: Share = 0.6
    """Of answering with an option as shown rather than in own words."""
    reply_below: Share = 0.7
    """Of answering a question that stands below items rather than talking about the items."""
    volunteer: Share = 0.15
    """Of saying what was wrong with the items shown, or what is still missing, instead of just asking for others."""
    direction: Share = 0.5
    """Of saying only the direction ("something older") where a number is wrong, instead of the number wanted."""
    cite: Share = 0.48
    """Of naming a liked item in the first message, where the user has any."""
    change: Share = 0.0
    """Of saying something first that is taken back later."""
    contradict: Share = 0.0
    """Of later saying something that goes against an earlier wish without taking it back."""
    typo: Share = 0.0
    """Of a slip in any word of four letters or more."""
    noise: Share = 0.15
    """Of picking the wrong one of two items."""
    questions: int = Field(3, ge=0)
    """Questions in a row without items that are put up with; then the user wants to see something."""
    stay: int = Field(4, ge=1)
    """Turns after which the user may leave."""
    leave: Share = 0.1
    """Of leaving, at every turn after those."""


class Vagueness(Value):
    """What holds for all users."""

    mind: tuple[int, int] = (2, 4)
    """Least and most wants that a user has in mind."""
    latent: int = Field(8, ge=0)
    """Most further wants that the user would notice when offered."""
    name_weight: float = Field(0.1, ge=0.0, le=1.0)
    """How often a proper name is wanted, where the schema says nothing of how well people can answer about it."""
    number_weight: float = Field(0.1, ge=0.0, le=1.0)
    """The same for numbers that are never asked for."""


class UserConfig(Value):
    """All types and what they share."""

    common: Vagueness = Vagueness()
    types: dict[str, UserType] = Field(min_length=1)


def load_users(volunteer: float | None = None) -> UserConfig:
    """Return the types that ship; ``volunteer`` replaces that rate of every type, to see how much hangs on it.

    Raises:
        pydantic.ValidationError: the rate is not between 0 and 1.
    """
    text = files(__package__).joinpath("users.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    if volunteer is not None:
        for kind in read["types"].values():
            kind["volunteer"] = volunteer
    return UserConfig.model_validate(read)
