"""Who calls, what they may do, and which sessions and users are theirs. Every route below ``/v1`` asks here first.

What is not theirs is not there: the answer to a guessed id is the one to an id that never was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from agent.access import NOBODY, AccessStore, Caller, Gate, Scope
from agent.errors import SessionNotFoundError

from .context import RecommenderOf
from .models import Name
from .rates import Rates


def access_of(app: Any) -> AccessStore:
    """Return where owners and claims are kept."""
    found: AccessStore = app.state.access
    return found


_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="An API key (`palate keys create`), or a token of the identity provider that the operator named. Not "
    "needed while Palate listens on this machine only and no key was made.",
)
_CHALLENGE = 'Bearer realm="palate"'


def gate_of(app: Any) -> Gate | None:
    """Return the app's gate; None where everybody may come in, as in tests of single routes."""
    found: Gate | None = app.state.gate
    return found


def needs(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """Return the dependency that lets in whoever may do this, and tells the others what they lack."""

    async def let_in(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
    ) -> Caller:
        gate = gate_of(request.app)
        caller = NOBODY if gate is None else await gate.caller(None if given is None else given.credentials)
        await rates_of(request).call(request, caller)
        if caller is None:
            error = ', error="invalid_token"' if given is not None else ""
            detail = "The key does not count here." if given is not None else "A key is needed here."
            raise HTTPException(401, detail, headers={"WWW-Authenticate": _CHALLENGE + error})
        if not caller.may(scope):
            lacks = f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'
            raise HTTPException(403, f"The key lacks the scope {scope!r}.", headers={"WWW-Authenticate": lacks})
        return caller

    return let_in


Reader = Annotated[Caller, Depends(needs("read"))]
"""Somebody who may look things up in the catalogue."""
Talker = Annotated[Caller, Depends(needs("chat"))]
"""Somebody who may hold conversations."""
Operator = Annotated[Caller, Depends(needs("admin"))]
"""Somebody who runs the service."""


def rates_of(request: Request) -> Rates:
    """Return what counts calls."""
    found: Rates = request.app.state.rates
    return found


async def _talks(request: Request, caller: Talker) -> None:
    await rates_of(request).turn(request, caller)


async def _searches(request: Request, caller: Reader) -> None:
    await rates_of(request).turn(request, caller)


COUNTED_TURN = Depends(_talks)
"""Counts a message against the caller's turns in a minute."""
COUNTED_SEARCH = Depends(_searches)
"""Counts a search against the caller's turns in a minute."""


async def _own_session(session_id: str, request: Request, caller: Talker, recommender: RecommenderOf) -> str:
    access = access_of(request.app)
    owner = await access.soon(access.owner, session_id)
    if not caller.reaches(owner) or await recommender.store.session(session_id) is None:
        raise SessionNotFoundError(f"There is no session {session_id!r}.", hint="Start one: POST /v1/sessions.")
    return session_id


OwnSession = Annotated[str, Depends(_own_session)]
"""The session of the address; it exists, and it is the caller's."""


async def _own_user(user_id: Name, caller: Talker) -> str:
    try:
        found = caller.stored(user_id)
    except PermissionError:
        raise HTTPException(404, f"There is no user {user_id!r}.") from None
    assert found is not None
    return found


OwnUser = Annotated[str, Depends(_own_user)]
"""The user of the address, by the id under which they are stored; the caller may speak for them."""
