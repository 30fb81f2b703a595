"""The links with which a server takes the bot in, and a person its commands."""

from __future__ import annotations

from urllib.parse import urlencode

from adapters.discord.client import Client
from adapters.discord.gateway import login
from adapters.discord.rights import INVITED

_AUTHORIZE = "https://discord.com/oauth2/authorize"
_PERSON = "1"
"""The installation for a person, where 0 is the one for a server."""


def link(application: str) -> str:
    """Return the invite link of an application: its commands, and exactly the permissions that the bot uses.

    See https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow.
    """
    return _link(application, scope="bot applications.commands", permissions=str(INVITED.value))


def personal(application: str) -> str:
    """Return the link with which a person takes the commands along, into every server and direct message.

    See https://docs.discord.com/developers/resources/application#installation-context.
    """
    return _link(application, integration_type=_PERSON, scope="applications.commands")


def _link(application: str, **asked: str) -> str:
    return f"{_AUTHORIZE}?{urlencode({'client_id': application, **asked})}"


def wanted(client: Client) -> str:
    """Return the invite link while a connected bot is in no server, else ""."""
    return "" if client.guilds else link(str(client.application_id))


async def application(token: str, api: str = "") -> str:
    """Ask Discord whose token it is; return the application's id.

    Raises `bot.errors.Refused` when it turns the token down, `bot.errors.TryLater` when it can't be asked.
    """
    client = Client(api)
    try:
        await login(client, token)
    finally:
        await client.http.close()
    return str(client.application_id)
