"""OpenAI's own client and LangChain's talk to a real server; what they show is what Palate said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from langchain_openai import ChatOpenAI

from agent.access import AccessStore, AuthConfig, Gate
from agent.errors import StoreError
from ui.api.app import create_app

ASKED = "A slow-burning crime film"


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


@pytest.fixture
async def address(echo: Any, access: AccessStore, serving: Any) -> AsyncIterator[str]:
    async with serving(create_app(echo, Gate(AuthConfig(), access))) as address:
        yield f"{address}/v1"


@pytest.fixture
async def client(address: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=address, api_key="nothing", max_retries=0) as client:
        yield client


async def say(client: openai.AsyncOpenAI, messages: list[Any], **more: Any) -> Any:
    return await client.chat.completions.create(model="palate", messages=messages, **more)


async def sessions_of(echo: Any) -> dict[str, list[str]]:
    """Return what was said in each session."""
    with echo.store.engine.connect() as connection:
        ids = [row[0] for row in connection.exec_driver_sql("SELECT session_id FROM sessions ORDER BY created_at")]
    return {i: [turn.user for turn in (await echo.conversation(i)).turns] for i in ids}


async def test_the_models_are_listed(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["palate"]
    assert (await client.models.retrieve("palate")).owned_by == "palate"


async def test_an_answer_has_text_and_items_beside_it(client: openai.AsyncOpenAI) -> None:
    answer = await say(client, [user(ASKED)])
    assert answer.object == "chat.completion" and answer.choices[0].finish_reason == "stop"
    message = answer.choices[0].message
    assert f"You said: {ASKED}" in message.content
    extras = message.model_extra["palate"]
    assert [pick["item_id"] for pick in extras["recommendations"]] == ["b"]
    assert extras["action"] == "recommend" and extras["session_id"]
    assert answer.usage.prompt_tokens == 6 and answer.usage.total_tokens > 6


async def test_a_stream_tells_the_same_as_the_whole(client: openai.AsyncOpenAI) -> None:
    whole = await say(client, [user(ASKED)])
    chunks = [
        chunk async for chunk in await say(client, [user(ASKED)], stream=True, stream_options={"include_usage": True})
    ]
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    extras = [delta.model_extra["palate"] for delta in deltas if "palate" in (delta.model_extra or {})]
    # Preferences, then cards before the first word about them, then everything.
    assert list(extras[0]) == ["preferences"] and extras[1]["recommendations"][0]["title"] == "Arrival & more"
    assert extras[-1]["turn_id"] and extras[-1]["recommendations"][0]["reason"]
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage and len({chunk.id for chunk in chunks}) == 1


async def test_a_conversation_goes_on_in_its_session(client: openai.AsyncOpenAI, echo: Any) -> None:
    messages: list[Any] = [{"role": "system", "content": "You are a pirate."}, user("one")]
    for text in ("two", "three"):
        answer = await say(client, messages)
        # Clients may trim white space, and send parts in place of text.
        told = " ".join(answer.choices[0].message.content.split())
        messages += [{"role": "assistant", "content": [{"type": "text", "text": told}]}, user(text)]
    stream = await say(client, messages, stream=True)
    async for _ in stream:
        pass
    assert list((await sessions_of(echo)).values()) == [["one", "two", "three"]]


async def test_an_answer_asked_for_anew_is_a_branch_of_its_own(client: openai.AsyncOpenAI, echo: Any) -> None:
    first = (await say(client, [user("one")])).choices[0].message.content
    for text in ("two", "two, edited"):
        await say(client, [user("one"), assistant(first), user(text)])
    assert list((await sessions_of(echo)).values()) == [["one", "two"], ["one", "two, edited"]]


async def test_two_at_once_do_not_share_a_session(client: openai.AsyncOpenAI, echo: Any) -> None:
    first = (await say(client, [user("one")])).choices[0].message.content
    echo.pause = 0.2
    await asyncio.gather(*(say(client, [user("one"), assistant(first), user(text)]) for text in ("left", "right")))
    assert sorted((await sessions_of(echo)).values()) == [["one", "left"], ["one", "right"]]


async def test_conversations_that_begin_alike_part_where_they_differ(client: openai.AsyncOpenAI, echo: Any) -> None:
    answers = [(await say(client, [user("hi")])).choices[0].message.content for _ in range(2)]
    for text, answer in zip(("crime", "comedy"), answers, strict=True):
        await say(client, [user("hi"), assistant(answer), user(text)])
    held = sorted((await sessions_of(echo)).values())
    assert ["hi", "comedy"] in held and ["hi", "crime"] in held
    assert not any("crime" in said and "comedy" in said for said in held)


async def test_a_history_that_is_not_known_is_heard_again(client: openai.AsyncOpenAI, echo: Any) -> None:
    answer = await say(client, [user("I like crime"), assistant("Noted by somebody else."), user("go on")])
    assert answer.choices[0].message.content.endswith("go on")
    assert list((await sessions_of(echo)).values()) == [["I like crime", "go on"]]


async def test_a_session_may_be_named(client: openai.AsyncOpenAI, echo: Any) -> None:
    info = await echo.new_session()
    await say(client, [user("hello")], extra_body={"palate": {"session_id": info.session_id, "k": 3}})
    assert (await sessions_of(echo))[info.session_id] == ["hello"]
    with pytest.raises(openai.NotFoundError, match="There is no session 'nowhere'"):
        await say(client, [user("hello")], extra_body={"palate": {"session_id": "nowhere"}})


async def test_histories_and_sessions_of_others_are_not_found(address: str, echo: Any, access: AccessStore) -> None:
    ada, eve = (
        openai.AsyncOpenAI(
            base_url=address,
            api_key=access.create_key(name, ("chat",)).secret.get_secret_value(),
            max_retries=0,
        )
        for name in ("ada", "eve")
    )
    async with ada, eve:
        answer = await say(ada, [user("CANARY")])
        session = answer.choices[0].message.model_extra["palate"]["session_id"]
        told = answer.choices[0].message.content
        theirs = await say(eve, [user("CANARY"), assistant(told), user("what did I say?")])
        assert theirs.choices[0].message.model_extra["palate"]["session_id"] != session
        with pytest.raises(openai.NotFoundError):
            await say(eve, [user("hi")], extra_body={"palate": {"session_id": session}})
        assert (await sessions_of(echo))[session] == ["CANARY"]
    async with openai.AsyncOpenAI(base_url=address, api_key="sk-other", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError) as refused:
            await say(stranger, [user("hi")])
        assert refused.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"messages": [assistant("hi")]}, "last message"),
        ({"messages": [user("  ")]}, "last message"),
        ({"messages": []}, "messages"),
        ({"messages": [user("x")], "n": 3}, "n:"),
        ({"messages": [user("x")], "response_format": {"type": "json_object"}}, "Answers are text"),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "like this"}, {"type": "image_url"}]}]},
            "Only text",
        ),
    ],
)
async def test_what_cannot_be_answered_is_told_in_openais_words(
    client: openai.AsyncOpenAI, body: dict[str, Any], said: str
) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        await client.chat.completions.create(model="palate", **body)
    assert said in refused.value.message and refused.value.type == "invalid_request_error"


async def test_another_model_and_a_broken_store_are_told(client: openai.AsyncOpenAI, echo: Any) -> None:
    with pytest.raises(openai.NotFoundError, match="there is 'palate'"):
        await client.chat.completions.create(model="gpt-4o", messages=[user("x")])  # type: ignore[list-item]
    echo.failure = StoreError("disk full at /secret")
    with pytest.raises(openai.InternalServerError) as failed:
        await say(client, [user("x")])
    assert failed.value.status_code == 503 and "/secret" not in str(failed.value)
    # Streaming, the answer has begun: the client raises when the event comes.
    with pytest.raises(openai.APIError) as broken:
        async for _ in await say(client, [user("x")], stream=True):
            pass
    assert "cannot be stored" in str(broken.value) and "/secret" not in str(broken.value)


async def test_hanging_up_ends_the_turn(client: openai.AsyncOpenAI, echo: Any) -> None:
    echo.pause = 30.0
    stream = await say(client, [user("x")], stream=True)
    await anext(aiter(stream))
    await stream.close()
    await asyncio.wait_for(echo.cancelled.wait(), 5)


async def test_langchain_talks_and_streams(address: str, echo: Any) -> None:
    chat = ChatOpenAI(base_url=address, api_key="nothing", model="palate", max_retries=0, stream_usage=True)  # type: ignore[arg-type]
    answer = await chat.ainvoke([("system", "Be brief."), ("human", ASKED)])
    assert f"You said: {ASKED}" in answer.text
    assert answer.usage_metadata is not None and answer.usage_metadata["output_tokens"] > 0
    more = [("human", ASKED), ("ai", answer.text), ("human", "something newer")]
    pieces = [piece async for piece in chat.astream(more)]
    assert len(pieces) > 2 and "something newer" in "".join(piece.text for piece in pieces)
    assert list((await sessions_of(echo)).values()) == [[ASKED, "something newer"]]
