"""The language that somebody is addressed in: every sentence goes through here, with its plurals, numbers and dates.

English is what the source says; the others are catalogues in `locale/`, written by `python -m docs.messages`. Which one
is spoken belongs to the task at hand, so that two channels are answered side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Final

ENGLISH: Final = "en"
LANGUAGES: Final = {
    ENGLISH: "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "ja": "日本語",
    "zh": "简体中文",
}
"""By code, each in its own words."""
CATALOGUES: Final = Path(__file__).parent / "locale"

_SPOKEN: Final = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak *language*, a code such as "de" or "pt-BR", to the end of the context; English where it is not ours."""
    token = _SPOKEN.set(nearest(language))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken() -> str:
    """Return the code of the language that is spoken now."""
    return _SPOKEN.get()


def nearest(locale: str) -> str:
    """Return the code of the language in which a locale is answered."""
    code = locale.replace("_", "-").partition("-")[0].casefold()
    return code if code in LANGUAGES else ENGLISH


def gettext(sentence: str, **values: Any) -> str:
    """Return an English *sentence* in the spoken language; *values* fill its {names}."""
    return _catalogue(spoken()).gettext(sentence).format(**values)


def ngettext(one: str, several: str, number: int, **values: Any) -> str:
    """Return the sentence that fits a *number*, which is its {n}; the other *values* fill its other {names}."""
    return _catalogue(spoken()).ngettext(one, several, number).format(n=grouped(number), **values)


def grouped(number: int) -> str:
    """Write a number: "1,300", "1.300"."""
    if spoken() == ENGLISH:
        return f"{number:,}"
    from babel.numbers import format_decimal  # noqa: PLC0415 - slow to import, and English needs none of it

    return format_decimal(number, locale=spoken())


def dated(moment: date, *, year: bool) -> str:
    """Write a date with its weekday, in another language than English: "Di., 24. Nov."."""
    from babel.dates import format_skeleton  # noqa: PLC0415

    return format_skeleton("yMMMEd" if year else "MMMEd", moment, locale=spoken())


def listed(parts: Sequence[str]) -> str:
    """Join with commas and a last "and", in another language than English."""
    from babel.lists import format_list  # noqa: PLC0415

    return format_list(parts, locale=spoken())


@cache
def _catalogue(language: str) -> NullTranslations:
    """Return the sentences of a language."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
