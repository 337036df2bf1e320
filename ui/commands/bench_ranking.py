"""``palate bench redial|opendialkg|cpcd|tags``: rankers compared on identical samples, ours beside trivial ones."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..options import Json

if TYPE_CHECKING:
    from evals.ranking import BoardReport

_WIDE = 220

Data = Annotated[Path, typer.Option(envvar="PALATE_DATA", help="Folder of the shared sets.")]
Train = Annotated[
    Path | None,
    typer.Option(help="JSON lines to learn from, in place of the shared training part.", show_default=False),
]
Test = Annotated[
    Path | None, typer.Option(help="JSON lines to test on, in place of the shared test part.", show_default=False)
]
Rows = Annotated[
    str | None, typer.Option(help="Only these rows, with commas, for example bm25,ours.", show_default=False)
]
Reference = Annotated[str, typer.Option(help="The row whose difference from each other one is tested.")]
Ablate = Annotated[
    bool, typer.Option("--ablate", help="Also ours without each group of its channels; takes minutes a group.")
]
Limit = Annotated[
    int | None, typer.Option(min=1, help="Test only the first so many dialogues or queries.", show_default=False)
]
Seed = Annotated[int, typer.Option(help="Of splits, ties, intervals and what is learnt.")]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Also write results.json, results.md and plots into this folder.", show_default=False, file_okay=False
    ),
]
Cache = Annotated[Path, typer.Option(help="Folder that keeps vectors between runs.", file_okay=False)]


def add_boards(group: typer.Typer) -> None:
    """Add a command for each board."""
    for name, words in _WORDS.items():
        group.command(name, help=words)(_command(name))


_WORDS = {
    "redial": "Rank all films of ReDial at each recommendation of its dialogues, beside trivial rows.",
    "opendialkg": "Rank all films of OpenDialKG at each recommendation of its dialogues, beside trivial rows.",
    "cpcd": "Rank all tracks of CPCD at each judged turn of its playlist dialogues, beside trivial rows.",
    "tags": "Rank all films of MovieLens by how well they answer community tags, beside trivial rows.",
}


def _command(name: str) -> Callable[..., None]:
    def run(
        data: Data = Path("../shared/data"),
        train: Train = None,
        test: Test = None,
        rows: Rows = None,
        reference: Reference = "ours",
        limit: Limit = None,
        seed: Seed = 1,
        out: Out = None,
        ablate: Ablate = False,
        cache: Cache = Path(".palate/bench"),
        json: Json = False,
    ) -> None:
        from evals.ranking import (
            Encoded,
            RowNeeds,
            Sources,
            ablations,
            limited,
            make_rows,
            read_board,
            score_board,
            write_figures,
        )
        from retrieval.encoders import EncoderConfig, load_encoder

        chosen = [one.strip() for one in (rows or "").split(",") if one.strip()]
        needs = RowNeeds(Encoded(load_encoder(EncoderConfig()), cache, alike=True), seed)
        made = make_rows(chosen, needs)
        made += ablations(needs) if ablate else []
        board, files = read_board(name, Sources(data, train, test), seed)
        report = score_board(
            limited(board, limit),
            made,
            seed=seed,
            reference=reference,
            command=" ".join(["palate", *sys.argv[1:]]),
            data=files,
            limit=limit,
            say=lambda line: typer.echo(line, err=True),
            keep=None if out is None else lambda found: write_figures([found], out),
        )
        _show(report, out, json)

    return run


def _show(report: BoardReport, out: Path | None, json: bool) -> None:
    from rich.console import Console

    from evals.ranking import Results, table, write_results

    if out is not None:
        write_results([report], out)
    if json:
        typer.echo(Results(boards=(report,)).model_dump_json(indent=1))
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDE)  # what is piped must not be cut at a terminal's usual 80
    console.print(table(report))
