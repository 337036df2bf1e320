"""The Slack app over the real recommender, against a stand-in that speaks Slack's wire format to Slack's client."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr

from agent import Recommender, Settings, SlackConfig
from agent.errors import SettingsError
from ui.bots.bot import Bot
from ui.bots.slack.chat import SlackFiles
from ui.bots.slack.running import check, client_of, run
from ui.bots.slack.testing import APP_TOKEN, BOT_TOKEN, SECRET, SlackStandIn
from ui.bots.slack.testing_shapes import limited
from ui.bots.testing import until
from ui.bots.types import ChatError

SIX_TURNS = (
    "I love crime films from before 1990, no questions please",
    "not too long, under two hours",
    "more like the second one",
    "I have seen the first one",
    "undo that",
    "anything but horror, and show me three",
)
ASK = "<@UBOT> crime films from before 1990, no questions please"


def config_of(slack: SlackStandIn, mode: Any) -> SlackConfig:
    return SlackConfig(
        mode=mode,
        bot_token=SecretStr(BOT_TOKEN),
        app_token=SecretStr(APP_TOKEN),
        signing_secret=SecretStr(SECRET),
        port=0,
        api_url=f"{slack.address}/api/",
        file_host=slack.address.removeprefix("http://"),
    )


@asynccontextmanager
async def answering(recommender: Recommender, slack: SlackStandIn, mode: str = "http") -> AsyncIterator[str]:
    """Run the app; give the address for signed requests, or nothing in socket mode."""
    assert recommender.inbox is not None
    bot = Bot(recommender, recommender.inbox, "slack", uploads=recommender.uploads)
    ready: list[str] = []
    config = config_of(slack, mode)
    task = asyncio.create_task(run(config, "127.0.0.1", bot, recommender, ready.append))
    try:
        await until(lambda: ready or task.done())
        yield ready[0].partition(" at ")[2]
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await bot.drain(10)


@pytest.fixture
async def slack() -> AsyncIterator[SlackStandIn]:
    async with SlackStandIn().open() as opened:
        yield opened


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [element for block in message["blocks"] if block["type"] == "actions" for element in block["elements"]]


def pressable(message: dict[str, Any], kind: str) -> dict[str, Any]:
    found = next(one for one in buttons(message) if one.get("value", one["action_id"]).startswith(kind))
    return {"type": "button", "action_id": found["action_id"], "value": found.get("value")}


async def answers(slack: SlackStandIn, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Wait for that many messages with cards' buttons, which come last."""

    def complete() -> list[tuple[str, dict[str, Any]]]:
        found = [(ts, said) for ts, said in slack.messages.items() if said.get("blocks") and buttons(said)]
        return found if len(found) >= count else []

    found: list[tuple[str, dict[str, Any]]] = await until(complete)
    return found


async def test_by_socket_mode_a_direct_message_ends_in_the_same_state_as_anywhere(
    recommender: Recommender, slack: SlackStandIn
) -> None:
    async with answering(recommender, slack, "socket"):
        await until(lambda: slack.connected)
        for text in SIX_TURNS:
            event = slack.event("message", text, channel="D1")
            for retry in range(2):
                envelope = await slack.push(event, retry=retry)
                await until(lambda told=envelope: {"envelope_id": told} in slack.acknowledged)
        await answers(slack, 6)
        assert len(slack.acknowledged) == 12, "every delivery is acknowledged"
        assert len(slack.messages) == 6, "no delivery is answered twice"
    assert recommender.inbox is not None
    session = await recommender.inbox.session_of("slack", "T1:D1")
    assert session is not None
    for text in SIX_TURNS:
        await recommender.reply(text, "plain")
    typed, plain = [await recommender.conversation(one) for one in (session, "plain")]
    assert [turn.user for turn in typed.turns] == list(SIX_TURNS)
    assert [_state(turn.reply) for turn in typed.turns] == [_state(turn.reply) for turn in plain.turns]
    assert (await recommender.transcript(session))[0].user_id == "slack:T1:U1"


def _state(reply: Any) -> Any:
    wishes = [(p.attribute, p.op, str(p.value), p.polarity, p.hard) for p in reply.preferences]
    return wishes, [pick.item_id for pick in reply.recommendations]


async def test_two_processes_answer_a_mention_and_its_retries_once_in_a_thread(
    recommender: Recommender, demo_settings: Settings, slack: SlackStandIn
) -> None:
    other = Recommender.from_settings(demo_settings)
    try:
        async with answering(recommender, slack) as first, answering(other, slack) as second:
            mention = slack.event("app_mention", ASK)
            same = slack.event("message", ASK, ts=mention["event"]["ts"])
            sent = [(first, mention, 0), (second, mention, 1), (second, same, 0), (first, mention, 2)]
            done = await asyncio.gather(*(slack.deliver(to, event, retry=n) for to, event, n in sent))
            assert [answer.status_code for answer in done] == [200] * 4
            ((_, said),) = await answers(slack, 1)
            assert said["thread_ts"] == mention["event"]["ts"]
            later = slack.event("message", "only two please", thread_ts=mention["event"]["ts"])
            elsewhere = slack.event("message", "what is for lunch?")
            for event in (elsewhere, later):
                await asyncio.gather(slack.deliver(first, event), slack.deliver(second, event, retry=1))
            assert len(await answers(slack, 2)) == 2
    finally:
        await other.aclose()
    assert len(slack.messages) == 2, "a message that is not for us is left alone"
    assert recommender.inbox is not None
    session = await recommender.inbox.session_of("slack", f"T1:C1:{mention['event']['ts']}")
    state = await recommender.conversation(str(session))
    assert [turn.user for turn in state.turns] == [ASK.removeprefix("<@UBOT> "), "only two please"]
    assert not state.use_memory, "a thread belongs to several people"


async def test_what_is_not_signed_by_slack_is_refused(recommender: Recommender, slack: SlackStandIn) -> None:
    async with answering(recommender, slack) as to:
        event = slack.event("app_mention", ASK)
        refused = [
            await slack.deliver(to, event, secret="somebody else's"),
            await slack.deliver(to, event, age_s=301),
            await slack.deliver(to, event, age_s=-400),
            await slack.deliver(to, event, **{"X-Slack-Signature": ""}),
            await slack.deliver(to, event, **{"X-Slack-Request-Timestamp": "now"}),
        ]
        assert [answer.status_code for answer in refused] == [401] * 5
        challenge = await slack.deliver(to, {"type": "url_verification", "challenge": "c", "command": ""})
        assert challenge.status_code in (200, 404)
    assert not slack.messages


async def test_cards_have_buttons_that_work_and_a_replayed_press_does_nothing(
    recommender: Recommender, slack: SlackStandIn
) -> None:
    async with answering(recommender, slack) as to:
        await slack.deliver(to, slack.event("app_mention", ASK))
        ((ts, said),) = await answers(slack, 1)
        assert [one["text"]["text"] for one in buttons(said)[:4]] == [
            "Like", "Not for me", "I know it already", "More like this"
        ]  # fmt: skip
        press = slack.press(ts, pressable(said, "like:"))
        for _ in range(2):
            assert (await slack.deliver(to, press)).status_code == 200
        await until(lambda: slack.ephemeral)
        assert slack.ephemeral[0]["text"].startswith("Noted: you like ")
        assert [one.get("style") for one in buttons(slack.messages[ts])[:4]] == ["primary", None, None, None]
        await slack.deliver(to, slack.press(ts, pressable(said, "more:")))
        (_, (_, more)) = await answers(slack, 2)
        assert more["thread_ts"] == said["thread_ts"]
    assert len(slack.ephemeral) == 1


async def test_preferences_are_seen_changed_and_taken_back_in_a_modal(
    recommender: Recommender, slack: SlackStandIn
) -> None:
    async with answering(recommender, slack) as to:
        await slack.deliver(to, slack.event("message", "crime films under 120 minutes, no questions", channel="D1"))
        ((ts, said),) = await answers(slack, 1)
        await slack.deliver(to, slack.press(ts, pressable(said, "palate_preferences"), channel="D1"))
        (shown,) = await until(lambda: slack.views)
        fields = {block["block_id"]: block for block in shown["blocks"] if block["type"] == "input"}
        genre = next(name for name, block in fields.items() if block["element"]["initial_value"] == "Crime")
        runtime = next(name for name, block in fields.items() if block["element"]["initial_value"] == "120")
        typed = {"type": "plain_text_input"}
        wrong = await slack.deliver(to, slack.submit({runtime: {"palate_value": typed | {"value": "short"}}}))
        assert wrong.json()["response_action"] == "errors" and runtime in wrong.json()["errors"]
        unknown = await slack.deliver(to, slack.submit({genre: {"palate_value": typed | {"value": "Crimes"}}}))
        assert "Nothing here has" in unknown.json()["errors"][genre]
        keep = f"palate_keep:{genre.partition(':')[2]}"
        gone = {"type": "static_select", "selected_option": {"value": "gone"}}
        right = slack.submit({
            runtime: {"palate_value": typed | {"value": "100"}},
            keep: {"palate_keep": gone},
            "palate_dial": {"palate_dial": {"type": "static_select", "selected_option": {"value": "75"}}},
        })  # fmt: skip
        accepted = await slack.deliver(to, right)
        assert accepted.status_code == 200 and not accepted.content
        await until(lambda: any("have changed" in one["text"] for one in slack.messages.values()))
        assert recommender.inbox is not None
        session = str(await recommender.inbox.session_of("slack", "T1:D1"))
        state = await recommender.conversation(session)
        assert [(wish.attribute, wish.value) for wish in state.preferences] == [("runtime", 100)]
        assert state.adventure == 0.75
        await slack.deliver(to, slack.press(ts, pressable(said, "palate_preferences"), channel="D1"))
        await until(lambda: len(slack.views) == 2)
        undo = {"type": "button", "action_id": "palate_undo", "block_id": "palate_undo"}
        await slack.deliver(to, slack.view_press(undo))
        await until(lambda: len(slack.views) == 3)
        assert {w.attribute for w in (await recommender.conversation(session)).preferences} == {"genres", "runtime"}


async def test_the_slash_command_asks_in_public_and_answers_in_a_thread(
    recommender: Recommender, slack: SlackStandIn
) -> None:
    async with answering(recommender, slack) as to:
        for text, channel in (("help", "C1"), ("prefs", "C1"), ("crime films", "COUT")):
            assert (await slack.deliver(to, slack.command(text, channel))).status_code == 200
        await until(lambda: len(slack.responses) == 3)
        assert {one["response_type"] for one in slack.responses} == {"ephemeral"}
        assert any("/invite" in one["text"] for one in slack.responses)
        await slack.deliver(to, slack.command("crime films <!channel> & <https://evil.example|more>, no questions"))
        ((_, said),) = await answers(slack, 1)
        root = slack.messages[said["thread_ts"]]
        assert root["text"] == "<@U1> asked: crime films &amp; more, no questions"


async def test_slack_gets_its_pause_and_loses_only_what_it_cannot_show(
    recommender: Recommender, slack: SlackStandIn
) -> None:
    async with answering(recommender, slack) as to:
        slack.refuse["chat.postMessage"] = [limited(1), limited(0)]
        await slack.deliver(to, slack.event("app_mention", ASK))
        await answers(slack, 1)
        slack.refuse["chat.update"] = [(200, {"ok": False, "error": "internal_error"}, {})]
        await slack.deliver(to, slack.event("app_mention", ASK))
        await until(lambda: len(slack.messages) == 2)
        slack.refuse["chat.postMessage"] = [(200, {"ok": False, "error": "channel_not_found"}, {})] * 9
        await slack.deliver(to, slack.event("app_mention", ASK))
        await until(lambda: len(slack.refuse["chat.postMessage"]) < 9)
        slack.refuse.clear()
        await slack.deliver(to, slack.event("message", "/help", channel="D9"))
        await until(lambda: any("Tell me what you feel like" in one["text"] for one in slack.messages.values()))


async def test_a_picture_is_searched_by_and_what_is_none_is_said_to_be_none(
    recommender: Recommender, slack: SlackStandIn
) -> None:
    written = io.BytesIO()
    Image.new("RGB", (24, 18), "red").save(written, "PNG")
    slack.bytes = {"red.png": written.getvalue(), "notes.txt": b"no picture at all"}
    files = {
        name: {"id": name, "name": name, "mimetype": kind, "url_private_download": f"{slack.address}/files/{name}"}
        for name, kind in (("red.png", "image/png"), ("notes.txt", "text/plain"), ("gone.png", "image/png"))
    }
    files["gone.png"]["url_private_download"] = "https://evil.example/gone.png"
    async with answering(recommender, slack) as to:
        for name in files:
            event = slack.event("message", "", channel="D1", subtype="file_share", files=[files[name]])
            count = len(slack.messages)
            await slack.deliver(to, event)
            await until(lambda before=count: len(slack.messages) > before)
        told = [one["text"] for one in slack.messages.values()]
    assert recommender.inbox is not None
    session = str(await recommender.inbox.session_of("slack", "T1:D1"))
    turns = (await recommender.conversation(session)).turns
    assert [upload.kind for turn in turns for upload in turn.uploads] == ["image"]
    assert "picture" in told[1] and "could not read that picture" in told[2]


async def test_files_are_fetched_with_the_token_from_slack_alone(slack: SlackStandIn) -> None:
    config = config_of(slack, "http")
    files = SlackFiles(client_of(config), BOT_TOKEN, config.file_host)
    slack.bytes = {"a.png": b"picture", "big": b"x" * (10 * 1024 * 1024 + 1)}
    there = {
        "id": "F1",
        "name": "a.png",
        "mimetype": "image/png",
        "url_private_download": f"{slack.address}/files/a.png",
    }
    assert await files.attachment(there).read() == b"picture"
    slack.files = {"F1": there}
    assert await files.attachment({"id": "F1", "file_access": "check_file_info"}).read() == b"picture"
    assert slack.file_requests == [f"Bearer {BOT_TOKEN}"] * 2
    for address in ("https://evil.example/a.png", "http://files.slack.com/a.png", "ftp://x", "", "https://127.0.0.1/a"):
        with pytest.raises(ChatError, match="nothing is fetched"):
            await files.attachment({**there, "url_private_download": address}).read()
    with pytest.raises(ChatError, match="more than"):
        await files.attachment({**there, "url_private_download": f"{slack.address}/files/big"}).read()
    assert len(slack.file_requests) == 3


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "PALATE_SLACK__BOT_TOKEN, PALATE_SLACK__APP_TOKEN"),
        ({"bot_token": "x", "mode": "http"}, "PALATE_SLACK__SIGNING_SECRET"),
    ],
)
def test_what_is_missing_is_named(given: dict[str, Any], missing: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check(SlackConfig(**given))
    assert missing in caught.value.hint


async def test_a_wrong_token_is_a_clear_error(recommender: Recommender, slack: SlackStandIn) -> None:
    assert recommender.inbox is not None
    bot = Bot(recommender, recommender.inbox, "slack")
    config = config_of(slack, "http").model_copy(update={"bot_token": SecretStr("xoxb-SECRET")})
    with pytest.raises(SettingsError, match="invalid_auth") as caught:
        await run(config, "127.0.0.1", bot, recommender, lambda where: None)
    assert "SECRET" not in str(caught.value)
