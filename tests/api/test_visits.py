"""The page opens its visitor's conversations and no others."""

from __future__ import annotations

from typing import Any

import pytest

from agent import PreferenceUpdate
from agent.access import AccessStore, AuthConfig, Gate
from agent.errors import SessionNotFoundError
from ui.page.controller import Controller
from ui.page.frames import Open
from ui.page.visits import Visits
from ui.serve import page_of


async def visits(echo: Any, access: AccessStore, *, named: bool) -> Visits:
    await echo.store.create_session("keyed", "ada")
    access.own("keyed", "ada")
    await echo.store.create_session("adas", "ada")
    await echo.store.create_session("nobodys", None)
    return page_of(echo, Gate(AuthConfig(), access), named=named)


async def opened(page: Visits, session: str) -> bool:
    try:
        await page.conversation(session)
    except SessionNotFoundError:
        with pytest.raises(SessionNotFoundError):
            await page.edit(session, PreferenceUpdate(undo=1))
        with pytest.raises(SessionNotFoundError):
            await page.feedback(session, "b", "like")
        with pytest.raises(SessionNotFoundError):
            await anext(page.stream("hello", session))
        return False
    return True


async def test_a_link_opens_what_was_begun_on_the_page(echo: Any, access: AccessStore) -> None:
    page = await visits(echo, access, named=False)
    assert [await opened(page, session) for session in ("keyed", "adas", "nobodys")] == [False, True, True]
    assert echo.turns == 0


async def test_behind_a_proxy_that_names_visitors_each_opens_their_own(echo: Any, access: AccessStore) -> None:
    page = await visits(echo, access, named=True)
    for visitor, reached in (("ada", True), ("eve", False), (None, False)):
        assert await opened(page.of(visitor), "adas") is reached
        assert not await opened(page.of(visitor), "keyed")
    assert await opened(page.of("eve"), "nobodys")


async def test_a_controller_is_bound_to_its_visitor(echo: Any, access: AccessStore) -> None:
    page = await visits(echo, access, named=True)
    echo.facts.count = lambda constraints=(): 3
    echo.dial = lambda conversation: 0.5
    controller = Controller(page, ())
    shown = await controller.for_visitor("ada").open(Open(session="adas"), "ada")
    refused = await controller.for_visitor("eve").open(Open(session="adas"), "eve")
    assert shown.session == "adas" and refused.session is None and refused.toast
