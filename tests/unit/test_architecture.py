"""Imports go one way, packages meet only at their doors, and each big library has one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "prompts": set(),
    "retrieval": set(),
    "agent": {"retrieval", "prompts"},
    "evals": {"agent", "retrieval", "prompts"},
    "ui": {"evals", "agent", "retrieval", "prompts"},
}
DOORS = {"types", "errors", "testing"}
"""Modules of another package that may be imported, beside the package and its subpackages themselves."""
ADAPTERS = {
    "chromadb": ("retrieval/chroma.py",),
    "tantivy": ("retrieval/lexical.py",),
    "jwt": ("agent/access/oidc.py",),
    "langgraph": ("agent/graph.py",),
    "limits": ("ui/api/rates.py",),
    "schemathesis": ("ui/loading/fuzz.py",),
    "langchain_openai": ("agent/llm/endpoint.py",),
    "numkong": ("retrieval/coarse.py",),
    "opentelemetry": ("agent/tracing.py",),
    "ray": ("retrieval/engines/cluster.py",),
    "xllamacpp": ("agent/llm/embedded.py", "agent/llm/engine.py"),
    "gradio": ("ui/chat.py", "ui/page/"),
    "sentence_transformers": ("retrieval/encoders/", "retrieval/rerank.py"),
    "slack_bolt": ("ui/bots/slack/",),
    "slack_sdk": ("ui/bots/slack/",),
    "mcp": ("ui/mcp_server/",),
    "bokeh_sampledata": ("retrieval/demo/",),
    "efficientnet_lite_pytorch": ("retrieval/encoders/image.py",),
    "librosa": ("retrieval/encoders/audio.py",),
    "av": ("retrieval/media/",),
    "alembic": ("agent/migrations/",),
    "psycopg": (),
    "vllm": (),
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield absolute module names imported anywhere in a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno
            if node.module.split(".")[0] in PACKAGES:
                for alias in node.names:
                    if (ROOT / Path(*node.module.split("."), f"{alias.name}.py")).is_file():
                        yield f"{node.module}.{alias.name}", node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = parts[: len(parts) - node.level]
            yield ".".join((*base, *(node.module or "").split("."))).strip("."), node.lineno


def test_imports_between_packages_go_one_way() -> None:
    wrong = []
    for path, tree in modules():
        own = path.relative_to(ROOT).parts[0]
        for name, line in imports(path, tree):
            other = name.split(".")[0]
            if other in PACKAGES and other != own and other not in PACKAGES[own]:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong, "imports against the direction in DESIGN:\n" + "\n".join(wrong)


def test_packages_meet_only_at_their_doors() -> None:
    wrong = []
    for path, tree in modules():
        own = path.relative_to(ROOT).parts[0]
        for name, line in imports(path, tree):
            other, _, rest = name.partition(".")
            is_package = (ROOT / Path(*name.split("."))).is_dir()
            if other in PACKAGES and other != own and not is_package and rest not in DOORS:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong, "import from the package, its types, errors or testing instead:\n" + "\n".join(wrong)


@pytest.mark.parametrize("library", sorted(ADAPTERS))
def test_each_library_has_one_place(library: str) -> None:
    wrong = []
    for path, tree in modules():
        place = path.relative_to(ROOT).as_posix()
        for name, line in imports(path, tree):
            if name.split(".")[0] == library and not place.startswith(ADAPTERS[library] or ("nowhere",)):
                wrong.append(f"{place}:{line}")
    assert not wrong, f"{library} is imported outside {ADAPTERS[library]}:\n" + "\n".join(wrong)


def test_there_are_no_import_cycles() -> None:
    """Modules import each other in layers; what is only for type checkers, or inside a function, does not count."""
    edges: dict[str, set[str]] = {}
    for path, tree in modules():
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        edges[name] = {target for target in _top_level_imports(path, tree) if target != name}
    known = set(edges)
    graph = {name: {t for t in targets if t in known} for name, targets in edges.items()}
    cycle = _find_cycle(graph)
    assert cycle is None, " -> ".join(cycle or [])


def _top_level_imports(path: Path, tree: ast.Module) -> set[str]:
    shallow = ast.Module(body=[n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))], type_ignores=[])
    found = set()
    parts = path.relative_to(ROOT).with_suffix("").parts
    for node in shallow.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = parts[: len(parts) - node.level]
            module = ".".join((*base, *((node.module or "").split(".") if node.module else ())))
            if node.module is None:
                found |= {f"{module}.{alias.name}" for alias in node.names}
            else:
                found.add(module)
        else:
            found |= {name for name, _ in imports(path, ast.Module(body=[node], type_ignores=[]))}
    return found


def _find_cycle(graph: dict[str, set[str]]) -> list[str] | None:
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> list[str] | None:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done:
            return None
        for target in sorted(graph[name]):
            found = visit(target, [*trail, name])
            if found:
                return found
        done.add(name)
        return None

    return next((found for name in sorted(graph) if (found := visit(name, []))), None)
