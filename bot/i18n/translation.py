"""Translation (gettext): the current language, message catalogues, and moments named in a text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
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
CATALOGUE_FOLDER: Final = Path(__file__).parent / "locale"

_MAX_LOCALIZED_NUMBER: Final = 10**18
"""What is as large is written as in English: Babel raises for numbers of more than 25 digits."""
_AMBIGUOUS_MOMENT: Final = -1

_LANGUAGE: Final = ContextVar("language", default=ENGLISH)
_MOMENTS: Final[ContextVar[dict[str, int] | None]] = ContextVar("moments", default=None)


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Speak *language*, a code such as "de" or "pt-BR", to the end of the context; English where it is not ours."""
    token, moments_token = _LANGUAGE.set(match_language(language)), _MOMENTS.set({})
    try:
        yield
    finally:
        _LANGUAGE.reset(token)
        _MOMENTS.reset(moments_token)


def get_current_language() -> str:
    """Return the code of the language that is spoken now."""
    return _LANGUAGE.get()


def note_moment(text: str, at: datetime) -> str:
    """Return how a moment is *text*, and keep its minute; two minutes that are written alike are not kept."""
    moments = _MOMENTS.get()
    if moments is not None:
        seconds = int(at.timestamp()) // 60 * 60
        moments[text] = seconds if moments.get(text, seconds) == seconds else _AMBIGUOUS_MOMENT
    return text


def collect_moments() -> dict[str, int]:
    """Return the moments that this context wrote so far, in Unix seconds, by how they are written."""
    return {written: seconds for written, seconds in (_MOMENTS.get() or {}).items() if seconds != _AMBIGUOUS_MOMENT}


def match_language(locale: str) -> str:
    """Return the code of the language in which a locale is answered."""
    code = locale.replace("_", "-").partition("-")[0].casefold()
    return code if code in LANGUAGES else ENGLISH


def gettext(sentence: str, /, **values: Any) -> str:
    """Return an English *sentence* in the spoken language; *values* fill its {names}, without any it has none."""
    said = _load_catalogue(get_current_language()).gettext(sentence) if sentence else ""
    filled = said.format(**values) if values else said
    # A date that ends a sentence may end with a dot of its own: "Mo., 23. Nov."
    return filled[:-1] if filled.endswith("..") and not filled.endswith("...") else filled


def phrase(sentence: str) -> str:
    """Mark an English *sentence* that is kept as it is, and translated when it is said: ``gettext(kept)``."""
    return sentence


def plural_phrase(singular: str, plural: str) -> tuple[str, str]:
    """Mark the two forms of an English sentence that are kept as they are: ``ngettext(*kept, number)``."""
    return singular, plural


def ngettext(singular: str, plural: str, number: int, /, **values: Any) -> str:
    """Return the sentence that fits a *number*, which is its {n}; the other *values* fill its other {names}."""
    return (
        _load_catalogue(get_current_language())
        .ngettext(singular, plural, number)
        .format(n=format_number(number), **values)
    )


def format_number(number: float) -> str:
    """Write a number: "1,300", "1.300"; "2.5", "2,5"."""
    if get_current_language() == ENGLISH or abs(number) >= _MAX_LOCALIZED_NUMBER:
        return f"{number:,}" if isinstance(number, int) else f"{number:g}"
    from babel.numbers import format_decimal  # noqa: PLC0415 - slow to import, and English needs none of it

    return format_decimal(number, locale=get_current_language())


@cache
def _load_catalogue(language: str) -> NullTranslations:
    """Return the sentences of a language."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415

    compiled = BytesIO()
    write_mo(compiled, _read_catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _read_catalogue(language: str) -> Any:
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (CATALOGUE_FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)
