"""The page's panel about what is remembered: hidden unless it can matter, with a switch and a way to forget."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent.errors import TasteNotFoundError
from agent.memory import MemoryConfig, MemoryKeeper
from agent.store import SqlStore
from agent.types import Preference, PreferenceUpdate
from retrieval.types import AttributeSpec, CatalogSchema, Item
from ui.page.controller import Controller
from ui.page.frames import Edit, Frame, Open, Send
from ui.testing import ScriptedRecommender

SCHEMA = CatalogSchema(name="songs", attributes=(AttributeSpec(name="genre", kind="categories"),))
ITEMS = (Item(id="a", title="Alpha", attributes={"genre": ("Ska",)}),)
SKA = Preference(id="p", attribute="genre", value="<Ska>", turn_id="t", quote="I love ska", scope="lasting")


@pytest.fixture
async def recommender() -> AsyncIterator[ScriptedRecommender]:
    store = SqlStore("sqlite://")
    recommender = ScriptedRecommender(ITEMS, SCHEMA, lambda text, before: [])
    recommender.memory = MemoryKeeper(store, MemoryConfig(enabled=True), SCHEMA)
    yield recommender
    await store.close()


@pytest.fixture
def keeper(recommender: ScriptedRecommender) -> MemoryKeeper:
    assert recommender.memory is not None
    return recommender.memory


@pytest.fixture
def controller(recommender: ScriptedRecommender) -> Controller:
    return Controller(recommender, ("Try me",))


async def learn(keeper: MemoryKeeper, user: str = "ada") -> str:
    await keeper.consent(user, True)
    await keeper.learn(user, "s0", "I love ska", PreferenceUpdate(add=(SKA,)), {})
    return (await keeper.recall(user)).tastes[0].id


def panel(frame: Frame) -> str:
    assert frame.panel is not None
    return frame.panel


async def test_the_panel_says_nothing_of_memory_to_unknown_visitors_or_while_it_is_off(
    controller: Controller, recommender: ScriptedRecommender, keeper: MemoryKeeper
) -> None:
    await learn(keeper)
    assert "Remember my tastes" not in panel(await controller.open(Open()))
    recommender.memory = None
    assert "Remember my tastes" not in panel(await controller.open(Open(), "ada"))


async def test_the_switch_asks_for_consent_and_takes_it_back(controller: Controller, keeper: MemoryKeeper) -> None:
    first = panel(await controller.open(Open(), "ada"))
    assert 'data-do="remember"' in first and 'aria-pressed="false"' in first
    on = panel(await controller.edit(Edit(do="remember"), "ada"))
    assert 'data-do="remember_not"' in on and (await keeper.recall("ada")).consent
    await learn(keeper)
    off = panel(await controller.edit(Edit(do="remember_not"), "ada"))
    assert "Ska" not in off and not (await keeper.recall("ada")).consent


async def test_tastes_are_listed_escaped_and_forgotten_one_by_one(controller: Controller, keeper: MemoryKeeper) -> None:
    taste = await learn(keeper)
    shown = panel(await controller.open(Open(), "ada"))
    assert "&lt;Ska&gt;" in shown and "<Ska>" not in shown
    assert f'data-do="forget" data-id="{taste}"' in shown
    assert "Ska" not in panel(await controller.open(Open(), "bob"))
    after = panel(await controller.edit(Edit(do="forget", id=taste), "ada"))
    assert "Ska" not in after
    with pytest.raises(TasteNotFoundError):
        await controller.edit(Edit(do="forget", id=taste), "ada")


async def test_a_stranger_cannot_change_anything(controller: Controller, keeper: MemoryKeeper) -> None:
    taste = await learn(keeper)
    await controller.edit(Edit(do="forget", id=taste))
    await controller.edit(Edit(do="remember_not"))
    assert [held.id for held in (await keeper.recall("ada")).tastes] == [taste]


async def test_a_conversation_begun_on_the_page_is_the_visitors(
    controller: Controller, recommender: ScriptedRecommender
) -> None:
    frames = [frame async for frame in controller.send(Send(turn="k", text="hi"), "ada")]
    assert recommender.users[str(frames[0].session)] == "ada"
