"""The faults that are tried: what is done, what is asked meanwhile, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.testing import Behaviour

from . import injections as do
from .injections import Injection
from .stand import CALL_S

Outcome = Literal["correct", "degraded", "refused"]
"""An answer that lacks nothing; an answer that says what it lacks; or a refusal that says what to do."""
Asking = Literal["message", "upload", "picture"]
"""What is asked while something is wrong: a message; a file is sent; or a message about a file sent before."""

PLAIN = "a story with a lighthouse keeper"
NARROW = "crime films after 2000 about a lighthouse keeper"
_GARBAGE = ["1. ", "\x00\x07", "}{[", " ﷽%%%", "\n2. lorem ipsum\n", "99. 1. ."]
_LIES = ["1. It won nine Oscars in 1931 and every critic adored its director, Zorblax.\n", "2. It won ten.\n"]
_DAY_S, _YEAR_S = 86_400.0, 31_557_600.0


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong."""

    part: str
    fault: str
    expected: Outcome
    inject: Injection
    says: str = ""
    """Words that a degraded answer or a refusal must hold, in lower case."""
    never: str = ""
    """Words that no answer may hold."""
    asking: Asking = "message"
    text: str = PLAIN


FAULTS = (
    Fault("model", "drops connections", "degraded", do.model(Behaviour(drop=True)), says="language model"),
    Fault("model", "answers 503", "degraded", do.model(Behaviour(status=503)), says="language model"),
    Fault("model", "refuses the key (401)", "degraded", do.model(Behaviour(status=401)), says="language model"),
    Fault("model", "slow to begin", "degraded", do.model(Behaviour(wait_s=60)), says="language model"),
    Fault("model", "stalls in the middle", "degraded", do.model(Behaviour(pause_s=60)), says="language model"),
    Fault("model", "cut in the middle", "degraded", do.model(Behaviour(break_after=1)), says="language model"),
    Fault("model", "sends what is no JSON", "degraded", do.model(Behaviour(garbled=True)), says="language model"),
    Fault("model", "writes garbage", "correct", do.model(Behaviour(pieces=_GARBAGE)), never="lorem"),
    Fault("model", "breaks the schema", "correct", do.model(Behaviour(pieces=['{"intent": [7]}'])), never='"intent"'),
    Fault("model", "writes untruths", "correct", do.model(Behaviour(pieces=_LIES)), never="zorblax"),
    Fault("vector index", "raises", "degraded", do.raising("vectors"), says="vector index"),
    Fault("vector index", "slow", "correct", do.slow("vectors", 0.3)),
    Fault("vector index", "hangs", "refused", do.slow("vectors", CALL_S + 2), says="longer than"),
    Fault("word index", "raises", "degraded", do.raising("lexical"), says="search by word"),
    Fault("word index", "raises, a word is unwanted", "degraded", do.raising("lexical"), says="search by word",
          text="a story with a lighthouse keeper, without zeppelins"),
    Fault("word index", "raises under conditions", "degraded", do.raising("lexical"), says="search by word",
          text=NARROW),
    Fault("encoder", "raises", "degraded", do.raising("encoder"), says="meaning"),
    Fault("encoder", "raises under conditions", "degraded", do.raising("encoder"), says="meaning", text=NARROW),
    Fault("reranker", "raises", "degraded", do.raising("reranker"), says="reranker"),
    Fault("reranker", "slow", "correct", do.slow("reranker", 0.5)),
    Fault("facts", "raise", "refused", do.raising("facts"), says="not ready"),
    Fault("store", "locked for a moment", "correct", do.locked(0.15)),
    Fault("store", "locked", "refused", do.locked(30.0), says="try again"),
    Fault("store", "read-only", "refused", do.pragma("query_only=ON"), says="try again"),
    Fault("store", "disk full", "refused", do.full_disk, says="try again"),
    Fault("clock", "a day forwards", "correct", do.clock(_DAY_S)),
    Fault("clock", "a day back", "correct", do.clock(-_DAY_S)),
    Fault("clock", "ten years forwards", "correct", do.clock(10 * _YEAR_S)),
    Fault("clock", "ten years back", "correct", do.clock(-10 * _YEAR_S)),
    Fault("uploads", "folder gone, one is sent", "correct", do.uploads_gone, asking="upload"),
    Fault("uploads", "folder gone, one is pointed at", "refused", do.uploads_gone, says="send the file again",
          asking="picture"),
    Fault("uploads", "cannot be written", "refused", do.uploads_in_the_way, says="try again", asking="upload"),
    Fault("uploads", "disk full", "refused", do.uploads_full, says="try again", asking="upload"),
)  # fmt: skip
