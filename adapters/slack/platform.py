"""Slack platform definition: what the bot knows of Slack before it opens it; slack_bolt is read only then."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final

from adapters.slack.cli import build_cli
from adapters.slack.features import FEATURES
from adapters.slack.settings import SECRET_PATTERNS, SlackSettings, is_configured
from bot.ports.commands import Commands
from bot.ports.platforms import CheckContext, CheckResult, Platform, PlatformDefinition, PlatformServices
from bot.ports.previews import MessagePreview, PreviewContent


def _open_platform(settings: SlackSettings, services: PlatformServices) -> AbstractAsyncContextManager[Platform]:
    from adapters.slack.composition import open_platform

    return open_platform(settings, services)


def _check_platform(settings: SlackSettings, context: CheckContext) -> Awaitable[Sequence[CheckResult]]:
    from adapters.slack.doctor.checks import check_platform

    return check_platform(settings, context)


def _render_preview(settings: SlackSettings, commands: Commands, content: PreviewContent) -> MessagePreview:
    from adapters.slack.preview.html import render_preview
    from adapters.slack.rendering.buttons_and_menus import list_modal_commands

    modal_commands = list_modal_commands(commands.list_commands())
    return render_preview(content, command=settings.slack_command, modal_commands=modal_commands)


PLATFORM: Final = PlatformDefinition(
    name="slack",
    label="Slack",
    settings_class=SlackSettings,
    is_configured=is_configured,
    open_platform=_open_platform,
    check_platform=_check_platform,
    render_preview=_render_preview,
    build_cli=build_cli,
    features=FEATURES,
    secret_patterns=SECRET_PATTERNS,
)
