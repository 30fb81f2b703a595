"""App Home content (app_home_opened, web home): a person’s follows, channels and reading list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from bot.cards.models import Action, Card, Item, Page
from bot.commands.context import CommandContext, format_channel, format_channel_heading, get_direct_channel
from bot.commands.follows import follow_list
from bot.commands.papers import reading_list
from bot.commands.preferences import next_sends
from bot.commands.preferences.open_circuits import describe_open_circuit
from bot.domain.channels import Channel, ChannelKind
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext, ngettext
from bot.ports.channels import ChannelState
from bot.ports.commands import Request
from bot.ports.deliveries import POSTED_STATES

_MAX_CHANNELS: Final = 20
_MAX_SAVED: Final = 5


async def build_home(context: CommandContext, request: Request, channels: Collection[str]) -> Page:
    """Return the page; of the workspace's channels only those of *channels*, ids that the person may see."""
    direct_channel = get_direct_channel(request)
    mine = request.with_command("follows", {})
    return Page(
        (
            await _build_follows_card(context, mine, direct_channel),
            await _build_channels_card(context, request, channels),
            await _build_reading_list_card(context, mine),
        )
    )


async def _build_follows_card(context: CommandContext, request: Request, direct_channel: Channel) -> Card:
    items = tuple(await follow_list.build_follow_items(context, request, direct_channel))
    channel_state = await context.load_channel_state(replace(request, channel=direct_channel))
    text = (
        gettext("Your own digest, by direct message: {plan}.", plan=next_sends.describe_plan(channel_state.preferences))
        if channel_state.preferences.on
        else ""
    )
    digest = (
        Action(gettext("Your digest"), "settings") if text else Action(gettext("A digest of your own"), "digest on")
    )
    empty = gettext("You follow nothing yet. New papers on a topic you follow come as direct messages.")
    return Card(
        title=gettext("You follow"),
        text=join_sentences("" if items else empty, text),
        items=items,
        actions=(
            Action(gettext("Follow a topic"), "follow", {"where": "me"}, style="main"),
            Action(gettext("For me"), "new"),
            digest,
        ),
    )


async def _build_channels_card(context: CommandContext, request: Request, visible: Collection[str]) -> Card:
    every = await context.stores.channels.list_for_workspace(request.channel.platform, request.channel.workspace)
    channel_states = [
        s for s in every if s.channel.kind is not ChannelKind.DIRECT and s.channel.id in visible and _is_in_use(s)
    ]
    items = tuple(
        [await _build_channel_item(context, request, channel_state) for channel_state in channel_states[:_MAX_CHANNELS]]
    )
    hidden_count = len(channel_states) - _MAX_CHANNELS
    text = "" if items else gettext("No channel has a digest yet. Invite the bot to one, and start it there.")
    return Card(
        title=gettext("Channels"),
        text=text,
        items=items,
        actions=(Action(gettext("Set several up"), "setup"),),
        footer=(ngettext("{n} more is not shown.", "{n} more are not shown.", hidden_count),)
        if hidden_count > 0
        else (),
    )


def _is_in_use(channel_state: ChannelState) -> bool:
    return channel_state.preferences.on or channel_state.preferences.paused or bool(channel_state.retired_reason)


async def _build_channel_item(context: CommandContext, request: Request, channel_state: ChannelState) -> Item:
    """Return one channel's row: its plan, its state, its last digest."""
    channel = channel_state.channel
    last = next(
        (past for past in await context.stores.digests.list_past_digests(channel, 5) if past.state in POSTED_STATES),
        None,
    )
    notes = (
        next_sends.describe_plan(channel_state.preferences),
        gettext("last on {day}", day=formatting.format_day(last.day)) if last else gettext("nothing posted yet"),
    )
    running = Action(gettext("Resume"), "resume", channel=channel.id) if channel_state.preferences.paused else None
    pause = running or Action(gettext("Pause"), "pause", channel=channel.id)
    return Item(
        title=format_channel_heading(channel),
        text=join_sentences(
            next_sends.describe_state(channel_state, request.now), await describe_open_circuit(context, channel_state)
        ),
        notes=notes,
        actions=(
            Action(gettext("Settings"), "settings", {}, format_channel(channel), channel=channel.id),
            Action(gettext("Status"), "status", {}, format_channel(channel), channel=channel.id),
            pause,
        ),
    )


async def _build_reading_list_card(context: CommandContext, request: Request) -> Card:
    answer = await reading_list.show_reading_list(context, request.with_command("saved", {}))
    card = answer.body
    items = card.items[:_MAX_SAVED] if isinstance(card, Card) else ()
    text = "" if items else gettext("Nothing is saved. Every paper has a Save button.")
    return Card(
        title=gettext("Saved"),
        text=text,
        items=items,
        actions=(Action(gettext("Reading list"), "saved"),) if items else (),
    )
