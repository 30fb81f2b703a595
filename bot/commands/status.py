"""The state of things: the next sends, the sources, the last digests, and why there was none."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import lists, paging, sending
from bot.commands.desk import Desk, place
from bot.digests import planning
from bot.errors import SendError
from bot.models import Kind, feed_date
from bot.ports.commands import Answer, Command, Request
from bot.ports.ledger import PastEdition
from bot.ports.places import Standing
from bot.ports.sources import SourceState

_PAST: Final = 5
_NAMES: Final = {"huggingface": "Hugging Face", "arxiv": "arXiv"}
_STATES: Final = {"posted": "posted", "empty": "nothing to post", "missed": "missed", "failed": "not possible"}

log = logging.getLogger(__name__)


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command(
            "status",
            "Next sends, the sources, and why there was no digest",
            partial(status, desk),
            example="status",
        ),
    )


async def status(desk: Desk, request: Request) -> Answer:
    """Tell how this channel stands."""
    standing = await desk.standing(request)
    zone = standing.preferences.schedule.timezone
    outlook = await planning.outlook(desk.stores, standing, request.now) if standing.preferences.on else ()
    history = await desk.stores.editions.history(request.channel, _PAST)
    text = " ".join(filter(None, (sending.state(standing, request.now), await _trouble(desk, standing), *outlook)))
    return await paging.answer(
        Card(
            title=f"Status of {place(request.channel)}",
            text=text,
            items=(*await _sources(desk, request.now, zone), *(_edition(past, zone) for past in history)),
            actions=(Action("The newest list", "today"), Action("Settings", "settings"), Action("Follows", "follows")),
            footer=await _footer(desk),
            fallback=text,
        ),
        request.arguments,
        desk,
    )


async def _trouble(desk: Desk, standing: Standing) -> str:
    """Say what the platform keeps the bot from; what it can't be asked now is not said."""
    directory = desk.rooms.get(standing.channel.platform)
    if directory is None or standing.channel.kind is Kind.DIRECT:
        return ""
    try:
        return await directory.trouble(standing)
    except SendError as error:
        log.info("Whether a channel can be posted to can't be told: %s", error)
        return ""


async def _sources(desk: Desk, now: datetime, zone: str) -> list[Item]:
    """Return one row for the newest list and one for each source."""
    today = feed_date(now)
    open_ = await desk.stores.days.get(today)
    papers = f"{wording.count(len(open_.papers), 'paper')} so far." if open_ and open_.papers else ""
    sentence = lists.sentence(today, open_, now, zone)
    rows = [Item(f"List of {wording.day(today)}", text=f"{papers} {sentence}".strip(), section="Sources")]
    states = await desk.stores.sources.states()
    rows += [
        Item(_NAMES.get(state.name, state.name), text=_source(state, now, zone), section="Sources") for state in states
    ]
    off = [name for name, source in (("Hugging Face", desk.daily), ("arXiv", desk.arxiv)) if source is None]
    return rows + [Item(name, text="Switched off.", section="Sources") for name in off]


def _source(state: SourceState, now: datetime, zone: str) -> str:
    """Say how a source does."""
    answered = f"Last answer {wording.when(state.succeeded, zone)}." if state.succeeded else "No answer yet."
    if state.open_until and state.open_until > now:
        later = wording.when(state.open_until, zone)
        return f"Not asked until {later}, after {wording.count(state.failures, 'failure')} in a row. {answered}"
    if state.failures:
        why = f": {state.error.rstrip('.')}" if state.error else ""
        return f"{wording.count(state.failures, 'failure')} in a row{why}. {answered}"
    return answered


def _edition(past: PastEdition, zone: str) -> Item:
    reason = f": {past.reason}." if past.reason else "."
    return Item(
        wording.day(past.day),
        text=f"{_STATES[past.state].capitalize()}{reason}",
        notes=(wording.when(past.at, zone),),
        section="Last digests",
    )


async def _footer(desk: Desk) -> tuple[str, ...]:
    waiting = await desk.stores.ledger.waiting()
    total = sum(waiting.values())
    stored = f"{wording.count(await desk.stores.papers.count(), 'paper')} stored."
    if not total:
        return ("No message is waiting.", stored)
    states = wording.listing([f"{number:,} {state.value}" for state, number in waiting.items() if number])
    return (f"{wording.count(total, 'message')} waiting: {states}.", stored)
