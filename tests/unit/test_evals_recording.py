"""What a model answered is replayed to the letter, and what it was never asked is an error that names the prompt."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from pathlib import Path
from typing import Any, NoReturn

import pytest
import typer
from typer.testing import CliRunner

import agent
from agent.errors import ModelOutputError, ModelUnavailableError
from agent.parts import ModelGate
from agent.testing import Answer, FunctionModel, ModelCall, ScriptedModel
from agent.types import ChatMessage, Conversation, DoneEvent, RecommendAction, Reply, StreamEvent
from evals import EvalError, NotRecordedError, RecordingError, RecordingModel, ReplayedModel
from prompts import load
from retrieval.types import AttributeSpec, CatalogSchema
from ui.cli import app
from ui.recordings import UNHURRIED, Recording
from ui.testing import ScriptedRecommender

SYSTEM = ChatMessage(role="system", content=load("compose").render(noun_plural="films"))
SCHEMA: dict[str, Any] = {"type": "object"}


def asked(text: str, system: ChatMessage = SYSTEM) -> list[ChatMessage]:
    return [system, ChatMessage(role="user", content=text)]


def counting() -> FunctionModel:
    """Return a model whose answers tell how often it was asked."""
    model = FunctionModel(lambda call: f"answer {len(model.history)} to {call.messages[-1].content}", name="counter")
    return model


async def recorded(path: Path) -> RecordingModel:
    model = RecordingModel(counting(), path)
    await model.complete(asked("one"))
    await model.complete(asked("one"), schema=SCHEMA, max_tokens=9)
    assert [piece async for piece in model.stream(asked("two"))]
    await model.complete(asked("one"))
    await model.close()
    return model


async def test_a_replay_answers_as_the_model_did(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "run.jsonl"
    model = await recorded(file)
    assert (model.kept, model.lost) == (4, 0)
    replay = ReplayedModel(file)
    assert replay.name == "counter (replayed)"
    assert await replay.health() is None
    assert [piece async for piece in replay.stream(asked("two"))] == ["answer", " 3", " to", " two"]
    assert (await replay.complete(asked("one"), schema=SCHEMA, max_tokens=9)).text == "answer 2 to one"
    # Asked again, a request gets its next answer, and at last the same one.
    assert [(await replay.complete(asked("one"))).text[7] for _ in range(3)] == ["1", "4", "4"]
    assert (await replay.complete(asked("one"))).completion_tokens == 4


async def test_a_recording_quotes_no_request(tmp_path: Path) -> None:
    secret = "the key is hunter2"
    model = RecordingModel(ScriptedModel(["fine"]), tmp_path / "run.jsonl")
    await model.complete(asked(secret))
    await model.close()
    text = (tmp_path / "run.jsonl").read_text(encoding="utf-8")
    assert "hunter2" not in text and SYSTEM.content[:30] not in text
    assert json.loads(text.splitlines()[1])["request"]["prompt"] == "compose"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"messages": asked("other words")}, "prompt 'compose' is now given something it was not given then"),
        ({"schema": {"type": "array"}}, "the schema of the answer to prompt 'compose' changed"),
        ({"max_tokens": 300}, "settings of prompt 'compose' changed: max_tokens 9 to 300"),
        (
            {
                "messages": asked(
                    "one", ChatMessage(role="system", content=load("compose").render(noun_plural="stamps"))
                )
            },
            "what is filled into prompt 'compose' changed",
        ),
        ({"messages": asked("one", ChatMessage(role="system", content="Be brief."))}, "a request of no known prompt"),
    ],
)
async def test_what_was_not_recorded_fails_and_says_what_changed(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    model = RecordingModel(counting(), tmp_path / "run.jsonl")
    call: dict[str, Any] = {"messages": asked("one"), "schema": SCHEMA, "max_tokens": 9}
    await model.complete(**call)
    await model.close()
    replay = ReplayedModel(tmp_path / "run.jsonl")
    with pytest.raises(NotRecordedError, match=told):
        await replay.complete(**call | change)
    assert not issubclass(NotRecordedError, agent.AgentError), "the agent would answer without the model"


async def test_a_prompt_whose_text_changed_is_named(tmp_path: Path) -> None:
    file = tmp_path / "run.jsonl"
    await recorded(file)
    was = load("compose").sha256
    altered = file.read_text(encoding="utf-8").replace(was, "0" * 64)
    file.write_text(altered.replace('"system":"', '"system":"x'), encoding="utf-8")
    with pytest.raises(NotRecordedError, match=rf"the text of prompt 'compose' changed \(0{{12}} to {was[:12]}\)"):
        await ReplayedModel(file).complete(asked("one"))


async def test_a_stream_left_early_can_be_read_no_further(tmp_path: Path) -> None:
    model = RecordingModel(counting(), tmp_path / "run.jsonl")
    async with aclosing(model.stream(asked("two"))) as pieces:
        assert await anext(pieces) == "answer"
    await model.close()
    assert (model.kept, model.lost) == (1, 0)
    stream = ReplayedModel(tmp_path / "run.jsonl").stream(asked("two"))
    assert await anext(stream) == "answer"
    with pytest.raises(NotRecordedError, match="recorded only as far as it was read"):
        await anext(stream)


async def test_answers_that_broke_the_schema_break_it_again(tmp_path: Path) -> None:
    model = RecordingModel(ScriptedModel([ModelOutputError("No JSON.")]), tmp_path / "run.jsonl")
    with pytest.raises(ModelOutputError):
        await model.complete(asked("one"))
    await model.close()
    with pytest.raises(ModelOutputError, match="No JSON"):
        await ReplayedModel(tmp_path / "run.jsonl").complete(asked("one"))


async def never(call: ModelCall) -> Answer:
    await asyncio.sleep(60)
    raise AssertionError


def down(call: ModelCall) -> NoReturn:
    raise ModelUnavailableError("It is down.")


@pytest.mark.parametrize("answer", [never, down])
@pytest.mark.parametrize("streamed", [True, False])
async def test_a_run_in_which_the_model_failed_cannot_be_replayed(tmp_path: Path, answer: Any, streamed: bool) -> None:
    model = RecordingModel(FunctionModel(answer), tmp_path / "run.jsonl")
    with pytest.raises((TimeoutError, ModelUnavailableError)):
        async with asyncio.timeout(0.05):
            await (anext(model.stream(asked("one"))) if streamed else model.complete(asked("one")))
    await model.close()
    assert (model.kept, model.lost) == (0, 1)
    with pytest.raises(RecordingError, match="1 of 1 requests that the model did not answer in time"):
        ReplayedModel(tmp_path / "run.jsonl")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("nonsense", "Line 1"),
        ('{"palate_recording":1,"model":"m"}\n{}', "Line 2"),
        ('{"palate_recording":7,"model":"m"}', "format 7"),
    ],
)
def test_a_file_that_is_no_recording_is_said_so(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "run.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(RecordingError, match=told):
        ReplayedModel(tmp_path / "run.jsonl")
    with pytest.raises(RecordingError, match="cannot be read"):
        ReplayedModel(tmp_path / "absent.jsonl")
    with pytest.raises(RecordingError, match="cannot be written"):
        RecordingModel(ScriptedModel(), tmp_path)


# --- the command


class AsksModel(ScriptedRecommender):
    """Reply with what the language model says to the message."""

    def __init__(self, model: Any) -> None:
        super().__init__([], CatalogSchema(name="films", attributes=(AttributeSpec(name="year", kind="number"),)), _say)
        self.facts.titles = list  # type: ignore[attr-defined]
        self._model = model

    async def warm(self, *, wait: bool = False) -> None: ...

    async def reply(self, text: str, session: str, *, k: int | None = None) -> Reply:
        (event,) = [event async for event in self.stream(text, session, k=k)]
        assert isinstance(event, DoneEvent)
        return event.reply.model_copy(update={"text": (await self._model.complete(asked(text))).text})

    async def aclose(self) -> None:
        if isinstance(self._model, RecordingModel):
            await self._model.close()


def _say(text: str, before: Conversation) -> list[StreamEvent]:
    return [DoneEvent(reply=Reply(session_id=before.session_id, turn_id="t", text="", action=RecommendAction()))]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent.Recommender, "from_settings", lambda path, model, **settings: AsksModel(model))
    monkeypatch.setattr(agent, "open_gate", lambda settings: ModelGate(counting()))


def suite(folder: Path, said: str) -> str:
    path = folder / "own.yaml"
    turn = f"{{say: {said}, expect: {{text_contains: answer 1}}}}"
    path.write_text(f"name: own\ncases:\n  - name: one\n    turns: [{turn}]\n", encoding="utf-8")
    return str(path)


@pytest.mark.usefixtures("opened")
def test_a_run_is_recorded_and_replayed_and_what_is_missing_is_red(tmp_path: Path) -> None:
    file = str(tmp_path / "run.jsonl")
    run = CliRunner()
    done = run.invoke(app, ["eval", "run", suite(tmp_path, "hello"), "--record", file])
    assert done.exit_code == 0, done.output
    assert "Recorded 1 answers" in done.stderr
    assert run.invoke(app, ["eval", "run", suite(tmp_path, "hello"), "--replay", file]).exit_code == 0
    missing = run.invoke(app, ["eval", "run", suite(tmp_path, "goodbye"), "--replay", file])
    assert missing.exit_code == 3
    assert "FAILED: NotRecordedError: No recorded answer: prompt 'compose' is now given something" in missing.stdout


def test_files_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    one = tmp_path / "run.jsonl"
    for options in ({"record": one, "replay": one}, {"record": None, "replay": one, "no_model": True}):
        with pytest.raises(typer.BadParameter, match="at most one"):
            Recording(**{"no_model": False} | options)
    assert CliRunner().invoke(app, ["eval", "run", "--all", "--record", str(one)]).exit_code == 2
    assert Recording(None, None, no_model=True).settings == {}
    assert Recording(None, one, no_model=False).settings == UNHURRIED


def test_there_must_be_a_model_to_record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(agent, "open_gate", lambda settings: ModelGate(None, why_none="model_missing"))
    opener = Recording(tmp_path / "run.jsonl", None, no_model=False).opener
    assert opener is not None
    with pytest.raises(EvalError, match="no language model: model_missing"):
        opener(agent.Settings())
