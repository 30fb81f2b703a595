"""The settings of a channel's digest: a form, the same by typed options, and what saving changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from bot import wording
from bot.cards import Action, Card, Form
from bot.commands import recording, sending, snapshots
from bot.commands.desk import Desk, place, unplaced
from bot.commands.following import MOST_HERE
from bot.commands.questions import QUESTIONS, asked, differences
from bot.errors import Mistake
from bot.language import ENGLISH, gettext, joined, phrase, speaking, spelled
from bot.models import Follow, Kind, Preferences
from bot.ports.commands import Answer, Audience, Command, Request
from bot.ports.places import Standing
from bot.topics import Topic, parse

_EMPTY = ("topics", "days")
"""Questions whose empty answer says something; elsewhere it means that nothing is to change."""
SETS = phrase("sets {changes}")
"""What the log says of settings."""
_EXAMPLE = "settings time:9:30 zone:Berlin days:weekdays number:5"


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    questions = tuple(question.parameter(desk) for question in QUESTIONS)
    act = partial(settings, desk)
    managers = Audience.MANAGERS
    return (
        Command(
            "settings",
            "Time, days, number and topics of the digest",
            act,
            questions,
            managers,
            _EXAMPLE,
            detail="Alone it shows a form; with options it changes those and nothing else.",
        ),
        Command(
            "digest set", "Change settings of the digest", act, questions, managers, "digest set time:9:30 zone:Berlin"
        ),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: the preferences and topics that would result, and the mistakes by field."""

    preferences: Preferences
    topics: tuple[Topic, ...] | None = None
    mistakes: dict[str, str] = field(default_factory=dict)


async def settings(desk: Desk, request: Request, **_: str) -> Answer:
    """Show the form, say what saving would do, or save; a wrong value is marked on its field and nothing is saved."""
    _refuse(request)
    standing = await desk.standing(request)
    held = await desk.stores.follows.of(request.channel)
    topics = tuple(parse(follow.topic) for follow in held)
    wanted = read(request.arguments, standing.preferences)
    if request.dry or wanted.mistakes or not request.arguments:
        return Answer(_form(request, standing, held, wanted))
    new = [topic for topic in wanted.topics or () if topic not in topics]
    gone = [topic for topic in topics if wanted.topics is not None and topic not in wanted.topics]
    told = partial(changes, standing.preferences, wanted.preferences, new, gone, desk.called(request.channel))
    if not told():
        return Answer(Card(text=gettext("Nothing was changed. {state}", state=sending.state(standing, request.now))))
    added, removed = await _follow(desk, request, wanted, held)
    with speaking(ENGLISH):
        summary = SETS.format(changes=told())
    before = {"topics": [snapshots.of_follow(follow) for follow in removed]}
    after = {"topics": [snapshots.of_follow(follow) for follow in added]}
    await recording.keep(desk, request, standing, wanted.preferences, summary, before=before, after=after)
    return Answer(await _saved(desk, request, wanted, told()))


def _refuse(request: Request) -> None:
    """Raise a mistake for a setting that means nothing where it is said."""
    here = asked(request.channel)
    for question in QUESTIONS:
        if question.name in request.arguments and question not in here:
            if question.platform in ("", request.channel.platform):
                raise Mistake(
                    gettext(
                        "“{label}” means nothing in a forum: each paper has a post of its own there.",
                        label=gettext(question.label),
                    ),
                    _EXAMPLE,
                )
            raise Mistake(
                gettext(
                    "“{label}” means something in {platform} only.",
                    label=gettext(question.label),
                    platform=question.platform.capitalize(),
                ),
                _EXAMPLE,
            )


def read(arguments: Mapping[str, str], preferences: Preferences) -> Wanted:
    """Validate everything at once."""
    mistakes: dict[str, str] = {}
    topics: tuple[Topic, ...] | None = None
    changed = preferences
    for question in QUESTIONS:
        if question.name not in arguments:
            continue
        text = arguments[question.name].strip()
        if not text and question.kind not in _EMPTY:
            continue
        try:
            value = question.read(text)
        except Mistake as error:
            mistakes[question.name] = _sentence(error)
            continue
        if question.put is None:
            topics = value
            continue
        changed = question.put(changed, value)
    if topics is not None and len(topics) > MOST_HERE:
        mistakes["topics"] = gettext(
            "A channel follows at most {most} topics; these are {topics}.", most=MOST_HERE, topics=len(topics)
        )
    return Wanted(changed, topics, mistakes)


def _sentence(error: Mistake) -> str:
    """Say what is wrong, with an example unless the sentence names it already."""
    return joined(str(error), *(() if error.example in str(error) else wording.example(error.example)))


def changes(
    before: Preferences,
    after: Preferences,
    new: Iterable[Topic],
    gone: Iterable[Topic],
    called: Callable[[str], str],
) -> str:
    """Say what is set otherwise, and which topics come and go: "number 5 → 3; topics + diffusion"; "" for nothing.

    *called* tells how people call what has an id.
    """
    added = (gettext("topics + {topic}", topic=topic.label) for topic in new)
    removed = (gettext("topics − {topic}", topic=topic.label) for topic in gone)
    return "; ".join((*differences(before, after, called), *added, *removed))


def _form(request: Request, standing: Standing, held: Sequence[Follow], wanted: Wanted) -> Form:
    """Return the questions with what was typed, else with what holds now, and what saving would do."""
    topics = "; ".join(parse(follow.topic).label if _plain(follow) else follow.topic for follow in held)
    questions = asked(request.channel)
    now = {q.name: q.shown(standing.preferences) if q.put else topics for q in questions}
    fields = tuple(
        question.field(request.arguments.get(question.name, now[question.name]), wanted.mistakes.get(question.name, ""))
        for question in questions
    )
    if unplaced(request, standing):
        fields = tuple(replace(each, advanced=each.advanced and each.name != "zone") for each in fields)
    return Form(
        gettext("Your digest")
        if request.channel.kind is Kind.DIRECT
        else gettext("The digest in {place}", place=place(request.channel)),
        "settings",
        fields,
        preview=() if wanted.mistakes else _preview(standing, wanted, request.now),
    )


def _plain(follow: Follow) -> bool:
    """Tell whether a topic's label, typed, is the topic again."""
    topic = parse(follow.topic)
    return parse(topic.label) == topic


def _preview(standing: Standing, wanted: Wanted, now: datetime) -> tuple[str, ...]:
    schedule = wanted.preferences.schedule
    same = schedule == standing.preferences.schedule and standing.preferences.on
    first = standing.next_run if same and standing.next_run and standing.next_run > now else None
    starts = gettext("The digest is off here; “{command}” starts it.", command=spelled("digest on"))
    off = () if wanted.preferences.on else (starts,)
    return (sending.line(schedule, now, first), *sending.warnings(schedule, now), *off)


async def _follow(
    desk: Desk, request: Request, wanted: Wanted, held: Sequence[Follow]
) -> tuple[list[Follow], list[Follow]]:
    """Follow and unfollow until the channel has the wanted topics; return what was added and what was removed."""
    if wanted.topics is None:
        return [], []
    texts = [str(topic) for topic in wanted.topics]
    added = [Follow(request.channel, t, request.person, request.now) for t in texts if t not in {f.topic for f in held}]
    removed = [follow for follow in held if follow.topic not in texts]
    for follow in added:
        await desk.stores.follows.add(follow)
    for follow in removed:
        await desk.stores.follows.remove(request.channel, follow.topic)
    return added, removed


async def _saved(desk: Desk, request: Request, wanted: Wanted, told: str) -> Card:
    standing = await desk.standing(request)
    text = gettext(
        "Saved for {place}: {changes}. {state}",
        place=place(request.channel),
        changes=told,
        state=sending.state(standing, request.now),
    )
    actions = (recording.undoing(request), Action(gettext("Settings"), "settings"))
    warnings = sending.warnings(wanted.preferences.schedule, request.now)
    return Card(text=text, actions=actions, footer=warnings, fallback=text)
