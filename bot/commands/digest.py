"""The digest of a channel: on, off, now; pause and resume."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from bot import wording
from bot.cards import Action, Card
from bot.commands import moments, parameters, recording, sending
from bot.commands.desk import Desk, inside, place, unplaced
from bot.commands.replies import failure, say
from bot.digests import planning
from bot.errors import Mistake
from bot.ports.commands import Answer, Audience, Command, Parameter, Request
from bot.ports.places import Standing


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    start = parameters.of_choice("start", "Post now, or at the next time", "next", "now")
    until = Parameter("until", "Until a date", moments.dates, example="2026-12-01", rest=True)
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
    await recording.keep(desk, request, standing, preferences, "turns the digest on")
    head = f"The digest is on {inside(request.channel)}: {sending.plan(preferences)}."
    if start == "now":
        outcome = await planning.post_now(desk.stores, await desk.standing(request), request.now)
        head = f"{head} {outcome.sentence}"
    return say(
        f"{head} {sending.line(preferences.schedule, request.now)}",
        Action("Settings", "settings"),
        recording.undoing(request),
    )


def _on_already(standing: Standing, request: Request) -> Answer:
    text = f"The digest is on {inside(request.channel)} already. {sending.state(standing, request.now)}"
    off_ = Action("Turn it off", "digest off")
    return say(text, Action("Post now", "digest now"), Action("Settings", "settings"), off_)


async def _shown(desk: Desk, request: Request, standing: Standing) -> Answer:
    """Show what would be posted now, privately, with the ways to start."""
    outcome = await planning.preview(desk.stores, standing, request.now)
    schedule = standing.preferences.schedule
    following = schedule.next_after(request.now)
    at = (
        f" It would come {sending.plan(standing.preferences)}, first {wording.when(following, schedule.timezone)}."
        if following
        else ""
    )
    card = outcome.card or Card()
    unknown = unplaced(request, standing)
    if unknown:
        at = f"{at} Your time zone is not known: set it first."
    settings = Action("Set the time zone" if unknown else "Settings", "settings")
    actions = (Action("Start at the next time", "digest on", {"start": "next"}), settings)
    post = (Action("Post now", "digest on", {"start": "now"}, style="main"),) if outcome.card else ()
    text = f"This is what {place(request.channel)} would get." if outcome.card else outcome.sentence
    return Answer(
        replace(
            card, text=f"{text}{at} Nothing is posted yet.", actions=(*post, *actions), tone="answer", fallback=text
        )
    )


async def off(desk: Desk, request: Request) -> Answer:
    """Turn the digest off."""
    standing = await desk.standing(request)
    if not standing.preferences.on:
        return say(f"The digest is off {inside(request.channel)} already.", Action("Turn it on", "digest on"))
    if request.dry:
        return say(f"The digest of {place(request.channel)} would stop; its settings and follows stay.")
    await recording.keep(desk, request, standing, replace(standing.preferences, on=False), "turns the digest off")
    return say(
        f"The digest is off {inside(request.channel)}. Its settings and follows stay.", recording.undoing(request)
    )


async def now(desk: Desk, request: Request) -> Answer:
    """Post a digest now, whether it is on or off."""
    standing = await desk.standing(request)
    if standing.retired:
        raise Mistake(f"Nothing can be posted here: {standing.retired}.", "digest on")
    act = planning.preview if request.dry else planning.post_now
    outcome = await act(desk.stores, standing, request.now)
    if outcome.card and request.dry:
        return Answer(replace(outcome.card, text="This would be posted now.", tone="answer"))
    if outcome.state == "failed":
        return failure(outcome.sentence)
    if outcome.state == "posted":
        return say(outcome.sentence)
    return say(outcome.sentence, Action("The newest list", "today"), Action("Status", "status"))


async def pause(desk: Desk, request: Request, *, until: moments.Dates | None = None) -> Answer:
    """Post nothing: until resumed, or the digest until a date."""
    standing = await desk.standing(request)
    preferences = standing.preferences
    if until is not None:
        return await _until(desk, request, standing, until)
    if preferences.paused:
        return say("Everything is paused here already.", Action("Resume", "resume"))
    if request.dry:
        return say("Neither digests nor alerts would come here until “resume”.")
    await recording.keep(desk, request, standing, replace(preferences, paused=True), "pauses everything")
    return say("Paused: neither digests nor alerts come here until “resume”.", Action("Resume", "resume"))


_FAR: Final = timedelta(days=183)
"""A date without its year that lies further off was meant to be the one that is gone."""


async def _until(desk: Desk, request: Request, standing: Standing, until: moments.Dates) -> Answer:
    """Move the next digest to the first one on or after a date."""
    schedule = standing.preferences.schedule
    today = schedule.local_date(request.now)
    day = ahead(until, today)
    if day <= today:
        raise Mistake(f"{wording.day(day, year=True)} is not in the future.", f"pause {today + timedelta(days=7)}")
    if not standing.preferences.on:
        raise Mistake(
            "A pause until a date is for digests, and there is none here; “pause” alone holds alerts too.", "pause"
        )
    eve = datetime.combine(day, time(0), schedule.zone).astimezone(request.now.tzinfo) - timedelta(seconds=1)
    following = schedule.next_after(eve)
    if following is None:
        raise Mistake("No digest is scheduled at all; choose at least one day.", "settings days:weekdays")
    text = f"No digest until {wording.when(following, schedule.timezone)}. Alerts go on."
    if request.dry:
        return say(text)
    summary = f"pauses the digest until {wording.day(day)}"
    resumed = replace(standing.preferences, paused=False)
    await recording.keep(desk, request, standing, resumed, summary, following=following, before=_moved(standing))
    return say(text, Action("Resume", "resume"))


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
        return say(f"Nothing is paused here. {sending.state(standing, request.now)}")
    if not request.dry:
        resumed = replace(preferences, paused=False)
        following = recording.next_run(resumed, request.now)
        moved = _moved(standing)
        await recording.keep(desk, request, standing, resumed, "resumes", following=following, before=moved)
    fresh = await desk.standing(request)
    return say(f"Resumed. {sending.state(fresh, request.now)}")
