"""Items and what they have in common, as a graph that can be walked: from films to their people, and on to films."""

from .arrays import Graph
from .channel import Connections
from .config import GraphConfig
from .files import open_graph, write_graph
from .gather import gather_graph, graph_of
from .paths import SharedFact, shared_facts
from .source import GraphSource

__all__ = [
    "Connections",
    "Graph",
    "GraphConfig",
    "GraphSource",
    "SharedFact",
    "gather_graph",
    "graph_of",
    "open_graph",
    "shared_facts",
    "write_graph",
]
