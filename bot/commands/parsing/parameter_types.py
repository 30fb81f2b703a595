"""Parameter types of commands: readers of numbers, choices, flags, topics, categories and paper ids."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from bot.domain import identifiers
from bot.domain.topics import parser
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.translation import format_number, gettext, phrase
from bot.ports.commands import FOR_CHANNEL, FOR_PERSON, Parameter, ParameterType, Request, Suggestion

SuggestFunction = Callable[[str, Request], Awaitable[Sequence[Suggestion]]]

_YES: Final = frozenset(("yes", "y", "true", "on", "1", "always", "ja", "oui", "si"))
_NO: Final = frozenset(("no", "n", "false", "off", "0", "never", "none", "nein", "non"))
_CATEGORY: Final = re.compile(r"[A-Za-z][A-Za-z-]{1,15}(\.[A-Za-z][A-Za-z-]{1,15})?")
_QUOTE_LENGTH: Final = 60
_EXAMPLE_TOPIC: Final = '"world model" -robot'


def build_number_reader(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from *least* to *most*."""

    def read(text: str) -> int:
        try:
            value = int(text.strip().lstrip("#+"))
        except ValueError:
            raise Mistake(
                gettext("“{text}” is not a whole number.", text=text[:_QUOTE_LENGTH]), str(max(least, min(most, 5)))
            ) from None
        if not least <= value <= most:
            raise Mistake(
                gettext(
                    "{value} is out of range: {least} to {most}.",
                    value=format_number(value),
                    least=format_number(least),
                    most=format_number(most),
                ),
                str(max(least, min(most, value))),
            )
        return value

    return read


def build_choice_reader(*values: str, **aliases: str) -> Callable[[str], str]:
    """Return a reader of one of *values*; *aliases* maps what people say instead to a value."""

    def read(text: str) -> str:
        typed = text.strip().strip('"').casefold()
        if typed in values:
            return typed
        if typed in aliases:
            return aliases[typed]
        near = get_close_matches(typed, [*values, *aliases], n=1)
        best = aliases.get(near[0], near[0]) if near else values[0]
        names = {"text": text[:_QUOTE_LENGTH], "values": formatting.format_list(values, "or")}
        if near:
            raise Mistake(gettext("“{text}” is none of {values}; did you mean “{best}”?", **names, best=best), best)
        raise Mistake(gettext("“{text}” is none of {values}.", **names), best)

    return read


def read_flag(text: str) -> bool:
    """Read yes or no."""
    typed = text.strip().casefold()
    if typed in _YES:
        return True
    if typed in _NO:
        return False
    raise Mistake(gettext("“{text}” is neither yes nor no.", text=text[:_QUOTE_LENGTH]), "yes")


def read_topic(text: str) -> parser.Topic:
    """Read a topic; raises `bot.errors.Mistake` for what names a paper, which nobody means as words."""
    if references := identifiers.list_paper_references(text):
        paper = references[0]
        raise Mistake(
            gettext(
                "“{paper}” names a paper, not a topic; did you mean the papers like it, “{similar}”, or the paper "
                "itself, “{show}”?",
                paper=paper,
                similar=formatting.format_command(f"similar {paper}"),
                show=formatting.format_command(f"show {paper}"),
            ),
            _EXAMPLE_TOPIC,
        )
    return parser.parse_topic(text)


def read_topics(text: str) -> tuple[parser.Topic, ...]:
    """Read topics, one a line or separated by ";"; an empty text is no topic."""
    parts = [part.strip() for line in text.splitlines() for part in line.split(";")]
    return tuple(dict.fromkeys(read_topic(part) for part in parts if part))


def read_category(text: str) -> str:
    """Read an arXiv category such as cs.CL, or an archive such as cs."""
    typed = text.strip().strip('"')
    if not _CATEGORY.fullmatch(typed):
        raise Mistake(gettext("“{text}” is not an arXiv category.", text=text[:_QUOTE_LENGTH]), "cs.CL")
    return typed


def read_text(text: str) -> str:
    """Read words as they are."""
    return text.strip()


def build_paper_parameter(suggest: SuggestFunction) -> Parameter:
    """Return the parameter that names one paper."""
    return Parameter(
        "paper",
        "arXiv id or link: arXiv, Hugging Face, alphaXiv",
        identifiers.parse_paper_id,
        example=identifiers.EXAMPLE_ARXIV_ID,
        required=True,
        takes_rest=True,
        suggest=suggest,
    )


def build_choice_parameter(
    name: str,
    summary: str,
    labels: Mapping[str, str],
    aliases: Mapping[str, str] | None = None,
    kind: ParameterType = ParameterType.CHOICE,
) -> Parameter:
    """Return a parameter that is one of the values that *labels* has names for."""
    values = tuple(labels)
    read_choice = build_choice_reader(*values, **(aliases or {}))
    return Parameter(name, summary, read_choice, kind, example=values[0], choices=values, labels=labels)


def build_flag_parameter(name: str, summary: str, kind: ParameterType = ParameterType.FLAG) -> Parameter:
    """Return a parameter that is yes or no."""
    return Parameter(name, summary, read_flag, kind, example="yes", choices=("yes", "no"))


def build_number_parameter(name: str, summary: str, least: int, most: int, example: int) -> Parameter:
    """Return a parameter that is a whole number."""
    read = build_number_reader(least, most)
    return Parameter(name, summary, read, ParameterType.NUMBER, example=str(example), minimum=least, maximum=most)


PAGE: Final = build_number_parameter("page", "Which page of the answer", 1, 10_000, 2)
WHERE: Final = build_choice_parameter(
    "where",
    "For you, or for this channel",
    {FOR_PERSON: phrase("You"), FOR_CHANNEL: phrase("This channel")},
    {"channel": FOR_CHANNEL, "us": FOR_CHANNEL, "mine": FOR_PERSON},
    ParameterType.PERSON_OR_CHANNEL,
)


def find_nearest(text: str, known: Iterable[str]) -> str:
    """Return what *text* may have meant; "" when nothing is near."""
    by_name = {name.casefold(): name for name in known}
    near = get_close_matches(text.casefold(), by_name, n=1)
    return by_name[near[0]] if near else ""
