"""Slack app manifest: creates the app in one paste, with the scopes and bot events that the code uses.

Its form: https://docs.slack.dev/reference/app-manifest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from adapters.slack.auth.oauth import REDIRECT_PATH
from adapters.slack.connection.http_endpoints import EVENTS_PATH as REQUESTS
from adapters.slack.features import FEATURES
from bot.errors import Mistake
from bot.ports.commands import Command, list_shortcuts

BOT_SCOPES: Final = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "links:read",
    "links:write",
    "usergroups:read",
    "users:read",
)
"""What each serves stands in docs/slack.md."""
BOT_EVENTS: Final = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_id_changed",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_rename",
    "group_unarchive",
    "link_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "team_access_granted",
    "team_access_revoked",
    "tokens_revoked",
)
_DESCRIPTION: Final = "The daily paper for people who read papers: digests, topics and search of research papers."
_COMMAND_PATTERN: Final = re.compile(r"/[a-z0-9_-]{1,31}", re.ASCII)
_USAGE_HINT: Final = "search sparse attention · follow diffusion · digest on · help"


def build_manifest(
    commands: Sequence[Command], *, command: str = "/papers", url: str = "", many_workspaces: bool = False
) -> dict[str, Any]:
    """Return the manifest of *commands*: for Socket Mode, or for requests to *url* (https, without a path).

    With *many_workspaces* the app can be installed in many workspaces, whose tokens are renewed; a token from the
    settings, which nobody renews, must not expire. Raises `bot.errors.Mistake` for what Slack would not take.
    """
    _check_arguments(command, url)
    url = url.rstrip("/")
    events_url = f"{url}{REQUESTS}"
    command_url = {"url": events_url} if url else {}
    request_url = {"request_url": events_url} if url else {}
    return {
        "display_information": {"name": "Broadsheet", "description": _DESCRIPTION, "background_color": "#1d1c1d"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Broadsheet", "always_online": True},
            "shortcuts": [
                {
                    "name": shortcut.title,
                    "type": "message",
                    "callback_id": shortcut.id,
                    "description": shortcut.title,
                }
                for shortcut, _ in list_shortcuts(commands, FEATURES)
            ],
            "slash_commands": [
                {
                    "command": command,
                    "description": "Trending papers, topics and search",
                    "usage_hint": _USAGE_HINT,
                    "should_escape": False,
                    **command_url,
                }
            ],
            "unfurl_domains": list(dict.fromkeys(domain for each in commands for domain in each.unfurl_domains)),
        },
        "oauth_config": {
            "scopes": {"bot": list(BOT_SCOPES)},
            **({"redirect_urls": [f"{url}{REDIRECT_PATH}"]} if many_workspaces else {}),
        },
        "settings": {
            "event_subscriptions": {"bot_events": list(BOT_EVENTS), **request_url},
            "interactivity": {
                "is_enabled": True,
                **request_url,
                **({"message_menu_options_url": events_url} if url else {}),
            },
            "org_deploy_enabled": many_workspaces,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": many_workspaces,
        },
    }


def _check_arguments(command: str, url: str) -> None:
    if not _COMMAND_PATTERN.fullmatch(command):
        raise Mistake(
            f"“{command}” is not a slash command: lower-case letters, digits, - and _, at most 32 characters.",
            "python -m bot slack manifest --command /papers",
        )
    if url and (urlsplit(url).scheme != "https" or not urlsplit(url).hostname):
        raise Mistake(
            f"“{url}” is not an address that Slack can call; it must begin with https://.",
            "python -m bot slack manifest --url https://bot.example.org",
        )
