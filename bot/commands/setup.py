"""Setting several channels up at once: a topic and a rhythm for each, guessed from its name and purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import parameters, recording, sending, snapshots
from bot.commands.desk import Desk, heading, place
from bot.commands.guessing import Guess, guess
from bot.commands.replies import say
from bot.errors import Mistake, SendError
from bot.language import gettext, grouped, phrase, retold, spelled
from bot.models import Cadence, Follow, Kind, Paper
from bot.ports.commands import Answer, Audience, Command, Parameter, Request
from bot.ports.places import Room, Standing

DAYS: Final = 28
"""Days of papers on which a guess is tried."""
MOST: Final = 20
_DAILY: Final = 3.0
"""Papers a week from which on a digest comes daily."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a channel could have. Without a topic it gets the day's most upvoted papers."""

    room: Room
    standing: Standing
    guess: Guess

    @property
    def cadence(self) -> Cadence:
        """Daily where there is enough, else weekly."""
        return Cadence.DAILY if self.guess.topic is None or self.guess.per_week >= _DAILY else Cadence.WEEKLY


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    confirm = parameters.of_flag("confirm", "Say yes to set up what is proposed")
    only = Parameter("channel", "One channel of the proposal", parameters.plain, example="C0123456789")
    return (
        Command(
            "setup",
            "Propose a digest for every channel the bot is in",
            partial(setup, desk),
            (confirm, only),
            Audience.MANAGERS,
            "setup",
        ),
    )


async def setup(desk: Desk, request: Request, *, confirm: bool = False, channel: str = "") -> Answer:
    """Propose one row for each channel without a digest; once confirmed, set them up."""
    if not (request.person.manager or await desk.named(request)):
        raise Mistake(gettext("Only people who manage channels may set them up; ask one of them."))
    proposals = [p for p in await _proposals(desk, request) if channel in ("", p.room.channel.id)]
    if not proposals:
        raise Mistake(
            gettext("Every channel that Broadsheet and you are in has a digest already, or there is none."), "settings"
        )
    if not confirm or request.dry:
        return Answer(_card(proposals))
    for proposal in proposals:
        await _start(desk, request, proposal)
    names = wording.listing([place(proposal.room.channel) for proposal in proposals])
    return say(
        gettext(
            "The digest is on in {names}. “{settings}” there changes it, “{undo}” there takes it back.",
            names=names,
            settings=spelled("settings"),
            undo=spelled("undo"),
        )
    )


async def _proposals(desk: Desk, request: Request) -> Sequence[Proposal]:
    """Return a proposal for each channel that the bot and the asker are both in and that has no digest."""
    directory = desk.rooms.get(request.channel.platform)
    if directory is None:
        raise Mistake(gettext("There is one channel only, and nothing to propose."), "settings")
    try:
        rooms = await directory.shared(request.channel.workspace, request.person.id)
    except SendError as error:
        raise Mistake(
            gettext("The channels can’t be read now: {error}.", error=retold(str(error)).rstrip(".。")), "digest on"
        ) from error
    standings = [(room, await desk.standing(replace(request, channel=room.channel))) for room in rooms[: MOST * 5]]
    fresh = [(room, standing) for room, standing in standings if not standing.preferences.on][:MOST]
    papers = await _lately(desk, request.now.date())
    guessed = await asyncio.to_thread(lambda: [Proposal(room, now, guess(room, papers, DAYS)) for room, now in fresh])
    # The day's papers fill a forum with posts of which nobody knows whether they belong there.
    return [each for each in guessed if each.guess.topic or each.room.channel.kind is not Kind.FORUM]


async def _lately(desk: Desk, today: date) -> Sequence[Paper]:
    span = await desk.stores.papers.span()
    last = min(span[1], today) if span else today
    return await desk.stores.papers.between(last - timedelta(days=DAYS - 1), last)


def _card(proposals: Sequence[Proposal]) -> Card:
    items = tuple(
        Item(
            title=heading(proposal.room.channel),
            text=_said(proposal),
            actions=(Action(gettext("Only this one"), "setup", _confirmed(proposal), place(proposal.room.channel)),),
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
        fallback=gettext("A proposal for {channels}", channels=wording.count(len(proposals), "channel")),
    )


def _confirmed(proposal: Proposal) -> dict[str, str]:
    return {"confirm": "yes", "channel": proposal.room.channel.id}


def _said(proposal: Proposal) -> str:
    schedule = replace(proposal.standing.preferences.schedule, cadence=proposal.cadence)
    plan = sending.plan(replace(proposal.standing.preferences, schedule=schedule))
    topic = proposal.guess.topic
    if topic is None:
        return gettext("The day’s most upvoted papers: {plan}.", plan=plan)
    return gettext(
        "“{label}”, about {per_week} papers a week: {plan}.",
        label=topic.label,
        per_week=grouped(proposal.guess.per_week),
        plan=plan,
    )


async def _start(desk: Desk, request: Request, proposal: Proposal) -> None:
    """Turn one channel's digest on, and let it follow the topic; its log tells of it, and `undo` takes it back."""
    there = replace(request, channel=proposal.room.channel)
    before = proposal.standing.preferences
    wanted = replace(before, on=True, schedule=replace(before.schedule, cadence=proposal.cadence))
    after = {}
    if topic := proposal.guess.topic:
        follow = Follow(there.channel, str(topic), request.person, request.now)
        if await desk.stores.follows.add(follow):
            after = {"topics": [snapshots.of_follow(follow)]}
    await recording.keep(
        desk, there, proposal.standing, wanted, phrase("sets the digest up"), before={"topics": []}, after=after
    )
