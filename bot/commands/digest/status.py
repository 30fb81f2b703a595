"""The status command: next sends, source health, the last digests, and why there was none."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Final

from bot.cards.models import Action, Card, Item
from bot.commands import pagination
from bot.commands.context import CommandContext, format_channel, format_channel_heading
from bot.commands.papers import feed_states
from bot.commands.preferences import next_sends
from bot.commands.preferences.open_circuits import describe_open_circuit
from bot.digests import planner
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryState
from bot.domain.feed import find_newest_feed_date
from bot.errors import SendError
from bot.i18n import formatting
from bot.i18n.formatting import end_sentence, format_detail, join_sentences
from bot.i18n.translation import format_number, gettext, ngettext, phrase
from bot.ports.channels import ChannelState
from bot.ports.commands import Answer, Command, Request
from bot.ports.deliveries import PastDigest
from bot.ports.features import Feature
from bot.ports.sources import SourceState
from bot.reasons.channels import CHANNEL_DELETED
from bot.reasons.reason import format_reason

_MAX_DIGESTS: Final = 5
_MAX_OTHER_CHANNELS: Final = 5
"""How many other channels are told of; `doctor` tells of all."""
_DIGEST_STATE_LABELS: Final = {
    "planned": phrase("On its way"),
    "posted": phrase("Posted"),
    "duplicated": phrase("Posted, perhaps twice"),
    "refused": phrase("Not posted"),
    "empty": phrase("Nothing to post"),
    "missed": phrase("Missed"),
    "failed": phrase("Not possible"),
}

_DELIVERY_STATE_LABELS: Final = {
    DeliveryState.PENDING: phrase("{number} pending"),
    DeliveryState.SENDING: phrase("{number} sending"),
    DeliveryState.RETRY: phrase("{number} retry"),
    DeliveryState.UNCERTAIN: phrase("{number} uncertain"),
}

log = logging.getLogger(__name__)


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command(
            "status",
            "Next sends, the sources, and why there was no digest",
            partial(show_status, context),
            reads_only=True,
            example="status",
        ),
    )


async def show_status(context: CommandContext, request: Request) -> Answer:
    """Tell how this channel stands."""
    channel_state = await context.load_channel_state(request)
    zone = channel_state.preferences.schedule.timezone
    outlook = (
        await planner.describe_next_digest(context.stores, channel_state, request.now)
        if channel_state.preferences.on
        else ()
    )
    history = await context.stores.digests.list_past_digests(request.channel, _MAX_DIGESTS)
    text = join_sentences(
        next_sends.describe_state(channel_state, request.now),
        await describe_open_circuit(context, channel_state),
        await _find_posting_problem(context, channel_state),
        *outlook,
    )
    return await pagination.build_list_answer(
        Card(
            title=gettext("Your status")
            if request.channel.kind is ChannelKind.DIRECT
            else gettext("Status of {place}", place=format_channel(request.channel)),
            text=text,
            items=(
                *await _build_source_items(context, request.now, zone),
                *(_build_digest_item(past, zone) for past in history),
                *await _build_other_channel_items(context, request),
            ),
            actions=(
                Action(gettext("The newest list"), "today"),
                Action(gettext("Settings"), "settings"),
                Action(gettext("Follows"), "follows"),
            ),
            footer=await _build_footer(context, request.channel),
            fallback=text,
        ),
        request.arguments,
        context,
    )


async def _find_posting_problem(context: CommandContext, channel_state: ChannelState) -> str:
    """Say what the platform keeps the bot from; what it can't be asked now is not said."""
    directory = context.directories.get(channel_state.channel.platform)
    if directory is None or channel_state.channel.kind is ChannelKind.DIRECT:
        return ""
    try:
        return await directory.find_posting_problem(channel_state)
    except SendError as error:
        log.info("Whether a channel can be posted to can't be told: %s", error)
        return ""


async def _build_other_channel_items(context: CommandContext, request: Request) -> list[Item]:
    """Return a row for each other channel that fell silent, for whoever decides for the workspace.

    What is shared tells nothing of them: a channel's name may be private.
    """
    channel = request.channel
    if channel.kind is ChannelKind.DIRECT or request.dry_run or not await context.can_manage_workspace(request):
        return []
    every = await context.stores.channels.list_for_workspace(channel.platform, channel.workspace)
    silent = [
        channel_state
        for channel_state in every
        if _is_silent(channel_state) and channel_state.channel.key != channel.key
    ]
    return [await _build_silent_channel_item(context, channel_state) for channel_state in silent[:_MAX_OTHER_CHANNELS]]


async def _build_silent_channel_item(context: CommandContext, channel_state: ChannelState) -> Item:
    why = end_sentence(format_reason(channel_state.retired_reason)) if channel_state.retired_reason else ""
    return Item(
        format_channel_heading(channel_state.channel),
        text=join_sentences(why, await _find_posting_problem(context, channel_state)),
        section=gettext("Other channels"),
    )


def _is_silent(channel_state: ChannelState) -> bool:
    """Tell whether a digest is wanted that somebody could make come again."""
    wanted = channel_state.preferences.on and not channel_state.preferences.paused
    return (
        wanted
        and channel_state.channel.kind is not ChannelKind.DIRECT
        and channel_state.retired_code not in ("", CHANNEL_DELETED)
    )


async def _build_source_items(context: CommandContext, now: datetime, zone: str) -> list[Item]:
    """Return one row for the newest list and one for each source."""
    today = find_newest_feed_date(now)
    open_ = await context.stores.feed_days.get_day(today)
    papers = (
        gettext("{papers} so far.", papers=formatting.format_count(len(open_.papers), "paper"))
        if open_ and open_.papers
        else ""
    )
    sentence = feed_states.describe_list(today, open_, now, zone, context.lists_title)
    rows = [
        Item(
            gettext("List of {day}", day=formatting.format_day(today)),
            text=join_sentences(papers, sentence),
            section=gettext("Sources"),
        )
    ]
    titles = {source.name: source.title for source in context.sources}
    states = await context.stores.source_states.list_states()
    rows += [
        Item(
            titles.get(state.name, state.name),
            text=_describe_source(state, now, zone),
            section=gettext("Sources"),
        )
        for state in states
    ]
    off = [source.title for source in context.sources if source.is_off]
    return rows + [Item(title, text=gettext("Switched off."), section=gettext("Sources")) for title in off]


def _describe_source(state: SourceState, now: datetime, zone: str) -> str:
    """Say how a source does."""
    last_answer = (
        gettext("Last answer {when}.", when=formatting.format_moment(state.succeeded, zone))
        if state.succeeded
        else gettext("No answer yet.")
    )
    if state.open_until and state.open_until > now:
        later = formatting.format_moment(state.open_until, zone)
        return gettext(
            "Not asked until {later}, after {failures}. {answered}",
            later=later,
            failures=ngettext("{n} failure in a row", "{n} failures in a row", state.failures),
            answered=last_answer,
        )
    if state.failures:
        failures = ngettext("{n} failure in a row", "{n} failures in a row", state.failures)
        why = end_sentence(
            format_detail(failures, format_reason(state.error).rstrip(".。")) if state.error else failures
        )
        return join_sentences(why, last_answer)
    return last_answer


def _build_digest_item(past: PastDigest, zone: str) -> Item:
    state = gettext(_DIGEST_STATE_LABELS[past.state])
    return Item(
        formatting.format_day(past.day),
        text=end_sentence(format_detail(state, format_reason(past.reason)) if past.reason else state),
        notes=(formatting.format_moment(past.at, zone),),
        section=gettext("Last digests"),
    )


async def _build_footer(context: CommandContext, channel: Channel) -> tuple[str, ...]:
    """Say what waits for the channel, and elsewhere to whoever runs the installation; and what is stored."""
    waiting = await context.stores.delivery_reports.count_waiting(channel)
    paper_count = gettext(
        "{papers} stored.", papers=formatting.format_count(await context.stores.papers.count_papers(), "paper")
    )
    here = _describe_waiting(waiting) if waiting else gettext("No message is waiting.")
    return tuple(
        line for line in (here, await _describe_waiting_elsewhere(context, channel, waiting), paper_count) if line
    )


def _describe_waiting(waiting: Mapping[DeliveryState, int]) -> str:
    states = formatting.format_list(
        [gettext(_DELIVERY_STATE_LABELS[state], number=format_number(number)) for state, number in waiting.items()]
    )
    total = formatting.format_count(sum(waiting.values()), "message")
    return gettext("{messages} waiting: {states}.", messages=total, states=states)


async def _describe_waiting_elsewhere(
    context: CommandContext, channel: Channel, waiting: Mapping[DeliveryState, int]
) -> str:
    """Count what waits for other channels of the whole installation, where only its operator asks."""
    if Feature.OPERATOR not in context.get_features(channel):
        return ""
    others = sum((await context.stores.ledger.count_open()).values()) - sum(waiting.values())
    if others <= 0:
        return ""
    return gettext("{messages} waiting for other channels.", messages=formatting.format_count(others, "message"))
