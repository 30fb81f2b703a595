"""The follow and unfollow commands: topics that a channel or a person follows."""

from __future__ import annotations

from functools import partial
from typing import Final

from bot.cards.models import Action, Card, Field, Form
from bot.commands.answers import build_text_answer
from bot.commands.autocomplete import topics
from bot.commands.context import CommandContext, format_channel, format_in_channel, get_direct_channel
from bot.commands.follows.follow_limits import get_person_follow_limit
from bot.commands.follows.follow_list import show_follows
from bot.commands.follows.preview import (
    HEAVY_PER_WEEK,
    PREVIEW_DAYS,
    build_matching_items,
    build_near_topic_buttons,
    describe_narrowing,
    describe_volume,
    run_preview,
    show_preview,
)
from bot.commands.parsing import parameter_types
from bot.commands.preferences import snapshots
from bot.domain.channels import Channel, ChannelKind
from bot.domain.follows import Follow
from bot.domain.topics.parser import Topic, parse_topic
from bot.errors import Mistake
from bot.follows import preview
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext, phrase
from bot.ports.commands import Answer, Command, Parameter, Request
from bot.reasons.reason import Reason

MAX_CHANNEL_FOLLOWS: Final = 25
_MAX_EXAMPLES: Final = 2
_SCOPE_LABELS: Final = {
    "here": phrase("This channel and you"),
    "me": phrase("You"),
    "all": phrase("Every channel you see"),
}
_TOPIC_HINT: Final = "A phrase; a comma for either of two, -word to leave one out, author:name, cat:cs.CL"


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    typed = partial(
        Parameter, "topic", _TOPIC_HINT, parameter_types.read_topic, example='"world model" -robot', takes_rest=True
    )
    offered = partial(typed, suggest=partial(topics.suggest_topics, context))
    listed = typed(suggest=partial(topics.suggest_followed_topics, context), required=True)
    hint = "Send each paper as it appears (your own follows always do)"
    alerts = parameter_types.build_flag_parameter("alerts", hint)
    days = parameter_types.build_number_parameter("days", "How many days to look back", 1, 90, PREVIEW_DAYS)
    where, aliases = "This channel and you, or every channel you see", {"workspace": "all", "server": "all"}
    scope = parameter_types.build_choice_parameter("where", where, _SCOPE_LABELS, aliases)
    return (
        Command(
            "follow",
            "Hear about new papers on a topic",
            partial(follow_topic, context),
            (offered(), parameter_types.WHERE, alerts),
            example='follow "world model" -robot',
            detail="Yours arrive as direct messages. A channel’s feed its digest; alerts:yes posts each at once.",
        ),
        Command(
            "unfollow",
            "Stop following a topic",
            partial(unfollow_topic, context),
            (listed, parameter_types.WHERE),
            example='unfollow "world model"',
        ),
        Command(
            "follows",
            "What is followed, by whom, since when",
            partial(show_follows, context),
            (scope, parameter_types.PAGE),
            reads_only=True,
            example="follows",
        ),
        Command(
            "preview",
            "What a topic would have sent",
            partial(show_preview, context),
            (offered(required=True), days, parameter_types.PAGE),
            reads_only=True,
            example="preview diffusion -medical days:30",
        ),
    )


async def follow_topic(
    context: CommandContext,
    request: Request,
    *,
    topic: Topic | None = None,
    where: str = "me",
    alerts: bool | None = None,
) -> Answer:
    """Follow a topic; without one, ask for it."""
    target = await _resolve_target(context, request, where)
    if topic is None or request.dry_run:
        return Answer(await _build_follow_form(context, request, topic, target))
    follows = await context.stores.follows.list_for_channel(target)
    personal = target.kind is ChannelKind.DIRECT
    current = next((follow for follow in follows if follow.topic == str(topic)), None)
    if current and (alerts is None or personal or alerts == current.alerts):
        return _answer_already_followed(topic, current, target, request)
    most = await get_person_follow_limit(context, request, len(follows)) if personal else MAX_CHANNEL_FOLLOWS
    if not current and not most:
        raise Mistake(gettext("The managers let nobody follow topics for themselves."), "follows")
    if not current and len(follows) >= most:
        raise Mistake(
            gettext(
                "That would be more than {most} follows for {place}; unfollow one first.",
                most=most,
                place=format_channel(target),
            ),
            "follows",
        )
    new_follow = Follow(
        target, str(topic), request.person, current.followed_since if current else request.now, personal or bool(alerts)
    )
    await context.stores.follows.add(new_follow)
    await context.set_channel_language(request, target)
    summary = _summarize_alert_change(topic, new_follow) if current else Reason("follow.added", label=topic.label)
    before, after = snapshots.encode_follow(current) if current else {}, snapshots.encode_follow(new_follow)
    await context.stores.audit.record_change(
        target, request.person, "follow", summary, request.now, before=before, after=after
    )
    if current:
        return build_text_answer(_describe_alert_change(topic, new_follow), _build_unfollow_button(topic, target))
    return Answer(await _build_followed_card(context, request, topic, new_follow))


def _summarize_alert_change(topic: Topic, follow: Follow) -> Reason:
    """Say, for the log, how the papers of a channel's follow come from now on."""
    return Reason("follow.at_once" if follow.alerts else "follow.in_digest", label=topic.label)


def _describe_alert_change(topic: Topic, follow: Follow) -> str:
    """Say the same to whoever did it, with the channel."""
    names = {"label": topic.label, "inside": format_in_channel(follow.channel)}
    if follow.alerts:
        return gettext("“{label}” now sends each paper at once {inside}.", **names)
    return gettext("“{label}” now feeds the digest {inside}.", **names)


async def _resolve_target(context: CommandContext, request: Request, where: str) -> Channel:
    """Return whose follow it is; a channel's needs a manager."""
    if where == "me" or request.channel.kind is ChannelKind.DIRECT:
        return get_direct_channel(request)
    if not await context.can_manage_channel(request):
        raise Mistake(
            gettext(
                "Only people who manage {place} may change what it follows; follow it for yourself.",
                place=format_channel(request.channel),
            ),
            "follow diffusion where:me",
        )
    return request.channel


async def _build_follow_form(context: CommandContext, request: Request, topic: Topic | None, target: Channel) -> Form:
    """Ask for a topic, saying what it would have sent."""
    text = request.arguments.get("topic", "")
    topic_preview = await run_preview(context, request, topic) if topic else None
    fields: tuple[Field, ...] = (
        Field("topic", gettext("Topic"), value=text, hint=gettext(_TOPIC_HINT), required=True),
        Field(
            "where",
            gettext("For"),
            "choice",
            value=_format_where(target),
            choices=(
                ("me", gettext("You, as direct messages")),
                ("here", gettext("{place}, in its digest", place=format_channel(request.channel))),
            ),
        ),
        Field(
            "alerts",
            gettext("In a channel: post each paper at once"),
            "flag",
            value=request.arguments.get("alerts", "no"),
        ),
    )
    if request.channel.kind is ChannelKind.DIRECT:
        fields = fields[:1]
    return Form(
        gettext("Follow a topic"),
        "follow",
        fields,
        preview=(describe_volume(topic_preview), *_list_example_titles(topic_preview)) if topic_preview else (),
        submit=gettext("Follow"),
    )


def _list_example_titles(topic_preview: preview.TopicPreview) -> tuple[str, ...]:
    return tuple(paper.title for paper, _ in topic_preview.papers[:_MAX_EXAMPLES])


async def _build_followed_card(context: CommandContext, request: Request, topic: Topic, follow: Follow) -> Card:
    """Say what was done, how much will come, with an example or two."""
    topic_preview = await run_preview(context, request, topic)
    text = join_sentences(_describe_new_follow(topic, follow), describe_volume(topic_preview))
    if topic_preview.per_week > HEAVY_PER_WEEK:
        text = join_sentences(text, describe_narrowing(topic, topic_preview))
    return Card(
        text=text,
        items=build_matching_items(context, request, topic_preview.papers[:_MAX_EXAMPLES]),
        actions=(
            *build_near_topic_buttons(topic_preview, "follow", where=_format_where(follow.channel)),
            _build_unfollow_button(topic, follow.channel),
            Action(gettext("Preview"), "preview", {"topic": str(topic)}, topic.label),
        ),
        fallback=text,
    )


def _describe_new_follow(topic: Topic, follow: Follow) -> str:
    """Say that a topic is followed, and how its papers come."""
    names = {"label": topic.label, "place": format_channel(follow.channel)}
    if follow.channel.kind is ChannelKind.DIRECT:
        return gettext("Following “{label}” for you; new papers come as direct messages.", label=topic.label)
    if follow.alerts:
        return gettext("Following “{label}” for {place}; new papers come at once.", **names)
    return gettext("Following “{label}” for {place}; new papers come in the digest.", **names)


def _answer_already_followed(topic: Topic, follow: Follow, target: Channel, request: Request) -> Answer:
    names = {
        "label": topic.label,
        "place": format_channel(target),
        "since": formatting.format_short_day(follow.followed_since.date(), request.now.date()),
    }
    if follow.added_by.id == request.person.id:
        text = gettext(
            "“{label}” is followed for {place} already: by you, since {since}. Nothing was changed.", **names
        )
    else:
        who = follow.added_by.name or gettext("somebody")
        text = gettext(
            "“{label}” is followed for {place} already: by {who}, since {since}. Nothing was changed.", **names, who=who
        )
    return build_text_answer(text, _build_unfollow_button(topic, target))


def _build_unfollow_button(topic: Topic, target: Channel) -> Action:
    return Action(gettext("Unfollow"), "unfollow", {"topic": str(topic), "where": _format_where(target)}, topic.label)


def _format_where(target: Channel) -> str:
    return "me" if target.kind is ChannelKind.DIRECT else "here"


async def unfollow_topic(context: CommandContext, request: Request, *, topic: Topic, where: str = "") -> Answer:
    """Stop following a topic: the asker's own first, else the channel's."""
    own = get_direct_channel(request)
    targets = {"me": [own], "here": [request.channel]}.get(where, [own, request.channel])
    for target in targets:
        topic_texts = [follow.topic for follow in await context.stores.follows.list_for_channel(target)]
        if str(topic) in topic_texts:
            return await _remove_follow(context, request, topic, target)
    all_texts = [follow.topic for target in targets for follow in await context.stores.follows.list_for_channel(target)]
    near = parameter_types.find_nearest(topic.label, [parse_topic(text).label for text in all_texts])
    suggestion = gettext("Did you mean “{near}”?", near=near) if near else ""
    raise Mistake(
        join_sentences(gettext("“{label}” is not followed here.", label=topic.label), suggestion),
        f"unfollow {near}" if near else "follows",
    )


async def _remove_follow(context: CommandContext, request: Request, topic: Topic, target: Channel) -> Answer:
    if target.kind is not ChannelKind.DIRECT and not await context.can_manage_channel(request):
        raise Mistake(
            gettext("Only people who manage {place} may change what it follows.", place=format_channel(target)),
            "follows",
        )
    if request.dry_run:
        return build_text_answer(
            gettext("“{label}” would be followed for {place} no more.", label=topic.label, place=format_channel(target))
        )
    removed = await context.stores.follows.remove(target, str(topic))
    if removed:
        before = snapshots.encode_follow(removed)
        summary = Reason("follow.removed", label=topic.label)
        await context.stores.audit.record_change(
            target, request.person, "unfollow", summary, request.now, before=before, after={}
        )
    again = Action(
        gettext("Follow again"), "follow", {"topic": str(topic), "where": _format_where(target)}, topic.label
    )
    return build_text_answer(
        gettext("“{label}” is followed for {place} no more.", label=topic.label, place=format_channel(target)), again
    )
