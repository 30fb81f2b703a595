"""Setting fields of a channel’s digest preferences: how each is read, shown, validated and stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from bot.cards.models import Entity, Field, FieldKind
from bot.commands.autocomplete import topics
from bot.commands.autocomplete.dates import suggest_zones
from bot.commands.context import CommandContext
from bot.commands.parsing import dates, parameter_types
from bot.commands.preferences import next_sends
from bot.domain.channels import Channel, ChannelKind
from bot.domain.feed import FeedMode
from bot.domain.preferences import Preferences
from bot.domain.schedules import Cadence, serialize_weekdays
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.formatting import format_after_colon
from bot.i18n.translation import ENGLISH, LANGUAGES, gettext, phrase
from bot.ports.commands import Parameter, ParameterType
from bot.ports.features import Feature

MAX_PAPERS: Final = 10
MAX_REACTIONS: Final = 100
MAX_TAG_LENGTH: Final = 20
"""Characters of a tag's name; no forum takes more."""
_ROLE_ID: Final = re.compile(r"(?:<@&)?(\d{1,20})>?")
_FORUM_ID: Final = re.compile(r"(?:<#)?(\d{1,20})>?")
_FLAG_LABELS: Final = {"yes": phrase("on"), "no": phrase("off")}
_VALUE_LABELS: Final = {
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
_MODE_LABELS: Final = {mode.value: label for mode, label in next_sends.MODE_LABELS.items()}
_CADENCE_LABELS: Final = {
    "daily": phrase("On every chosen day"),
    "weekly": phrase("On the first chosen day of a week"),
    "monthly": phrase("On the first chosen day of a month"),
}


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting: ``format_value`` writes its value, ``apply_value`` puts one in; None for topics, which are follows.

    ``feature`` is what a platform must have for it to mean something, None for nothing; ``forum`` tells whether it does
    in a forum, where each paper has a post of its own. ``entity`` is what the answer names, as in `Field`.
    """

    name: str
    label: str
    kind: FieldKind
    hint: str
    example: str
    read: Callable[[str], Any]
    format_value: Callable[[Preferences], str]
    apply_value: Callable[[Preferences, Any], Preferences] | None
    choices: Mapping[str, str] | None = None
    least: int | None = None
    most: int | None = None
    advanced: bool = True
    feature: Feature | None = None
    forum: bool = True
    entity: Entity = ""

    def build_field(self, value: str, mistake: str = "") -> Field:
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
            entity=self.entity,
        )

    def describe_value(self, preferences: Preferences, resolve_name: Callable[[str], str]) -> str:
        """Say its present value in a sentence; *resolve_name* tells how people call what has an id."""
        value = self.format_value(preferences)
        if self.kind == "flag":
            return gettext(_FLAG_LABELS[value])
        if self.kind == "days":
            return formatting.format_weekdays(preferences.schedule.days)
        if self.entity in {"role", "forum"} and value.isdecimal():
            return resolve_name(value)
        return gettext(_VALUE_LABELS[value]) if value in _VALUE_LABELS else value

    def build_parameter(self, context: CommandContext) -> Parameter:
        """Return the question for a typed line; the command reads the text itself, to mark the field that is wrong."""
        choices = ("yes", "no") if self.kind == "flag" else tuple(self.choices or ())
        suggest = {"zone": suggest_zones, "topics": topics.suggest_topic_list}.get(self.kind)
        # A number or a flag that is wrong is marked on its field too, so all are read as they stand.
        return Parameter(
            self.name,
            self.hint or self.label,
            str,
            ParameterType(self.entity or self.kind),
            self.example,
            choices=choices,
            suggest=partial(suggest, context) if suggest else None,
            labels=self.choices or {},
            minimum=self.least,
            maximum=self.most,
            feature=self.feature,
        )


def _set_schedule(name: str, preferences: Preferences, value: Any) -> Preferences:
    return replace(preferences, schedule=replace(preferences.schedule, **{name: value}))


def _set_preference(name: str, preferences: Preferences, value: Any) -> Preferences:
    return replace(preferences, **{name: value})


def _format_flag(name: str, preferences: Preferences) -> str:
    return "yes" if getattr(preferences, name) else "no"


def _build_flag_field(
    name: str, attribute: str, label: str, hint: str = "", feature: Feature | None = None, *, forum: bool = True
) -> SettingField:
    shown, put = partial(_format_flag, attribute), partial(_set_preference, attribute)
    return SettingField(
        name, label, "flag", hint, "yes", parameter_types.read_flag, shown, put, feature=feature, forum=forum
    )


def _read_role(text: str) -> str:
    """Read a role's id, as a platform's own list of roles fills it in."""
    if text.casefold() in ("none", "nobody", "0"):
        return ""
    found = _ROLE_ID.fullmatch(text)
    if found is None:
        raise Mistake(gettext("“{text}” is not a role; choose one from the list, or none.", text=text[:40]), "none")
    return found[1]


def _read_forum(text: str) -> str:
    """Read a forum's id, as a platform's own list of channels fills it in."""
    if text.casefold() in ("none", "0"):
        return ""
    found = _FORUM_ID.fullmatch(text)
    if found is None:
        raise Mistake(gettext("“{text}” is not a forum; choose one from the list, or none.", text=text[:40]), "none")
    return found[1]


def _read_tag(text: str) -> str:
    """Read the name of a forum's tag."""
    return "" if text.casefold() == "none" else text[:MAX_TAG_LENGTH]


SETTING_FIELDS: Final[Sequence[SettingField]] = (
    SettingField(
        "time", "Time", "time", "Local time of the channel’s zone", "9:30", dates.read_time,
        lambda p: f"{p.schedule.at:%H:%M}", partial(_set_schedule, "at"), advanced=False,
    ),
    SettingField(
        "days", "Days", "days", "weekdays, mon-fri, daily, or mon wed fri", "weekdays", dates.read_weekdays,
        lambda p: serialize_weekdays(p.schedule.days), partial(_set_schedule, "days"), advanced=False,
    ),
    SettingField(
        "number", "Number", "number", "Papers, 1 to 10", "5", parameter_types.build_number_reader(1, MAX_PAPERS),
        lambda p: str(p.number), partial(_set_preference, "number"), least=1, most=MAX_PAPERS, advanced=False,
    ),
    SettingField(
        "topics", "Topics", "topics", "What this channel follows, separated by ;", "diffusion; world model",
        parameter_types.read_topics, lambda _: "", None, advanced=False,
    ),
    SettingField(
        "zone", "Zone", "zone", "An IANA zone or a city", "Europe/Berlin", dates.read_zone,
        lambda p: p.schedule.timezone, partial(_set_schedule, "timezone"),
    ),
    SettingField(
        "cadence", "How often", "choice", "daily, weekly or monthly", "weekly",
        parameter_types.build_choice_reader(*_CADENCE_LABELS),
        lambda p: p.schedule.cadence.value, lambda p, v: _set_schedule("cadence", p, Cadence(v)),
        choices=_CADENCE_LABELS,
    ),
    SettingField(
        "mode", "Mode", "choice", "settled, fresh or trending", "settled",
        parameter_types.build_choice_reader(*_MODE_LABELS),
        lambda p: p.mode.value, lambda p, v: _set_preference("mode", p, FeedMode(v)), choices=_MODE_LABELS,
    ),
    SettingField(
        "votes", "Least votes", "number", "Leave out papers with fewer votes", "5",
        parameter_types.build_number_reader(0, 1000),
        lambda p: str(p.min_votes), partial(_set_preference, "min_votes"), least=0, most=1000,
    ),
    _build_flag_field("yours", "your_topics", "Your topics", "Papers on the channel’s topics in a part of their own"),
    _build_flag_field("abstracts", "abstracts", "Abstracts", "The abstracts in the thread below"),
    _build_flag_field(
        "empty", "say_when_empty", "Say when there is nothing", "A sentence that says why, instead of silence"
    ),
    _build_flag_field(
        "pictures", "pictures", "Thumbnails", "A small picture beside each paper, where the chat can show it"
    ),
    _build_flag_field(
        "unfurl", "unfurls", "Cards for links", "Votes and code below links to papers that people post",
        Feature.LINK_CARDS,
    ),
    _build_flag_field(
        "entries", "entries", "One entry per paper", "Each paper in the thread below, to talk about it there",
        forum=False,
    ),
    SettingField(
        "mention", "Mention", "text", "The role that each digest pings; none for nobody", "none", _read_role,
        lambda p: p.mention or "none", partial(_set_preference, "mention"), feature=Feature.ROLES,
        entity="role",
    ),
    SettingField(
        "lift", "Lift", "number", "Reactions that give a paper a thread of its own; 0 for never", "5",
        parameter_types.build_number_reader(0, MAX_REACTIONS), lambda p: str(p.lift), partial(_set_preference, "lift"),
        least=0, most=MAX_REACTIONS, feature=Feature.REACTIONS, forum=False,
    ),
    SettingField(
        "tag", "Tag", "text", "In a forum: the tag of posts that fit no other; none for no tag", "Papers", _read_tag,
        lambda p: p.tag or "none", partial(_set_preference, "tag"), feature=Feature.FORUMS,
        entity="tag",
    ),
    SettingField(
        "language", "Language", "choice", "What is posted here is written in it", "de",
        parameter_types.build_choice_reader(*LANGUAGES),
        lambda p: p.language or ENGLISH, partial(_set_preference, "language"), choices=LANGUAGES,
    ),
    SettingField(
        "into", "Lift into", "text", "The forum in which lifted papers get a post; none for a thread here", "none",
        _read_forum, lambda p: p.into or "none", partial(_set_preference, "into"), feature=Feature.FORUMS, forum=False,
        entity="forum",
    ),
    _build_flag_field("repeats", "repeats", "Repeats", "Allow papers that were posted here before"),
)  # fmt: skip
"""In the order of the form."""


def describe_differences(before: Preferences, after: Preferences, resolve_name: Callable[[str], str]) -> Iterator[str]:
    """Say what is set otherwise: "number 5 → 3"; *resolve_name* is as in `SettingField.describe_value`."""
    for question in SETTING_FIELDS:
        if question.format_value(before) != question.format_value(after):
            was, now = (question.describe_value(each, resolve_name) for each in (before, after))
            yield f"{format_after_colon(gettext(question.label))} {was} → {now}"


def list_fields(channel: Channel, features: Collection[Feature]) -> Sequence[SettingField]:
    """Return the questions that mean something in a channel of a platform of these *features*."""
    here = [question for question in SETTING_FIELDS if question.feature is None or question.feature in features]
    return [question for question in here if question.forum or channel.kind is not ChannelKind.FORUM]
