"""Typed readers: a person's text becomes a value, or a mistake with one sentence and a correct value as its example."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from bot import identifiers, topics, wording
from bot.errors import Mistake
from bot.language import gettext, grouped, phrase
from bot.ports.commands import Parameter, ParameterType, Request, Suggestion

Suggest = Callable[[str, Request], Awaitable[Sequence[Suggestion]]]

_YES: Final = frozenset(("yes", "y", "true", "on", "1", "always", "ja", "oui", "si"))
_NO: Final = frozenset(("no", "n", "false", "off", "0", "never", "none", "nein", "non"))
_CATEGORY: Final = re.compile(r"[A-Za-z][A-Za-z-]{1,15}(\.[A-Za-z][A-Za-z-]{1,15})?")
_SHOWN: Final = 60


def number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from *least* to *most*."""

    def read(text: str) -> int:
        try:
            value = int(text.strip().lstrip("#+"))
        except ValueError:
            raise Mistake(
                gettext("“{text}” is not a whole number.", text=text[:_SHOWN]), str(max(least, min(most, 5)))
            ) from None
        if not least <= value <= most:
            raise Mistake(
                gettext(
                    "{value} is out of range: {least} to {most}.",
                    value=grouped(value),
                    least=grouped(least),
                    most=grouped(most),
                ),
                str(max(least, min(most, value))),
            )
        return value

    return read


def choice(*values: str, **also: str) -> Callable[[str], str]:
    """Return a reader of one of *values*; *also* maps what people say instead to a value."""

    def read(text: str) -> str:
        typed = text.strip().strip('"').casefold()
        if typed in values:
            return typed
        if typed in also:
            return also[typed]
        near = get_close_matches(typed, [*values, *also], n=1)
        best = also.get(near[0], near[0]) if near else values[0]
        names = {"text": text[:_SHOWN], "values": wording.listing(values, "or")}
        if near:
            raise Mistake(gettext("“{text}” is none of {values}; did you mean “{best}”?", **names, best=best), best)
        raise Mistake(gettext("“{text}” is none of {values}.", **names), best)

    return read


def flag(text: str) -> bool:
    """Read yes or no."""
    typed = text.strip().casefold()
    if typed in _YES:
        return True
    if typed in _NO:
        return False
    raise Mistake(gettext("“{text}” is neither yes nor no.", text=text[:_SHOWN]), "yes")


def topic(text: str) -> topics.Topic:
    """Read a topic."""
    return topics.parse(text)


def several(text: str) -> tuple[topics.Topic, ...]:
    """Read topics, one a line or separated by ";"; an empty text is no topic."""
    parts = [part.strip() for line in text.splitlines() for part in line.split(";")]
    return tuple(dict.fromkeys(topics.parse(part) for part in parts if part))


def category(text: str) -> str:
    """Read an arXiv category such as cs.CL, or an archive such as cs."""
    typed = text.strip().strip('"')
    if not _CATEGORY.fullmatch(typed):
        raise Mistake(gettext("“{text}” is not an arXiv category.", text=text[:_SHOWN]), "cs.CL")
    return typed


def plain(text: str) -> str:
    """Read words as they are."""
    return text.strip()


def of_paper(suggest: Suggest) -> Parameter:
    """Return the parameter that names one paper."""
    return Parameter(
        "paper",
        "arXiv id or link: arXiv, Hugging Face, alphaXiv",
        identifiers.paper,
        example=identifiers.EXAMPLE,
        required=True,
        rest=True,
        suggest=suggest,
    )


def of_choice(name: str, summary: str, labels: Mapping[str, str], also: Mapping[str, str] | None = None) -> Parameter:
    """Return a parameter that is one of the values that *labels* has names for."""
    values = tuple(labels)
    read = choice(*values, **(also or {}))
    return Parameter(name, summary, read, ParameterType.CHOICE, example=values[0], choices=values, labels=labels)


def of_flag(name: str, summary: str) -> Parameter:
    """Return a parameter that is yes or no."""
    return Parameter(name, summary, flag, ParameterType.FLAG, example="yes", choices=("yes", "no"))


def of_number(name: str, summary: str, least: int, most: int, example: int) -> Parameter:
    """Return a parameter that is a whole number."""
    read = number(least, most)
    return Parameter(name, summary, read, ParameterType.NUMBER, example=str(example), least=least, most=most)


PAGE: Final = of_number("page", "Which page of the answer", 1, 10_000, 2)
WHERE: Final = of_choice(
    "where",
    "For you, or for this channel",
    {"me": phrase("You"), "here": phrase("This channel")},
    {"channel": "here", "us": "here", "mine": "me"},
)


def nearest(text: str, known: Iterable[str]) -> str:
    """Return what *text* may have meant; "" when nothing is near."""
    by_name = {name.casefold(): name for name in known}
    near = get_close_matches(text.casefold(), by_name, n=1)
    return by_name[near[0]] if near else ""
