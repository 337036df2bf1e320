"""Users' rights over their data: a copy of everything held, and its erasure."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request

from .callers import OwnUser, Talker, access_of
from .context import RecommenderOf
from .models import Erased
from .openapi import problems

router = APIRouter(prefix="/v1/users", tags=["users"], responses=problems(401, 403, 404, 422, 429))


@router.get("/{user_id}/export", summary="Everything held about a user", responses=problems(503))
async def export(user_id: OwnUser, caller: Talker, recommender: RecommenderOf) -> dict[str, Any]:
    """Return all sessions of the user with every message, reply, reaction and edit; none for an unknown user."""
    found = await recommender.store.export_user(user_id)
    for session in found["sessions"]:
        session["user_id"] = caller.shown(session["user_id"])
    return found | {"user_id": caller.shown(user_id)}


@router.delete("/{user_id}", summary="Erase a user", responses=problems(503))
async def erase(user_id: OwnUser, request: Request, caller: Talker, recommender: RecommenderOf) -> Erased:
    """Delete everything held about the user, beyond recovery. Keys of the user's own end with it."""
    held = await recommender.store.export_user(user_id)
    sessions = [session["session_id"] for session in held["sessions"]]
    await asyncio.to_thread(recommender.uploads.forget, sessions)
    count = await recommender.store.erase_user(user_id)
    access = access_of(request.app)
    await access.soon(access.forget_keys, user_id)
    return Erased(user_id=caller.shown(user_id), sessions_erased=count)
