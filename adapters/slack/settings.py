"""Slack settings: tokens, OAuth client, signing secret and slash command, and which of them need or exclude others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from bot.ports.settings import HttpUrl, PlatformSettings

SECRET_PATTERNS: Final = (r"xox[a-z](?:\.xox[a-z])?-[\w-]+", r"xapp-[\w-]+")
"""Tokens of bots and people, and of the app."""


def _check_bot_token(value: str) -> str:
    return _check_prefix(value, "xoxb-")


def _check_app_token(value: str) -> str:
    return _check_prefix(value, "xapp-")


def _check_prefix(value: str, prefix: str) -> str:
    if value and not value.startswith(prefix):
        raise ValueError(f"this is not such a token: it starts with {prefix}")
    return value


def _check_command(value: str) -> str:
    if not re.fullmatch(r"/[a-z0-9_-]{1,31}", value):
        raise ValueError(f"“{value}” is not a command such as /papers: lower case, at most 32 characters")
    return value


def _append_slash(value: str) -> str:
    """End the address as slack_sdk needs it, which joins the method's name to it."""
    return f"{value}/"


class SlackSettings(PlatformSettings):
    """One workspace's tokens, or the OAuth client with which many install the app."""

    slack_bot_token: Annotated[str, AfterValidator(_check_bot_token)] = Field(
        "", repr=False, description="The bot's token of one Slack workspace, xoxb-…"
    )
    slack_app_token: Annotated[str, AfterValidator(_check_app_token)] = Field(
        "", repr=False, description="The app's token for Socket Mode, xapp-…"
    )
    slack_signing_secret: str = Field("", repr=False, description="What Slack signs its requests with, over HTTP.")
    slack_client_id: str = Field("", description="The app's client id, for installing it in many workspaces.")
    slack_client_secret: str = Field("", repr=False, description="The app's client secret, for the same.")
    slack_command: Annotated[str, AfterValidator(_check_command)] = Field(
        "/papers", description="The slash command, as the app's manifest names it."
    )
    slack_api_url: Annotated[HttpUrl, AfterValidator(_append_slash)] = Field(
        "https://slack.com/api/", description="Slack's Web API, or a proxy of it."
    )

    @classmethod
    def find_contradictions(cls, given: Collection[str]) -> Mapping[str, str]:
        """Return what is missing for one workspace or for many, and for hearing of what people do."""
        return dict(_find_contradictions(given))


def is_configured(settings: SlackSettings) -> bool:
    """Tell whether Slack is set up."""
    return bool(settings.slack_bot_token or settings.slack_client_id)


def _find_contradictions(setting_names: Collection[str]) -> Iterator[tuple[str, str]]:
    single_workspace, many_workspaces = (
        "slack_bot_token" in setting_names,
        "slack_client_id" in setting_names or "slack_client_secret" in setting_names,
    )
    socket_mode, signed_requests = "slack_app_token" in setting_names, "slack_signing_secret" in setting_names
    if (socket_mode or signed_requests) and not (single_workspace or many_workspaces):
        yield "slack_bot_token", "set it too; it is the bot's token, under “OAuth & Permissions”."
    if (single_workspace or many_workspaces) and not (socket_mode or signed_requests):
        yield "slack_app_token", "set it too, for Socket Mode; or SLACK_SIGNING_SECRET, PORT and PUBLIC_URL."
    if single_workspace and many_workspaces:
        yield "slack_client_id", "many workspaces (this) and one (SLACK_BOT_TOKEN) exclude each other; leave one empty."
    elif many_workspaces:
        yield from _require_setting(setting_names, "slack_client_id", "set it too; it goes with SLACK_CLIENT_SECRET.")
        yield from _require_setting(setting_names, "slack_client_secret", "set it too; it goes with SLACK_CLIENT_ID.")
        yield from _require_setting(
            setting_names, "public_url", "set it for installations, such as https://bot.example.org."
        )
    if (many_workspaces and not single_workspace) or (signed_requests and not socket_mode):
        yield from _require_setting(setting_names, "port", "set it; Slack's requests come to the public listener.")


def _require_setting(given: Collection[str], name: str, reason: str) -> Iterator[tuple[str, str]]:
    if name not in given:
        yield name, reason
