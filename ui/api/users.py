"""Users' rights over their data: a copy of everything held, and its erasure."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from .context import RecommenderOf
from .models import Erased
from .openapi import problems

router = APIRouter(prefix="/v1/users", tags=["users"], responses=problems(422))


@router.get("/{user_id}/export", summary="Everything held about a user", responses=problems(503))
async def export(user_id: str, recommender: RecommenderOf) -> dict[str, Any]:
    """Return all sessions of the user with every message, reply, reaction and edit; none for an unknown user."""
    return await recommender.store.export_user(user_id)


@router.delete("/{user_id}", summary="Erase a user", responses=problems(503))
async def erase(user_id: str, recommender: RecommenderOf) -> Erased:
    """Delete everything held about the user, beyond recovery."""
    return Erased(user_id=user_id, sessions_erased=await recommender.store.erase_user(user_id))
