"""Command line parser: splits a typed line into a command’s name and its name:value arguments.

``name:value`` options mix freely with words; what is no option of the command stays a word, for topics have ``author:``
and ``cat:`` of their own. Words go to the parameter that takes the rest, raw, with their quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from bot.domain.identifiers import parse_arxiv_id
from bot.domain.topics import tokens
from bot.errors import Mistake
from bot.i18n.formatting import format_command
from bot.i18n.translation import format_number, gettext
from bot.ports.commands import Command, Parameter

MAX_LINE_LENGTH: Final = 2000
"""Characters of a line."""

ALIASES: Final = {
    "?": "help", "commands": "help", "hello": "help", "hi": "help", "usage": "help",
    "find": "search", "query": "search", "lookup": "search", "look": "search",
    "subscribe": "follow", "watch": "follow", "track": "follow", "add": "follow", "alert": "follow",
    "unsubscribe": "unfollow", "unwatch": "unfollow", "untrack": "unfollow", "remove": "unfollow",
    "following": "follows", "list": "follows", "subscriptions": "follows", "topics": "follows",
    "config": "settings", "configure": "settings", "access": "digest access", "preferences": "settings",
    "digest settings": "settings", "digest config": "settings", "set": "digest set",
    "digest start": "digest on", "digest stop": "digest off", "digest post": "digest now", "post": "digest now",
    "digest pause": "pause", "digest resume": "resume", "digest status": "status", "stop": "pause",
    "start": "digest on", "unpause": "resume", "latest": "today", "day": "today", "top": "today",
    "yesterday": "today yesterday",
    "for me": "new", "unread": "new", "open": "show", "paper": "show", "abstract": "show", "get": "show",
    "like": "similar", "related": "similar", "more like": "similar", "explain": "why", "hide": "mute",
    "unhide": "unmute", "revert": "undo", "history": "log", "audit": "log", "changes": "log",
    "bookmark": "save", "keep": "save", "bookmarks": "saved", "reading list": "saved", "saves": "saved",
    "export": "me export", "forget me": "me forget", "delete me": "me forget", "me delete": "me forget",
    "whoami": "me", "privacy": "me", "health": "status", "sources": "status", "next": "status",
}  # fmt: skip
"""What people try instead of a name."""

_INVISIBLE: Final = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")
_SLASH_COMMAND: Final = re.compile(r"\s*/?(?:papers|broadsheet)(?=\s|$)", re.IGNORECASE)
_OPTION: Final = re.compile(r"-?(?P<name>[A-Za-z]\w*)[:=](?P<value>.*)")
_QUOTED: Final = re.compile(r'"([^"]*)"')
_MIN_OPTION_PREFIX: Final = 3
"""Letters from which on the beginning of an option's name will do ("cat:" for "category:")."""
_QUOTE_LENGTH: Final = 80


def normalize_line(line: str) -> str:
    """Return *line* with plain quotes and dashes, without what can't be seen and without the slash command's name.

    Raises `bot.errors.Mistake` when it is too long.
    """
    if len(line) > MAX_LINE_LENGTH:
        raise Mistake(
            gettext(
                "A command takes at most {longest} characters; this one has {size}.",
                longest=format_number(MAX_LINE_LENGTH),
                size=format_number(len(line)),
            ),
            "help",
        )
    typed = tokens.normalize_text(_INVISIBLE.sub("", line))
    return _SLASH_COMMAND.sub("", typed, count=1).strip().removeprefix("/").strip()


def parse_line(line: str, commands: Sequence[Command]) -> tuple[str, dict[str, str]]:
    """Return the command that *line* names and its arguments, as texts.

    Raises `bot.errors.Mistake`, with a did-you-mean where a command is near.
    """
    typed = normalize_line(line)
    if not typed:
        return "help", {}
    by_name = {command.name: command for command in commands}
    name, rest = split_command_name(typed, by_name)
    if not name and parse_arxiv_id(typed):
        name, rest = "show", typed
    if not name:
        raise _build_unknown_mistake(typed, by_name)
    return name, parse_arguments(rest, by_name[name])


def split_command_name(typed: str, names: Iterable[str]) -> tuple[str, str]:
    """Return the command at the head of *typed* and what follows it; ("", typed) when there is none."""
    command_names = set(names)
    first, *after = typed.split(None, 1) or [""]
    typed = " ".join([re.sub(r"(?<=[A-Za-z])[-_](?=[A-Za-z])", " ", first), *after])
    words = typed.split(None, 2)
    for size in (2, 1):
        head = " ".join(words[:size]).casefold()
        rest = typed.split(None, size)[size] if len(words) > size else ""
        if head in command_names:
            return head, rest.strip()
        if head in ALIASES:
            return split_command_name(f"{ALIASES[head]} {rest}", command_names)
    return "", typed


def _build_unknown_mistake(typed: str, names: Mapping[str, Command]) -> Mistake:
    typed = " ".join(typed.split())
    word = typed.partition(" ")[0]
    group = [name.split()[1] for name in names if name.startswith(f"{word.casefold()} ")]
    if group:
        return Mistake(
            gettext("“{word}” needs one more word: {group}.", word=word, group=", ".join(group)),
            f"{word.casefold()} {group[0]}",
        )
    name, rest = _find_nearest_command(typed, names)
    if name:
        return Mistake(
            gettext(
                "“{word}” is not a command; did you mean “{name}”?",
                word=word[:_QUOTE_LENGTH],
                name=format_command(name),
            ),
            f"{name} {rest}"[:_QUOTE_LENGTH].strip(),
        )
    return Mistake(
        gettext(
            "“{word}” is not a command; “{search}” looks for papers.",
            word=word[:_QUOTE_LENGTH],
            search=format_command("search"),
        ),
        f"search {typed}"[:_QUOTE_LENGTH],
    )


def _find_nearest_command(typed: str, names: Iterable[str]) -> tuple[str, str]:
    """Return the command that the first two words, or the first one, may have meant, and what follows them."""
    every = [*names, *ALIASES]
    for size in (2, 1):
        words = typed.casefold().split(None, size)
        if len(words) < size:
            continue
        candidates = [name for name in every if name.count(" ") == size - 1]
        near = get_close_matches(" ".join(words[:size]), candidates, n=1, cutoff=0.75)
        if near:
            return ALIASES.get(near[0], near[0]), " ".join(typed.split(None, size)[size:])
    return "", typed


def parse_arguments(text: str, command: Command) -> dict[str, str]:
    """Split what follows a command's name into texts by parameter.

    Raises `bot.errors.Mistake` when an option comes twice or words belong nowhere.
    """
    main = next((parameter for parameter in command.parameters if parameter.takes_rest), None)
    parts_by_name: dict[str, list[str]] = {}
    current: Parameter | None = None
    spelled = main is None
    for token in tokens.tokenize(text):
        word = token.text
        option_match = _OPTION.fullmatch(word)
        option = find_parameter(option_match["name"], command.parameters) if option_match else None
        # Once options are written with a colon, a word such as "time" is part of a value ("topics:time series").
        spelled = spelled and option is None
        if spelled:
            option = _find_bare_parameter(word, command.parameters)
        if option is None:
            current = _assign_word(word, command, parts_by_name, main, current)
            continue
        value = option_match["value"] if option_match else ""
        if option.name in parts_by_name and not option.takes_rest:
            raise Mistake(gettext("“{name}” is given twice.", name=option.name), _get_example(command))
        parts_by_name.setdefault(option.name, []).append(value)
        current = option if not (main and value) else None
    texts = {name: " ".join(filter(None, parts)) for name, parts in parts_by_name.items()}
    return {
        name: text
        for name, typed in texts.items()
        if (text := typed if main and name == main.name else _strip_quotes(typed))
    }


def _strip_quotes(value: str) -> str:
    """Take off the quotes around the whole of a value; others mean something in it, or are a mistake."""
    quoted = _QUOTED.fullmatch(value)
    return (quoted[1] if quoted else value).strip()


def _assign_word(
    word: str, command: Command, parts_by_name: dict[str, list[str]], main: Parameter | None, current: Parameter | None
) -> Parameter | None:
    """Give a plain word to the option that waits for its value, else to the rest; return the option that goes on."""
    owner = current or main
    if owner is None:
        names = {"name": command.name, "word": word[:_QUOTE_LENGTH]}
        if command.parameters:
            raise Mistake(gettext("“{name}” needs to know what that is for: “{word}”.", **names), _get_example(command))
        raise Mistake(gettext("“{name}” takes nothing else: “{word}”.", **names), _get_example(command))
    parts_by_name.setdefault(owner.name, []).append(word)
    return current if main is None else None


def find_parameter(name: str | None, parameters: Sequence[Parameter]) -> Parameter | None:
    """Return the parameter of that name, or the only one whose name begins with it."""
    wanted = (name or "").casefold()
    exact = [parameter for parameter in parameters if parameter.name == wanted]
    begun = [
        parameter for parameter in parameters if parameter.name.startswith(wanted) and len(wanted) >= _MIN_OPTION_PREFIX
    ]
    only = exact or begun
    return only[0] if len(only) == 1 else None


def _find_bare_parameter(word: str, parameters: Sequence[Parameter]) -> Parameter | None:
    """Take "time 9:00" for "time:9:00" in commands that have no use for plain words."""
    return next((parameter for parameter in parameters if parameter.name == word.casefold()), None)


def _get_example(command: Command) -> str:
    return command.example or command.name
