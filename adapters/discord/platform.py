"""Discord platform definition: what the bot knows of Discord before it opens it; discord.py is read only then."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final

from adapters.discord.cli import build_cli
from adapters.discord.features import FEATURES
from adapters.discord.settings import SECRET_PATTERNS, DiscordSettings, is_configured
from bot.ports.commands import Commands
from bot.ports.platforms import CheckContext, CheckResult, Platform, PlatformDefinition, PlatformServices
from bot.ports.previews import MessagePreview, PreviewContent


def _open_platform(settings: DiscordSettings, services: PlatformServices) -> AbstractAsyncContextManager[Platform]:
    from adapters.discord.composition import build_platform

    return nullcontext(build_platform(settings, services))


def _check_platform(settings: DiscordSettings, context: CheckContext) -> Awaitable[Sequence[CheckResult]]:
    from adapters.discord.doctor import check_platform

    return check_platform(settings, context)


def _render_preview(settings: DiscordSettings, commands: Commands, content: PreviewContent) -> MessagePreview:
    from adapters.discord.commands.tree import build_command_tree
    from adapters.discord.preview.html import render_preview

    del settings
    return render_preview(content, command_formatter=build_command_tree(commands).format_slash_command)


PLATFORM: Final = PlatformDefinition(
    name="discord",
    label="Discord",
    settings_class=DiscordSettings,
    is_configured=is_configured,
    open_platform=_open_platform,
    check_platform=_check_platform,
    render_preview=_render_preview,
    build_cli=build_cli,
    features=FEATURES,
    secret_patterns=SECRET_PATTERNS,
)
