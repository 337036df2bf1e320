"""Find items and give the reasons for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from retrieval.types import Constraint, Hit, Relaxation, SearchResult

from ..budget import exhausted, patience
from ..compose import ComposeReport, ComposeRequest, compose, reason_context
from ..feedback.keeper import Shown
from ..guard_items import told
from ..parts import Parts
from ..policy import question_beside
from ..query import constraints, item_ids, to_query
from ..sentences import Sentence
from ..turn import Emit, TurnState
from ..types import (
    AnswerAction,
    AskAction,
    ItemsEvent,
    RecommendAction,
    Recommendation,
    Relaxed,
    SentenceEvent,
    UploadKind,
)
from ..voices import ENGLISH, Voice
from .exploring import Exploring
from .remembering import Remembering


class Picking:
    """Retrieve and compose."""

    def __init__(self, parts: Parts) -> None:
        """Work with the shared parts."""
        self._parts = parts
        self._remembering = Remembering(parts)
        self._exploring = Exploring(parts.settings)

    async def retrieve(self, state: TurnState, emit: Emit) -> TurnState:
        """Search for items that satisfy the wishes, and show them as cards at once."""
        action = state["action"]
        assert isinstance(action, RecommendAction)
        log = state["log"]
        with log.stage("retrieve"):
            result, trial = await self._parts.blocking(self._drawn, state, action.k)
        log.span.parts({f"search.{stage}": spent for stage, spent in result.timings_ms.items() if stage != "total"})
        for stage, spent in result.timings_ms.items():
            log.timings_ms[f"search_{stage}"] = round(spent, 1)
        relaxed = self._relaxed(result.relaxations, state)
        picks = self.picks(result.hits)
        emit(ItemsEvent(recommendations=picks, relaxed=relaxed))
        log.mark("cards")
        changes: TurnState = {
            "result": result,
            "items": tuple(told(hit.item) for hit in result.hits),
            "relaxed": relaxed,
            "remembered": self._remembering.moved(state, result.leaned),
            "degraded": (*state.get("degraded", ()), *result.degraded),
        }
        if trial is not None:
            changes["trial"] = trial
        if not picks:
            return {**changes, "action": AnswerAction(topic="nothing")}
        with log.stage("question"):
            question = await self._parts.blocking(self._question, state, result)
        if question is None:
            return changes
        return {**changes, "action": action.model_copy(update={"question": self._voice(state).question(question)})}

    def _voice(self, state: TurnState) -> Voice:
        return self._parts.voices.of(state["conversation"].language)

    def _question(self, state: TurnState, result: SearchResult) -> AskAction | None:
        """Return the question to ask below the items, if one is worth it."""
        conversation = state["conversation"]
        hard = [c for c in constraints(conversation.preferences) if c.hard]
        return question_beside(
            state["update"],
            conversation,
            self._parts.schema,
            self._parts.settings.policy,
            lambda: self._parts.choice(result, hard),
            [hit.item for hit in result.hits],
            result.eligible,
        )

    def _drawn(self, state: TurnState, k: int) -> tuple[SearchResult, Shown | None]:
        return self._exploring.drawn(self._found(state, k), state)

    def _found(self, state: TurnState, k: int) -> SearchResult:
        """Search; whoever asks for others, or answers what was asked below a list, wants none that was shown before.

        Unless there are not enough others.
        """
        search = self._parts.search
        query = self._parts.looking(to_query(state["conversation"], k), state["conversation"])
        query = self._remembering.lean(query, state)
        # What is left to chance is decided by the turn, so that the same turn gives the same list again.
        query = query.model_copy(update={"seed": f"{state['session_id']}/{state['turn_id']}"})
        query = self._exploring.asking(query, state)
        if state["before"].last_beside or "more" in state["update"].intents:
            shown = sorted(state["before"].shown_ids)
            fresh = search(query.model_copy(update={"exclude_ids": (*query.exclude_ids, *shown)}))
            if len(fresh.hits) == k:
                return fresh
        return search(query)

    async def compose(self, state: TurnState, emit: Emit) -> TurnState:
        """Say what was found and why, sentence by sentence, each checked before it is shown."""
        log = state["log"]
        said: list[Sentence] = []
        degraded = list(state.get("degraded", ()))
        with log.stage("compose"), log.spending.counted():
            async for sentence in self._sentences(state, degraded):
                said.append(sentence)
                emit(SentenceEvent(text=sentence.text, item_id=sentence.item_id, evidence=sentence.evidence))
                log.mark("first_sentence")
        action = state["action"]
        if isinstance(action, RecommendAction) and action.question is not None:
            emit(SentenceEvent(text=action.question.question, question=True))
        return {"sentences": tuple(said), "degraded": tuple(dict.fromkeys(degraded))}

    def picks(self, hits: Sequence[Hit]) -> tuple[Recommendation, ...]:
        """Return hits as recommendations, reasons still empty."""
        return tuple(
            Recommendation(
                item_id=hit.item.id,
                title=hit.item.title,
                rank=hit.rank,
                attributes=hit.item.attributes,
                image_url=f"/v1/items/{hit.item.id}/cover",
                audio_url=f"/v1/items/{hit.item.id}/audio" if hit.item.audio else None,
                video_url=f"/v1/items/{hit.item.id}/video" if hit.item.video else None,
                scores={"final": hit.score, **hit.stages},
            )
            for hit in hits
        )

    async def _sentences(self, state: TurnState, degraded: list[str]) -> AsyncIterator[Sentence]:
        for text in self._lead(state):
            yield Sentence(text=text)
        if not state["items"]:
            return
        for sentence in self._remembering.said(state):
            yield sentence
        async for sentence in self._reasons(state, degraded):
            yield sentence

    def _lead(self, state: TurnState) -> list[str]:
        """Return the lines above the reasons: what was taken back, what is missing, what was found."""
        voice, update, result = self._voice(state), state["update"], state["result"]
        hard = [c for c in constraints(state["conversation"].preferences) if c.hard]
        lines = []
        if update.undo:
            lines.append(voice.undone())
        if update.adventure is not None and update.adventure != state["before"].adventure:
            before = state["before"].adventure
            dial = self._parts.settings.variety.adventure if before is None else before
            lines.append(voice.dialled(further=update.adventure > dial))
        if update.missing_titles:
            lines.append(voice.missing_titles(update.missing_titles))
        lines += [voice.cannot_look(kind) for kind in self._unseen(state)]
        if not result.hits:
            lines.append(self._nothing(voice, result, hard))
            return lines
        wanted = state["action"].k if isinstance(state["action"], RecommendAction) else len(result.hits)
        texts = [
            str(p.value) for p in state["conversation"].preferences if p.attribute == "text" and p.polarity == "like"
        ]
        said = texts[-1] if texts else ""
        compared = [upload.kind for upload in state.get("uploads", ()) if upload.kind in self._senses]
        if compared and len(result.hits) == wanted:
            lines.append(voice.opening_like(compared, len(result.hits), hard, text=said if state["text"] else ""))
        else:
            lines.append(voice.opening(hard, len(result.hits), asked=wanted, text=said))
        if len(result.hits) < wanted and (more := voice.few_matches(result.relaxations)):
            lines.append(more)
        return lines

    @property
    def _senses(self) -> tuple[str, ...]:
        return self._parts.retriever.senses.modalities

    def _unseen(self, state: TurnState) -> list[UploadKind]:
        """Return the kinds of what came with the message that the catalogue has nothing of."""
        return [upload.kind for upload in state.get("uploads", ()) if upload.kind not in self._senses]

    def _nothing(self, voice: Voice, result: SearchResult, hard: Sequence[Constraint]) -> str:
        if result.eligible > 0 or not hard:
            return voice.seen_all()
        return voice.nothing_matches(hard, result.relaxations)

    async def _reasons(self, state: TurnState, degraded: list[str]) -> AsyncIterator[Sentence]:
        gate, config, log = self._parts.gate, self._parts.settings.compose, state["log"]
        voice, request = self._voice(state), await self._request(state)
        if voice.language != ENGLISH:
            # The model's words could not be checked in this language, so it is not asked for any.
            for place, item in enumerate(request.items):
                for sentence in voice.reason(item, reason_context(request, item, place)):
                    yield sentence
            return
        budget, passed = self._parts.settings.budget, log.since_start_ms() / 1000
        out = gate.model is not None and exhausted(budget, log.spending, passed)
        model = gate.open() if config.model_items and not out else None
        if model is None and config.model_items:
            degraded.append("budget" if out else gate.reason)
        config = config.model_copy(update={"timeout_s": patience(budget, config.timeout_s, passed)})
        report = ComposeReport()
        async for sentence in compose(model, request, config, report):
            yield sentence
        log.prompts.update(report.prompts)
        log.spending.calls += report.calls
        if report.calls:
            log.timings_ms["verify"] = round(report.checked_ms, 1)
            log.span.parts({"verify": report.checked_ms})
        log.sentences = {"model": report.accepted, "repaired": report.repaired, "replaced": report.replaced}
        if report.problem:
            degraded.append(report.problem)
            if not report.accepted + report.repaired:
                gate.breaker.failed()
        elif report.calls:
            gate.breaker.worked()

    async def _request(self, state: TurnState) -> ComposeRequest:
        conversation = state["conversation"]
        liked_ids = item_ids(conversation.preferences, "like")
        liked = await self._parts.blocking(self._parts.items, liked_ids)
        shown = [item.id for item in state["items"]]
        return ComposeRequest(
            catalog=self._parts.schema,
            items=state["items"],
            wish=state["text"],
            preferences=conversation.preferences,
            liked=tuple(liked),
            shared=await self._parts.blocking(self._parts.retriever.shared, shown, liked_ids),
            unmet={hit.item.id: hit.unmet for hit in state["result"].hits if hit.unmet},
            seed=state["turn_id"],
        )

    def _relaxed(self, relaxations: Sequence[Relaxation], state: TurnState) -> tuple[Relaxed, ...]:
        held = [(wish.constraint(), wish.id) for wish in state["conversation"].preferences]
        voice = self._voice(state)
        return tuple(
            Relaxed(
                constraint=voice.constraint_words(r.constraint),
                would_add=r.would_add,
                preference_id=next((wish_id for constraint, wish_id in held if constraint == r.constraint), None),
            )
            for r in relaxations
            if r.would_add > 0
        )
