"""A person's home screen: what they follow, the channels of the workspace, what they saved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item, Page
from bot.commands import overview, saving, sending
from bot.commands.desk import Desk, direct, heading, place
from bot.language import gettext, joined, ngettext
from bot.models import Channel, Kind
from bot.ports.commands import Request
from bot.ports.places import Standing

_CHANNELS: Final = 20
_SAVED: Final = 5


async def page(desk: Desk, request: Request, channels: Collection[str]) -> Page:
    """Return the page; of the workspace's channels only those of *channels*, ids that the person may see."""
    own = direct(request)
    mine = request.of("follows", {})
    return Page((await _follows(desk, mine, own), await _channels(desk, request, channels), await _saved(desk, mine)))


async def _follows(desk: Desk, request: Request, own: Channel) -> Card:
    items = tuple(await overview.rows(desk, request, own))
    standing = await desk.standing(replace(request, channel=own))
    text = (
        gettext("Your own digest, by direct message: {plan}.", plan=sending.plan(standing.preferences))
        if standing.preferences.on
        else ""
    )
    digest = (
        Action(gettext("Your digest"), "settings") if text else Action(gettext("A digest of your own"), "digest on")
    )
    empty = gettext("You follow nothing yet. New papers on a topic you follow come as direct messages.")
    return Card(
        title=gettext("You follow"),
        text=joined("" if items else empty, text),
        items=items,
        actions=(
            Action(gettext("Follow a topic"), "follow", {"where": "me"}, style="main"),
            Action(gettext("For me"), "new"),
            digest,
        ),
    )


async def _channels(desk: Desk, request: Request, visible: Collection[str]) -> Card:
    every = await desk.stores.channels.of(request.channel.platform, request.channel.workspace)
    known = [s for s in every if s.channel.kind is not Kind.DIRECT and s.channel.id in visible and _set(s)]
    items = tuple([await _channel(desk, request, standing) for standing in known[:_CHANNELS]])
    left = len(known) - _CHANNELS
    text = "" if items else gettext("No channel has a digest yet. Invite the bot to one, and start it there.")
    return Card(
        title=gettext("Channels"),
        text=text,
        items=items,
        actions=(Action(gettext("Set several up"), "setup"),),
        footer=(ngettext("{n} more is not shown.", "{n} more are not shown.", left),) if left > 0 else (),
    )


def _set(standing: Standing) -> bool:
    return standing.preferences.on or standing.preferences.paused or bool(standing.retired)


async def _channel(desk: Desk, request: Request, standing: Standing) -> Item:
    """Return one channel's row: its plan, its state, its last digest."""
    channel = standing.channel
    last = next((past for past in await desk.stores.editions.history(channel, 5) if past.state == "posted"), None)
    notes = (
        sending.plan(standing.preferences),
        gettext("last on {day}", day=wording.day(last.day)) if last else gettext("nothing posted yet"),
    )
    running = Action(gettext("Resume"), "resume", channel=channel.id) if standing.preferences.paused else None
    pause = running or Action(gettext("Pause"), "pause", channel=channel.id)
    return Item(
        title=heading(channel),
        text=sending.state(standing, request.now),
        notes=notes,
        actions=(
            Action(gettext("Settings"), "settings", {}, place(channel), channel=channel.id),
            Action(gettext("Status"), "status", {}, place(channel), channel=channel.id),
            pause,
        ),
    )


async def _saved(desk: Desk, request: Request) -> Card:
    answer = await saving.saved(desk, request.of("saved", {}))
    card = answer.body
    items = card.items[:_SAVED] if isinstance(card, Card) else ()
    text = "" if items else gettext("Nothing is saved. Every paper has a Save button.")
    return Card(
        title=gettext("Saved"),
        text=text,
        items=items,
        actions=(Action(gettext("Reading list"), "saved"),) if items else (),
    )
