"""Discord message chrome as HTML: author name and timestamp, command used, attachment, ephemeral notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from adapters.discord.markdown import render_tag
from adapters.discord.text import choose_filename

AVATAR: Final = render_tag("span", "B", class_="dc-bot", aria_hidden="true")
_EYE_ICON: Final = (
    '<svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.5" '
    'aria-hidden="true"><path d="M1.5 8s2.4-4.5 6.5-4.5S14.5 8 14.5 8 12.1 12.5 8 12.5 1.5 8 1.5 8Z"/>'
    '<circle cx="8" cy="8" r="2"/></svg>'
)
EPHEMERAL_NOTICE: Final = render_tag(
    "div",
    _EYE_ICON,
    "Only you can see this · ",
    render_tag("span", "Dismiss message", class_="dc-link"),
    class_="dc-only",
)
EDITED_LABEL: Final = render_tag("span", "(edited)", class_="dc-quiet dc-edited")
_MAX_ATTACHMENT_LINES: Final = 6
"""Lines of a text that Discord shows before somebody unfolds it."""


@dataclass(frozen=True, slots=True)
class MessageDetails:
    """What is known of the circumstances; nothing is drawn of what is not.

    *sent_at* is when it was said (aware), *is_edited* whether it was changed since; *user_name* used the command *command*, and
    *attachment* is a text that is attached.
    """

    sent_at: datetime | None = None
    is_edited: bool = False
    user_name: str = ""
    command: str = ""
    attachment: str = ""


def render_author(details: MessageDetails) -> str:
    """Return the line with the bot's name."""
    app = render_tag("span", "APP", class_="dc-app")
    return render_tag(
        "div",
        render_tag("b", "Broadsheet"),
        app,
        _render_time(details.sent_at) if details.sent_at else "",
        class_="dc-by",
    )


def render_command_used(details: MessageDetails) -> str:
    """Return the line above an answer that tells whose command it answers."""
    if not details.command:
        return ""
    name = details.user_name or "You"
    face = render_tag("span", escape(name[:1].upper()), class_="dc-face", aria_hidden="true")
    command = render_tag("span", escape(details.command), class_="dc-link")
    return render_tag("div", face, render_tag("b", escape(name)), " used ", command, class_="dc-used")


def render_attachment(details: MessageDetails) -> str:
    """Return an attached text: how it begins, its name and its size."""
    if not details.attachment:
        return ""
    excerpt = render_tag("pre", escape("\n".join(details.attachment.splitlines()[:_MAX_ATTACHMENT_LINES])))
    size = f"{len(details.attachment.encode()) / 1000:.1f} KB"
    name = render_tag("span", choose_filename(details.attachment), class_="dc-link")
    return render_tag(
        "div", excerpt, render_tag("div", name, " ", render_tag("span", size, class_="dc-quiet")), class_="dc-file"
    )


def _render_time(at: datetime) -> str:
    """Return a moment in UTC, as Discord writes it beside a name; a script may put it into the reader's zone."""
    at = at.astimezone(UTC)
    shown = f"{at:%d/%m/%Y, %H:%M} UTC"
    return render_tag("time", shown, class_="dc-quiet", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}", data_style="s")
