"""Make the reply of a turn from what its steps left behind."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .compose import static_prompt
from .parts import Parts
from .turn import TurnState
from .types import Action, AskAction, ChatMessage, Evidence, RecommendAction, Recommendation, Reply, RunRecord
from .voices import Voice


class ReplyMaker:
    """Gather sentences, picks and provenance."""

    def __init__(self, parts: Parts) -> None:
        """Work with the shared parts."""
        self._parts = parts
        self._config_hash = parts.settings.digest()
        try:
            self._version = version("palate")
        except PackageNotFoundError:
            self._version = "source"

    def make(self, state: TurnState) -> Reply:
        """Return the reply."""
        action, voice = state["action"], self._voice(state)
        state["log"].mark("total")
        return Reply(
            session_id=state["session_id"],
            turn_id=state["turn_id"],
            text=self._text(state),
            action=action,
            recommendations=self._recommendations(state),
            preferences=state["conversation"].preferences,
            relaxed=state.get("relaxed", ()),
            degraded=tuple(dict.fromkeys(voice.degraded(kind) for kind in state.get("degraded", ()))),
            question=_question(action),
            missing_titles=state["update"].missing_titles,
            language=voice.language,
            table=state.get("table"),
            remembered=state.get("remembered", ()),
            remembered_text=_remembered_text(state),
            adventure=state["conversation"].adventure,
            run=self._run(state),
        )

    def static_prompts(self) -> list[list[ChatMessage]]:
        """Return the prompts' unchanging starts, for the model to read ahead of time."""
        system, _ = static_prompt(self._parts.schema)
        return [self._parts.reader.messages(), [system, ChatMessage(role="user", content="Wish:")]]

    def _voice(self, state: TurnState) -> Voice:
        return self._parts.voices.of(state["conversation"].language)

    def _text(self, state: TurnState) -> str:
        """Return the lead, then one numbered line for each item, which begins with its title."""
        said, voice = state["sentences"], self._voice(state)
        lead = [sentence.text for sentence in said if sentence.item_id is None]
        if state["action"].kind != "recommend":
            return "\n".join(sentence.text for sentence in said)
        lines = []
        for rank, item in enumerate(state["items"], start=1):
            reason = voice.together([sentence.text for sentence in said if sentence.item_id == item.id])
            lines.append(f"{rank}. {voice.listed(item.title, reason)}")
        asked = _question(state["action"])
        return "\n".join((*lead, *lines, *([asked] if asked else [])))

    def _recommendations(self, state: TurnState) -> tuple[Recommendation, ...]:
        hits = {hit.item.id: hit for hit in state["result"].hits} if "result" in state else {}
        voice = self._voice(state)
        picks = []
        for rank, item in enumerate(state["items"], start=1):
            about = [sentence for sentence in state["sentences"] if sentence.item_id == item.id]
            evidence: tuple[Evidence, ...] = tuple(proof for sentence in about for proof in sentence.evidence)
            hit = hits.get(item.id)
            picks.append(
                Recommendation(
                    item_id=item.id,
                    title=item.title,
                    rank=rank,
                    reason=voice.together([sentence.text for sentence in about]),
                    evidence=evidence,
                    attributes=item.attributes,
                    image_url=f"/v1/items/{item.id}/cover",
                    scores={"final": hit.score, **hit.stages} if hit else {},
                )
            )
        return tuple(picks)

    def _run(self, state: TurnState) -> RunRecord:
        log, gate = state["log"], self._parts.gate
        model: dict[str, Any] = {
            "name": gate.model.name if gate.model else None,
            "calls": log.spending.calls,
            "prompt_tokens": log.spending.prompt_tokens,
            "completion_tokens": log.spending.completion_tokens,
            "sentences": log.sentences,
        }
        return RunRecord(
            timings_ms=dict(log.timings_ms),
            model=model,
            prompts=dict(log.prompts),
            index=self._parts.retriever.manifest.model_dump(mode="json"),
            variety=_variety(state, self._parts.settings.variety.adventure),
            config_hash=self._config_hash,
            version=self._version,
        )


def _variety(state: TurnState, default: float) -> dict[str, Any]:
    """Say how the list of this turn was varied; nothing where no list was made."""
    if "result" not in state:
        return {}
    dial, result = state["conversation"].adventure, state["result"]
    return {
        "adventure": default if dial is None else dial,
        "calibrated": result.calibrated,
        "missed_bounds": list(result.missed_bounds),
    }


def _remembered_text(state: TurnState) -> str:
    """Return the sentences that name remembered tastes, one a line."""
    remembered = state.get("remembered", ())
    return "\n".join(sentence.text for sentence in state["sentences"] if sentence.memory) if remembered else ""


def _question(action: Action) -> str | None:
    """Return the question that an action asks, alone or below the items."""
    asked = action.question if isinstance(action, RecommendAction) else action
    return asked.question if isinstance(asked, AskAction) else None


def told_of(reply: Reply | None) -> dict[str, str | int | bool]:
    """Return what traces may say of a turn: counts and kinds; None for a turn that was not answered."""
    if reply is None:
        return {"palate.answered": False}
    return {
        "palate.answered": True,
        "palate.action": reply.action.kind,
        "palate.picks": len(reply.recommendations),
        "palate.degraded": len(reply.degraded),
        "palate.model.calls": int(reply.run.model.get("calls", 0)),
        "palate.model.tokens": sum(int(reply.run.model.get(f"{kind}_tokens", 0)) for kind in ("prompt", "completion")),
    }
