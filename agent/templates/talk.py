"""Say the fixed things: hello, help, thanks, goodbye, no, and what is not working today. Pure."""

from __future__ import annotations

from retrieval.types import CatalogSchema

from .phrases import article


def greeting(schema: CatalogSchema, items: int | None = None) -> str:
    """Say hello and what to do next."""
    size = f" I know {items:,} {schema.noun_plural}." if items else ""
    return f"Hello!{size} Tell me what you are in the mood for, or name {article(schema.noun)} you like."


def help_text(schema: CatalogSchema) -> str:
    """Say what one can ask for."""
    noun = schema.noun
    known = [spec.display for spec in schema.attributes if spec.shown][:6]
    by = f" by {', '.join(known[:-1])} or {known[-1]}" if len(known) > 1 else ""
    return (
        f"Describe the {noun} you want in your own words, or pick{by}. Name a {noun} to get more like it. "
        f"Afterwards you can say “shorter”, “not the second one”, “why the first?”, “undo”, or “start over”."
    )


def thanks(schema: CatalogSchema) -> str:
    """Answer thanks."""
    return f"You're welcome. Say the word when you want another {schema.noun}."


def close(schema: CatalogSchema, accepted: str = "") -> str:
    """End well, with the title the user settled on, if any."""
    return f"Enjoy {accepted}!" if accepted else f"Goodbye, and enjoy whatever you {schema.verb} next."


_REFUSALS = {
    "off_topic": "I can only help with choosing {nouns}. What are you in the mood for?",
    "abuse": "Let's keep it friendly. I'm glad to look for {a_noun} when you like.",
    "injection": "I only find {nouns}, and my instructions stay as they are. What would you like to {verb}?",
    "harmful": "I can't help with that. I can find {a_noun} for you, also on dark subjects, if you describe it.",
    "too_long": "That message is too long for me. Please say it in fewer words.",
    "empty": "I got an empty message. What are you in the mood for?",
}


def refuse(reason: str, schema: CatalogSchema) -> str:
    """Decline in a way that helps; an unknown reason reads as off topic."""
    wording = _REFUSALS.get(reason, _REFUSALS["off_topic"])
    return wording.format(nouns=schema.noun_plural, a_noun=article(schema.noun), verb=schema.verb)


_DEGRADED = {
    "model_off": "The language model is switched off, so I read your words by rules and write from templates.",
    "model_missing": "The language model's file is not there, so I read your words by rules and write from templates.",
    "model_down": "The language model does not answer, so I read your words by rules and write from templates.",
    "model_slow": "The language model was too slow, so the rest of this reply comes from templates.",
    "rerank": "The reranker is not running, so the order is rougher than usual.",
    "budget": "This turn may ask the language model no more, so the rest comes from rules and templates.",
    "busy_fewer": "Much is asked at the moment, so fewer candidates than usual were weighed closely.",
    "busy": "Much is asked at the moment, so the order is rougher than usual.",
    "dense": "The search by meaning is not running, so only words and conditions count.",
    "lexical": "The search by word is not running: what you name may be missed, and unwanted words may slip in.",
    "vectors": "The vector index does not answer, so all items are compared one by one; that takes longer.",
    "image": "Pictures could not be searched by here.",
    "audio": "Sounds could not be searched by here.",
    "video": "Films could not be searched by here.",
    "collaborative": "What others liked could not be taken into account.",
    "store": "This conversation could not be saved.",
}


_DEGRADED_OTHER = "A part of Palate is not running as usual, so this reply may be rougher than others."


def degraded(kind: str) -> str:
    """Say which part is missing and what that means for the reply.

    What stands behind a colon in ``kind`` is the reason, which names files and hosts: it is for logs and never said.
    """
    return _DEGRADED.get(kind.partition(":")[0], _DEGRADED_OTHER)


def seen_all(schema: CatalogSchema) -> str:
    """Say that every fitting item was shown already."""
    return f"You have seen every {schema.noun} that fits. Change or drop a wish and I'll look again."


def undone(words: str = "") -> str:
    """Confirm that a change was taken back."""
    return f"Done: I took back {words}." if words else "Done: I took back your last change."


def dialled(*, further: bool) -> str:
    """Confirm that the dial was turned, further from the well known or nearer to it."""
    return "Going further off the beaten track." if further else "Staying closer to what is well known."


def nothing_to_undo() -> str:
    """Say that there is nothing to take back."""
    return "There is nothing to take back."


def start_over() -> str:
    """Confirm a fresh start."""
    return "All wishes are cleared. What are you in the mood for?"
