"""Pager settings: where its server is."""

from pydantic import Field

from bot.ports.settings import HttpUrl, PlatformSettings


class PagerSettings(PlatformSettings):
    """The one field."""

    pager_url: HttpUrl = Field("", description="The pager's server.")


def is_configured(settings: PagerSettings) -> bool:
    """Tell whether the pager is set up."""
    return bool(settings.pager_url)
