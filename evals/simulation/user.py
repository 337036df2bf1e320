"""A simulated user that follows an agenda (Schatzmann et al., 2007): a seeded state machine without a language model.

It holds wants in words and an oracle that says yes or no to what is shown; it has no way to learn its target's title.
Every chance is drawn from the seed and what it is about, so that under two policies the same user knows the same.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from retrieval.types import CatalogSchema

from .answers import chosen_option
from .config import UserType
from .types import Act, Knowledge, Oracle, Question, Screen, Utterance, Want
from .wants import ends, holds
from .wording import Wording

_REVISE = 0.5
"""Of taking back, at any one turn, what was said first by mistake."""


class Meaning(NamedTuple):
    """An act, and the name of the templates that word it."""

    act: Act
    template: str


class AgendaUser:
    """Says what an agenda tells it, one message a turn."""

    def __init__(
        self,
        knowledge: Knowledge,
        oracle: Oracle,
        kind: UserType,
        schema: CatalogSchema,
        phrases: Mapping[str, Sequence[str]],
        seed: str,
    ) -> None:
        """Take what the user knows, who judges items, how they behave, and how people talk about the catalogue."""
        self._knowledge = knowledge
        self._oracle = oracle
        self._kind = kind
        self._schema = schema
        self._wording = Wording(schema, phrases, kind.typo)
        self._seed = seed
        self._turn = 0
        self._told: list[Want] = []
        self._hinted: set[str] = set()
        self._mistaken: Want | None = None
        self._in_a_row = 0

    def open(self) -> Utterance:
        """Return the first message: one or two wants, sometimes beside an item liked before."""
        self._turn = 1
        wants = self._knowledge.wants
        least, most = self._kind.opening
        first = list(
            wants[: self._rng("opening").randint(least, min(most, len(wants)) if len(wants) >= least else least)]
        )
        if first[0].decoy and self._chance("change", self._kind.change):
            self._mistaken = first[0]
            wrong = first[0].model_copy(update={"wordings": (first[0].decoy,)})
            self._told += first[1:]
            return self._say(Meaning(Act(kind="open", wants=(wrong, *first[1:])), "open"))
        self._told += first
        if self._knowledge.liked and self._chance("cite", self._kind.cite):
            title = self._rng("liked").choice(self._knowledge.liked)
            return self._say(Meaning(Act(kind="open", wants=tuple(first), words=title), "cite"))
        return self._say(Meaning(Act(kind="open", wants=tuple(first)), "open"))

    def respond(self, screen: Screen) -> Utterance:
        """Return the next message after what the system put on the screen."""
        self._turn += 1
        alone = screen.question is not None and not screen.items
        self._in_a_row = self._in_a_row + 1 if alone else 0
        return self._say(self._mean(screen))

    def _mean(self, screen: Screen) -> Meaning:
        if any(self._oracle.accepts(item.item_id) for item in screen.items):
            return Meaning(Act(kind="accept"), "accept")
        if self._turn > self._kind.stay + 1 and self._chance(f"leave/{self._turn}", self._kind.leave):
            return Meaning(Act(kind="leave"), "leave")
        if screen.question is not None and not screen.items:
            if self._in_a_row > self._kind.questions:
                return Meaning(Act(kind="impatient"), "impatient")
            return self._answer(screen.question)
        if screen.question is not None and self._chance(f"below/{self._turn}", self._kind.reply_below):
            return self._answer(screen.question)
        return self._react(screen)

    # --- answers

    def _answer(self, question: Question) -> Meaning:
        if question.style == "contrast":
            return self._prefer(question)
        if question.style == "open":
            return self._answer_openly(question)
        want, known = self._wanted(question)
        if want is None or not known:
            silent = (
                "dont_know" if want is not None or self._chance(f"shrug/{question.attribute}", 0.5) else "no_preference"
            )
            return Meaning(Act(kind="dont_know" if silent == "dont_know" else "no_preference"), silent)
        if self._mistaken == want:
            self._mistaken = None
        return self._give(want, chosen_option(question, want, self._schema))

    def _answer_openly(self, question: Question) -> Meaning:
        """Name what was not said yet, the most important first; else an option that is noticed; else shrug."""
        fresh = [want for want in self._knowledge.wants if want not in self._told and want != self._mistaken]
        if fresh and self._chance(f"open/{self._turn}", self._kind.know):
            want = max(fresh, key=lambda one: one.importance)
            return self._give(want, chosen_option(_about(question, want.attribute), want, self._schema))
        for want in self._knowledge.latent:
            option = chosen_option(_about(question, want.attribute), want, self._schema)
            spec = self._schema.get(want.attribute)
            rate = self._kind.notice * (spec.askable if spec is not None else 0.5)
            if option and want not in self._told and self._chance(f"know/{want.attribute}", rate):
                return self._give(want, option)
        return Meaning(Act(kind="no_preference"), "no_preference")

    def _give(self, want: Want, option: str) -> Meaning:
        self._tell(want)
        if option and self._chance(f"choose/{want.attribute}", self._kind.choose):
            return Meaning(Act(kind="answer", wants=(want,), words=option), "answer_option")
        return Meaning(Act(kind="answer", wants=(want,)), "answer_free")

    def _wanted(self, question: Question) -> tuple[Want | None, bool]:
        """Return what the user would answer about, and whether they can."""
        spec = self._schema.get(question.attribute)
        askable = spec.askable if spec is not None and spec.askable else 0.5
        for wants, rate in ((self._knowledge.wants, self._kind.know), (self._knowledge.latent, self._kind.notice)):
            for want in wants:
                if want.attribute == question.attribute:
                    # What is in mind can be said; for the rest, the schema says how well people can answer.
                    scale = 1.0 if wants is self._knowledge.wants else askable
                    return want, self._chance(f"know/{question.attribute}", rate * scale)
        return None, False

    def _prefer(self, question: Question) -> Meaning:
        ids = [str(option.value) for option in question.options[:2]]
        nearer = self._oracle.nearer(ids[0], ids[1]) if len(ids) == 2 else "neither"
        return Meaning(Act(kind="contrast", words=nearer), f"contrast_{nearer}")

    # --- reactions to items

    def _react(self, screen: Screen) -> Meaning:
        if self._mistaken is not None and self._chance(f"revise/{self._turn}", _REVISE):
            want, self._mistaken = self._mistaken, None
            self._tell(want)
            return Meaning(Act(kind="revise", wants=(want,), words=want.decoy), "revise")
        fickle = [want for want in self._told if want.decoy]
        if fickle and self._chance(f"contradict/{self._turn}", self._kind.contradict):
            want = self._rng(f"contradicted/{self._turn}").choice(fickle)
            self._told.remove(want)
            return Meaning(Act(kind="inform", words=want.decoy), "contradict")
        if self._chance(f"volunteer/{self._turn}", self._kind.volunteer):
            return self._criticise(screen)
        return Meaning(Act(kind="more"), "more")

    def _criticise(self, screen: Screen) -> Meaning:
        """Say what most of the items lack; what was never said comes before what was ignored."""
        lacking = {want.attribute: self._lacking(want, screen) for want in self._knowledge.wants}
        fresh = [want for want in self._knowledge.wants if want not in self._told and want != self._mistaken]
        ignored = [want for want in self._told if screen.items and lacking.get(want.attribute, 0) > 0.5]
        if not fresh and not ignored:
            return Meaning(Act(kind="more"), "more")
        want = max(fresh or ignored, key=lambda one: (lacking.get(one.attribute, 0.0), one.importance))
        words = self._direction(want, screen)
        if words and want.attribute not in self._hinted and self._chance(f"dir/{want.attribute}", self._kind.direction):
            self._hinted.add(want.attribute)
            return Meaning(Act(kind="critique", words=words), "critique")
        self._tell(want)
        return Meaning(Act(kind="inform", wants=(want,)), "inform")

    def _lacking(self, want: Want, screen: Screen) -> float:
        wrong = sum(not holds(want, item.attributes) for item in screen.items)
        return wrong / len(screen.items) if screen.items else 0.0

    def _direction(self, want: Want, screen: Screen) -> str:
        """Return a comparative that points from most of the items to what is wanted, or an empty string."""
        spec = self._schema.get(want.attribute)
        if want.form != "range" or spec is None or not spec.comparatives:
            return ""
        low, high = ends(want.value)
        facts = [item.attributes.get(want.attribute) for item in screen.items]
        numbers = [fact for fact in facts if isinstance(fact, (int, float))]
        above, below = sum(one > high for one in numbers), sum(one < low for one in numbers)
        if max(above, below) * 2 <= len(numbers):
            return ""
        way = "lower" if above > below else "higher"
        words = [words for words, direction in spec.comparatives.items() if direction == way]
        return self._rng(f"comparative/{want.attribute}").choice(words) if words else ""

    # --- saying it

    def _tell(self, want: Want) -> None:
        if want not in self._told:
            self._told.append(want)

    def _say(self, meaning: Meaning) -> Utterance:
        if meaning.act.kind == "leave":
            return Utterance(act=meaning.act, text="")
        text = self._wording.text(meaning.act, meaning.template, self._rng(f"words/{self._turn}"))
        return Utterance(act=meaning.act, text=text)

    def _rng(self, purpose: str) -> random.Random:
        return random.Random(f"{self._seed}/{purpose}")

    def _chance(self, purpose: str, rate: float) -> bool:
        return self._rng(purpose).random() < rate


def _about(question: Question, attribute: str) -> Question:
    """Return an open question as the one about an attribute, with the options that are about it."""
    options = tuple(option for option in question.options if option.attribute == attribute)
    return question.model_copy(update={"attribute": attribute, "options": options})
