"""Settings (pydantic-settings) from environment variables and `.env`; nothing else reads the environment."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, ClassVar, Final, Self, cast
from urllib.parse import urlsplit

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import Misconfigured
from bot.ports.settings import HttpUrl, PlatformSettings

_ARXIV_CATEGORY: Final = re.compile(r"[a-z-]+(\.[A-Za-z-]+)?")
_SQLITE_FILE_URL: Final = re.compile(r"sqlite(\+\w+)?:///(?!:memory:)[^?]")
"""The URL of a database in a file: https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#connect-strings."""
_MAX_PORT: Final = 65_535
_CHANNEL_KEY_IDS: Final = 2


class WorkspaceSettings(BaseSettings):
    """Where the data is, and the workspace in the browser; told before the settings of the platforms."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    data_dir: Path = Field(Path("data"), description="Everything that Broadsheet writes goes here.")
    database_url: str = Field("", description="Where the database is; empty means SQLite in DATA_DIR.")
    # Before web_host, whose check looks at it.
    web_trust_network: bool = Field(
        default=False,
        description="Whether WEB_HOST may be reached from other machines: something else keeps strangers out.",
    )
    web_host: str = Field("127.0.0.1", description="Address of the workspace in the browser.")
    web_port: int = Field(8000, ge=0, le=_MAX_PORT, description="Port of the workspace; 0 takes a free one.")

    @field_validator("web_host")
    @classmethod
    def _check_web_host(cls, value: str, info: ValidationInfo) -> str:
        # A trust that can't be read is a fault of its own.
        if not _is_loopback(value) and not info.data.get("web_trust_network", True):
            raise ValueError(
                f"“{value}” opens the workspace, which asks nobody who they are, to other machines; "
                "set WEB_HOST=127.0.0.1, or WEB_TRUST_NETWORK=yes if something else keeps strangers out"
            )
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        if value and not _SQLITE_FILE_URL.match(value):
            raise ValueError("only a file of SQLite can be used so far, such as sqlite:///data/broadsheet.db")
        return value

    @property
    def secrets(self) -> Sequence[str]:
        """The values that nobody may read: those of the fields that are shown nowhere."""
        hidden = [getattr(self, name) for name, field in type(self).model_fields.items() if not field.repr]
        return [each for value in hidden for each in ([value] if isinstance(value, str) else value) if each]

    @property
    def is_local_only(self) -> bool:
        """Whether the workspace can be reached from this machine alone."""
        return _is_loopback(self.web_host)

    @property
    def async_database_url(self) -> str:
        """The database's URL for SQLAlchemy's asynchronous engines."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{(self.data_dir / 'broadsheet.db').absolute()}"
        return re.sub(r"^sqlite(\+\w+)?:", "sqlite+aiosqlite:", self.database_url)


class Settings(WorkspaceSettings):
    """The settings of the bot itself, with their defaults; `combine_settings` adds those of the platforms.

    `.env.example` explains each to the operator.
    """

    public_url: HttpUrl = Field("", description="The address under which the world reaches the public listener.")
    public_host: str = Field("127.0.0.1", description="Address of the public listener; a proxy stands before it.")
    port: int | None = Field(None, ge=0, le=_MAX_PORT, description="Port of the public listener; empty means none.")
    vault_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (), repr=False, description="Keys that seal installations, newest first; empty means one in DATA_DIR."
    )
    hf_endpoint: HttpUrl = Field("https://huggingface.co", description="Hugging Face, or a mirror of it.")
    arxiv_url: HttpUrl = Field("", description="A mirror of arXiv's API and feeds; empty means arXiv itself.")
    arxiv_categories: Annotated[tuple[str, ...], NoDecode] = Field(
        ("cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML"), description="arXiv categories to read, separated by spaces."
    )
    heartbeat_url: str = Field(
        "", repr=False, description="Called every minute while all is well; empty means nobody is told."
    )
    operator_channel: str = Field(
        "", description="Channel that is told of trouble, as platform:workspace:channel; empty means nobody is told."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field("text", description="How the log is written: text, or json, one object a line.")

    platform_names: ClassVar[tuple[str, ...]] = ("web",)
    """What channels can be on."""

    @field_validator("port", mode="before")
    @classmethod
    def _parse_empty_port(cls, value: object) -> object:
        return None if value == "" else value

    @model_validator(mode="wrap")
    @classmethod
    def _validate_all(cls, values: Mapping[str, object], handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Refuse single values and what can't work together, all at once, in the order of the settings.

        Raises `bot.errors.Misconfigured`. A setting has one fault at most: its value's comes before its neighbours'.
        """
        faults = cls._find_contradictions(values)
        try:
            settings = handler(values)
        except ValidationError as error:
            faults |= {str(fault["loc"][0]): _format_fault(fault) for fault in error.errors()}
        if faults:
            raise Misconfigured(tuple(f"{name.upper()}: {faults[name]}" for name in cls.model_fields if name in faults))
        return settings

    @classmethod
    def _find_contradictions(cls, values: Mapping[str, object]) -> dict[str, str]:
        """Return the settings of platforms that do not go with others, and why."""
        # What is set may be wrong in itself, and contradicts others all the same.
        given = {name for name, value in values.items() if value not in ("", None)}
        parts = [part for part in cls.__bases__ if issubclass(part, PlatformSettings)]
        return {name: reason for part in parts for name, reason in part.find_contradictions(given).items()}

    @field_validator("vault_keys", "arxiv_categories", mode="before")
    @classmethod
    def _split_values(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("arxiv_categories")
    @classmethod
    def _check_arxiv_categories(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [category for category in value if not _ARXIV_CATEGORY.fullmatch(category)]
        if wrong:
            raise ValueError(f"“{wrong[0]}” is not an arXiv category such as cs.CL")
        return value

    @field_validator("heartbeat_url")
    @classmethod
    def _check_heartbeat_url(cls, value: str) -> str:
        # Whoever knows the address can call it: it is not repeated here, nor sent in the clear over the internet.
        if value and not _is_private_enough(value):
            raise ValueError(
                "it is neither an address with https nor one with http on this machine or a private network"
            )
        return value

    @field_validator("operator_channel")
    @classmethod
    def _check_operator_channel(cls, value: str) -> str:
        if value:
            _check_channel_key(value, cls.platform_names)
        return value

    @field_validator("log_format")
    @classmethod
    def _check_log_format(cls, value: str) -> str:
        if value.lower() not in ("text", "json"):
            raise ValueError(f"“{value}” is neither text nor json")
        return value.lower()

    @field_validator("log_level")
    @classmethod
    def _check_log_level(cls, value: str) -> str:
        if value.upper() not in logging.getLevelNamesMapping():
            raise ValueError(f"“{value}” is not one of DEBUG, INFO, WARNING, ERROR")
        return value.upper()


def combine_settings(
    parts: Sequence[type[PlatformSettings]], platform_names: Sequence[str] = Settings.platform_names
) -> type[Settings]:
    """Return the class of all settings: the bot's own, with the fields of every platform among them.

    *platform_names* are what channels call the platforms.
    """
    # The fields of the last class come first, and with them what is wrong with them.
    bases = (Settings, *reversed(parts), WorkspaceSettings)
    combined = cast("type[Settings]", create_model("Settings", __base__=cast("tuple[type[Settings], ...]", bases)))
    combined.platform_names = tuple(platform_names)
    return combined


def load(settings_class: type[Settings]) -> Settings:
    """Return the settings.

    Raises `bot.errors.Misconfigured` with one sentence for each setting that can't be used.
    """
    try:
        return settings_class()
    except UnicodeDecodeError as error:
        raise Misconfigured((".env is not written in UTF-8. Save it in that encoding.",)) from error
    except OSError as error:
        raise Misconfigured((f".env can't be read: {error.strerror}. Check who owns it.",)) from error


def _check_channel_key(value: str, platform_names: Sequence[str]) -> None:
    """Refuse what is no platform:workspace:channel; raises ValueError with what was meant."""
    platform, *rest = value.split(":")
    expected = f"{platform_names[-1]}:WORKSPACE:CHANNEL, with the ids of both"
    if len(rest) != _CHANNEL_KEY_IDS or not all(part.strip() for part in rest):
        raise ValueError(f"“{value}” is not a channel such as {expected}")
    if platform not in platform_names:
        near = get_close_matches(platform.lower(), platform_names, 1)
        known = f"did you mean {near[0]}:{':'.join(rest)}" if near else f"there are {', '.join(platform_names)}"
        raise ValueError(f"“{platform}” is no platform; {known}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_private_enough(url: str) -> bool:
    """Tell whether only whom it is meant for reads *url* on its way: over https, or over http where it stays near.

    A name without a dot is one of the own network, such as a container's.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = parts.hostname or ""
    if parts.scheme != "http" or not host:
        return parts.scheme == "https" and bool(host)
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host


def _format_fault(fault: ErrorDetails) -> str:
    """Return what is wrong with a value, as it follows the setting's name."""
    match fault["type"]:
        case "bool_parsing":
            return f"“{fault['input']}” is neither yes nor no."
        case "int_parsing" | "greater_than_equal" | "less_than_equal":
            return f"“{fault['input']}” is not a port, which is a number from 0 to {_MAX_PORT}."
        case _:
            message = fault["msg"].removeprefix("Value error, ")
            return f"{message[0].lower()}{message[1:]}."
