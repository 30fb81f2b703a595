"""The settings and digest set commands: the form of a channel’s digest settings, and saving it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from bot.cards import messages
from bot.cards.models import Action, Card, Form
from bot.commands.context import CommandContext, format_channel, is_zone_unknown
from bot.commands.follows.follow import MAX_CHANNEL_FOLLOWS
from bot.commands.preferences import next_sends, save, snapshots
from bot.commands.preferences.fields import SETTING_FIELDS, describe_differences, list_fields
from bot.domain.channels import ChannelKind
from bot.domain.follows import Follow
from bot.domain.identifiers import list_paper_references
from bot.domain.preferences import Preferences
from bot.domain.topics.parser import Topic, parse_topic
from bot.errors import Mistake
from bot.i18n.formatting import format_command, join_sentences
from bot.i18n.translation import ENGLISH, gettext, use_language
from bot.ports.channels import ChannelState
from bot.ports.commands import Answer, Audience, Command, Request
from bot.reasons.changes import SETTINGS_CHANGED
from bot.reasons.reason import Reason

_CLEARABLE_KINDS = ("topics", "days")
"""Questions whose empty answer says something; elsewhere it means that nothing is to change."""
_EXAMPLE_COMMAND = "settings time:9:30 zone:Berlin days:weekdays number:5"


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    questions = tuple(question.build_parameter(context) for question in SETTING_FIELDS)
    act = partial(change_settings, context)
    asks = partial(Command, answer=act, parameters=questions, audience=Audience.MANAGERS, starts_posts=True)
    return (
        asks(
            "settings",
            "Time, days, number and topics of the digest",
            example=_EXAMPLE_COMMAND,
            detail="Alone it shows a form; with options it changes those and nothing else.",
        ),
        asks("digest set", "Change settings of the digest", example="digest set time:9:30 zone:Berlin"),
    )


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """What was asked for: the preferences and topics that would result, and the mistakes by field."""

    preferences: Preferences
    topics: tuple[Topic, ...] | None = None
    mistakes: dict[str, str] = field(default_factory=dict)


async def change_settings(context: CommandContext, request: Request, **_: str) -> Answer:
    """Show the form, say what saving would do, or save; a wrong value is marked on its field and nothing is saved."""
    _reject_inapplicable(context, request)
    channel_state = await context.load_channel_state(request)
    follows = await context.stores.follows.list_for_channel(request.channel)
    topics = tuple(parse_topic(follow.topic) for follow in follows)
    change = read_settings(request.arguments, channel_state.preferences)
    if request.dry_run or change.mistakes or not request.arguments:
        return Answer(_build_settings_form(context, request, channel_state, follows, change))
    new = [topic for topic in change.topics or () if topic not in topics]
    gone = [topic for topic in topics if change.topics is not None and topic not in change.topics]
    describe = partial(
        describe_changes,
        channel_state.preferences,
        change.preferences,
        new,
        gone,
        context.get_name_resolver(request.channel),
    )
    if not describe():
        return Answer(
            Card(
                text=gettext(
                    "Nothing was changed. {state}", state=next_sends.describe_state(channel_state, request.now)
                )
            )
        )
    added, removed = await _update_follows(context, request, change, follows)
    with use_language(ENGLISH):
        summary = Reason(SETTINGS_CHANGED, changes=describe())
    before = {"topics": [snapshots.encode_follow(follow) for follow in removed]}
    after = {"topics": [snapshots.encode_follow(follow) for follow in added]}
    await save.save_preferences(
        context, request, channel_state, change.preferences, summary, before=before, after=after
    )
    return Answer(await _build_confirmation_card(context, request, change, describe()))


def _reject_inapplicable(context: CommandContext, request: Request) -> None:
    """Raise a mistake for a setting that means nothing where it is said."""
    features = context.get_features(request.channel)
    applicable_fields = list_fields(request.channel, features)
    for question in SETTING_FIELDS:
        if question.name in request.arguments and question not in applicable_fields:
            if question.feature is None or question.feature in features:
                raise Mistake(
                    gettext(
                        "“{label}” means nothing in a forum: each paper has a post of its own there.",
                        label=gettext(question.label),
                    ),
                    _EXAMPLE_COMMAND,
                )
            raise Mistake(
                gettext(
                    "“{label}” means something in {platform} only.",
                    label=gettext(question.label),
                    platform=context.format_platforms_with(question.feature),
                ),
                _EXAMPLE_COMMAND,
            )


def read_settings(arguments: Mapping[str, str], preferences: Preferences) -> SettingsChange:
    """Validate everything at once."""
    mistakes: dict[str, str] = {}
    topics: tuple[Topic, ...] | None = None
    changed = preferences
    for question in SETTING_FIELDS:
        if question.name not in arguments:
            continue
        text = arguments[question.name].strip()
        if not text and question.kind not in _CLEARABLE_KINDS:
            continue
        try:
            value = question.read(text)
        except Mistake as error:
            mistakes[question.name] = _describe_mistake(error)
            continue
        if question.apply_value is None:
            topics = value
            continue
        changed = question.apply_value(changed, value)
    if topics is not None and len(topics) > MAX_CHANNEL_FOLLOWS:
        mistakes["topics"] = gettext(
            "A channel follows at most {most} topics; these are {topics}.", most=MAX_CHANNEL_FOLLOWS, topics=len(topics)
        )
    return SettingsChange(changed, topics, mistakes)


def _describe_mistake(error: Mistake) -> str:
    """Say what is wrong, with an example unless the sentence names it already."""
    return join_sentences(str(error), *(() if error.example in str(error) else messages.format_example(error.example)))


def describe_changes(
    before: Preferences,
    after: Preferences,
    new_topics: Iterable[Topic],
    removed_topics: Iterable[Topic],
    resolve_name: Callable[[str], str],
) -> str:
    """Say what is set otherwise, and which topics come and go: "number 5 → 3; topics + diffusion"; "" for nothing.

    *resolve_name* tells how people call what has an id.
    """
    added = (gettext("topics + {topic}", topic=topic.label) for topic in new_topics)
    removed = (gettext("topics − {topic}", topic=topic.label) for topic in removed_topics)
    return "; ".join((*describe_differences(before, after, resolve_name), *added, *removed))


def _build_settings_form(
    context: CommandContext,
    request: Request,
    channel_state: ChannelState,
    follows: Sequence[Follow],
    change: SettingsChange,
) -> Form:
    """Return the questions with what was typed, else with what holds now, and what saving would do."""
    topics = "; ".join(
        parse_topic(follow.topic).label if _is_label_parseable(follow) else follow.topic for follow in follows
    )
    questions = list_fields(request.channel, context.get_features(request.channel))
    now = {q.name: q.format_value(channel_state.preferences) if q.apply_value else topics for q in questions}
    fields = tuple(
        question.build_field(
            request.arguments.get(question.name, now[question.name]), change.mistakes.get(question.name, "")
        )
        for question in questions
    )
    if is_zone_unknown(request, channel_state):
        fields = tuple(replace(each, advanced=each.advanced and each.name != "zone") for each in fields)
    return Form(
        gettext("Your digest")
        if request.channel.kind is ChannelKind.DIRECT
        else gettext("The digest in {place}", place=format_channel(request.channel)),
        "settings",
        fields,
        preview=() if change.mistakes else _list_preview_lines(channel_state, change, request.now),
    )


def _is_label_parseable(follow: Follow) -> bool:
    """Tell whether a topic's label, typed, is the topic again."""
    topic = parse_topic(follow.topic)
    return not list_paper_references(topic.label) and parse_topic(topic.label) == topic


def _list_preview_lines(channel_state: ChannelState, change: SettingsChange, now: datetime) -> tuple[str, ...]:
    schedule = change.preferences.schedule
    same = schedule == channel_state.preferences.schedule and channel_state.preferences.on
    first = channel_state.next_run if same and channel_state.next_run and channel_state.next_run > now else None
    starts = gettext("The digest is off here; “{command}” starts it.", command=format_command("digest on"))
    off = () if change.preferences.on else (starts,)
    return (
        next_sends.format_next_sends(schedule, now, first),
        *next_sends.list_clock_change_warnings(schedule, now),
        *off,
    )


async def _update_follows(
    context: CommandContext, request: Request, change: SettingsChange, follows: Sequence[Follow]
) -> tuple[list[Follow], list[Follow]]:
    """Follow and unfollow until the channel has the wanted topics; return what was added and what was removed."""
    if change.topics is None:
        return [], []
    texts = [str(topic) for topic in change.topics]
    added = [
        Follow(request.channel, t, request.person, request.now) for t in texts if t not in {f.topic for f in follows}
    ]
    removed = [follow for follow in follows if follow.topic not in texts]
    for follow in added:
        await context.stores.follows.add(follow)
    for follow in removed:
        await context.stores.follows.remove(request.channel, follow.topic)
    return added, removed


async def _build_confirmation_card(
    context: CommandContext, request: Request, change: SettingsChange, changes: str
) -> Card:
    channel_state = await context.load_channel_state(request)
    text = gettext(
        "Saved for {place}: {changes}. {state}",
        place=format_channel(request.channel),
        changes=changes,
        state=next_sends.describe_state(channel_state, request.now),
    )
    actions = (save.build_undo_button(request), Action(gettext("Settings"), "settings"))
    warnings = next_sends.list_clock_change_warnings(change.preferences.schedule, request.now)
    return Card(text=text, actions=actions, footer=warnings, fallback=text)
