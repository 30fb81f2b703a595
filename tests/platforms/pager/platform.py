"""Pager platform definition."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

import typer

from bot.ports.commands import Commands
from bot.ports.features import Feature
from bot.ports.platforms import CheckContext, CheckResult, CliContext, Platform, PlatformDefinition, PlatformServices
from bot.ports.previews import MessagePreview, PreviewContent

from .settings import PagerSettings, is_configured


def _open_platform(settings: PagerSettings, services: PlatformServices) -> AbstractAsyncContextManager[Platform]:
    from .composition import open_platform  # noqa: PLC0415

    return open_platform(settings, services)


async def _check_platform(settings: PagerSettings, context: CheckContext) -> Sequence[CheckResult]:
    from .composition import is_reachable  # noqa: PLC0415

    if not await is_reachable(settings.pager_url):
        return [CheckResult(ok=False, message="The pager does not answer. Check PAGER_URL.")]
    names = ", ".join(state.channel.name for state in context.channel_states) or "nobody"
    return [CheckResult(ok=True, message=f"The pager answers, and pages {names}.")]


def _render_preview(settings: PagerSettings, commands: Commands, content: PreviewContent) -> MessagePreview:
    del commands, content
    return MessagePreview("<p>beep</p>", f'"{settings.pager_url}"', "")


def _build_cli(cli_context: CliContext[PagerSettings]) -> typer.Typer:
    app = typer.Typer(help="The pager.", no_args_is_help=True, rich_markup_mode=None)

    @app.callback()
    def pass_context(context: typer.Context) -> None:
        """Commands on the pager."""
        context.obj = cli_context

    @app.command()
    def where() -> None:
        """Print where it is."""
        typer.echo(cli_context.load_settings().pager_url)

    return app


PLATFORM: Final = PlatformDefinition(
    name="pager",
    label="The Pager",
    settings_class=PagerSettings,
    is_configured=is_configured,
    open_platform=_open_platform,
    check_platform=_check_platform,
    render_preview=_render_preview,
    build_cli=_build_cli,
    features=frozenset({Feature.ROLES}),
    secret_patterns=(r"beeper-\w+",),
)
