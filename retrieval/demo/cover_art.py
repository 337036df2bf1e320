"""Eight compositions for drawn covers, one a decade, each a nod to how its posters looked. Pure.

A composition fills a canvas of 400 x 600; what lies below ``foot`` will be covered by the plate with the title.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

WIDTH, HEIGHT = 400, 600


@dataclass(frozen=True)
class Palette:
    """Colours of one cover as ``#rrggbb``."""

    paper: str
    ink: str
    ground: str
    one: str
    two: str
    three: str


Art = Callable[[Palette, Random, float], list[str]]


def draw(decade: str, palette: Palette, chance: Random, foot: float) -> list[str]:
    """Return the SVG elements of the decade's composition; unknown decades are drawn like the latest."""
    ground = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{palette.ground}"/>'
    return [ground, *_DECADES.get(decade, _tiles)(palette, chance, foot)]


def _blinds(colours: Palette, chance: Random, foot: float) -> list[str]:
    """1940s: a lamp, a shaft of light and the shadow of a blind."""
    left = chance.random() < 0.5
    x = chance.uniform(70, 120) if left else WIDTH - chance.uniform(70, 120)
    y = chance.uniform(70, 100)
    far = WIDTH + 140 if left else -140
    near = WIDTH * 0.30 if left else WIDTH * 0.70
    beam = f"{x:.0f},{y:.0f} {far:.0f},{foot * 0.55:.0f} {far:.0f},{foot + 220:.0f} {near:.0f},{foot + 220:.0f}"
    slats = [
        f'<path d="M-20 {top:.0f} L{WIDTH + 20} {top + (26 if left else -26):.0f} v13 L-20 {top + 13:.0f} Z"/>'
        for top in range(int(y) + 50, int(foot) + 60, 30)
    ]
    return [
        f'<polygon points="{beam}" fill="{colours.three}" opacity=".92"/>',
        f'<g fill="{colours.ground}">{"".join(slats)}</g>',
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="58" fill="{colours.two}"/>',
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="40" fill="{colours.one}"/>',
    ]


def _orbits(colours: Palette, chance: Random, foot: float) -> list[str]:
    """1950s: kidney shapes, orbits and a starburst."""
    x, y = chance.uniform(150, 250), foot * chance.uniform(0.42, 0.5)
    turn = chance.uniform(-35, 35)
    kidney = "M-150 10 C-150 -90 -40 -110 10 -60 S120 -70 150 -10 S90 110 10 70 S-150 110 -150 10 Z"
    shapes = [
        f'<path d="{kidney}" transform="translate({x - 70:.0f} {y + 30:.0f}) rotate({turn:.0f})"'
        f' fill="{colours.two}"/>',
        f'<path d="{kidney}" transform="translate({x + 80:.0f} {y - 20:.0f}) rotate({turn + 115:.0f}) scale(.72)"'
        f' fill="{colours.one}" opacity=".92"/>',
    ]
    orbits = [
        f'<ellipse rx="165" ry="52" transform="translate({x:.0f} {y:.0f}) rotate({turn + angle:.0f})"/>'
        for angle in (15, 75, 135)
    ]
    rays = []
    for step in range(12):
        angle = math.radians(step * 30 + turn)
        reach = 82 if step % 2 else 58
        tip = f"{x + reach * math.cos(angle):.1f}", f"{y + reach * math.sin(angle):.1f}"
        rays.append(
            f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{tip[0]}" y2="{tip[1]}"/><circle cx="{tip[0]}" cy="{tip[1]}" r="6"/>'
        )
    return [
        *shapes,
        f'<g fill="none" stroke="{colours.paper}" stroke-width="3">{"".join(orbits)}</g>',
        f'<g stroke="{colours.three}" stroke-width="5" fill="{colours.three}">{"".join(rays)}</g>',
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="24" fill="{colours.paper}"/>',
    ]


def _cut_paper(colours: Palette, chance: Random, foot: float) -> list[str]:
    """1960s: bars of cut paper around a disc sliced in two."""
    fills = [colours.one, colours.two, colours.three]
    bars = []
    edge = -10.0
    for number in range(5):
        width = chance.uniform(64, 104)
        top = foot * chance.uniform(0.06, 0.5) if number % 2 else -10
        bottom = foot + 60 if number % 2 else foot * chance.uniform(0.52, 0.9)
        lean = chance.uniform(-16, 16)
        points = (
            f"{edge:.0f},{top:.0f} {edge + width - 12:.0f},{top + lean:.0f}"
            f" {edge + width - 14 + lean / 2:.0f},{bottom:.0f} {edge + 5:.0f},{bottom - lean:.0f}"
        )
        bars.append(f'<polygon points="{points}" fill="{fills[number % 3]}"/>')
        edge += width - 6
    x, y, radius, slip = chance.uniform(130, 270), foot * 0.47, chance.uniform(82, 104), chance.uniform(14, 30)
    return [
        *bars,
        f'<g transform="rotate({chance.uniform(-24, 24):.0f} {x:.0f} {y:.0f})" fill="{colours.paper}">'
        f'<path d="M{x - radius - slip:.0f} {y - 4:.0f} a{radius:.0f} {radius:.0f} 0 0 1 {2 * radius:.0f} 0 Z"/>'
        f'<path d="M{x - radius + slip:.0f} {y + 4:.0f} a{radius:.0f} {radius:.0f} 0 0 0 {2 * radius:.0f} 0 Z"/></g>',
    ]


def _sunrise(colours: Palette, chance: Random, foot: float) -> list[str]:
    """1970s: rings of a sun that run on as stripes."""
    x = chance.choice((110.0, 200.0, 290.0))
    fills = [colours.two, colours.three, colours.one, colours.paper]
    outer = foot * 0.86
    rings = []
    for step in range(6):
        radius = outer * (1 - step * 0.155)
        rings.append(
            f'<path d="M{x - radius:.0f} {foot + 60:.0f} V{foot:.0f} A{radius:.0f} {radius:.0f} 0 0 1 {x + radius:.0f}'
            f' {foot:.0f} V{foot + 60:.0f} Z" fill="{fills[step % 4]}"/>'
        )
    return [*rings, f'<circle cx="{x:.0f}" cy="{foot * 0.83:.0f}" r="{outer * 0.075:.0f}" fill="{colours.ground}"/>']


def _grid(colours: Palette, chance: Random, foot: float) -> list[str]:
    """1980s: a slit sun over a grid that runs to the horizon."""
    horizon = foot * 0.74
    x, radius = chance.choice((130.0, 200.0, 270.0)), foot * chance.uniform(0.3, 0.36)
    y = horizon - radius * 0.55
    slits = [
        f'<rect x="0" y="{y + radius * part:.1f}" width="{WIDTH}" height="{3 + 9 * part:.1f}"/>'
        for part in (0.02, 0.2, 0.36, 0.5)
    ]
    rows = [f'<path d="M0 {horizon + (foot + 30 - horizon) * (step / 7) ** 1.8:.1f} H{WIDTH}"/>' for step in range(8)]
    columns = [
        f'<path d="M{x + step * 12:.0f} {horizon:.0f} L{x + step * 95:.0f} {foot + 70:.0f}"/>'
        for step in range(-12, 13)
    ]
    stars = [
        f'<circle cx="{chance.uniform(8, 392):.0f}" cy="{chance.uniform(8, horizon * 0.6):.0f}"'
        f' r="{chance.uniform(1, 2.4):.1f}"/>'
        for _ in range(26)
    ]
    return [
        '<defs><linearGradient id="sky" x2="0" y2="1">'
        f'<stop offset=".1" stop-color="{colours.paper}"/><stop offset="1" stop-color="{colours.ground}"/>'
        "</linearGradient>"
        f'<linearGradient id="sun" x2="0" y2="1"><stop stop-color="{colours.three}"/>'
        f'<stop offset=".9" stop-color="{colours.one}"/></linearGradient></defs>',
        f'<rect width="{WIDTH}" height="{horizon:.0f}" fill="url(#sky)"/>',
        f'<g fill="{colours.ink}" opacity=".8">{"".join(stars)}</g>',
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.0f}" fill="url(#sun)"/>',
        f'<g fill="{colours.ground}">{"".join(slits)}</g>',
        f'<rect y="{horizon:.0f}" width="{WIDTH}" height="{HEIGHT - horizon:.0f}" fill="{colours.paper}"/>',
        f'<g fill="none" stroke="{colours.one}" stroke-width="2.5">{"".join(rows + columns)}</g>',
    ]


def _halftone(colours: Palette, chance: Random, foot: float) -> list[str]:
    """1990s: a disc in halftone, a frame out of true and a strip of bars."""
    x, y = chance.uniform(120, 280), foot * chance.uniform(0.38, 0.52)
    reach = foot * 0.62
    dots = []
    for row in range(int(foot // 20) + 2):
        for column in range(21):
            at = column * 20 + (10 if row % 2 else 0), row * 20
            size = 11.5 * (1 - math.dist(at, (x, y)) / reach)
            if size > 1:
                dots.append(f'<circle cx="{at[0]}" cy="{at[1]}" r="{size:.1f}"/>')
    tilt = chance.uniform(8, 18) * chance.choice((-1, 1))
    bars, left = [], 0.0
    while left < WIDTH:
        width = chance.choice((3, 5, 9, 14))
        bars.append(f'<rect x="{left:.0f}" y="{foot - 46:.0f}" width="{width}" height="60"/>')
        left += width + chance.choice((4, 6, 10))
    return [
        f'<rect x="{x - 130:.0f}" y="{y - 120:.0f}" width="260" height="240" fill="{colours.two}"'
        f' transform="rotate({tilt:.0f} {x:.0f} {y:.0f})"/>',
        f'<g fill="{colours.one}">{"".join(dots)}</g>',
        f'<g fill="none" stroke="{colours.three}" stroke-width="7" transform="translate({x:.0f} {y:.0f})'
        f' rotate({-tilt:.0f})">{chance.choice(_FRAMES)}</g>',
        f'<g fill="{colours.three}">{"".join(bars)}</g>',
    ]


_FRAMES = (
    '<rect x="-105" y="-95" width="210" height="190"/>',
    '<circle r="108"/><circle r="70" stroke-width="3"/>',
    '<path d="M0 -122 L122 92 H-122 Z"/>',
    '<path d="M-420 -115 L420 95 M-420 -75 L420 135"/>',
)


def _ribbons(colours: Palette, chance: Random, foot: float) -> list[str]:
    """2000s: a glow and ribbons that sweep across."""
    x, y = chance.uniform(90, 310), foot * chance.uniform(0.22, 0.36)
    rises = chance.choice((-1, 1))
    ribbons = []
    for step, fill in enumerate((colours.two, colours.one, colours.three, colours.one, colours.two)):
        start = foot * (0.36 + 0.13 * step) + rises * chance.uniform(20, 50)
        end = foot * (0.36 + 0.13 * step) - rises * chance.uniform(20, 50)
        bend = chance.uniform(70, 130) * rises
        ribbons.append(
            f'<path d="M-10 {start:.0f} C110 {start - bend:.0f} 260 {end + bend:.0f} 410 {end:.0f} V{foot + 80:.0f}'
            f' H-10 Z" fill="{fill}" opacity="{(0.9, 0.75, 0.55, 0.7, 0.85)[step]}"/>'
            f'<path d="M-10 {start:.0f} C110 {start - bend:.0f} 260 {end + bend:.0f} 410 {end:.0f}" fill="none"'
            f' stroke="{colours.paper}" stroke-width="2" opacity=".6"/>'
        )
    return [
        f'<defs><radialGradient id="glow"><stop stop-color="{colours.three}"/>'
        f'<stop offset="1" stop-color="{colours.three}" stop-opacity="0"/></radialGradient></defs>',
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{foot * 0.62:.0f}" fill="url(#glow)" opacity=".75"/>',
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{foot * 0.13:.0f}" fill="{colours.three}"/>',
        *ribbons,
    ]


def _tiles(colours: Palette, chance: Random, foot: float) -> list[str]:
    """2010s: tiles of quarter circles, half discs and rings."""
    fills = [colours.one, colours.two, colours.three, colours.paper]
    rows = math.ceil(foot / (_TILE - 1))
    tiles = []
    for place in range(3 * rows):
        x, y = place % 3 * (_TILE - 1), round(foot) - (place // 3 + 1) * (_TILE - 1)
        back, front = chance.sample([*fills, colours.ground], 2)
        shape = chance.choice(_TILE_SHAPES).format(fill=front, inner=back)
        tiles.append(
            f'<g transform="translate({x} {y}) scale({_TILE / 100})">'
            f'<rect width="100" height="100" fill="{back}"/>'
            f'<g transform="rotate({chance.randrange(4) * 90} 50 50)">{shape}</g></g>'
        )
    return tiles


_TILE = 135
"""Side of a tile; tiles overlap by a pixel so that no seam shows."""
_TILE_SHAPES = (
    '<path d="M0 0 H100 A100 100 0 0 1 0 100 Z" fill="{fill}"/>',
    '<path d="M0 0 H100 A100 100 0 0 1 0 100 Z" fill="{fill}"/>',
    '<path d="M0 50 A50 50 0 0 1 100 50 Z" fill="{fill}"/>',
    '<circle cx="50" cy="50" r="36" fill="{fill}"/>',
    '<circle cx="50" cy="50" r="40" fill="{fill}"/><circle cx="50" cy="50" r="19" fill="{inner}"/>',
    '<path d="M0 0 H100 L0 100 Z" fill="{fill}"/>',
)

_DECADES: Mapping[str, Art] = {
    "1940s": _blinds,
    "1950s": _orbits,
    "1960s": _cut_paper,
    "1970s": _sunrise,
    "1980s": _grid,
    "1990s": _halftone,
    "2000s": _ribbons,
    "2010s": _tiles,
}
