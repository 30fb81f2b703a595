"""Application command options: built from command parameters, with types, choices and localizations.

Limits: https://discord.com/developers/docs/interactions/application-commands#application-command-object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.discord.features import FEATURES
from adapters.discord.rendering.markdown import fit_plain_text
from bot.i18n.translation import gettext, phrase, use_language
from bot.ports.commands import Audience, Command, Parameter, ParameterType

NOBODY: Final = "nobody"
"""The option beside a role: Discord's own list of them has no word for none."""
NO_ROLE: Final = "none"
BOOLEAN_OPTION, CHANNEL_OPTION = 5, 7

_CHANNEL_OPTION_NAME: Final = "channel"
"""The option of managers' commands that names the channel which is meant."""
_MAX_DESCRIPTION_LENGTH: Final = 100
_MAX_CHOICES: Final = 25
_STRING_OPTION, _INTEGER_OPTION, _USER_OPTION, _ROLE_OPTION = 3, 4, 6, 8
_OPTION_TYPES: Final[Mapping[ParameterType, int]] = {
    ParameterType.NUMBER: _INTEGER_OPTION,
    ParameterType.FLAG: BOOLEAN_OPTION,
    ParameterType.CONFIRMATION: BOOLEAN_OPTION,
    ParameterType.MEMBER: _USER_OPTION,
    ParameterType.ROLE: _ROLE_OPTION,
    ParameterType.CHANNEL: CHANNEL_OPTION,
    ParameterType.FORUM: CHANNEL_OPTION,
}
"""Everything else is a string."""
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
    offered = [each for each in command.parameters if each.is_offered(FEATURES)]
    options = [_build_option(parameter) for parameter in offered]
    if any(each.type is ParameterType.ROLE for each in offered):
        options.append({"type": BOOLEAN_OPTION, "name": NOBODY, **build_description(_MENTION_NOBODY)})
    if has_channel_option(command):
        options.append(_build_channel_option(command))
    # Discord wants the required ones first.
    return sorted(options, key=lambda option: not option.get("required", False))


def has_channel_option(command: Command) -> bool:
    """Tell whether an option of ours names the channel that a command is about; one of its own does in others."""
    own = command.find_parameter(ParameterType.CHANNEL)
    taken = any(each.name == _CHANNEL_OPTION_NAME for each in command.parameters)
    return command.audience is Audience.MANAGERS and own is None and not taken


def get_channel_option_name(command: Command) -> str:
    """Return the name of the option that names a channel, of a parameter or ours; "" when there is none."""
    own = command.find_parameter(ParameterType.CHANNEL)
    if own:
        return own.name
    return _CHANNEL_OPTION_NAME if has_channel_option(command) else ""


def _build_channel_option(command: Command) -> Option:
    about = _OTHER_CHANNEL_OR_FORUM if command.starts_posts else _OTHER_CHANNEL
    types = {"channel_types": list(_CHANNEL_TYPES)}
    return {"type": CHANNEL_OPTION, "name": _CHANNEL_OPTION_NAME, **build_description(about), **types}


def _build_option(parameter: Parameter) -> Option:
    kind = _OPTION_TYPES.get(parameter.type, _STRING_OPTION)
    option: Option = {"type": kind, "name": parameter.name, **build_description(parameter.summary)}
    if parameter.required:
        option["required"] = True
    if kind == CHANNEL_OPTION:
        option["channel_types"] = list(
            _FORUM_CHANNEL_TYPES if parameter.type is ParameterType.FORUM else _CHANNEL_TYPES
        )
    if kind == _INTEGER_OPTION:
        bounds = {"min_value": parameter.minimum, "max_value": parameter.maximum}
        option |= {name: bound for name, bound in bounds.items() if bound is not None}
    if kind == _STRING_OPTION and 0 < len(parameter.choices) <= _MAX_CHOICES:
        option["choices"] = [
            _build_choice(choice, parameter.labels.get(choice, choice)) for choice in parameter.choices
        ]
    elif kind == _STRING_OPTION and (parameter.suggest or parameter.type is ParameterType.TAG):
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
    kind = _OPTION_TYPES.get(parameter.type, _STRING_OPTION)
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
