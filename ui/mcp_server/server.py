"""The server of the Model Context Protocol: which tools and resources there are, and how they are described."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp_types import ToolAnnotations
from pydantic import BaseModel

from agent.access import AccessStore
from agent.errors import AgentError, ItemNotFoundError, SessionNotFoundError
from retrieval.errors import RetrievalError

from .tools import Tools

if TYPE_CHECKING:
    from agent import Recommender
    from agent.access import Database

_JSON = "application/json"


def create_server(recommender: Recommender, *, user: str | None = None) -> MCPServer[Any]:
    """Make a server over a recommender; ``user`` is whom local callers speak for."""
    schema, count = recommender.schema, recommender.facts.count()
    server: MCPServer[Any] = MCPServer(
        name="palate",
        title="Palate",
        version=version("palate"),
        instructions=(
            f"Recommends {schema.noun_plural} out of a catalogue of {count:,}. Start with recommend and the user's own "
            "words; pass the session_id on. Repeat no claim about an item that is not in its reason, evidence or "
            "attributes. The resource palate://catalog says what can be asked for."
        ),
        log_level="WARNING",
    )
    tools = Tools(recommender, AccessStore(cast("Database", recommender.store)), user)
    _add_tools(server, tools)
    _add_resources(server, tools, recommender)
    return server


def _add_tools(server: MCPServer[Any], tools: Tools) -> None:
    talks = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
    looks = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    notes = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
    server.add_tool(tools.recommend, title="Recommend", annotations=talks, structured_output=True)
    server.add_tool(tools.refine, title="Go on", annotations=talks, structured_output=True)
    server.add_tool(tools.explain, title="Say why", annotations=looks, structured_output=True)
    server.add_tool(tools.feedback, title="Note a reaction", annotations=notes, structured_output=True)
    server.add_tool(tools.lookup, title="Look items up", annotations=looks, structured_output=True)


def _add_resources(server: MCPServer[Any], tools: Tools, recommender: Recommender) -> None:
    @server.resource(
        "palate://sessions/{session_id}/preferences",
        title="Preferences of a session",
        description="Everything a conversation holds to be wished for, seen, liked and turned down.",
        mime_type=_JSON,
    )
    async def preferences(session_id: str, ctx: Context[Any, Any]) -> str:
        return await _written(tools.state(session_id, ctx))

    @server.resource("palate://items/{item_id}", title="An item", description="All facts of one item.", mime_type=_JSON)
    async def item(item_id: str, ctx: Context[Any, Any]) -> str:
        return await _written(tools.item(item_id, ctx))

    @server.resource(
        "palate://catalog",
        title="The catalogue",
        description="What the catalogue holds, and the attributes that items can be asked for by.",
        mime_type=_JSON,
    )
    async def catalog() -> str:
        schema = recommender.schema
        attributes = [
            {"name": spec.name, "label": spec.display, "kind": spec.kind, "unit": spec.unit}
            for spec in schema.attributes
            if spec.shown
        ]
        held = {"name": schema.name, "noun": schema.noun, "items": recommender.facts.count(), "attributes": attributes}
        return json.dumps(held, ensure_ascii=False)


async def _written(found: Awaitable[BaseModel]) -> str:
    try:
        return (await found).model_dump_json()
    except (SessionNotFoundError, ItemNotFoundError) as error:
        raise ResourceNotFoundError(str(error)) from error
    except (AgentError, RetrievalError) as error:
        raise ResourceError("A part of the service is not ready.") from error
