"""Users' rights over their data: a copy of everything held, and its erasure."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from agent import erase_everything, export_everything

from .callers import OwnUser, Talker, access_of
from .context import RecommenderOf
from .models import Erased
from .openapi import problems

router = APIRouter(prefix="/v1/users", tags=["users"], responses=problems(401, 403, 404, 422, 429))


@router.get("/{user_id}/export", summary="Everything held about a user", responses=problems(503))
async def export(user_id: OwnUser, caller: Talker, recommender: RecommenderOf) -> dict[str, Any]:
    """Return all sessions of the user with every message, reply, reaction and edit, and what they sent, in base64.

    There is nothing for an unknown user.
    """
    found = await export_everything(recommender.store, recommender.uploads, user_id)
    for session in found["sessions"]:
        session["user_id"] = caller.shown(session["user_id"])
    return found | {"user_id": caller.shown(user_id)}


@router.delete("/{user_id}", summary="Erase a user", responses=problems(503))
async def erase(user_id: OwnUser, request: Request, caller: Talker, recommender: RecommenderOf) -> Erased:
    """Delete everything held about the user, beyond recovery, with the files they sent. Their own keys end with it."""
    gone = await erase_everything(recommender.store, recommender.uploads, user_id)
    access = access_of(request.app)
    await access.soon(access.forget_keys, user_id)
    return Erased(user_id=caller.shown(user_id), sessions_erased=gone.sessions, uploads_erased=gone.uploads)
