"""Following topics: follow, unfollow, follows, and what a topic would have sent."""

from __future__ import annotations

from functools import partial
from typing import Final

from bot import follows, wording
from bot.cards import Action, Card, Field, Form
from bot.commands import caps, parameters, previewing, snapshots, topical
from bot.commands.desk import Desk, direct, inside, place
from bot.commands.overview import overview
from bot.commands.previewing import HEAVY, instead, lighter, look, volume
from bot.commands.replies import say
from bot.errors import Mistake
from bot.language import gettext, joined, phrase
from bot.models import Channel, Follow, Kind
from bot.ports.commands import Answer, Command, Parameter, Request
from bot.topics import Topic, parse

MOST_HERE: Final = 25
_EXAMPLES: Final = 2
_SCOPES: Final = {
    "here": phrase("This channel and you"),
    "me": phrase("You"),
    "all": phrase("Every channel you see"),
}
_TOPIC: Final = "A phrase; a comma for either of two, -word to leave one out, author:name, cat:cs.CL"


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    typed = partial(Parameter, "topic", _TOPIC, parameters.topic, example='"world model" -robot', rest=True)
    offered = partial(typed, suggest=partial(topical.topics, desk))
    listed = typed(suggest=partial(topical.followed, desk), required=True)
    alerts = parameters.of_flag("alerts", "Send each paper as it appears (your own follows always do)")
    days = parameters.of_number("days", "How many days to look back", 1, 90, previewing.DAYS)
    scope = parameters.of_choice(
        "where", "This channel and you, or every channel you see", _SCOPES, {"workspace": "all", "server": "all"}
    )
    return (
        Command(
            "follow",
            "Hear about new papers on a topic",
            partial(follow, desk),
            (offered(), parameters.WHERE, alerts),
            example='follow "world model" -robot',
            detail="Yours arrive as direct messages. A channel’s feed its digest; alerts:yes posts each at once.",
        ),
        Command(
            "unfollow",
            "Stop following a topic",
            partial(unfollow, desk),
            (listed, parameters.WHERE),
            example='unfollow "world model"',
        ),
        Command(
            "follows",
            "What is followed, by whom, since when",
            partial(overview, desk),
            (scope, parameters.PAGE),
            example="follows",
        ),
        Command(
            "preview",
            "What a topic would have sent",
            partial(previewing.preview, desk),
            (offered(required=True), days, parameters.PAGE),
            example="preview diffusion -medical days:30",
        ),
    )


async def follow(
    desk: Desk, request: Request, *, topic: Topic | None = None, where: str = "me", alerts: bool | None = None
) -> Answer:
    """Follow a topic; without one, ask for it."""
    target = await _target(desk, request, where)
    if topic is None or request.dry:
        return Answer(await _form(desk, request, topic, target))
    held = await desk.stores.follows.of(target)
    personal = target.kind is Kind.DIRECT
    known = next((follow for follow in held if follow.topic == str(topic)), None)
    if known and (alerts is None or personal or alerts == known.alerts):
        return _known(topic, known, target, request)
    most = await caps.most(desk, request, len(held)) if personal else MOST_HERE
    if not known and not most:
        raise Mistake(gettext("The managers let nobody follow topics for themselves."), "follows")
    if not known and len(held) >= most:
        raise Mistake(
            gettext(
                "That would be more than {most} follows for {place}; unfollow one first.",
                most=most,
                place=place(target),
            ),
            "follows",
        )
    wanted = Follow(target, str(topic), request.person, known.since if known else request.now, personal or bool(alerts))
    await desk.stores.follows.add(wanted)
    await desk.address(request, target)
    summary = _switched(topic, wanted) if known else phrase("follows “{label}”").format(label=topic.label)
    before, after = snapshots.of_follow(known) if known else {}, snapshots.of_follow(wanted)
    await desk.stores.audit.note(target, request.person, "follow", summary, request.now, before=before, after=after)
    if known:
        return say(_changed(topic, wanted), _unfollow(topic, target))
    return Answer(await _followed(desk, request, topic, wanted))


def _switched(topic: Topic, wanted: Follow) -> str:
    """Say, for the log, how the papers of a channel's follow come from now on."""
    if wanted.alerts:
        return phrase("“{label}” now sends each paper at once").format(label=topic.label)
    return phrase("“{label}” now feeds the digest").format(label=topic.label)


def _changed(topic: Topic, wanted: Follow) -> str:
    """Say the same to whoever did it, with the channel."""
    names = {"label": topic.label, "inside": inside(wanted.channel)}
    if wanted.alerts:
        return gettext("“{label}” now sends each paper at once {inside}.", **names)
    return gettext("“{label}” now feeds the digest {inside}.", **names)


async def _target(desk: Desk, request: Request, where: str) -> Channel:
    """Return whose follow it is; a channel's needs a manager."""
    if where == "me" or request.channel.kind is Kind.DIRECT:
        return direct(request)
    if not await desk.manages(request):
        raise Mistake(
            gettext(
                "Only people who manage {place} may change what it follows; follow it for yourself.",
                place=place(request.channel),
            ),
            "follow diffusion where:me",
        )
    return request.channel


async def _form(desk: Desk, request: Request, topic: Topic | None, target: Channel) -> Form:
    """Ask for a topic, saying what it would have sent."""
    text = request.arguments.get("topic", "")
    seen = await look(desk, request, topic) if topic else None
    fields: tuple[Field, ...] = (
        Field("topic", gettext("Topic"), value=text, hint=gettext(_TOPIC), required=True),
        Field(
            "where",
            gettext("For"),
            "choice",
            value=_where(target),
            choices=(
                ("me", gettext("You, as direct messages")),
                ("here", gettext("{place}, in its digest", place=place(request.channel))),
            ),
        ),
        Field(
            "alerts",
            gettext("In a channel: post each paper at once"),
            "flag",
            value=request.arguments.get("alerts", "no"),
        ),
    )
    if request.channel.kind is Kind.DIRECT:
        fields = fields[:1]
    return Form(
        gettext("Follow a topic"),
        "follow",
        fields,
        preview=(volume(seen), *_names(seen)) if seen else (),
        submit=gettext("Follow"),
    )


def _names(seen: follows.Preview) -> tuple[str, ...]:
    return tuple(paper.title for paper, _ in seen.papers[:_EXAMPLES])


async def _followed(desk: Desk, request: Request, topic: Topic, made: Follow) -> Card:
    """Say what was done, how much will come, with an example or two."""
    seen = await look(desk, request, topic)
    text = joined(_starts(topic, made), volume(seen))
    if seen.per_week > HEAVY:
        text = joined(text, lighter(topic, seen))
    return Card(
        text=text,
        items=tuple(
            wording.item(paper, because=why.phrases, dated=request.now.date()) for paper, why in seen.papers[:_EXAMPLES]
        ),
        actions=(
            *instead(seen, "follow", where=_where(made.channel)),
            _unfollow(topic, made.channel),
            Action(gettext("Preview"), "preview", {"topic": str(topic)}, topic.label),
        ),
        fallback=text,
    )


def _starts(topic: Topic, made: Follow) -> str:
    """Say that a topic is followed, and how its papers come."""
    names = {"label": topic.label, "place": place(made.channel)}
    if made.channel.kind is Kind.DIRECT:
        return gettext("Following “{label}” for you; new papers come as direct messages.", label=topic.label)
    if made.alerts:
        return gettext("Following “{label}” for {place}; new papers come at once.", **names)
    return gettext("Following “{label}” for {place}; new papers come in the digest.", **names)


def _known(topic: Topic, known: Follow, target: Channel, request: Request) -> Answer:
    names = {
        "label": topic.label,
        "place": place(target),
        "since": wording.short_day(known.since.date(), request.now.date()),
    }
    if known.by.id == request.person.id:
        text = gettext(
            "“{label}” is followed for {place} already: by you, since {since}. Nothing was changed.", **names
        )
    else:
        who = known.by.name or gettext("somebody")
        text = gettext(
            "“{label}” is followed for {place} already: by {who}, since {since}. Nothing was changed.", **names, who=who
        )
    return say(text, _unfollow(topic, target))


def _unfollow(topic: Topic, target: Channel) -> Action:
    return Action(gettext("Unfollow"), "unfollow", {"topic": str(topic), "where": _where(target)}, topic.label)


def _where(target: Channel) -> str:
    return "me" if target.kind is Kind.DIRECT else "here"


async def unfollow(desk: Desk, request: Request, *, topic: Topic, where: str = "") -> Answer:
    """Stop following a topic: the asker's own first, else the channel's."""
    own = direct(request)
    targets = {"me": [own], "here": [request.channel]}.get(where, [own, request.channel])
    for target in targets:
        held = [follow.topic for follow in await desk.stores.follows.of(target)]
        if str(topic) in held:
            return await _dropped(desk, request, topic, target)
    known = [follow.topic for target in targets for follow in await desk.stores.follows.of(target)]
    near = parameters.nearest(topic.label, [parse(text).label for text in known])
    meant = gettext("Did you mean “{near}”?", near=near) if near else ""
    raise Mistake(
        joined(gettext("“{label}” is not followed here.", label=topic.label), meant),
        f"unfollow {near}" if near else "follows",
    )


async def _dropped(desk: Desk, request: Request, topic: Topic, target: Channel) -> Answer:
    if target.kind is not Kind.DIRECT and not await desk.manages(request):
        raise Mistake(
            gettext("Only people who manage {place} may change what it follows.", place=place(target)), "follows"
        )
    if request.dry:
        return say(gettext("“{label}” would be followed for {place} no more.", label=topic.label, place=place(target)))
    removed = await desk.stores.follows.remove(target, str(topic))
    if removed:
        before = snapshots.of_follow(removed)
        summary = phrase("unfollows “{label}”").format(label=topic.label)
        await desk.stores.audit.note(target, request.person, "unfollow", summary, request.now, before=before, after={})
    again = Action(gettext("Follow again"), "follow", {"topic": str(topic), "where": _where(target)}, topic.label)
    return say(gettext("“{label}” is followed for {place} no more.", label=topic.label, place=place(target)), again)
