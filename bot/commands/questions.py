"""The questions of the settings: how each is read, shown and put into a channel's preferences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from bot import wording
from bot.cards import Field, FieldKind
from bot.commands import moments, parameters, sending, timing, topical
from bot.commands.desk import Desk
from bot.errors import Mistake
from bot.language import ENGLISH, LANGUAGES, following, gettext, phrase
from bot.models import Cadence, Channel, Kind, Mode, Preferences
from bot.ports.commands import Parameter, ParameterType

MOST_PAPERS: Final = 10
MOST_REACTIONS: Final = 100
LONGEST_TAG: Final = 20
"""Characters of a tag's name: https://docs.discord.com/developers/resources/channel#forum-tag-object."""
_ROLE: Final = re.compile(r"(?:<@&)?(\d{1,20})>?")
_NAMED: Final = frozenset({"mention", "into"})
"""Questions that are answered with the id of something that has a name."""
_FORUM: Final = re.compile(r"(?:<#)?(\d{1,20})>?")
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FLAGS: Final = {"yes": phrase("on"), "no": phrase("off")}
_SHORT: Final = {
    "daily": phrase("daily"),
    "weekly": phrase("weekly"),
    "monthly": phrase("monthly"),
    "settled": phrase("settled"),
    "fresh": phrase("fresh"),
    "trending": phrase("trending"),
    "none": phrase("none"),
    **LANGUAGES,
}
"""Values by the words that stand for them in a sentence."""
_SETTLED: Final = {mode.value: label for mode, label in sending.MODES.items()}
_OFTEN: Final = {
    "daily": phrase("On every chosen day"),
    "weekly": phrase("On the first chosen day of a week"),
    "monthly": phrase("On the first chosen day of a month"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One setting. ``shown`` writes its present value, ``put`` puts a value in; None for topics, which are follows.

    ``platform`` is the only one on which it means something, if there is one; ``forum`` tells whether it does in a
    forum, where each paper has a post of its own.
    """

    name: str
    label: str
    kind: FieldKind
    hint: str
    example: str
    read: Callable[[str], Any]
    shown: Callable[[Preferences], str]
    put: Callable[[Preferences, Any], Preferences] | None
    choices: Mapping[str, str] | None = None
    least: int | None = None
    most: int | None = None
    advanced: bool = True
    platform: str = ""
    forum: bool = True

    def field(self, value: str, mistake: str = "") -> Field:
        """Return the question for a form."""
        return Field(
            self.name,
            gettext(self.label),
            self.kind,
            value,
            gettext(self.hint),
            tuple((each, gettext(label)) for each, label in (self.choices or {}).items()),
            self.least,
            self.most,
            advanced=self.advanced,
            mistake=mistake,
        )

    def said(self, preferences: Preferences, called: Callable[[str], str]) -> str:
        """Say its present value in a sentence; *called* tells how people call what has an id."""
        value = self.shown(preferences)
        if self.kind == "flag":
            return gettext(_FLAGS[value])
        if self.kind == "days":
            return wording.weekdays(preferences.schedule.days)
        if self.name in _NAMED and value.isdecimal():
            return called(value)
        return gettext(_SHORT[value]) if value in _SHORT else value

    def parameter(self, desk: Desk) -> Parameter:
        """Return the question for a typed line; the command reads the text itself, to mark the field that is wrong."""
        types = {"number": ParameterType.NUMBER, "choice": ParameterType.CHOICE, "flag": ParameterType.FLAG}
        choices = ("yes", "no") if self.kind == "flag" else tuple(self.choices or ())
        suggest = {"zone": timing.zones, "topics": topical.several}.get(self.kind)
        # A number or a flag that is wrong is marked on its field too, so all are read as they stand.
        return Parameter(
            self.name,
            self.hint or self.label,
            str,
            types.get(self.kind, ParameterType.TEXT),
            self.example,
            choices=choices,
            suggest=partial(suggest, desk) if suggest else None,
            labels=self.choices or {},
            least=self.least,
            most=self.most,
            platforms=(self.platform,) if self.platform else (),
        )


def _scheduled(name: str, preferences: Preferences, value: Any) -> Preferences:
    return replace(preferences, schedule=replace(preferences.schedule, **{name: value}))


def _put(name: str, preferences: Preferences, value: Any) -> Preferences:
    return replace(preferences, **{name: value})


def _yes(name: str, preferences: Preferences) -> str:
    return "yes" if getattr(preferences, name) else "no"


def _flag(name: str, attribute: str, label: str, hint: str = "", platform: str = "", *, forum: bool = True) -> Question:
    shown, put = partial(_yes, attribute), partial(_put, attribute)
    return Question(name, label, "flag", hint, "yes", parameters.flag, shown, put, platform=platform, forum=forum)


def _days(preferences: Preferences) -> str:
    days = tuple(sorted(set(preferences.schedule.days)))
    return {(0, 1, 2, 3, 4): "weekdays", (5, 6): "weekends"}.get(days) or " ".join(_DAYS[day] for day in days)


def _role(text: str) -> str:
    """Read a role's id, as a platform's own list of roles fills it in."""
    if text.casefold() in ("none", "nobody", "0"):
        return ""
    found = _ROLE.fullmatch(text)
    if found is None:
        raise Mistake(gettext("“{text}” is not a role; choose one from the list, or none.", text=text[:40]), "none")
    return found[1]


def _forum(text: str) -> str:
    """Read a forum's id, as a platform's own list of channels fills it in."""
    if text.casefold() in ("none", "0"):
        return ""
    found = _FORUM.fullmatch(text)
    if found is None:
        raise Mistake(gettext("“{text}” is not a forum; choose one from the list, or none.", text=text[:40]), "none")
    return found[1]


def _tag(text: str) -> str:
    """Read the name of a forum's tag."""
    return "" if text.casefold() == "none" else text[:LONGEST_TAG]


QUESTIONS: Final[Sequence[Question]] = (
    Question(
        "time", "Time", "time", "Local time of the channel’s zone", "9:30", moments.clock,
        lambda p: f"{p.schedule.at:%H:%M}", partial(_scheduled, "at"), advanced=False,
    ),
    Question(
        "days", "Days", "days", "weekdays, mon-fri, daily, or mon wed fri", "weekdays", moments.weekdays,
        _days, partial(_scheduled, "days"), advanced=False,
    ),
    Question(
        "number", "Number", "number", "Papers, 1 to 10", "5", parameters.number(1, MOST_PAPERS),
        lambda p: str(p.number), partial(_put, "number"), least=1, most=MOST_PAPERS, advanced=False,
    ),
    Question(
        "topics", "Topics", "topics", "What this channel follows, separated by ;", "diffusion; world model",
        parameters.several, lambda _: "", None, advanced=False,
    ),
    Question(
        "zone", "Zone", "zone", "An IANA zone or a city", "Europe/Berlin", moments.zone,
        lambda p: p.schedule.timezone, partial(_scheduled, "timezone"),
    ),
    Question(
        "cadence", "How often", "choice", "daily, weekly or monthly", "weekly", parameters.choice(*_OFTEN),
        lambda p: p.schedule.cadence.value, lambda p, v: _scheduled("cadence", p, Cadence(v)), choices=_OFTEN,
    ),
    Question(
        "mode", "Mode", "choice", "settled, fresh or trending", "settled", parameters.choice(*_SETTLED),
        lambda p: p.mode.value, lambda p, v: _put("mode", p, Mode(v)), choices=_SETTLED,
    ),
    Question(
        "votes", "Least votes", "number", "Leave out papers with fewer votes", "5", parameters.number(0, 1000),
        lambda p: str(p.min_votes), partial(_put, "min_votes"), least=0, most=1000,
    ),
    _flag("yours", "your_topics", "Your topics", "Papers on the channel’s topics in a part of their own"),
    _flag("abstracts", "abstracts", "Abstracts", "The abstracts in the thread below"),
    _flag("empty", "say_when_empty", "Say when there is nothing", "A sentence that says why, instead of silence"),
    _flag("pictures", "pictures", "Thumbnails", "A small picture beside each paper, where the chat can show it"),
    _flag("unfurl", "unfurls", "Cards for links", "Votes and code below links to papers that people post", "slack"),
    _flag(
        "entries", "entries", "One entry per paper", "Each paper in the thread below, to talk about it there",
        forum=False,
    ),
    Question(
        "mention", "Mention", "text", "The role that each digest pings; none for nobody", "none", _role,
        lambda p: p.mention or "none", partial(_put, "mention"), platform="discord",
    ),
    Question(
        "lift", "Lift", "number", "Reactions that give a paper a thread of its own; 0 for never", "5",
        parameters.number(0, MOST_REACTIONS), lambda p: str(p.lift), partial(_put, "lift"),
        least=0, most=MOST_REACTIONS, platform="discord", forum=False,
    ),
    Question(
        "tag", "Tag", "text", "In a forum: the tag of posts that fit no other; none for no tag", "Papers", _tag,
        lambda p: p.tag or "none", partial(_put, "tag"), platform="discord",
    ),
    Question(
        "language", "Language", "choice", "What is posted here is written in it", "de", parameters.choice(*LANGUAGES),
        lambda p: p.language or ENGLISH, partial(_put, "language"), choices=LANGUAGES,
    ),
    Question(
        "into", "Lift into", "text", "The forum in which lifted papers get a post; none for a thread here", "none",
        _forum, lambda p: p.into or "none", partial(_put, "into"), platform="discord", forum=False,
    ),
    _flag("repeats", "repeats", "Repeats", "Allow papers that were posted here before"),
)  # fmt: skip
"""In the order of the form."""


def differences(before: Preferences, after: Preferences, called: Callable[[str], str]) -> Iterator[str]:
    """Say what is set otherwise: "number 5 → 3"; *called* is as in `Question.said`."""
    for question in QUESTIONS:
        if question.shown(before) != question.shown(after):
            was, now = (question.said(each, called) for each in (before, after))
            yield f"{following(gettext(question.label))} {was} → {now}"


def asked(channel: Channel) -> Sequence[Question]:
    """Return the questions that mean something in a channel."""
    here = [question for question in QUESTIONS if question.platform in ("", channel.platform)]
    return [question for question in here if question.forum or channel.kind is not Kind.FORUM]
