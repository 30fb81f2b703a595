"""OAuth2 authorization links (guild install and user install): with exactly the permissions that the bot uses."""

from __future__ import annotations

from urllib.parse import urlencode

from adapters.discord.bot_permissions import INVITE_PERMISSIONS
from adapters.discord.gateway.client import DiscordClient
from adapters.discord.gateway.connection import log_in

_AUTHORIZE_URL = "https://discord.com/oauth2/authorize"
_USER_INSTALL = "1"
"""The installation for a person, where 0 is the one for a server."""


def build_invite_link(application_id: str) -> str:
    """Return the invite link of an application: its commands, and exactly the permissions that the bot uses.

    See https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow.
    """
    return _build_authorize_url(
        application_id, scope="bot applications.commands", permissions=str(INVITE_PERMISSIONS.value)
    )


def build_user_install_link(application_id: str) -> str:
    """Return the link with which a person takes the commands along, into every server and direct message.

    See https://docs.discord.com/developers/resources/application#installation-context.
    """
    return _build_authorize_url(application_id, integration_type=_USER_INSTALL, scope="applications.commands")


def _build_authorize_url(application_id: str, **parameters: str) -> str:
    return f"{_AUTHORIZE_URL}?{urlencode({'client_id': application_id, **parameters})}"


def suggest_invite_link(client: DiscordClient) -> str:
    """Return the invite link while a connected bot is in no server, else ""."""
    return "" if client.guilds else build_invite_link(str(client.application_id))


async def fetch_application_id(token: str, api_url: str = "") -> str:
    """Ask Discord whose token it is; return the application's id.

    Raises `bot.errors.Refused` when it turns the token down, `bot.errors.TryLater` when it can't be asked.
    """
    client = DiscordClient(api_url)
    try:
        await log_in(client, token)
    finally:
        await client.close()
    return str(client.application_id)
