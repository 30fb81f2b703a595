"""The digest of a channel: on, off, now; pause and resume."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from bot import untold, wording
from bot.cards import Action, Card
from bot.commands import moments, parameters, recording, sending, timing
from bot.commands.desk import Desk, inside, place, unplaced
from bot.commands.replies import failure, say
from bot.digests import planning
from bot.errors import Mistake
from bot.language import ENGLISH, gettext, joined, noted, phrase, speaking, spelled
from bot.ports.commands import Answer, Audience, Command, Parameter, Request
from bot.ports.places import Standing

_STARTS: Final = {"next": phrase("At the next time"), "now": phrase("Now")}


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    start = parameters.of_choice("start", "Post now, or at the next time", _STARTS)
    until = Parameter("until", "Until a date", moments.dates, example="2026-12-01", rest=True, suggest=timing.until)
    managers = partial(Command, audience=Audience.MANAGERS)
    return (
        managers("digest on", "Start the digest; shows it first", partial(on, desk), (start,), example="digest on"),
        managers("digest off", "Stop the digest; settings and follows stay", partial(off, desk), example="digest off"),
        managers("digest now", "Post a digest now", partial(now, desk), example="digest now"),
        managers(
            "pause",
            "Post nothing here, for now or until a date",
            partial(pause, desk),
            (until,),
            example="pause 2026-12-01",
        ),
        managers("resume", "Post again after a pause", partial(resume, desk), example="resume"),
    )


async def on(desk: Desk, request: Request, *, start: str = "") -> Answer:
    """Turn the digest on; asked without *start*, show what it would be first."""
    standing = await desk.standing(request)
    if standing.preferences.on and not standing.retired:
        return _on_already(standing, request)
    if not start or request.dry:
        return await _shown(desk, request, standing)
    preferences = replace(standing.preferences, on=True, paused=False)
    following = preferences.schedule.next_after(request.now)
    if standing.retired:
        await desk.stores.channels.restore(request.channel, following)
        await untold.over(desk.stores.marks, request.channel.key)
    await recording.keep(desk, request, standing, preferences, phrase("turns the digest on"))
    head = gettext("The digest is on {inside}: {plan}.", inside=inside(request.channel), plan=sending.plan(preferences))
    if start == "now":
        outcome = await planning.post_now(desk.stores, await desk.standing(request), request.now)
        head = joined(head, outcome.sentence)
    return say(
        joined(head, sending.line(preferences.schedule, request.now)),
        Action(gettext("Settings"), "settings"),
        recording.undoing(request),
    )


def _on_already(standing: Standing, request: Request) -> Answer:
    text = gettext(
        "The digest is on {inside} already. {state}",
        inside=inside(request.channel),
        state=sending.state(standing, request.now),
    )
    off_ = Action(gettext("Turn it off"), "digest off")
    return say(text, Action(gettext("Post now"), "digest now"), Action(gettext("Settings"), "settings"), off_)


async def _shown(desk: Desk, request: Request, standing: Standing) -> Answer:
    """Show what would be posted now, privately, with the ways to start."""
    outcome = await planning.preview(desk.stores, standing, request.now)
    schedule = standing.preferences.schedule
    following = schedule.next_after(request.now)
    first = (
        gettext(
            "It would come {plan}, first {when}.",
            plan=sending.plan(standing.preferences),
            when=wording.when(following, schedule.timezone),
        )
        if following
        else ""
    )
    card = outcome.card or Card()
    unknown = unplaced(request, standing)
    unset = gettext("Your time zone is not known: set it first.") if unknown else ""
    settings = Action(gettext("Set the time zone") if unknown else gettext("Settings"), "settings")
    actions = (Action(gettext("Start at the next time"), "digest on", {"start": "next"}), settings)
    post = (Action(gettext("Post now"), "digest on", {"start": "now"}, style="main"),) if outcome.card else ()
    text = (
        gettext("This is what {place} would get.", place=place(request.channel)) if outcome.card else outcome.sentence
    )
    return Answer(
        replace(
            card,
            text=joined(text, first, unset, gettext("Nothing is posted yet.")),
            actions=(*post, *actions),
            tone="answer",
            fallback=text,
            moments=noted(),
        )
    )


async def off(desk: Desk, request: Request) -> Answer:
    """Turn the digest off."""
    standing = await desk.standing(request)
    if not standing.preferences.on:
        return say(
            gettext("The digest is off {inside} already.", inside=inside(request.channel)),
            Action(gettext("Turn it on"), "digest on"),
        )
    if request.dry:
        return say(
            gettext("The digest of {place} would stop; its settings and follows stay.", place=place(request.channel))
        )
    await recording.keep(
        desk, request, standing, replace(standing.preferences, on=False), phrase("turns the digest off")
    )
    return say(
        gettext("The digest is off {inside}. Its settings and follows stay.", inside=inside(request.channel)),
        recording.undoing(request),
    )


async def now(desk: Desk, request: Request) -> Answer:
    """Post a digest now, whether it is on or off."""
    standing = await desk.standing(request)
    if standing.retired:
        raise Mistake(
            gettext("Nothing can be posted here: {retired}.", retired=wording.reason(standing.retired)), "digest on"
        )
    act = planning.preview if request.dry else planning.post_now
    outcome = await act(desk.stores, standing, request.now)
    if outcome.card and request.dry:
        return Answer(replace(outcome.card, text=gettext("This would be posted now."), tone="answer"))
    if outcome.state == "failed":
        return failure(outcome.sentence)
    if outcome.state == "posted":
        return say(outcome.sentence)
    return say(outcome.sentence, Action(gettext("The newest list"), "today"), Action(gettext("Status"), "status"))


async def pause(desk: Desk, request: Request, *, until: moments.Dates | None = None) -> Answer:
    """Post nothing: until resumed, or the digest until a date."""
    standing = await desk.standing(request)
    preferences = standing.preferences
    if until is not None:
        return await _until(desk, request, standing, until)
    if preferences.paused:
        return say(gettext("Everything is paused here already."), Action(gettext("Resume"), "resume"))
    if request.dry:
        return say(gettext("Neither digests nor alerts would come here until “{command}”.", command=spelled("resume")))
    await recording.keep(desk, request, standing, replace(preferences, paused=True), phrase("pauses everything"))
    return say(
        gettext("Paused: neither digests nor alerts come here until “{command}”.", command=spelled("resume")),
        Action(gettext("Resume"), "resume"),
    )


_FAR: Final = timedelta(days=183)
"""A date without its year that lies further off was meant to be the one that is gone."""


async def _until(desk: Desk, request: Request, standing: Standing, until: moments.Dates) -> Answer:
    """Move the next digest to the first one on or after a date."""
    schedule = standing.preferences.schedule
    today = schedule.local_date(request.now)
    day = ahead(until, today)
    if day <= today:
        raise Mistake(
            gettext("{day} is not in the future.", day=wording.day(day, year=True)),
            f"pause {today + timedelta(days=7)}",
        )
    if not standing.preferences.on:
        raise Mistake(
            gettext(
                "A pause until a date is for digests, and there is none here; “{command}” alone holds alerts too.",
                command=spelled("pause"),
            ),
            "pause",
        )
    eve = datetime.combine(day, time(0), schedule.zone).astimezone(request.now.tzinfo) - timedelta(seconds=1)
    following = schedule.next_after(eve)
    if following is None:
        raise Mistake(gettext("No digest is scheduled at all; choose at least one day."), "settings days:weekdays")
    text = gettext("No digest until {when}. Alerts go on.", when=wording.when(following, schedule.timezone))
    if request.dry:
        return say(text)
    with speaking(ENGLISH):
        summary = phrase("pauses the digest until {day}").format(day=wording.day(day))
    resumed = replace(standing.preferences, paused=False)
    await recording.keep(desk, request, standing, resumed, summary, following=following, before=_moved(standing))
    return say(text, Action(gettext("Resume"), "resume"))


def _moved(standing: Standing) -> dict[str, str]:
    """Return when the next digest was to come before it is moved, for `undo`."""
    return {"next": standing.next_run.isoformat()} if standing.next_run else {}


def ahead(until: moments.Dates, today: date) -> date:
    """Return the date that is meant for the future: "2 Jan" said in November is next year's, "yesterday" is not."""
    day = until(today)[0]
    if day < today:
        later = until(today + timedelta(days=364))[0]
        return later if today < later <= today + _FAR else day
    return day


async def resume(desk: Desk, request: Request) -> Answer:
    """Post again."""
    standing = await desk.standing(request)
    preferences = standing.preferences
    following = recording.next_run(preferences, request.now)
    if not preferences.paused and (standing.next_run == following or not preferences.on):
        return say(gettext("Nothing is paused here. {state}", state=sending.state(standing, request.now)))
    if not request.dry:
        resumed = replace(preferences, paused=False)
        following = recording.next_run(resumed, request.now)
        moved = _moved(standing)
        await recording.keep(desk, request, standing, resumed, phrase("resumes"), following=following, before=moved)
    fresh = await desk.standing(request)
    return say(gettext("Resumed. {state}", state=sending.state(fresh, request.now)))
