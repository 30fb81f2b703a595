"""Discord settings: the bot's token, and other addresses of the REST API and the gateway than Discord's own."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from bot.ports.settings import HttpUrl, PlatformSettings

SECRET_PATTERNS: Final = (r"\b[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}",)
"""A bot's token."""


def _check_token(value: str) -> str:
    if re.search(r"\s", value.strip()) or value.casefold().startswith("bot "):
        raise ValueError("this is not such a token: copy it alone, from “Bot” in the developer portal")
    return value.strip()


def _check_gateway_url(value: str) -> str:
    if value and (urlsplit(value).scheme not in ("ws", "wss") or not urlsplit(value).hostname):
        raise ValueError(f"“{value}” is not an address such as wss://gateway.discord.gg")
    return value


class DiscordSettings(PlatformSettings):
    """The token is all that is needed."""

    discord_token: Annotated[str, AfterValidator(_check_token)] = Field(
        "", repr=False, description="The Discord bot's token."
    )
    discord_api_url: HttpUrl = Field("https://discord.com/api/v10", description="Discord's REST API, or a proxy of it.")
    discord_gateway_url: Annotated[str, AfterValidator(_check_gateway_url)] = Field(
        "", description="Discord's gateway, or a proxy of it; empty asks the API."
    )


def is_configured(settings: DiscordSettings) -> bool:
    """Tell whether Discord is set up."""
    return bool(settings.discord_token)
