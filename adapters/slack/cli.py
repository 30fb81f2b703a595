"""Console command `slack manifest`: prints the app manifest that creates the Slack app."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from adapters.slack.settings import SlackSettings
from bot.errors import Mistake
from bot.ports.platforms import CliContext


def build_cli(cli_context: CliContext[SlackSettings]) -> typer.Typer:
    """Return the commands that begin with "slack"."""
    app = typer.Typer(help="The Slack app.", no_args_is_help=True, rich_markup_mode=None)

    # A callback keeps “manifest” a word to be typed although it is alone.
    @app.callback()
    def pass_context(context: typer.Context) -> None:
        """Commands on the Slack app."""
        context.obj = cli_context

    app.command()(manifest)
    return app


def manifest(
    context: typer.Context,
    url: Annotated[str, typer.Option(help="Where Slack reaches the public listener; without it, Socket Mode.")] = "",
    many: Annotated[bool, typer.Option("--many", help="For “Add to Slack” in many workspaces; needs --url.")] = False,
    command: Annotated[str, typer.Option(help="The slash command; set SLACK_COMMAND to the same.")] = "/papers",
) -> None:
    """Print the manifest that creates the Slack app in one paste.

    Example: python -m bot slack manifest --url https://bot.example.org --command /papers
    """
    from adapters.slack.manifest import build_manifest

    if many and not url:
        raise Mistake(
            "Many workspaces need an address.", "python -m bot slack manifest --many --url https://bot.example.org"
        )

    commands = context.obj.list_commands()
    typer.echo(json.dumps(build_manifest(commands, command=command, url=url, many_workspaces=many), indent=2))
