"""Play the dialogues of a suite against a recommender and score every turn. Decides nothing about what is good."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from agent.types import (
    ITEM,
    Conversation,
    Event,
    FeedbackKind,
    Preference,
    PreferenceUpdate,
    Removal,
    Reply,
    RunRecord,
    SessionInfo,
)
from retrieval.types import CatalogSchema

from .check_words import show_preference
from .checks import score_turn, versions
from .covering import exercised
from .fitting import check_suite
from .observed import Catalog, Observed, Titles, describe
from .provenance import commit, machine
from .suite import case_digest, expectations, suite_digest
from .types import Case, CaseResult, Claim, Edit, Exercised, Report, RunInfo, Score, Step, Suite, TurnRecord


class Talker(Protocol):
    """What is evaluated: ``agent.Recommender``, or a double of it."""

    @property
    def schema(self) -> CatalogSchema:
        """The catalogue's attributes."""
        ...

    @property
    def facts(self) -> Catalog:
        """The catalogue's facts."""
        ...

    async def new_session(self, user_id: str | None = None, session_id: str | None = None) -> SessionInfo:
        """Begin a session."""
        ...

    async def reply(self, text: str, session: str, *, k: int | None = None) -> Reply:
        """Answer one message."""
        ...

    async def edit(self, session_id: str, update: PreferenceUpdate) -> Conversation:
        """Change preferences by hand."""
        ...

    async def feedback(self, session_id: str, item_id: str, kind: FeedbackKind) -> Conversation:
        """Record a reaction."""
        ...

    async def conversation(self, session_id: str) -> Conversation:
        """Return the state of a session."""
        ...

    async def events(self, session_id: str) -> list[Event]:
        """Return all that happened in a session, oldest first."""
        ...


class Player:
    """Play cases, one at a time, each in a session of its own."""

    def __init__(self, talker: Talker, suite: Suite) -> None:
        """Take what is evaluated and by what."""
        self._talker = talker
        self._suite = suite
        self._titles = Titles(talker.facts)
        self.run = RunRecord()
        """What produced the latest reply."""

    async def play(self, case: Case) -> CaseResult:
        """Return the scores of all turns of a case; a turn that fails is scored as such and the case goes on."""
        session = (await self._talker.new_session(session_id=f"eval-{case.name}-{uuid.uuid4().hex[:8]}")).session_id
        seen: list[Observed] = []
        scores: list[Score] = []
        for number, step in enumerate(case.turns, start=1):
            observed = await self._observe(session, step, tuple(seen))
            expect = expectations(self._suite, step.expect)
            scores += score_turn(expect, observed, case=case.name, turn=number, tags=case.tags)
            seen.append(observed)
        return CaseResult(
            name=case.name,
            tags=case.tags,
            turns=tuple(
                _record(step, turn, self._used(step, turn)) for step, turn in zip(case.turns, seen, strict=True)
            ),
            scores=tuple(scores),
            claims=tuple(claim for number, turn in enumerate(seen, start=1) for claim in _claims(case, number, turn)),
            sha256=case_digest(self._suite, case),
        )

    def _used(self, step: Step, turn: Observed) -> Exercised:
        return exercised(turn.update, turn.reply, expectations(self._suite, step.expect))

    async def _observe(self, session: str, step: Step, earlier: tuple[Observed, ...]) -> Observed:
        talker = self._talker
        before = Observed(schema=talker.schema, titles=self._titles, said=step.say or "", earlier=earlier)
        try:
            reply = await self._act(session, step, before)
            state = await talker.conversation(session)
            events = await talker.events(session) if reply is not None else []
        except Exception as error:  # whatever breaks is the finding, and the other cases must still be played
            return replace(before, error=f"{type(error).__name__}: {error}")
        if reply is not None:
            self.run = reply.run
        shown = reply.recommendations if reply is not None else ()
        return replace(
            before,
            update=next((event.update for event in reversed(events) if event.kind == "message"), None),
            reply=reply,
            items=tuple(talker.facts.get([pick.item_id for pick in shown])),
            preferences=state.preferences,
            barred=_barred(state),
            count=talker.facts.count,
        )

    async def _act(self, session: str, step: Step, before: Observed) -> Reply | None:
        """Do what the step says; only words have a reply."""
        if step.say is not None:
            return await self._talker.reply(step.say, session, k=step.k)
        if step.feedback is not None:
            item = before.resolve(step.feedback.item)
            if item is None:
                raise LookupError("the item to react to was not shown")
            await self._talker.feedback(session, item.id, step.feedback.kind)
        if step.edit is not None:
            await self._talker.edit(session, _update(step.edit))
        return None


async def run_suite(talker: Talker, suite: Suite, *, on_case: Callable[[CaseResult], None] | None = None) -> Report:
    """Play all cases of a suite and return what was found.

    Args:
        talker: what is evaluated.
        suite: the dialogues and what must hold.
        on_case: told each result as it comes.

    Raises:
        SuiteError: the suite names what the catalogue does not have.
    """
    check_suite(suite, talker.schema, talker.facts)
    player = Player(talker, suite)
    started_at, begin = datetime.now(UTC), time.perf_counter()
    results = []
    for case in suite.cases:
        results.append(await player.play(case))
        if on_case is not None:
            on_case(results[-1])
    run = player.run
    info = RunInfo(
        suite=suite.name,
        suite_sha256=suite_digest(suite),
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - begin, 1),
        commit=commit(),
        scorers=versions(),
        model=str(run.model.get("name") or "none"),
        index=run.index,
        config_hash=run.config_hash,
        version=run.version,
        catalog=talker.schema.name,
        attributes=tuple(spec.name for spec in talker.schema.attributes),
        machine=machine(),
        degraded=tuple(sorted({why for result in results for turn in result.turns for why in turn.degraded})),
    )
    return Report(info=info, results=tuple(results))


def _barred(state: Conversation) -> dict[str, str]:
    """Return the ids that must not be recommended after a turn, with the reason."""
    barred = {
        str(wish.value): f"which the user {wish.polarity}s" for wish in state.preferences if wish.attribute == ITEM
    }
    barred |= dict.fromkeys(state.rejected_ids, "which was rejected") | dict.fromkeys(state.seen_ids, "which was seen")
    return barred


def _update(edit: Edit) -> PreferenceUpdate:
    removals = tuple(Removal(attribute=drop.attribute, value=drop.value) for drop in edit.remove)
    return PreferenceUpdate(undo=edit.undo, reset=edit.reset, remove=removals, source="door")


def _record(step: Step, turn: Observed, used: Exercised) -> TurnRecord:
    reply = turn.reply
    if reply is None:
        return TurnRecord(deed=step.deed, error=turn.error, preferences=_wishes(turn.preferences), exercised=used)
    return TurnRecord(
        deed=step.deed,
        action=reply.action.kind,
        text=reply.text,
        items=tuple(f"{item.title} ({item.attributes.get('year', '?')})" for item in turn.items),
        facts=tuple(describe(item, turn.schema) for item in turn.items),
        preferences=_wishes(turn.preferences),
        exercised=used,
        degraded=reply.degraded,
        timings_ms=reply.run.timings_ms,
        model=reply.run.model,
    )


def _wishes(preferences: Sequence[Preference]) -> tuple[str, ...]:
    return tuple(show_preference(wish) for wish in preferences)


def _claims(case: Case, number: int, turn: Observed) -> Iterator[Claim]:
    """Yield the reasons that were shown, for reading by hand."""
    items = {item.id: item for item in turn.items}
    for pick in turn.reply.recommendations if turn.reply is not None and turn.recommending else ():
        if pick.item_id in items and pick.reason:
            yield Claim(
                case=case.name,
                turn=number,
                said=turn.said,
                title=pick.title,
                reason=pick.reason,
                evidence=tuple(f"{proof.source}: {proof.field} = {proof.value}" for proof in pick.evidence),
                facts=describe(items[pick.item_id], turn.schema),
            )
