"""The state of things: the next sends, the sources, the last digests, and why there was none."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import lists, paging, sending
from bot.commands.desk import Desk, heading, place
from bot.digests import planning
from bot.errors import SendError
from bot.language import ended, gettext, grouped, headed, joined, ngettext, phrase, retold
from bot.models import DeliveryState, Kind, feed_date
from bot.ports.commands import Answer, Command, Request
from bot.ports.ledger import PastEdition
from bot.ports.places import Standing
from bot.ports.sources import SourceState

_PAST: Final = 5
_OTHERS: Final = 5
"""How many other channels are told of; `doctor` tells of all."""
_NAMES: Final = {"huggingface": "Hugging Face", "arxiv": "arXiv"}
_STATES: Final = {
    "posted": phrase("Posted"),
    "empty": phrase("Nothing to post"),
    "missed": phrase("Missed"),
    "failed": phrase("Not possible"),
}

_WAITING: Final = {
    DeliveryState.PENDING: phrase("{number} pending"),
    DeliveryState.SENDING: phrase("{number} sending"),
    DeliveryState.RETRY: phrase("{number} retry"),
    DeliveryState.UNCERTAIN: phrase("{number} uncertain"),
}

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
    text = joined(sending.state(standing, request.now), await _trouble(desk, standing), *outlook)
    return await paging.answer(
        Card(
            title=gettext("Your status")
            if request.channel.kind is Kind.DIRECT
            else gettext("Status of {place}", place=place(request.channel)),
            text=text,
            items=(
                *await _sources(desk, request.now, zone),
                *(_edition(past, zone) for past in history),
                *await _others(desk, request),
            ),
            actions=(
                Action(gettext("The newest list"), "today"),
                Action(gettext("Settings"), "settings"),
                Action(gettext("Follows"), "follows"),
            ),
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


async def _others(desk: Desk, request: Request) -> list[Item]:
    """Return a row for each other channel that fell silent, for whoever decides for the workspace.

    What is shared tells nothing of them: a channel's name may be private.
    """
    here = request.channel
    if here.kind is Kind.DIRECT or request.dry or not await desk.rules(request):
        return []
    every = await desk.stores.channels.of(here.platform, here.workspace)
    silent = [standing for standing in every if _silent(standing) and standing.channel.key != here.key]
    return [
        Item(
            heading(standing.channel),
            text=joined(ended(wording.reason(standing.retired)), await _trouble(desk, standing)),
            section=gettext("Other channels"),
        )
        for standing in silent[:_OTHERS]
    ]


def _silent(standing: Standing) -> bool:
    """Tell whether a digest is wanted that somebody could make come again."""
    wanted = standing.preferences.on and not standing.preferences.paused
    return wanted and standing.channel.kind is not Kind.DIRECT and standing.retired not in ("", wording.DELETED)


async def _sources(desk: Desk, now: datetime, zone: str) -> list[Item]:
    """Return one row for the newest list and one for each source."""
    today = feed_date(now)
    open_ = await desk.stores.days.get(today)
    papers = (
        gettext("{papers} so far.", papers=wording.count(len(open_.papers), "paper")) if open_ and open_.papers else ""
    )
    sentence = lists.sentence(today, open_, now, zone)
    rows = [
        Item(
            gettext("List of {day}", day=wording.day(today)),
            text=joined(papers, sentence),
            section=gettext("Sources"),
        )
    ]
    states = await desk.stores.sources.states()
    rows += [
        Item(_NAMES.get(state.name, state.name), text=_source(state, now, zone), section=gettext("Sources"))
        for state in states
    ]
    off = [name for name, source in (("Hugging Face", desk.daily), ("arXiv", desk.arxiv)) if source is None]
    return rows + [Item(name, text=gettext("Switched off."), section=gettext("Sources")) for name in off]


def _source(state: SourceState, now: datetime, zone: str) -> str:
    """Say how a source does."""
    answered = (
        gettext("Last answer {when}.", when=wording.when(state.succeeded, zone))
        if state.succeeded
        else gettext("No answer yet.")
    )
    if state.open_until and state.open_until > now:
        later = wording.when(state.open_until, zone)
        return gettext(
            "Not asked until {later}, after {failures}. {answered}",
            later=later,
            failures=ngettext("{n} failure in a row", "{n} failures in a row", state.failures),
            answered=answered,
        )
    if state.failures:
        failures = ngettext("{n} failure in a row", "{n} failures in a row", state.failures)
        why = ended(headed(failures, retold(state.error).rstrip(".。")) if state.error else failures)
        return joined(why, answered)
    return answered


def _edition(past: PastEdition, zone: str) -> Item:
    state = gettext(_STATES[past.state])
    return Item(
        wording.day(past.day),
        text=ended(headed(state, retold(past.reason)) if past.reason else state),
        notes=(wording.when(past.at, zone),),
        section=gettext("Last digests"),
    )


async def _footer(desk: Desk) -> tuple[str, ...]:
    waiting = await desk.stores.ledger.waiting()
    total = sum(waiting.values())
    stored = gettext("{papers} stored.", papers=wording.count(await desk.stores.papers.count(), "paper"))
    if not total:
        return (gettext("No message is waiting."), stored)
    states = wording.listing(
        [gettext(_WAITING[state], number=grouped(number)) for state, number in waiting.items() if number]
    )
    return (gettext("{messages} waiting: {states}.", messages=wording.count(total, "message"), states=states), stored)
