"""The digest on, digest off, digest now, pause and resume commands of a channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from bot.cards.models import Action, Card
from bot.commands.answers import build_failure_answer, build_text_answer
from bot.commands.autocomplete.dates import suggest_until_dates
from bot.commands.context import CommandContext, format_channel, format_in_channel, is_zone_unknown
from bot.commands.parsing import dates, parameter_types
from bot.commands.preferences import next_sends, save
from bot.commands.preferences.open_circuits import describe_open_circuit
from bot.delivery import pending_notices
from bot.digests import planner
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.formatting import format_command, join_sentences
from bot.i18n.translation import collect_moments, gettext, phrase
from bot.ports.channels import ChannelState
from bot.ports.commands import Answer, Audience, Command, Parameter, Request
from bot.reasons.reason import Reason, format_reason

_START_LABELS: Final = {"next": phrase("At the next time"), "now": phrase("Now")}


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    start = parameter_types.build_choice_parameter("start", "Post now, or at the next time", _START_LABELS)
    until = Parameter(
        "until",
        "Until a date",
        dates.read_dates,
        example="2026-12-01",
        takes_rest=True,
        suggest=suggest_until_dates,
    )
    managers = partial(Command, audience=Audience.MANAGERS)
    posting = partial(managers, starts_posts=True)
    return (
        posting(
            "digest on",
            "Start the digest; shows it first",
            partial(turn_on_digest, context),
            (start,),
            example="digest on",
            group_summary="Start, stop or change the digest, or post one now",
        ),
        managers(
            "digest off",
            "Stop the digest; settings and follows stay",
            partial(turn_off_digest, context),
            example="digest off",
        ),
        posting("digest now", "Post a digest now", partial(post_digest_now, context), example="digest now"),
        managers(
            "pause",
            "Post nothing here, for now or until a date",
            partial(pause_posts, context),
            (until,),
            example="pause 2026-12-01",
        ),
        managers("resume", "Post again after a pause", partial(resume_posts, context), example="resume"),
    )


async def turn_on_digest(context: CommandContext, request: Request, *, start: str = "") -> Answer:
    """Turn the digest on; asked without *start*, show what it would be first."""
    channel_state = await context.load_channel_state(request)
    if channel_state.preferences.on and not channel_state.retired_reason:
        return _answer_already_on(channel_state, request)
    if not start or request.dry_run:
        return await _preview_digest(context, request, channel_state)
    preferences = replace(channel_state.preferences, on=True, paused=False)
    following = preferences.schedule.find_next_post(request.now)
    if channel_state.retired_reason:
        await context.stores.channels.restore(request.channel, following, request.now)
        await pending_notices.clear_pending(context.stores.key_values, request.channel.key)
    await save.save_preferences(context, request, channel_state, preferences, Reason("digest.turned_on"))
    head = gettext(
        "The digest is on {inside}: {plan}.",
        inside=format_in_channel(request.channel),
        plan=next_sends.describe_plan(preferences),
    )
    if start == "now":
        outcome = await planner.post_now(
            context.stores, await context.load_channel_state(request), request.now, is_sample=await context.is_sample()
        )
        head = join_sentences(head, outcome.sentence)
    return build_text_answer(
        join_sentences(head, next_sends.format_next_sends(preferences.schedule, request.now)),
        Action(gettext("Settings"), "settings"),
        save.build_undo_button(request),
    )


def _answer_already_on(channel_state: ChannelState, request: Request) -> Answer:
    text = gettext(
        "The digest is on {inside} already. {state}",
        inside=format_in_channel(request.channel),
        state=next_sends.describe_state(channel_state, request.now),
    )
    off_ = Action(gettext("Turn it off"), "digest off")
    return build_text_answer(
        text, Action(gettext("Post now"), "digest now"), Action(gettext("Settings"), "settings"), off_
    )


async def _preview_digest(context: CommandContext, request: Request, channel_state: ChannelState) -> Answer:
    """Show what would be posted now, privately, with the ways to start."""
    outcome = await planner.preview_digest(
        context.stores, channel_state, request.now, is_sample=await context.is_sample()
    )
    schedule = channel_state.preferences.schedule
    following = schedule.find_next_post(request.now)
    first = (
        gettext(
            "It would come {plan}, first {when}.",
            plan=next_sends.describe_plan(channel_state.preferences),
            when=formatting.format_moment(following, schedule.timezone),
        )
        if following
        else ""
    )
    card = outcome.card or Card()
    unknown = is_zone_unknown(request, channel_state)
    unset = gettext("Your time zone is not known: set it first.") if unknown else ""
    settings = Action(gettext("Set the time zone") if unknown else gettext("Settings"), "settings")
    actions = (Action(gettext("Start at the next time"), "digest on", {"start": "next"}), settings)
    post = (Action(gettext("Post now"), "digest on", {"start": "now"}, style="main"),) if outcome.card else ()
    text = (
        gettext("This is what {place} would get.", place=format_channel(request.channel))
        if outcome.card
        else outcome.sentence
    )
    return Answer(
        replace(
            card,
            text=join_sentences(text, first, unset, gettext("Nothing is posted yet.")),
            actions=(*post, *actions),
            tone="answer",
            fallback=text,
            moments=collect_moments(),
        )
    )


async def turn_off_digest(context: CommandContext, request: Request) -> Answer:
    """Turn the digest off."""
    channel_state = await context.load_channel_state(request)
    if not channel_state.preferences.on:
        return build_text_answer(
            gettext("The digest is off {inside} already.", inside=format_in_channel(request.channel)),
            Action(gettext("Turn it on"), "digest on"),
        )
    if request.dry_run:
        return build_text_answer(
            gettext(
                "The digest of {place} would stop; its settings and follows stay.",
                place=format_channel(request.channel),
            )
        )
    await save.save_preferences(
        context, request, channel_state, replace(channel_state.preferences, on=False), Reason("digest.turned_off")
    )
    return build_text_answer(
        gettext(
            "The digest is off {inside}. Its settings and follows stay.", inside=format_in_channel(request.channel)
        ),
        save.build_undo_button(request),
    )


async def post_digest_now(context: CommandContext, request: Request) -> Answer:
    """Post a digest now, whether it is on or off."""
    channel_state = await context.load_channel_state(request)
    if channel_state.retired_reason:
        raise Mistake(
            gettext("Nothing can be posted here: {retired}.", retired=format_reason(channel_state.retired_reason)),
            "digest on",
        )
    act = planner.preview_digest if request.dry_run else planner.post_now
    outcome = await act(context.stores, channel_state, request.now, is_sample=await context.is_sample())
    if outcome.card and request.dry_run:
        return Answer(replace(outcome.card, text=gettext("This would be posted now."), tone="answer"))
    if outcome.state == "failed":
        return build_failure_answer(outcome.sentence)
    if outcome.state == "posted":
        return build_text_answer(join_sentences(outcome.sentence, await describe_open_circuit(context, channel_state)))
    return build_text_answer(
        outcome.sentence, Action(gettext("The newest list"), "today"), Action(gettext("Status"), "status")
    )


async def pause_posts(context: CommandContext, request: Request, *, until: dates.RelativeDates | None = None) -> Answer:
    """Post nothing: until resumed, or the digest until a date."""
    channel_state = await context.load_channel_state(request)
    preferences = channel_state.preferences
    if until is not None:
        return await _pause_until(context, request, channel_state, until)
    if preferences.paused:
        return build_text_answer(gettext("Everything is paused here already."), Action(gettext("Resume"), "resume"))
    if request.dry_run:
        return build_text_answer(
            gettext("Neither digests nor alerts would come here until “{command}”.", command=format_command("resume"))
        )
    await save.save_preferences(
        context, request, channel_state, replace(preferences, paused=True), Reason("posts.paused")
    )
    return build_text_answer(
        gettext("Paused: neither digests nor alerts come here until “{command}”.", command=format_command("resume")),
        Action(gettext("Resume"), "resume"),
    )


_MAX_LOOKAHEAD: Final = timedelta(days=183)
"""A date without its year that lies further off was meant to be the one that is gone."""


async def _pause_until(
    context: CommandContext, request: Request, channel_state: ChannelState, until: dates.RelativeDates
) -> Answer:
    """Move the next digest to the first one on or after a date."""
    schedule = channel_state.preferences.schedule
    today = schedule.to_local_date(request.now)
    day = resolve_future_date(until, today)
    if day <= today:
        raise Mistake(
            gettext("{day} is not in the future.", day=formatting.format_day(day, year=True)),
            f"pause {today + timedelta(days=7)}",
        )
    if not channel_state.preferences.on:
        raise Mistake(
            gettext(
                "A pause until a date is for digests, and there is none here; “{command}” alone holds alerts too.",
                command=format_command("pause"),
            ),
            "pause",
        )
    eve = datetime.combine(day, time(0), schedule.zone_info).astimezone(request.now.tzinfo) - timedelta(seconds=1)
    following = schedule.find_next_post(eve)
    if following is None:
        raise Mistake(gettext("No digest is scheduled at all; choose at least one day."), "settings days:weekdays")
    text = gettext("No digest until {when}. Alerts go on.", when=formatting.format_moment(following, schedule.timezone))
    if request.dry_run:
        return build_text_answer(text)
    resumed = replace(channel_state.preferences, paused=False)
    await save.save_preferences(
        context,
        request,
        channel_state,
        resumed,
        Reason("digest.paused_until", day=day),
        next_run_at=following,
        before=_snapshot_next_run(channel_state),
    )
    return build_text_answer(text, Action(gettext("Resume"), "resume"))


def _snapshot_next_run(channel_state: ChannelState) -> dict[str, str]:
    """Return when the next digest was to come before it is moved, for `undo`."""
    return {"next": channel_state.next_run.isoformat()} if channel_state.next_run else {}


def resolve_future_date(until: dates.RelativeDates, today: date) -> date:
    """Return the date that is meant for the future: "2 Jan" said in November is next year's, "yesterday" is not."""
    day = until(today)[0]
    if day < today:
        later = until(today + timedelta(days=364))[0]
        return later if today < later <= today + _MAX_LOOKAHEAD else day
    return day


async def resume_posts(context: CommandContext, request: Request) -> Answer:
    """Post again."""
    channel_state = await context.load_channel_state(request)
    preferences = channel_state.preferences
    following = save.compute_next_run(preferences, request.now)
    if not preferences.paused and (channel_state.next_run == following or not preferences.on):
        return build_text_answer(
            gettext("Nothing is paused here. {state}", state=next_sends.describe_state(channel_state, request.now))
        )
    if not request.dry_run:
        resumed = replace(preferences, paused=False)
        following = save.compute_next_run(resumed, request.now)
        snapshot = _snapshot_next_run(channel_state)
        await save.save_preferences(
            context, request, channel_state, resumed, Reason("posts.resumed"), next_run_at=following, before=snapshot
        )
    new_state = await context.load_channel_state(request)
    return build_text_answer(gettext("Resumed. {state}", state=next_sends.describe_state(new_state, request.now)))
