"""The settings, from the environment and `.env`; nothing else reads the environment."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import Misconfigured

_CATEGORY: Final = re.compile(r"[a-z-]+(\.[A-Za-z-]+)?")
_PORTS: Final = 65_535


class Settings(BaseSettings):
    """Every setting, with its default. `.env.example` explains each to the operator."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    data_dir: Path = Field(Path("data"), description="Everything that Broadsheet writes goes here.")
    database_url: str = Field("", description="Where the database is; empty means SQLite in DATA_DIR.")
    web_host: str = Field("127.0.0.1", description="Address of the workspace in the browser.")
    web_port: int = Field(8000, ge=0, le=_PORTS, description="Port of the workspace; 0 takes a free one.")
    hf_endpoint: str = Field("https://huggingface.co", description="Hugging Face, or a mirror of it.")
    arxiv_url: str = Field("", description="A mirror of arXiv's API and feeds; empty means arXiv itself.")
    arxiv_categories: Annotated[tuple[str, ...], NoDecode] = Field(
        ("cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML"), description="arXiv categories to read, separated by spaces."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("arxiv_categories", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("arxiv_categories")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [category for category in value if not _CATEGORY.fullmatch(category)]
        if wrong:
            raise ValueError(f"“{wrong[0]}” is not an arXiv category such as cs.CL")
        return value

    @field_validator("hf_endpoint", "arxiv_url")
    @classmethod
    def _web(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError(f"“{value}” is not an address such as https://example.org")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _sqlite(cls, value: str) -> str:
        if value and not value.startswith("sqlite"):
            raise ValueError("only SQLite can be used so far, such as sqlite:///data/broadsheet.db")
        return value

    @field_validator("log_level")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in logging.getLevelNamesMapping():
            raise ValueError(f"“{value}” is not one of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @property
    def database(self) -> str:
        """The database's URL for SQLAlchemy's asynchronous engines."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{(self.data_dir / 'broadsheet.db').absolute()}"
        return re.sub(r"^sqlite(\+\w+)?:", "sqlite+aiosqlite:", self.database_url)


def load() -> Settings:
    """Return the settings.

    Raises `bot.errors.Misconfigured` with one sentence for each value that can't be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise Misconfigured(tuple(_fault(dict(fault)) for fault in error.errors())) from error


def _fault(fault: dict[str, object]) -> str:
    where = fault["loc"]
    name = str(where[0]).upper() if isinstance(where, tuple) and where else "A setting"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}: {message[0].lower()}{message[1:]}."
