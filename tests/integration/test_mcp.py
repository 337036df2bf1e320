"""The server for other agents, asked by the SDK's own client: over stdio and, behind the gate, over HTTP."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from agent import Recommender
from agent.access import AccessStore, Gate
from ui.bots.testing import serving
from ui.mcp_server import create_http_app, create_server
from ui.mcp_server.models import Answer, Explanation, Items

SIX_TURNS = (
    "I love crime films from before 1990, no questions please",
    "not too long, under two hours",
    "more like the second one",
    "I have seen the first one",
    "undo that",
    "anything but horror, and show me three",
)


def beside(recommender: Recommender) -> Client:
    """Return a client in this process: the messages are the protocol's, only the pipe is missing."""
    return Client(create_server(recommender, user="ada"), mode="legacy")


async def call(client: Client, tool: str, **given: Any) -> Any:
    result = await client.call_tool(tool, given)
    assert not result.is_error, result.content
    return result.structured_content


async def refusal(client: Client, tool: str, **given: Any) -> str:
    result = await client.call_tool(tool, given)
    assert result.is_error
    return "".join(block.text for block in result.content if block.type == "text")


async def test_over_stdio_a_conversation_ends_in_the_same_state_as_anywhere(
    demo_environment: dict[str, str], recommender: Recommender, tmp_path: Path
) -> None:
    environment = os.environ | demo_environment | {"PALATE_DATA_DIR": str(tmp_path / "own"), "OMP_NUM_THREADS": "1"}
    command = ["-c", "from ui.cli import main; main(['mcp', '--user', 'ada'])"]
    server = StdioServerParameters(command=sys.executable, args=command, env=environment)
    async with Client(server, read_timeout_seconds=120) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        answers = [Answer.model_validate(await call(client, "recommend", text=SIX_TURNS[0]))]
        session = answers[0].session_id
        for text in SIX_TURNS[1:]:
            answers.append(Answer.model_validate(await call(client, "refine", session_id=session, text=text)))
        state = await client.read_resource(f"palate://sessions/{session}/preferences")
    plain = [await recommender.reply(text, "plain") for text in SIX_TURNS]
    assert [_state(answer) for answer in answers] == [_state(reply) for reply in plain]
    assert len(json.loads(state.contents[0].text)["preferences"]) == len(plain[-1].preferences)
    assert sorted(tools) == ["explain", "feedback", "lookup", "recommend", "refine"]
    assert all(tool.output_schema and tool.output_schema["type"] == "object" for tool in tools.values())
    assert {name for name, tool in tools.items() if tool.annotations and tool.annotations.read_only_hint} == {
        "explain",
        "lookup",
    }


def _state(answer: Any) -> Any:
    wishes = [(p.attribute, p.op, str(p.value), p.polarity, p.hard) for p in answer.preferences]
    return wishes, [pick.item_id for pick in answer.recommendations]


async def test_an_item_is_recommended_explained_reacted_to_and_looked_up(recommender: Recommender) -> None:
    async with beside(recommender) as client:
        answer = Answer.model_validate(
            await call(client, "recommend", text="crime films before 1990, no questions", k=3)
        )
        assert len(answer.recommendations) == 3
        pick = answer.recommendations[0]
        ids: dict[str, Any] = {"session_id": answer.session_id, "item_id": pick.item_id}
        why = Explanation.model_validate(await call(client, "explain", **ids))
        assert why.recommended and why.reason == pick.reason and why.item.title == pick.title and why.evidence
        seen = await call(client, "feedback", **ids, kind="seen")
        assert seen["seen_ids"] == [pick.item_id]
        found = Items.model_validate(await call(client, "lookup", ids=[pick.item_id, "no-such"]))
        assert [item.title for item in found.items] == [pick.title] and found.not_found == ("no-such",)
        by_title = Items.model_validate(await call(client, "lookup", query=pick.title[:6], limit=50))
        assert pick.item_id in {item.item_id for item in by_title.items}
        read = await client.read_resource(f"palate://items/{pick.item_id}")
        assert json.loads(read.contents[0].text)["title"] == pick.title
        assert (await recommender.transcript(answer.session_id))[0].user_id == "ada"
        other = next(item for item in (await recommender.store.export_user("ada"))["sessions"])
        assert other["session_id"] == answer.session_id


async def test_exact_edits_are_made_before_the_words_are_heard(recommender: Recommender) -> None:
    async with beside(recommender) as client:
        answer = Answer.model_validate(await call(client, "recommend", text="crime films, no questions"))
        changes = {"add": [{"attribute": "year", "op": "lt", "value": 1980, "hard": True}]}
        refined = Answer.model_validate(await call(client, "refine", session_id=answer.session_id, changes=changes))
        assert refined.recommendations
        assert all(int(str(pick.attributes["year"])) < 1980 for pick in refined.recommendations)


async def test_the_catalogue_says_what_can_be_asked_for(recommender: Recommender) -> None:
    async with beside(recommender) as client:
        read = await client.read_resource("palate://catalog")
        catalog = json.loads(read.contents[0].text)
        assert catalog["items"] > 100
        assert "genres" in {attribute["name"] for attribute in catalog["attributes"]}
        templates = (await client.list_resource_templates()).resource_templates
        assert {one.uri_template for one in templates} == {
            "palate://sessions/{session_id}/preferences",
            "palate://items/{item_id}",
        }


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("refine", {"session_id": "nobodys", "text": "more"}, "There is no session 'nobodys'."),
        ("explain", {"session_id": "nobodys", "item_id": "x"}, "There is no session 'nobodys'."),
        ("feedback", {"session_id": "SESSION", "item_id": "no-such", "kind": "like"}, "There is no item 'no-such'."),
        ("feedback", {"session_id": "SESSION", "item_id": "x", "kind": "adore"}, "like"),
        ("refine", {"session_id": "SESSION"}, "There is nothing to refine by. Give text, changes, or both."),
        ("refine", {"session_id": "SESSION", "changes": {"remove": ["p99"]}}, "There is no preference 'p99'."),
        ("refine", {"session_id": "SESSION", "changes": {"add": [{"attribute": "mood", "value": 1}]}}, "mood"),
        ("recommend", {"text": "", "k": 3}, "text"),
        ("recommend", {"text": "films", "k": 99}, "k"),
        ("lookup", {"limit": 0}, "limit"),
    ],
)
async def test_mistakes_are_told_in_words_that_help(
    recommender: Recommender, tool: str, given: dict[str, Any], said: str
) -> None:
    async with beside(recommender) as client:
        await recommender.new_session(session_id="mine")
        told = await refusal(client, tool, **{k: "mine" if v == "SESSION" else v for k, v in given.items()})
        assert said in told
        assert "Traceback" not in told


async def test_resources_that_are_not_there_are_said_to_be_missing(recommender: Recommender) -> None:
    async with beside(recommender) as client:
        for uri in ("palate://sessions/nobodys/preferences", "palate://items/no-such"):
            with pytest.raises(MCPError, match="There is no"):
                await client.read_resource(uri)


async def test_over_http_keys_decide_who_reaches_which_session(recommender: Recommender) -> None:
    store = AccessStore(recommender.store)  # type: ignore[arg-type]
    keys = {who: store.create_key(who, ("chat", "read")).secret.get_secret_value() for who in ("ada", "bob")}
    keys["eve"] = store.create_key("eve", ("read",)).secret.get_secret_value()
    gate = Gate(recommender.settings.auth, store)
    async with serving(create_http_app(recommender, gate, "127.0.0.1"), lifespan="on") as address:
        url = f"{address}/mcp"
        async with client_with(url, keys["ada"]) as ada, client_with(url, keys["bob"]) as bob:
            answer = Answer.model_validate(await call(ada, "recommend", text="crime films, no questions"))
            again = await call(ada, "refine", session_id=answer.session_id, text="before 1990")
            assert again["session_id"] == answer.session_id
            for tool, given in (("refine", {"text": "more"}), ("explain", {"item_id": "x"})):
                told = await refusal(bob, tool, session_id=answer.session_id, **given)
                assert told.endswith(f"There is no session {answer.session_id!r}. Begin one with recommend.")
            with pytest.raises(MCPError, match="There is no session"):
                await bob.read_resource(f"palate://sessions/{answer.session_id}/preferences")
        async with client_with(url, keys["eve"]) as eve:
            assert (await call(eve, "lookup", limit=1))["items"]
            assert "lacks the scope 'chat'" in await refusal(eve, "refine", session_id=answer.session_id, text="more")
        async with httpx.AsyncClient() as plain:
            for headers in ({}, {"Authorization": "Bearer wrong"}):
                refused = await plain.post(url, json={}, headers=headers)
                assert refused.status_code == 401
                assert refused.headers["www-authenticate"].startswith('Bearer realm="palate"')
            key = {"Authorization": f"Bearer {keys['ada']}", "Host": "evil.example", "Accept": "application/json"}
            assert (await plain.post(url, json={}, headers=key)).status_code in (403, 421)
    assert (await recommender.transcript(answer.session_id))[0].user_id == "ada"


def client_with(url: str, key: str) -> Client:
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=30)
    return Client(streamable_http_client(url, http_client=http))
