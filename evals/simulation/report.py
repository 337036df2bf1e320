"""Show what simulated users found: a table, and a plot of success by turn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pydantic import Field

from retrieval.types import Value

from .figures import PolicyFigures, Ratio
from .leaks import Leak
from .types import PRIMARY_TURNS

_WIDTH, _HEIGHT, _MARGIN = 640, 360, 48
_COLOURS = ("#b3451f", "#1f6fb3", "#3f8f4f", "#8a5fb0", "#c29a1b", "#6b7280", "#0f766e", "#a21caf")


class SimulationReport(Value):
    """Everything a run found, and what it ran on."""

    command: str
    commit: str
    machine: str
    catalog: str
    items: int
    seed: int
    seconds: float
    rerank: bool
    policies: tuple[PolicyFigures, ...] = Field(min_length=1)
    ratios: tuple[Ratio, ...] = ()
    leaks: tuple[Leak, ...] = ()
    """Messages that gave a target away; any makes the run worthless."""
    users: str = "agenda"
    """What words the users' messages: the agenda's templates, or a language model's name."""
    replaced: int = 0
    """Messages of a model that were replaced with the agenda's words."""
    untestable: int = 0
    """Needs whose title is made of everyday words, so that no leak of it could be told."""


def render(report: SimulationReport) -> str:
    """Return the report as text."""
    longest = _turns(report)
    lines = [
        f"Simulated users on {report.catalog}, {report.items:,} items; seed {report.seed}; {report.seconds:.0f} s",
        report.command,
        f"on {report.machine}, commit {report.commit or 'unknown'}, reranker {'on' if report.rerank else 'off'}",
        "",
        f"{'policy':<14}{'n':>5}  {f'success@{PRIMARY_TURNS}':<22}{'@1':>6}{f'@{longest}':>6}  {'acceptable':<22}"
        f"{'turns':>6}  {'questions':<20}{'words':>6}{'read':>6}  {'regret':<20}{'left':>6}",
    ]
    for figures in report.policies:
        turns = f"{figures.turns:.1f}" if figures.turns is not None else "-"
        lines.append(
            f"{figures.policy:<14}{figures.dialogues:>5}  {figures.success!s:<22}{figures.success_by_turn[0]:>6.2f}"
            f"{figures.success_by_turn[-1]:>6.2f}  {figures.acceptable!s:<22}{turns:>6}  {figures.questions!s:<20}"
            f"{figures.words:>6.1f}{figures.items_read:>6.1f}  {figures.regret!s:<20}{figures.left:>6.2f}"
        )
    lines += ["", *_ratio_lines(report.ratios), *_group_lines(report.policies)]
    unscored = sum(figures.unscored for figures in report.policies)
    lines.append(
        f"Not scored: {unscored} dialogues. Leaks: {len(report.leaks)} (titles that no leak could be told of: "
        f"{report.untestable}). Messages worded by {report.users}"
        + (f", {report.replaced} of them replaced with the agenda's words." if report.replaced else ".")
    )
    lines += [f"  LEAK {leak.need_id}, turn {leak.turn}: {leak.text!r} holds {leak.why}" for leak in report.leaks]
    return "\n".join(lines)


def _ratio_lines(ratios: Sequence[Ratio]) -> list[str]:
    return [
        f"{ratio.policy} over {ratio.over}: success {ratio.success}"
        + (f", questions {ratio.questions:.2f}" if ratio.questions is not None else "")
        for ratio in ratios
    ]


def _group_lines(policies: Sequence[PolicyFigures]) -> list[str]:
    kinds = sorted({kind for figures in policies for kind in (*figures.by_type, *figures.by_source)})
    lines = ["", f"success@{PRIMARY_TURNS} by".ljust(14) + "".join(f"{kind:>15}" for kind in kinds)]
    for figures in policies:
        found = {**figures.by_type, **figures.by_source}
        cells = (f"{found[kind]:>15.2f}" if kind in found else f"{'-':>15}" for kind in kinds)
        lines.append(f"{figures.policy:<14}" + "".join(cells))
    return [*lines, ""]


def plot(report: SimulationReport) -> str:
    """Return success by turn, a line a policy, as an SVG drawing."""
    top = max(max(figures.success_by_turn) for figures in report.policies) or 1.0
    turns = _turns(report)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 150} {_HEIGHT}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Success by turn">',
        f'<rect width="{_WIDTH + 150}" height="{_HEIGHT}" fill="#ffffff"/>',
    ]
    for step in range(5):
        share = top * step / 4
        y = _y(share, top)
        parts.append(f'<line x1="{_MARGIN}" y1="{y:.1f}" x2="{_WIDTH}" y2="{y:.1f}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{_MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{share:.2f}</text>')
    for turn in range(1, turns + 1):
        parts.append(f'<text x="{_x(turn, turns):.1f}" y="{_HEIGHT - 24}" text-anchor="middle">{turn}</text>')
    parts.append(f'<text x="{_WIDTH / 2:.0f}" y="{_HEIGHT - 6}" text-anchor="middle">turns</text>')
    for place, figures in enumerate(report.policies):
        colour = _COLOURS[place % len(_COLOURS)]
        points = " ".join(
            f"{_x(t, turns):.1f},{_y(s, top):.1f}" for t, s in enumerate(figures.success_by_turn, start=1)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        y = 24 + 20 * place
        parts.append(f'<rect x="{_WIDTH + 14}" y="{y - 9}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{_WIDTH + 32}" y="{y + 1}">{escape(figures.policy)}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _turns(report: SimulationReport) -> int:
    """Return how many turns dialogues lasted at most."""
    return len(report.policies[0].success_by_turn)


def _x(turn: int, turns: int) -> float:
    return _MARGIN + (turn - 1) * (_WIDTH - _MARGIN - 16) / (turns - 1)


def _y(share: float, top: float) -> float:
    return _HEIGHT - 44 - share / top * (_HEIGHT - 68)
