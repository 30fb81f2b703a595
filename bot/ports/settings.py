"""Settings of one chat platform (pydantic): the class that its fields are declared in, and the type of an address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict


class PlatformSettings(BaseModel):
    """The fields of one platform, each named for it ("irc_password"); they join the fields of all others.

    What checks a field belongs into its type (`pydantic.AfterValidator`): a method would share its name with others'.
    """

    model_config = ConfigDict(frozen=True)

    @classmethod
    def find_contradictions(cls, given: Collection[str]) -> Mapping[str, str]:
        """Return the settings that do not go with the others, and why; *given* are all those that are not empty."""
        del given
        return {}


def _check_http_url(value: str) -> str:
    if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
        raise ValueError(f"“{value}” is not an address such as https://example.org")
    return value.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(_check_http_url)]
"""An address such as https://example.org, without a slash at its end; or ""."""
