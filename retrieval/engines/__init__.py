"""Where the items of a build are encoded: in this process, in several on this machine, or on a Ray cluster."""

from .engine import Engine, EngineConfig, engine

__all__ = ["Engine", "EngineConfig", "engine"]
