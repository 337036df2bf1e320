"""The control flow of a turn as a graph. The model never decides where to go; the action does."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from .nodes import Picking, Reading, Talking
from .parts import Parts
from .turn import Emit, TurnState
from .types import StreamEvent

if TYPE_CHECKING:
    from langgraph.types import StreamWriter

Step = Callable[[TurnState, Emit], Awaitable[TurnState]]


class TurnGraph:
    """guard -> understand -> decide -> (retrieve -> compose | talk) -> finish."""

    def __init__(self, parts: Parts, finish: Step) -> None:
        """Wire the steps; ``finish`` makes and stores the reply."""
        from langgraph.graph import END, START, StateGraph

        reading, picking, talking = Reading(parts), Picking(parts), Talking(parts)
        graph = StateGraph(TurnState)
        steps: dict[str, Step] = {
            "guard": reading.guard,
            "understand": reading.understand,
            "decide": reading.decide,
            "retrieve": picking.retrieve,
            "compose": picking.compose,
            "talk": talking.talk,
            "finish": finish,
        }
        for name, step in steps.items():
            graph.add_node(name, _as_node(step))
        graph.add_edge(START, "guard")
        graph.add_conditional_edges(
            "guard", lambda state: "talk" if state["refusal"] else "understand", ["talk", "understand"]
        )
        graph.add_edge("understand", "decide")
        graph.add_conditional_edges(
            "decide", lambda state: "retrieve" if state["action"].kind == "recommend" else "talk", ["retrieve", "talk"]
        )
        graph.add_edge("retrieve", "compose")
        graph.add_edge("compose", "finish")
        graph.add_edge("talk", "finish")
        graph.add_edge("finish", END)
        self._graph = graph.compile()

    async def run(self, state: TurnState) -> AsyncGenerator[StreamEvent, None]:
        """Yield the events of one turn as the steps emit them."""
        async for event in self._graph.astream(state, stream_mode="custom"):
            yield cast(StreamEvent, event)

    def drawing(self) -> str:
        """Return the graph as a Mermaid diagram, for the documentation."""
        return str(self._graph.get_graph().draw_mermaid())


def _as_node(step: Step) -> Any:
    async def node(state: TurnState, writer: StreamWriter) -> TurnState:
        return await step(state, writer)

    return node
