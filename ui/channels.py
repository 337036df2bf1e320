"""Which ways of searching spoke for a pick, in words: stages of the ranking, gathered into what people know. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.types import Recommendation
from retrieval.types import Value

from .language import Words, english

CHANNELS: dict[str, tuple[str, ...]] = {
    "words": ("dense", "lexical"),
    "picture": ("image", "image_to_text", "text_to_image", "like_image"),
    "sound": ("audio", "audio_to_text", "text_to_audio", "like_audio"),
    "film": ("text_to_video", "like_video"),
    "likes": ("like",),
    "people": ("collaborative",),
    "graph": ("graph",),
    "wishes": ("wishes",),
    "reading": ("rerank",),
}
"""What people know it as -> stages of the ranking, as they are named in ``Recommendation.scores``."""


class Channel(Value):
    """One way of searching that spoke for a pick."""

    name: str
    place: int
    """Place of the pick by this channel among those shown with it, 1 the best; picks with equal scores share one."""
    of: int
    """Number of picks shown together."""


def channels(picks: Sequence[Recommendation]) -> dict[str, tuple[Channel, ...]]:
    """Return item id -> the channels that tell the pick from the others shown with it, the strongest first.

    A channel that says the same of every pick speaks for none of them. A pick shown alone has the channels that
    found it.
    """
    scores = {pick.item_id: pick.scores for pick in picks}
    return {pick.item_id: _spoke(pick.item_id, scores) for pick in picks}


def channel_words(channel: Channel, words: Words | None = None) -> str:
    """Say one channel for people, for example ``the words of your request: number 1 of 5``."""
    words = words or english()
    name = words.say(f"channels.{channel.name}")
    if channel.of == 1:
        return name
    return words.say("channels.placed", channel=name, place=channel.place, n=channel.of)


def _spoke(item_id: str, scores: Mapping[str, Mapping[str, float]]) -> tuple[Channel, ...]:
    found = []
    for name, stages in CHANNELS.items():
        places = [place for stage in stages if (place := _place(item_id, stage, scores)) is not None]
        if places:
            found.append(Channel(name=name, place=min(places), of=len(scores)))
    return tuple(sorted(found, key=lambda channel: channel.place))


def _place(item_id: str, stage: str, scores: Mapping[str, Mapping[str, float]]) -> int | None:
    """Return the place by one stage, 1 best; None where the stage did not see the item, or tells none apart."""
    own = scores[item_id].get(stage)
    seen = [by_stage[stage] for by_stage in scores.values() if stage in by_stage]
    if own is None or (len(scores) > 1 and len(seen) == len(scores) and min(seen) == max(seen)):
        return None
    return 1 + sum(score > own for score in seen)
