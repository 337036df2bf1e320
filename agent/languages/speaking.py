"""Everything Palate says in another language, as one voice: the fixed things, questions and memory. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.types import AttributeSpec, AttributeValue

from ..bands import Band
from ..templates import ESCAPES, open_words
from ..templates.phrases import sentence_case, yearlike
from ..types import ITEM, AskAction, MemoryWish, Preference
from .explaining import Explaining

_MOST_NAMED = 3
_LABELS_IN_HELP = 6
_ESCAPES = ("dont_know", "no_preference", "show")
"""Keys of the ways not to answer, in the order of ``ESCAPES``."""
_SWITCHES = ("consent", "withdraw", "off", "on")


class Translated(Explaining):
    """A voice made from patterns."""

    # --- fixed things

    def hello(self) -> str:
        """Say hello."""
        return self._say("talk.hello")

    def help_text(self) -> str:
        """Say what one can ask for."""
        known = [spec.display for spec in self.schema.attributes if spec.shown][:_LABELS_IN_HELP]
        return self._say("talk.help", labels=self.wording.join(known, "or"))

    def thanks(self) -> str:
        """Answer thanks."""
        return self._say("talk.thanks")

    def close(self, accepted: str = "") -> str:
        """End well, with the title the user settled on, if any."""
        return self._say("talk.enjoy", title=self.title(accepted)) if accepted else self._say("talk.goodbye")

    def refuse(self, reason: str) -> str:
        """Decline in a way that helps; an unknown reason reads as off topic."""
        key = f"refusals.{reason}"
        refusal = self._say(key if key in self.wording.patterns else "refusals.off_topic")
        return self._sentences(refusal, "" if reason in ("harmful", "too_long") else self.mood)

    def degraded(self, kind: str) -> str:
        """Say which part is missing and what that means; ``kind`` may go on with details behind a colon."""
        key = f"degraded.{kind.partition(':')[0]}"
        return self._say(key if key in self.wording.patterns else "degraded.other")

    def undone(self) -> str:
        """Confirm that a change was taken back."""
        return self._say("talk.undone")

    def dialled(self, *, further: bool) -> str:
        """Confirm that the dial was turned, further from the well known or nearer to it."""
        return self._say("talk.further" if further else "talk.nearer")

    def nothing_to_undo(self) -> str:
        """Say that there is nothing to take back."""
        return self._say("talk.nothing_to_undo")

    def start_over(self) -> str:
        """Confirm a fresh start."""
        return self._sentences(self._say("talk.start_over"), self.mood)

    def preference_summary(self, preferences: Sequence[Preference]) -> str:
        """Say what is known about the user's wishes, musts apart from wishes."""
        if not preferences:
            return self._sentences(self._say("answers.no_wishes"), self.mood)
        musts, wishes = (self.parts(self.wish(w) for w in preferences if w.hard is hard) for hard in (True, False))
        return self._sentences(
            self._say("answers.musts", wishes=musts) if musts else "",
            self._say("answers.wishes", wishes=wishes) if wishes else "",
        )

    # --- questions

    def question(self, action: AskAction) -> AskAction:
        """Return a question as this language asks it; what its options stand for stays the same."""
        spec = self.schema.get(action.attribute)
        changes: dict[str, object] = {"escapes": self._escapes(action)}
        if action.style == "contrast" or action.attribute == ITEM:
            first, second = (self.title(title) for title in action.options[:2])
            changes["question"] = self._say("questions.contrast", first=first, second=second)
        elif action.style == "clarify":
            held, new = (self.wording.quoted(words) for words in action.options[:2])
            changes["question"] = self._say("questions.clarify", held=held, new=new)
        elif action.style == "open":
            again = action.question == open_words(again=True)
            about = [
                (self.schema.get(name), value) for name, value in zip(action.attributes, action.values, strict=True)
            ]
            changes["question"] = self._say("questions.open_again" if again else "questions.open")
            changes["options"] = tuple(self._named_option(spec, value) for spec, value in about if spec is not None)
        elif spec is not None:
            label = self._say("questions.ask", label=spec.display)
            changes["question"] = self.words.questions.get(spec.name, label)
            changes["options"] = tuple(self._option(spec, value) for value in action.values) or action.options
        return action.model_copy(update=changes)

    def _escapes(self, action: AskAction) -> tuple[str, ...]:
        known = dict(zip(ESCAPES, _ESCAPES, strict=True))
        return tuple(self._say(f"questions.{known[way]}") if way in known else way for way in action.escapes)

    def _option(self, spec: AttributeSpec, value: AttributeValue) -> str:
        if isinstance(value, tuple) and not isinstance(value[0], str):
            return sentence_case(self._band(spec, Band(float(value[0]), float(value[1]))))
        return sentence_case(self.value(spec, value))

    def _named_option(self, spec: AttributeSpec, value: AttributeValue) -> str:
        """Write an option that stands beside ones of other attributes, so that it shows what it is about."""
        if isinstance(value, tuple) and not isinstance(value[0], str):
            return sentence_case(self._told(spec, self._band(spec, Band(float(value[0]), float(value[1])))))
        return sentence_case(self.fact(spec, value))

    def _band(self, spec: AttributeSpec, band: Band) -> str:
        """Write a range of numbers as an answer."""
        if spec.scale:
            steps = [words for step, words in sorted(spec.scale.items()) if band.low <= step <= band.high]
            return self.wording.join(steps, "or")
        low, high = self.amount(spec, band.low), self.amount(spec, band.high)
        if band.open_below:
            if yearlike(spec):
                return self._say("conditions.before", year=self.amount(spec, band.high + 1))
            return self._say("conditions.le", value=high)
        if band.open_above:
            key, slot = ("since", "year") if yearlike(spec) else ("ge", "value")
            return self._say(f"conditions.{key}", **{slot: low})
        return self._say("conditions.between", low=self.amount(spec, band.low, unit=yearlike(spec)), high=high)

    # --- memory

    def _taste(self, taste: Preference) -> str:
        """Write a remembered taste as what the user likes or does not."""
        spec = self.schema.get(taste.attribute)
        if taste.attribute == ITEM or (spec is not None and spec.names and isinstance(taste.value, str)):
            words = self.title(taste.label or str(taste.value))
        else:
            words = self.quoted_wish(taste.model_copy(update={"polarity": "like", "hard": False}))
        return self._say(f"memory.{taste.polarity}", taste=words)

    def _tastes(self, tastes: Sequence[Preference]) -> str:
        return self.parts(self._taste(taste) for taste in tastes)

    def leaned_on(self, tastes: Sequence[Preference]) -> str:
        """Say which tastes of earlier conversations moved the order."""
        named, more = self._tastes(tastes[:_MOST_NAMED]), len(tastes) - _MOST_NAMED
        return self._say("memory.leaned", tastes=self._say("glue.more", list=named, n=more) if more > 0 else named)

    def remembered_reason(self, tastes: Sequence[Preference]) -> str:
        """Say which remembered tastes spoke for an item."""
        return self._say("memory.reason", tastes=self._tastes(tastes))

    def memory_answer(self, wish: MemoryWish, tastes: Sequence[Preference], *, consent: bool) -> str:
        """Answer a message about being remembered; see the English template for what ``tastes`` are."""
        if wish in _SWITCHES:
            return self._say(f"memory.{wish}")
        if not consent:
            return self._say("memory.no_consent" if wish == "show" else "memory.not_allowed")
        if wish == "show":
            return self._say("memory.summary", tastes=self._tastes(tastes)) if tastes else self._say("memory.none_yet")
        if wish == "remember":
            kept = self._say("memory.kept", tastes=self._tastes(tastes)) if tastes else ""
            return kept or self._say("memory.nothing_to_keep")
        if wish == "clear":
            return self._say("memory.cleared")
        return self._say("memory.forgotten" if tastes else "memory.not_held")
