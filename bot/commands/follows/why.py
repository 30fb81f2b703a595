"""The why command: explains why a paper was, or was not, posted in a channel."""

from __future__ import annotations

from functools import partial
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Action, Card, Item
from bot.commands.answers import build_text_answer
from bot.commands.autocomplete import papers
from bot.commands.context import CommandContext, format_channel, format_in_channel, get_direct_channel
from bot.commands.papers import lookup
from bot.commands.parsing import parameter_types
from bot.commands.preferences.open_circuits import describe_open_circuit
from bot.digests import composition
from bot.digests.feed_selection import is_eligible
from bot.domain.channels import ChannelKind
from bot.domain.feed import FeedDay, FeedMode
from bot.domain.papers import Paper
from bot.domain.topics.parser import parse_topic
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext, phrase
from bot.ports.channels import ChannelState
from bot.ports.commands import Answer, Command, Request
from bot.reasons.reason import format_reason

_MAX_TOPICS: Final = 20


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    paper = parameter_types.build_paper_parameter(partial(papers.suggest_papers, context))
    summary = "Why a paper was, or was not, posted here"
    explain = partial(explain_paper, context)
    return (Command("why", summary, explain, (paper,), example="why 2602.12160", opens_modal=True, reads_only=True),)


async def explain_paper(context: CommandContext, request: Request, *, paper: str) -> Answer:
    """Explain a paper's fate in this channel."""
    found_paper = await lookup.find_paper(context, request, paper)
    if await context.get_stored_paper(found_paper.id) is None:
        text = gettext(
            "“{name}” is on no list that Broadsheet has stored, so nothing could post it.",
            name=paper_items.format_paper_name(found_paper),
        )
        return build_text_answer(
            text,
            Action(gettext("Show it"), "show", {"paper": found_paper.id}, paper_items.format_paper_name(found_paper)),
        )
    channel_state = await context.load_channel_state(request)
    zone = channel_state.preferences.schedule.timezone
    messages = await context.stores.digests.list_messages_of_paper(request.channel, found_paper.id)
    past_posts = lookup.format_past_posts(messages, zone)
    is_sent = all(message.is_sent for message in messages)
    delay = "" if is_sent else await describe_open_circuit(context, channel_state)
    rank = await _describe_rank(context, channel_state, found_paper)
    lines = (
        (*past_posts, delay, rank)
        if past_posts
        else (
            gettext("Not posted {inside}.", inside=format_in_channel(request.channel)),
            *await _list_reasons(context, request, channel_state, found_paper, rank),
        )
    )
    return Answer(
        Card(
            title=gettext("Why “{name}”", name=paper_items.format_paper_name(found_paper)),
            text=join_sentences(*lines),
            items=tuple(await _build_topic_items(context, request, found_paper)),
            actions=(
                Action(
                    gettext("Show it"), "show", {"paper": found_paper.id}, paper_items.format_paper_name(found_paper)
                ),
                Action(gettext("Status"), "status"),
            ),
            fallback=join_sentences(*lines),
        ),
        shareable=True,
    )


async def _describe_rank(context: CommandContext, channel_state: ChannelState, paper: Paper) -> str:
    """Say which place the paper has on its list by votes, as the channel's digest ranks."""
    day = await context.stores.feed_days.get_day(paper.listed) if paper.listed else None
    if day is None:
        return ""
    place_, of = await _find_rank(context, channel_state, paper, day)
    if not place_:
        return ""
    votes = formatting.format_count(paper.votes or 0, "vote")
    return gettext(
        "With {votes} it is number {place} of {of} on the list of {day}; {top}.",
        votes=votes,
        place=place_,
        of=of,
        day=formatting.format_day(day.date),
        top=_describe_digest_size(channel_state),
    )


def _describe_digest_size(channel_state: ChannelState) -> str:
    number = channel_state.preferences.number
    return (
        gettext("a digest here shows the top {number}", number=number)
        if number > 1
        else gettext("a digest here shows the first")
    )


async def _find_rank(
    context: CommandContext, channel_state: ChannelState, paper: Paper, day: FeedDay
) -> tuple[int, int]:
    known = await context.stores.papers.get(day.papers)
    ranked = [each.id for each in composition.rank_papers([day], known, channel_state.preferences)]
    return (ranked.index(paper.id) + 1 if paper.id in ranked else 0), len(ranked)


async def _list_reasons(
    context: CommandContext, request: Request, channel_state: ChannelState, paper: Paper, rank: str
) -> list[str]:
    """Return every reason that kept a paper out of the digest."""
    preferences = channel_state.preferences
    reasons = [_describe_stopped_posting(channel_state), *await _list_mute_reasons(context, channel_state, paper)]
    if paper.withdrawn:
        reasons.append(gettext("It was withdrawn."))
    if paper.listed is None:
        reasons.append(
            gettext("{source} has not listed it; digests are made of those lists.", source=context.lists_title)
        )
        return [reason for reason in reasons if reason]
    if (paper.votes or 0) < preferences.min_votes:
        least = formatting.format_count(preferences.min_votes, "vote")
        reasons.append(
            gettext(
                "It has {votes}, and a digest here wants at least {least}.",
                votes=formatting.format_count(paper.votes or 0, "vote"),
                least=least,
            )
        )
    reasons.append(await _describe_list_outcome(context, request, channel_state, paper))
    return [reason for reason in (*reasons, rank) if reason]


async def _list_mute_reasons(context: CommandContext, channel_state: ChannelState, paper: Paper) -> list[str]:
    """Return what is muted in the channel: the paper itself, and topics that it is on."""
    mutes = (await context.stores.mutes_and_saves.list_mutes([channel_state.channel_id])).get(
        channel_state.channel_id, ()
    )
    itself = [gettext("It is muted here.")] if ("paper", paper.id) in mutes else []
    topics = [parse_topic(value) for kind, value in mutes if kind == "topic"]
    return itself + [
        gettext("The topic “{label}” is muted here: {verdict}.", label=topic.label, verdict=verdict)
        for topic in topics
        if (verdict := topic.explain(paper)).matched
    ]


def _describe_stopped_posting(channel_state: ChannelState) -> str:
    if channel_state.retired_reason:
        return gettext(
            "Nothing is posted here any more: {retired}.", retired=format_reason(channel_state.retired_reason)
        )
    if not channel_state.preferences.on:
        return gettext("The digest is off here.")
    return gettext("Everything is paused here.") if channel_state.preferences.paused else ""


async def _describe_list_outcome(
    context: CommandContext, request: Request, channel_state: ChannelState, paper: Paper
) -> str:
    """Say what became of the paper's list."""
    if paper.listed is None:
        return ""
    day_text = formatting.format_day(paper.listed)
    covered = (await context.stores.digests.list_coverage([channel_state.channel_id], paper.listed)).get(
        channel_state.channel_id, {}
    )
    if paper.listed in covered:
        reason = covered[paper.listed]
        return (
            gettext("The list of {written} was skipped: {skipped}.", written=day_text, skipped=format_reason(reason))
            if reason
            else gettext("The list of {written} was posted without it.", written=day_text)
        )
    if channel_state.preferences.mode is not FeedMode.TRENDING and not is_eligible(
        paper.listed, channel_state.preferences.mode, request.now
    ):
        return gettext("The list of {written} is for a later digest: its votes are not settled yet.", written=day_text)
    return gettext("No digest here has covered the list of {written} yet.", written=day_text)


async def _build_topic_items(context: CommandContext, request: Request, paper: Paper) -> list[Item]:
    """Return, for each follow of the channel and of the asker, what matched or which clause failed."""
    direct_channel = get_direct_channel(request)
    channels = [direct_channel] if direct_channel.key == request.channel.key else [request.channel, direct_channel]
    rows = []
    for channel in channels:
        section = (
            gettext("Yours")
            if channel.kind is ChannelKind.DIRECT
            else gettext("Topics of {place}", place=format_channel(channel))
        )
        for follow in await context.stores.follows.list_for_channel(channel):
            topic = parse_topic(follow.topic)
            verdict = topic.explain(paper)
            template = phrase("Matches: {why}.") if verdict.matched else phrase("Does not match: {why}.")
            text = gettext(template, why=verdict)
            rows.append(Item(topic.label, text=text, because=verdict.phrases, section=section))
    return rows[:_MAX_TOPICS]
