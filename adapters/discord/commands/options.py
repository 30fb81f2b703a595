"""Application command options: built from command parameters, with types, choices and localizations.

Limits: https://discord.com/developers/docs/interactions/application-commands#application-command-object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.discord.rendering.markdown import fit_plain_text
from bot.i18n.translation import gettext, phrase, use_language
from bot.ports.commands import Audience, Command, Parameter, ParameterType

CHANNEL: Final = "channel"
"""The option of managers' commands that names the channel which is meant."""
MENTION: Final = "mention"
NOBODY: Final = "nobody"
"""The option beside a role: Discord's own list of them has no word for none."""
INTO: Final = "into"
"""The option that names a forum for what readers lift."""
TAG: Final = "tag"
"""What is completed from a forum itself."""
BOOLEAN_OPTION, CHANNEL_OPTION = 5, 7

_MAX_DESCRIPTION_LENGTH: Final = 100
_MAX_CHOICES: Final = 25
_STRING_OPTION, _INTEGER_OPTION, _USER_OPTION, _ROLE_OPTION = 3, 4, 6, 8
_NATIVE_OPTION_TYPES: Final[Mapping[str, int]] = {
    "member": _USER_OPTION,
    MENTION: _ROLE_OPTION,
    CHANNEL: CHANNEL_OPTION,
    INTO: CHANNEL_OPTION,
}
_OPTION_TYPES: Final[Mapping[ParameterType, int]] = {
    ParameterType.TEXT: _STRING_OPTION,
    ParameterType.CHOICE: _STRING_OPTION,
    ParameterType.NUMBER: _INTEGER_OPTION,
    ParameterType.FLAG: BOOLEAN_OPTION,
}
_NATIVE_EXAMPLES: Final[Mapping[int, str]] = {
    _USER_OPTION: "@Ada",
    _ROLE_OPTION: "@readers",
    CHANNEL_OPTION: "#reading",
}
"""What is chosen from Discord's own lists, by an example: nobody types its id."""
_BOOLEAN_LABELS: Final = {"yes": "True", "no": "False"}
_CHANNEL_TYPES: Final = (0, 5, 10, 11, 12, 15)
"""Text, announcement and forum channels, and threads."""
_FORUM_CHANNEL_TYPES: Final = (15,)
_POSTING_COMMANDS: Final = frozenset({"digest on", "digest now", "digest set", "settings"})
"""Commands that decide how a channel is posted to."""
_OTHER_CHANNEL: Final = phrase("Another channel than this one")
_OTHER_CHANNEL_OR_FORUM: Final = phrase("Another channel than this one; a forum gets a post for each paper")
_MENTION_NOBODY: Final = phrase("Mention nobody any more")

_LOCALES: Final[Mapping[str, str]] = {
    "de": "de", "fr": "fr", "es-ES": "es", "es-419": "es", "ja": "ja", "zh-CN": "zh",
}  # fmt: skip
"""Discord's locales of our languages; whoever has another reads English."""

Option = dict[str, Any]


def build_options(command: Command) -> list[Option]:
    """Return the options of a command; those of the channel's managers can be about another channel."""
    offered = [each for each in command.parameters if each.is_offered("discord")]
    options = [_build_option(parameter) for parameter in offered]
    if any(each.name == MENTION for each in offered):
        options.append({"type": BOOLEAN_OPTION, "name": NOBODY, **build_description(_MENTION_NOBODY)})
    if command.audience is Audience.MANAGERS and all(each.name != CHANNEL for each in offered):
        about = _OTHER_CHANNEL_OR_FORUM if command.name in _POSTING_COMMANDS else _OTHER_CHANNEL
        options.append(
            {"type": CHANNEL_OPTION, "name": CHANNEL, **build_description(about), "channel_types": list(_CHANNEL_TYPES)}
        )
    # Discord wants the required ones first.
    return sorted(options, key=lambda option: not option.get("required", False))


def _build_option(parameter: Parameter) -> Option:
    kind = _NATIVE_OPTION_TYPES.get(parameter.name, _OPTION_TYPES[parameter.type])
    option: Option = {"type": kind, "name": parameter.name, **build_description(parameter.summary)}
    if parameter.required:
        option["required"] = True
    if kind == CHANNEL_OPTION:
        option["channel_types"] = list(_FORUM_CHANNEL_TYPES if parameter.name == INTO else _CHANNEL_TYPES)
    if kind == _INTEGER_OPTION:
        bounds = {"min_value": parameter.minimum, "max_value": parameter.maximum}
        option |= {name: bound for name, bound in bounds.items() if bound is not None}
    if kind == _STRING_OPTION and 0 < len(parameter.choices) <= _MAX_CHOICES:
        option["choices"] = [
            _build_choice(choice, parameter.labels.get(choice, choice)) for choice in parameter.choices
        ]
    elif kind == _STRING_OPTION and (parameter.suggest or parameter.name == TAG):
        option["autocomplete"] = True
    return option


def _build_choice(value: str, label: str) -> Option:
    return {
        "name": fit_plain_text(label, _MAX_DESCRIPTION_LENGTH),
        "name_localizations": localize_text(label),
        "value": value,
    }


def format_chosen_value(parameter: Parameter, text: str) -> str:
    """Return an example of an answer as somebody sees it here who has chosen it: "@Ada", "#reading", "True"."""
    kind = _NATIVE_OPTION_TYPES.get(parameter.name, _OPTION_TYPES[parameter.type])
    return _BOOLEAN_LABELS.get(text, text) if kind == BOOLEAN_OPTION else _NATIVE_EXAMPLES.get(kind, text)


def build_description(text: str) -> Option:
    """Return what Discord shows below a name, in every language."""
    return {
        "description": fit_plain_text(text, _MAX_DESCRIPTION_LENGTH),
        "description_localizations": localize_text(text),
    }


def localize_text(text: str, max_length: int = _MAX_DESCRIPTION_LENGTH) -> dict[str, str]:
    """Return a sentence by Discord's locales, each in at most *max_length* characters."""
    said = {}
    for locale, language in _LOCALES.items():
        with use_language(language):
            said[locale] = fit_plain_text(gettext(text), max_length)
    return said
