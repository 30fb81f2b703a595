"""Settings (pydantic-settings) from environment variables and `.env`; nothing else reads the environment."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import Misconfigured

_ARXIV_CATEGORY: Final = re.compile(r"[a-z-]+(\.[A-Za-z-]+)?")
_SQLITE_FILE_URL: Final = re.compile(r"sqlite(\+\w+)?:///(?!:memory:)[^?]")
"""The URL of a database in a file: https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#connect-strings."""
_MAX_PORT: Final = 65_535


class Settings(BaseSettings):
    """Every setting, with its default. `.env.example` explains each to the operator."""

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
    slack_bot_token: str = Field("", repr=False, description="The bot's token of one Slack workspace, xoxb-…")
    slack_app_token: str = Field("", repr=False, description="The app's token for Socket Mode, xapp-…")
    slack_signing_secret: str = Field("", repr=False, description="What Slack signs its requests with, over HTTP.")
    slack_client_id: str = Field("", description="The app's client id, for installing it in many workspaces.")
    slack_client_secret: str = Field("", repr=False, description="The app's client secret, for the same.")
    slack_command: str = Field("/papers", description="The slash command, as the app's manifest names it.")
    slack_api_url: str = Field("https://slack.com/api/", description="Slack's Web API, or a proxy of it.")
    discord_token: str = Field("", repr=False, description="The Discord bot's token.")
    discord_api_url: str = Field("https://discord.com/api/v10", description="Discord's REST API, or a proxy of it.")
    discord_gateway_url: str = Field("", description="Discord's gateway, or a proxy of it; empty asks the API.")
    public_url: str = Field("", description="The address under which the world reaches the public listener.")
    public_host: str = Field("127.0.0.1", description="Address of the public listener; a proxy stands before it.")
    port: int | None = Field(None, ge=0, le=_MAX_PORT, description="Port of the public listener; empty means none.")
    vault_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (), repr=False, description="Keys that seal installations, newest first; empty means one in DATA_DIR."
    )
    hf_endpoint: str = Field("https://huggingface.co", description="Hugging Face, or a mirror of it.")
    arxiv_url: str = Field("", description="A mirror of arXiv's API and feeds; empty means arXiv itself.")
    arxiv_categories: Annotated[tuple[str, ...], NoDecode] = Field(
        ("cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML"), description="arXiv categories to read, separated by spaces."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

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

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _check_slack_token(cls, value: str, info: ValidationInfo) -> str:
        start = "xoxb-" if info.field_name == "slack_bot_token" else "xapp-"
        if value and not value.startswith(start):
            raise ValueError(f"this is not such a token: it starts with {start}")
        return value

    @field_validator("slack_command")
    @classmethod
    def _check_slack_command(cls, value: str) -> str:
        if not re.fullmatch(r"/[a-z0-9_-]{1,31}", value):
            raise ValueError(f"“{value}” is not a command such as /papers: lower case, at most 32 characters")
        return value

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
        # What is set may be wrong in itself, and contradicts others all the same.
        faults = dict(_find_contradictions({name for name, value in values.items() if value not in ("", None)}))
        try:
            settings = handler(values)
        except ValidationError as error:
            faults |= {str(fault["loc"][0]): _format_fault(fault) for fault in error.errors()}
        if faults:
            raise Misconfigured(tuple(f"{name.upper()}: {faults[name]}" for name in cls.model_fields if name in faults))
        return settings

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

    @field_validator("hf_endpoint", "arxiv_url", "public_url", "slack_api_url", "discord_api_url")
    @classmethod
    def _check_http_url(cls, value: str, info: ValidationInfo) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError(f"“{value}” is not an address such as https://example.org")
        # slack_sdk joins the method's name to it.
        return value.rstrip("/") + ("/" if info.field_name == "slack_api_url" else "")

    @field_validator("discord_token")
    @classmethod
    def _check_discord_token(cls, value: str) -> str:
        if re.search(r"\s", value.strip()) or value.casefold().startswith("bot "):
            raise ValueError("this is not such a token: copy it alone, from “Bot” in the developer portal")
        return value.strip()

    @field_validator("discord_gateway_url")
    @classmethod
    def _check_gateway_url(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("ws", "wss") or not urlsplit(value).hostname):
            raise ValueError(f"“{value}” is not an address such as wss://gateway.discord.gg")
        return value

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, value: str) -> str:
        if value and not _SQLITE_FILE_URL.match(value):
            raise ValueError("only a file of SQLite can be used so far, such as sqlite:///data/broadsheet.db")
        return value

    @field_validator("log_level")
    @classmethod
    def _check_log_level(cls, value: str) -> str:
        if value.upper() not in logging.getLevelNamesMapping():
            raise ValueError(f"“{value}” is not one of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @property
    def is_local_only(self) -> bool:
        """Whether the workspace can be reached from this machine alone."""
        return _is_loopback(self.web_host)

    @property
    def is_slack_configured(self) -> bool:
        """Whether Slack is set up."""
        return bool(self.slack_bot_token or self.slack_client_id)

    @property
    def async_database_url(self) -> str:
        """The database's URL for SQLAlchemy's asynchronous engines."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{(self.data_dir / 'broadsheet.db').absolute()}"
        return re.sub(r"^sqlite(\+\w+)?:", "sqlite+aiosqlite:", self.database_url)


def load() -> Settings:
    """Return the settings.

    Raises `bot.errors.Misconfigured` with one sentence for each setting that can't be used.
    """
    try:
        return Settings()
    except UnicodeDecodeError as error:
        raise Misconfigured((".env is not written in UTF-8. Save it in that encoding.",)) from error
    except OSError as error:
        raise Misconfigured((f".env can't be read: {error.strerror}. Check who owns it.",)) from error


def _find_contradictions(given: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the settings that do not go with the others, and why; *given* are those that are not empty."""
    single_workspace, many_workspaces = (
        "slack_bot_token" in given,
        "slack_client_id" in given or "slack_client_secret" in given,
    )
    socket_mode, signed_requests = "slack_app_token" in given, "slack_signing_secret" in given
    if (socket_mode or signed_requests) and not (single_workspace or many_workspaces):
        yield "slack_bot_token", "set it too; it is the bot's token, under “OAuth & Permissions”."
    if (single_workspace or many_workspaces) and not (socket_mode or signed_requests):
        yield "slack_app_token", "set it too, for Socket Mode; or SLACK_SIGNING_SECRET, PORT and PUBLIC_URL."
    if single_workspace and many_workspaces:
        yield "slack_client_id", "many workspaces (this) and one (SLACK_BOT_TOKEN) exclude each other; leave one empty."
    elif many_workspaces:
        yield from _require_setting(given, "slack_client_id", "set it too; it goes with SLACK_CLIENT_SECRET.")
        yield from _require_setting(given, "slack_client_secret", "set it too; it goes with SLACK_CLIENT_ID.")
        yield from _require_setting(given, "public_url", "set it for installations, such as https://bot.example.org.")
    if (many_workspaces and not single_workspace) or (signed_requests and not socket_mode):
        yield from _require_setting(given, "port", "set it; Slack's requests come to the public listener.")


def _require_setting(given: Collection[str], name: str, reason: str) -> Iterator[tuple[str, str]]:
    if name not in given:
        yield name, reason


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


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
