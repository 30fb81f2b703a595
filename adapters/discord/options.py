"""The options of Discord's commands, made from the parameters of ours.

Limits: https://discord.com/developers/docs/interactions/application-commands#application-command-object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.discord.text import plain
from bot.language import gettext, phrase, speaking
from bot.ports.commands import Audience, Command, Parameter, ParameterType

CHANNEL: Final = "channel"
"""The option of managers' commands that names the channel which is meant."""
ROLE: Final = "mention"
NOBODY: Final = "nobody"
"""The option beside a role: Discord's own list of them has no word for none."""
FORUM: Final = "into"
"""The option that names a forum for what readers lift."""
TAG: Final = "tag"
"""What is completed from a forum itself."""
BOOLEAN, CHANNELS = 5, 7

_DESCRIPTION: Final = 100
_MOST_CHOICES: Final = 25
_STRING, _INTEGER, _USER, _ROLES = 3, 4, 6, 8
_NATIVE: Final[Mapping[str, int]] = {"member": _USER, ROLE: _ROLES, CHANNEL: CHANNELS, FORUM: CHANNELS}
_TYPES: Final[Mapping[ParameterType, int]] = {
    ParameterType.TEXT: _STRING,
    ParameterType.CHOICE: _STRING,
    ParameterType.NUMBER: _INTEGER,
    ParameterType.FLAG: BOOLEAN,
}
_CHOSEN: Final[Mapping[int, str]] = {_USER: "@Ada", _ROLES: "@readers", CHANNELS: "#reading"}
"""What is chosen from Discord's own lists, by an example: nobody types its id."""
_FLAGS: Final = {"yes": "True", "no": "False"}
_PLACES: Final = (0, 5, 10, 11, 12, 15)
"""Text, announcement and forum channels, and threads."""
_FORUMS: Final = (15,)
_POSTING: Final = frozenset({"digest on", "digest now", "digest set", "settings"})
"""Commands that decide how a channel is posted to."""
_OTHER: Final = phrase("Another channel than this one")
_FORUM: Final = phrase("Another channel than this one; a forum gets a post for each paper")
_NONE: Final = phrase("Mention nobody any more")

_LOCALES: Final[Mapping[str, str]] = {
    "de": "de", "fr": "fr", "es-ES": "es", "es-419": "es", "ja": "ja", "zh-CN": "zh",
}  # fmt: skip
"""Discord's locales of our languages; whoever has another reads English."""

Option = dict[str, Any]


def options_of(command: Command) -> list[Option]:
    """Return the options of a command; those of the channel's managers can be about another channel."""
    offered = [each for each in command.parameters if each.offered("discord")]
    options = [_option(parameter) for parameter in offered]
    if any(each.name == ROLE for each in offered):
        options.append({"type": BOOLEAN, "name": NOBODY, **described(_NONE)})
    if command.audience is Audience.MANAGERS and all(each.name != CHANNEL for each in offered):
        about = _FORUM if command.name in _POSTING else _OTHER
        options.append({"type": CHANNELS, "name": CHANNEL, **described(about), "channel_types": list(_PLACES)})
    # Discord wants the required ones first.
    return sorted(options, key=lambda option: not option.get("required", False))


def _option(parameter: Parameter) -> Option:
    kind = _NATIVE.get(parameter.name, _TYPES[parameter.type])
    option: Option = {"type": kind, "name": parameter.name, **described(parameter.summary)}
    if parameter.required:
        option["required"] = True
    if kind == CHANNELS:
        option["channel_types"] = list(_FORUMS if parameter.name == FORUM else _PLACES)
    if kind == _INTEGER:
        bounds = {"min_value": parameter.least, "max_value": parameter.most}
        option |= {name: bound for name, bound in bounds.items() if bound is not None}
    if kind == _STRING and 0 < len(parameter.choices) <= _MOST_CHOICES:
        option["choices"] = [_choice(choice, parameter.labels.get(choice, choice)) for choice in parameter.choices]
    elif kind == _STRING and (parameter.suggest or parameter.name == TAG):
        option["autocomplete"] = True
    return option


def _choice(value: str, label: str) -> Option:
    return {"name": plain(label, _DESCRIPTION), "name_localizations": localized(label), "value": value}


def chosen(parameter: Parameter, text: str) -> str:
    """Return an example of an answer as somebody sees it here who has chosen it: "@Ada", "#reading", "True"."""
    kind = _NATIVE.get(parameter.name, _TYPES[parameter.type])
    return _FLAGS.get(text, text) if kind == BOOLEAN else _CHOSEN.get(kind, text)


def described(sentence: str) -> Option:
    """Return what Discord shows below a name, in every language."""
    return {"description": plain(sentence, _DESCRIPTION), "description_localizations": localized(sentence)}


def localized(sentence: str, longest: int = _DESCRIPTION) -> dict[str, str]:
    """Return a sentence by Discord's locales, each in at most *longest* characters."""
    said = {}
    for locale, language in _LOCALES.items():
        with speaking(language):
            said[locale] = plain(gettext(sentence), longest)
    return said
