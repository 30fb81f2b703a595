"""The setup command: proposes a digest and a topic for every channel the bot is in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Final

from bot.cards.models import Action, Card, Item
from bot.commands.answers import build_text_answer
from bot.commands.context import CommandContext, format_channel, format_channel_heading
from bot.commands.digest.topic_suggestions import TopicGuess, guess_topic
from bot.commands.parsing import parameter_types
from bot.commands.preferences import next_sends, save, snapshots
from bot.domain.channels import ChannelKind
from bot.domain.follows import Follow
from bot.domain.papers import Paper
from bot.domain.schedules import Cadence
from bot.errors import Mistake, SendError
from bot.i18n import formatting
from bot.i18n.formatting import format_command
from bot.i18n.translation import format_number, gettext
from bot.ports.channels import ChannelState
from bot.ports.commands import Answer, Audience, Command, Parameter, ParameterType, Request
from bot.ports.workspaces import ChannelInfo
from bot.reasons.reason import Reason, format_reason

GUESS_DAYS: Final = 28
"""Days of papers on which a guess is tried."""
MAX_CHANNELS: Final = 20
_DAILY_PER_WEEK: Final = 3.0
"""Papers a week from which on a digest comes daily."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a channel could have. Without a topic it gets the day's most upvoted papers."""

    channel_info: ChannelInfo
    channel_state: ChannelState
    guess: TopicGuess

    @property
    def cadence(self) -> Cadence:
        """Daily where there is enough, else weekly."""
        return Cadence.DAILY if self.guess.topic is None or self.guess.per_week >= _DAILY_PER_WEEK else Cadence.WEEKLY


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    confirm = parameter_types.build_flag_parameter(
        "confirm", "Say yes to set up what is proposed", ParameterType.CONFIRMATION
    )
    only = Parameter(
        "channel",
        "One channel of the proposal",
        parameter_types.read_text,
        ParameterType.CHANNEL,
        example="C0123456789",
    )
    return (
        Command(
            "setup",
            "Propose a digest for every channel the bot is in",
            partial(set_up_channels, context),
            (confirm, only),
            Audience.MANAGERS,
            "setup",
            starts_posts=True,
            spans_channels=True,
        ),
    )


async def set_up_channels(
    context: CommandContext, request: Request, *, confirm: bool = False, channel: str = ""
) -> Answer:
    """Propose one row for each channel without a digest; once confirmed, set them up."""
    if not (request.person.is_manager or await context.is_listed_manager(request)):
        raise Mistake(gettext("Only people who manage channels may set them up; ask one of them."))
    proposals = [p for p in await _build_proposals(context, request) if channel in ("", p.channel_info.channel.id)]
    if not proposals:
        raise Mistake(
            gettext("Every channel that Broadsheet and you are in has a digest already, or there is none."), "settings"
        )
    if not confirm or request.dry_run:
        return Answer(_build_proposals_card(proposals))
    for proposal in proposals:
        await _set_up_channel(context, request, proposal)
    names = formatting.format_list([format_channel(proposal.channel_info.channel) for proposal in proposals])
    return build_text_answer(
        gettext(
            "The digest is on in {names}. “{settings}” there changes it, “{undo}” there takes it back.",
            names=names,
            settings=format_command("settings"),
            undo=format_command("undo"),
        )
    )


async def _build_proposals(context: CommandContext, request: Request) -> Sequence[Proposal]:
    """Return a proposal for each channel that the bot and the asker are both in and that has no digest."""
    directory = context.directories.get(request.channel.platform)
    if directory is None:
        raise Mistake(gettext("There is one channel only, and nothing to propose."), "settings")
    try:
        channel_infos = await directory.list_shared_channels(request.channel.workspace, request.person.id)
    except SendError as error:
        raise Mistake(
            gettext("The channels can’t be read now: {error}.", error=format_reason(error.reason).rstrip(".。")),
            "digest on",
        ) from error
    channel_states = [
        (channel_info, await context.load_channel_state(replace(request, channel=channel_info.channel)))
        for channel_info in channel_infos[: MAX_CHANNELS * 5]
    ]
    fresh = [
        (channel_info, channel_state)
        for channel_info, channel_state in channel_states
        if not channel_state.preferences.on
    ][:MAX_CHANNELS]
    papers = await _load_recent_papers(context, request.now.date())
    guessed = await asyncio.to_thread(
        lambda: [
            Proposal(channel_info, now, guess_topic(channel_info, papers, GUESS_DAYS)) for channel_info, now in fresh
        ]
    )
    # The day's papers fill a forum with posts of which nobody knows whether they belong there.
    return [each for each in guessed if each.guess.topic or each.channel_info.channel.kind is not ChannelKind.FORUM]


async def _load_recent_papers(context: CommandContext, today: date) -> Sequence[Paper]:
    span = await context.stores.papers.get_date_range()
    last = min(span[1], today) if span else today
    return await context.stores.papers.list_between(last - timedelta(days=GUESS_DAYS - 1), last)


def _build_proposals_card(proposals: Sequence[Proposal]) -> Card:
    items = tuple(
        Item(
            title=format_channel_heading(proposal.channel_info.channel),
            text=_describe_proposal(proposal),
            actions=(
                Action(
                    gettext("Only this one"),
                    "setup",
                    _build_confirm_arguments(proposal),
                    format_channel(proposal.channel_info.channel),
                ),
            ),
        )
        for proposal in proposals
    )
    label = gettext("Set up all {number}", number=len(proposals)) if len(proposals) > 1 else gettext("Set it up")
    return Card(
        title=gettext("Proposal"),
        text=gettext(
            "Guessed from names and descriptions, tried on papers of four weeks. Nothing is changed until you agree."
        ),
        items=items,
        actions=(Action(label, "setup", {"confirm": "yes"}, style="main"),),
        fallback=gettext("A proposal for {channels}", channels=formatting.format_count(len(proposals), "channel")),
    )


def _build_confirm_arguments(proposal: Proposal) -> dict[str, str]:
    return {"confirm": "yes", "channel": proposal.channel_info.channel.id}


def _describe_proposal(proposal: Proposal) -> str:
    schedule = replace(proposal.channel_state.preferences.schedule, cadence=proposal.cadence)
    plan = next_sends.describe_plan(replace(proposal.channel_state.preferences, schedule=schedule))
    topic = proposal.guess.topic
    if topic is None:
        return gettext("The day’s most upvoted papers: {plan}.", plan=plan)
    return gettext(
        "“{label}”, about {per_week} papers a week: {plan}.",
        label=topic.label,
        per_week=format_number(proposal.guess.per_week),
        plan=plan,
    )


async def _set_up_channel(context: CommandContext, request: Request, proposal: Proposal) -> None:
    """Turn one channel's digest on, and let it follow the topic; its log tells of it, and `undo` takes it back."""
    channel_request = replace(request, channel=proposal.channel_info.channel)
    before = proposal.channel_state.preferences
    new_preferences = replace(before, on=True, schedule=replace(before.schedule, cadence=proposal.cadence))
    after = {}
    if topic := proposal.guess.topic:
        follow = Follow(channel_request.channel, str(topic), request.person, request.now)
        if await context.stores.follows.add(follow):
            after = {"topics": [snapshots.encode_follow(follow)]}
    await save.save_preferences(
        context,
        channel_request,
        proposal.channel_state,
        new_preferences,
        Reason("digest.set_up"),
        before={"topics": []},
        after=after,
    )
