"""What Discord puts around a message, drawn: who wrote it and when, what was used, what is attached, who sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from adapters.discord.markdown import tag
from adapters.discord.text import attached

BOT: Final = tag("span", "B", class_="dc-bot", aria_hidden="true")
_EYE: Final = (
    '<svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.5" '
    'aria-hidden="true"><path d="M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8Z"/>'
    '<circle cx="8" cy="8" r="2"/></svg>'
)
ONLY_YOU: Final = tag(
    "div", _EYE, "Only you can see this · ", tag("span", "Dismiss message", class_="dc-link"), class_="dc-only"
)
EDITED: Final = tag("span", "(edited)", class_="dc-quiet dc-edited")
_LINES: Final = 6
"""Lines of a text that Discord shows before somebody unfolds it."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of the circumstances; nothing is drawn of what is not.

    *at* is when it was said (aware), *edited* whether it was changed since; *person* used the command *used*, and
    *file* is a text that is attached.
    """

    at: datetime | None = None
    edited: bool = False
    person: str = ""
    used: str = ""
    file: str = ""


def by(around: Around) -> str:
    """Return the line with the bot's name."""
    app = tag("span", "APP", class_="dc-app")
    return tag("div", tag("b", "Broadsheet"), app, _moment(around.at) if around.at else "", class_="dc-by")


def used(around: Around) -> str:
    """Return the line above an answer that tells whose command it answers."""
    if not around.used:
        return ""
    name = around.person or "You"
    face = tag("span", escape(name[:1].upper()), class_="dc-face", aria_hidden="true")
    command = tag("span", escape(around.used), class_="dc-link")
    return tag("div", face, tag("b", escape(name)), " used ", command, class_="dc-used")


def file(around: Around) -> str:
    """Return an attached text: how it begins, its name and its size."""
    if not around.file:
        return ""
    begins = tag("pre", escape("\n".join(around.file.splitlines()[:_LINES])))
    size = f"{len(around.file.encode()) / 1000:.1f} KB"
    name = tag("span", attached(around.file), class_="dc-link")
    return tag("div", begins, tag("div", name, " ", tag("span", size, class_="dc-quiet")), class_="dc-file")


def _moment(at: datetime) -> str:
    """Return a moment in UTC, as Discord writes it beside a name; a script may put it into the reader's zone."""
    at = at.astimezone(UTC)
    shown = f"{at:%d/%m/%Y, %H:%M} UTC"
    return tag("time", shown, class_="dc-quiet", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}", data_style="s")
