"""Muting: a paper or a topic that is not for this channel, or not for the asker."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal

from bot import wording
from bot.cards import Action
from bot.commands import parameters, suggesting
from bot.commands.desk import Desk, direct, inside, place
from bot.commands.previewing import instead, look
from bot.commands.replies import say
from bot.errors import Mistake
from bot.identifiers import arxiv_id
from bot.language import gettext, joined, phrase
from bot.models import Channel, Kind
from bot.ports.commands import Answer, Command, Parameter, Request
from bot.topics import Topic, parse

Muted = tuple[Literal["topic", "paper"], str, str]
"""What is muted: its kind, its value, and what people call it."""


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    what = Parameter(
        "what",
        "A paper (id or link) or a topic",
        _read,
        example="2602.12160",
        required=True,
        rest=True,
        suggest=partial(suggesting.mutable, desk),
    )
    muted = replace(what, suggest=partial(suggesting.muted, desk))
    detail = "Managers mute for the channel, everybody else for themselves; where: says otherwise."
    return (
        Command(
            "mute",
            "Leave a paper or a topic out",
            partial(mute, desk),
            (what, parameters.WHERE),
            example="mute 2602.12160",
            detail=detail,
        ),
        Command(
            "unmute",
            "Let a muted paper or topic in again",
            partial(unmute, desk),
            (muted, parameters.WHERE),
            example="unmute 2602.12160",
        ),
    )


def _read(text: str) -> str:
    """Pass on what is an id, a link or a topic; whether an id is that of a stored paper only the store knows."""
    identifier = arxiv_id(text)
    if not identifier:
        parse(text)
    return identifier or text.strip()


async def mute(desk: Desk, request: Request, *, what: str, where: str = "") -> Answer:
    """Leave something out of digests and alerts."""
    target = await _target(desk, request, where)
    kind, value, name = await _what(desk, what)
    if request.dry:
        return say(gettext("“{name}” would be left out {inside}.", name=name, inside=inside(target)))
    back = Action(
        gettext("Unmute"), "unmute", {"what": value, "where": "me" if target.kind is Kind.DIRECT else "here"}, name
    )
    if not await desk.stores.wishes.mute(target, kind, value, request.person, request.now):
        return say(gettext("“{name}” is muted {inside} already.", name=name, inside=inside(target)), back)
    after = {"kind": kind, "value": value, "name": name}
    await desk.stores.audit.note(
        target, request.person, "mute", phrase("mutes “{name}”").format(name=name), request.now, before={}, after=after
    )
    text = gettext("“{name}” is muted {inside}: digests and alerts leave it out.", name=name, inside=inside(target))
    seen = await look(desk, request, parse(value)) if kind == "topic" else None
    if seen is None or not seen.near:
        return say(text, back)
    meant = instead(seen, "mute", "what", where=back.arguments["where"])
    return say(joined(text, gettext("No recent paper is on it; did you mean “{near}”?", near=seen.near)), *meant, back)


async def unmute(desk: Desk, request: Request, *, what: str, where: str = "") -> Answer:
    """Let something in again."""
    target = await _target(desk, request, where)
    kind, value, name = await _what(desk, what)
    if request.dry:
        return say(gettext("“{name}” would be let in again {inside}.", name=name, inside=inside(target)))
    if not await desk.stores.wishes.unmute(target, kind, value):
        raise Mistake(gettext("“{name}” is not muted {inside}.", name=name, inside=inside(target)), "follows")
    before = {"kind": kind, "value": value, "name": name}
    await desk.stores.audit.note(
        target,
        request.person,
        "unmute",
        phrase("unmutes “{name}”").format(name=name),
        request.now,
        before=before,
        after={},
    )
    return say(gettext("“{name}” is not muted {inside} any more.", name=name, inside=inside(target)))


async def _target(desk: Desk, request: Request, where: str) -> Channel:
    """Return for whom: the channel when a manager says nothing else."""
    manager = await desk.manages(request)
    if where == "here" and not manager:
        raise Mistake(
            gettext(
                "Only people who manage {place} may mute for it; mute it for yourself.", place=place(request.channel)
            ),
            "mute 2602.12160 where:me",
        )
    return request.channel if manager and where != "me" else direct(request)


async def _what(desk: Desk, text: str) -> Muted:
    """Tell papers and topics apart: an id, a link or the id of a stored paper is a paper."""
    identifier = arxiv_id(text)
    stored = await desk.stored(identifier or text.strip())
    if stored:
        return "paper", stored.id, wording.name(stored)
    if identifier:
        return "paper", identifier, identifier
    topic: Topic = parse(text)
    return "topic", str(topic), topic.label
