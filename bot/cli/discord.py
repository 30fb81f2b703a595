"""CLI command `discord invite`: prints the invite link of the Discord application with the permissions it needs."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from bot.bootstrap import context
from bot.errors import Mistake


def invite(
    application_id: Annotated[str, typer.Option(help="The application's id; without it, Discord is asked.")] = "",
) -> None:
    """Print the link with which a server takes the bot in, with exactly the permissions that it uses, and a person's.

    Example: python -m bot discord invite --application-id 123456789012345678
    """
    from adapters.discord import invite as links

    example = "python -m bot discord invite --application-id 123456789012345678"
    if application_id and not application_id.isdecimal():
        raise Mistake(f"“{application_id[:40]}” is not an application's id, which is a number.", example)
    if not application_id:
        settings = context.load_settings()
        if not settings.discord_token:
            raise Mistake("Without DISCORD_TOKEN in .env Discord can't be asked; give the application's id.", example)
        application_id = asyncio.run(links.fetch_application_id(settings.discord_token, settings.discord_api_url))
    typer.echo(links.build_invite_link(application_id))
    typer.echo(f"For yourself alone, anywhere: {links.build_user_install_link(application_id)}")


def build_group() -> typer.Typer:
    """Return the commands that begin with "discord"."""
    app = typer.Typer(help="The Discord application.", no_args_is_help=True, rich_markup_mode=None)
    # A callback keeps “invite” a word to be typed although it is alone.
    app.callback()(_require_subcommand)
    app.command("invite")(invite)
    return app


def _require_subcommand() -> None:
    """Commands on the Discord application."""
