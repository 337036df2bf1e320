"""``palate prompts list|show``: what is said to the language model."""

from __future__ import annotations

import json as json_format
from typing import Annotated

import typer

from ..exits import CALLER
from ..options import Json

app = typer.Typer()
prompts = typer.Typer(help="List and show the prompts.", no_args_is_help=True)
app.add_typer(prompts, name="prompts")


@prompts.command("list")
def list_prompts(json: Json = False) -> None:
    """List the prompts with their versions."""
    from prompts import load, names

    loaded = [load(name) for name in names()]
    if json:
        typer.echo(json_format.dumps([p.model_dump(exclude={"text"}) | {"sha256": p.sha256} for p in loaded], indent=2))
        return
    for prompt in loaded:
        needs = ", ".join(prompt.variables) or "nothing"
        typer.echo(
            f"{prompt.name}  version {prompt.version}  {prompt.sha256[:12]}  needs {needs}; gives {prompt.output}"
        )


@prompts.command()
def show(
    name: Annotated[str, typer.Argument(help="Which prompt.")],
    value: Annotated[
        list[str] | None,
        typer.Option("--set", help="variable=text, as often as needed; without any the text is shown as written."),
    ] = None,
) -> None:
    """Print a prompt as it is sent."""
    from prompts import PromptError, load

    try:
        prompt = load(name)
        typer.echo(prompt.render(**dict(_pair(given) for given in value)) if value else prompt.text)
    except PromptError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(CALLER) from error


def _pair(given: str) -> tuple[str, str]:
    variable, sign, text = given.partition("=")
    if not sign:
        raise typer.BadParameter(f"{given!r} is not of the form variable=text.", param_hint="--set")
    return variable, text
