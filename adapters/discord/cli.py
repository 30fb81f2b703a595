"""Console command `discord invite`: prints the invite link of the Discord application with the permissions it needs."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

import typer

from adapters.discord.settings import DiscordSettings
from bot.errors import Mistake
from bot.ports.platforms import CliContext

_EXAMPLE: Final = "python -m bot discord invite --application-id 123456789012345678"


def build_cli(cli_context: CliContext[DiscordSettings]) -> typer.Typer:
    """Return the commands that begin with "discord"."""
    app = typer.Typer(help="The Discord application.", no_args_is_help=True, rich_markup_mode=None)

    # A callback keeps “invite” a word to be typed although it is alone.
    @app.callback()
    def pass_context(context: typer.Context) -> None:
        """Commands on the Discord application."""
        context.obj = cli_context

    app.command()(invite)
    return app


def invite(
    context: typer.Context,
    application_id: Annotated[str, typer.Option(help="The application's id; without it, Discord is asked.")] = "",
) -> None:
    """Print the link with which a server takes the bot in, with exactly the permissions that it uses, and a person's.

    Example: python -m bot discord invite --application-id 123456789012345678
    """
    from adapters.discord.invite import build_invite_link, build_user_install_link

    if application_id and not application_id.isdecimal():
        raise Mistake(f"“{application_id[:40]}” is not an application's id, which is a number.", _EXAMPLE)
    application_id = application_id or _fetch_application_id(context.obj.load_settings())
    typer.echo(build_invite_link(application_id))
    typer.echo(f"For yourself alone, anywhere: {build_user_install_link(application_id)}")


def _fetch_application_id(settings: DiscordSettings) -> str:
    """Ask Discord whose token it is."""
    from adapters.discord.invite import fetch_application_id

    if not settings.discord_token:
        raise Mistake("Without DISCORD_TOKEN in .env Discord can't be asked; give the application's id.", _EXAMPLE)
    return asyncio.run(fetch_application_id(settings.discord_token, settings.discord_api_url))
