"""The me, me export and me forget commands: privacy, exporting and deleting a person’s stored data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from bot.cards.models import Action, Card
from bot.commands.answers import build_text_answer
from bot.commands.context import CommandContext, get_direct_channel
from bot.commands.parsing import parameter_types
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext
from bot.ports.commands import Answer, Command, ParameterType, Request

_COUNT_FORMATS: Final[Mapping[str, Callable[[int], str]]] = {
    "follows": lambda number: formatting.format_count(
        number, "topic followed for yourself", "topics followed for yourself"
    ),
    "follows added to channels": lambda number: formatting.format_count(
        number, "follow added to channels", "follows added to channels"
    ),
    "saves": lambda number: formatting.format_count(
        number, "paper on your reading list", "papers on your reading list"
    ),
    "seen": lambda number: formatting.format_count(number, "paper you were shown", "papers you were shown"),
    "mutes": lambda number: formatting.format_count(number, "mute of your own", "mutes of your own"),
    "mutes added to channels": lambda number: formatting.format_count(
        number, "mute added to channels", "mutes added to channels"
    ),
    "messages": lambda number: formatting.format_count(number, "direct message", "direct messages"),
    "posts": lambda number: formatting.format_count(number, "message in this workspace", "messages in this workspace"),
    "changes": lambda number: formatting.format_count(
        number, "line in the log of changes", "lines in the log of changes"
    ),
}
"""What the store calls a part, and how so many of it are called."""


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    confirm = parameter_types.build_flag_parameter("confirm", "Say yes to delete", ParameterType.CONFIRMATION)
    return (
        Command(
            "me",
            "What is stored about you",
            partial(show_stored_data, context),
            reads_only=True,
            example="me",
            group_summary="What is stored about you",
        ),
        Command(
            "me export",
            "The same, complete, as JSON",
            partial(export_stored_data, context),
            example="me export",
            reads_only=True,
        ),
        Command(
            "me forget",
            "Delete what is stored about you",
            partial(forget_person, context),
            (confirm,),
            example="me forget",
        ),
    )


async def show_stored_data(context: CommandContext, request: Request) -> Answer:
    """Count what is stored."""
    stored_data = await context.stores.privacy.export_data(get_direct_channel(request))
    counts = _list_counts(stored_data)
    text = (
        gettext("Stored about you: {counts}.", counts=formatting.format_list(counts))
        if counts
        else gettext("Nothing is stored about you.")
    )
    return build_text_answer(
        text,
        Action(gettext("Export"), "me export"),
        Action(gettext("Forget me"), "me forget"),
        footer=(gettext("What you search for is neither stored nor logged. The log of changes is kept for 180 days."),),
    )


def _list_counts(about: dict[str, Any]) -> list[str]:
    return [counted(len(about[name])) for name, counted in _COUNT_FORMATS.items() if about.get(name)]


async def export_stored_data(context: CommandContext, request: Request) -> Answer:
    """Give everything that is stored."""
    about = await context.stores.privacy.export_data(get_direct_channel(request))
    title = gettext("Everything stored about you")
    return Answer(Card(title, code=json.dumps(about, ensure_ascii=False, indent=1, default=str), fallback=title))


async def forget_person(context: CommandContext, request: Request, *, confirm: bool = False) -> Answer:
    """Delete it, after asking once."""
    if not confirm or request.dry_run:
        counts = _list_counts(await context.stores.privacy.export_data(get_direct_channel(request)))
        text = gettext("This deletes what is yours and can’t be taken back; nothing is stored now.")
        if counts:
            counts_text = formatting.format_list(counts)
            text = gettext("This deletes what is yours and can’t be taken back: {counts}.", counts=counts_text)
        text = join_sentences(text, gettext("What you added to channels stays there, without your name."))
        return build_text_answer(
            text,
            Action(gettext("Forget me"), "me forget", {"confirm": "yes"}),
            Action(gettext("Keep everything"), "me"),
        )
    deleted = await context.stores.privacy.erase_data(get_direct_channel(request), request.now)
    total = sum(deleted.values())
    return build_text_answer(
        gettext(
            "Forgotten: {entries} deleted or stripped of your name.",
            entries=formatting.format_count(total, "entry", "entries"),
        )
    )
