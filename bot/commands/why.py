"""Why a paper was posted here, or why not: the rule and the words that matched, or the clause that failed."""

from __future__ import annotations

from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import finding, parameters, suggesting
from bot.commands.desk import Desk, direct, inside, place
from bot.commands.replies import say
from bot.digests import page
from bot.digests.choice import eligible
from bot.language import gettext, joined, phrase
from bot.models import FeedDay, Kind, Mode, Paper
from bot.ports.commands import Answer, Command, Request
from bot.ports.places import Standing
from bot.topics import parse

_MOST_TOPICS: Final = 20


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    paper = parameters.of_paper(partial(suggesting.papers, desk))
    summary = "Why a paper was, or was not, posted here"
    return (Command("why", summary, partial(why, desk), (paper,), example="why 2602.12160"),)


async def why(desk: Desk, request: Request, *, paper: str) -> Answer:
    """Explain a paper's fate in this channel."""
    found = await finding.paper(desk, request, paper)
    if await desk.stored(found.id) is None:
        text = gettext(
            "“{name}” is on no list that Broadsheet has stored, so nothing could post it.", name=wording.name(found)
        )
        return say(text, Action(gettext("Show it"), "show", {"paper": found.id}, wording.name(found)))
    standing = await desk.standing(request)
    zone = standing.preferences.schedule.timezone
    posted = finding.posted(await desk.stores.editions.of_paper(request.channel, found.id), zone)
    rank = await _rank(desk, standing, found)
    lines = (
        (*posted, rank)
        if posted
        else (
            gettext("Not posted {inside}.", inside=inside(request.channel)),
            *await _reasons(desk, request, standing, found, rank),
        )
    )
    return Answer(
        Card(
            title=gettext("Why “{name}”", name=wording.name(found)),
            text=joined(*lines),
            items=tuple(await _topics(desk, request, found)),
            actions=(
                Action(gettext("Show it"), "show", {"paper": found.id}, wording.name(found)),
                Action(gettext("Status"), "status"),
            ),
            fallback=joined(*lines),
        ),
        shareable=True,
    )


async def _rank(desk: Desk, standing: Standing, paper: Paper) -> str:
    """Say which place the paper has on its list by votes, as the channel's digest ranks."""
    day = await desk.stores.days.get(paper.listed) if paper.listed else None
    if day is None:
        return ""
    place_, of = await _place(desk, standing, paper, day)
    if not place_:
        return ""
    votes = wording.count(paper.votes or 0, "vote")
    return gettext(
        "With {votes} it is number {place} of {of} on the list of {day}; {top}.",
        votes=votes,
        place=place_,
        of=of,
        day=wording.day(day.date),
        top=_top(standing),
    )


def _top(standing: Standing) -> str:
    number = standing.preferences.number
    return (
        gettext("a digest here shows the top {number}", number=number)
        if number > 1
        else gettext("a digest here shows the first")
    )


async def _place(desk: Desk, standing: Standing, paper: Paper, day: FeedDay) -> tuple[int, int]:
    known = await desk.stores.papers.get(day.papers)
    ranked = [each.id for each in page.ranked([day], known, standing.preferences)]
    return (ranked.index(paper.id) + 1 if paper.id in ranked else 0), len(ranked)


async def _reasons(desk: Desk, request: Request, standing: Standing, paper: Paper, rank: str) -> list[str]:
    """Return every reason that kept a paper out of the digest."""
    preferences = standing.preferences
    reasons = [_held(standing), *await _muted(desk, standing, paper)]
    if paper.withdrawn:
        reasons.append(gettext("It was withdrawn."))
    if paper.listed is None:
        reasons.append(gettext("Hugging Face has not listed it; digests are made of those lists."))
        return [reason for reason in reasons if reason]
    if (paper.votes or 0) < preferences.min_votes:
        least = wording.count(preferences.min_votes, "vote")
        reasons.append(
            gettext(
                "It has {votes}, and a digest here wants at least {least}.",
                votes=wording.count(paper.votes or 0, "vote"),
                least=least,
            )
        )
    reasons.append(await _covered(desk, request, standing, paper))
    return [reason for reason in (*reasons, rank) if reason]


async def _muted(desk: Desk, standing: Standing, paper: Paper) -> list[str]:
    """Return what is muted in the channel: the paper itself, and topics that it is on."""
    mutes = (await desk.stores.wishes.mutes([standing.key])).get(standing.key, ())
    itself = [gettext("It is muted here.")] if ("paper", paper.id) in mutes else []
    topics = [parse(value) for kind, value in mutes if kind == "topic"]
    return itself + [
        gettext("The topic “{label}” is muted here: {verdict}.", label=topic.label, verdict=verdict)
        for topic in topics
        if (verdict := topic.explain(paper)).matched
    ]


def _held(standing: Standing) -> str:
    if standing.retired:
        return gettext("Nothing is posted here any more: {retired}.", retired=wording.reason(standing.retired))
    if not standing.preferences.on:
        return gettext("The digest is off here.")
    return gettext("Everything is paused here.") if standing.preferences.paused else ""


async def _covered(desk: Desk, request: Request, standing: Standing, paper: Paper) -> str:
    """Say what became of the paper's list."""
    if paper.listed is None:
        return ""
    written = wording.day(paper.listed)
    covered = (await desk.stores.editions.covered([standing.key], paper.listed)).get(standing.key, {})
    if paper.listed in covered:
        skipped = covered[paper.listed]
        return (
            gettext("The list of {written} was skipped: {skipped}.", written=written, skipped=gettext(skipped))
            if skipped
            else gettext("The list of {written} was posted without it.", written=written)
        )
    if standing.preferences.mode is not Mode.TRENDING and not eligible(
        paper.listed, standing.preferences.mode, request.now
    ):
        return gettext("The list of {written} is for a later digest: its votes are not settled yet.", written=written)
    return gettext("No digest here has covered the list of {written} yet.", written=written)


async def _topics(desk: Desk, request: Request, paper: Paper) -> list[Item]:
    """Return, for each follow of the channel and of the asker, what matched or which clause failed."""
    own = direct(request)
    channels = [own] if own.key == request.channel.key else [request.channel, own]
    rows = []
    for channel in channels:
        section = (
            gettext("Yours") if channel.kind is Kind.DIRECT else gettext("Topics of {place}", place=place(channel))
        )
        for follow in await desk.stores.follows.of(channel):
            topic = parse(follow.topic)
            verdict = topic.explain(paper)
            said = phrase("Matches: {why}.") if verdict.matched else phrase("Does not match: {why}.")
            text = gettext(said, why=verdict)
            rows.append(Item(topic.label, text=text, because=verdict.phrases, section=section))
    return rows[:_MOST_TOPICS]
