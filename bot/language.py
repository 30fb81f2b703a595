"""The language that somebody is addressed in: every sentence goes through here, with its plurals, numbers and dates.

English is what the source says; the others are catalogues in `locale/`, written by `python -m docs.messages`. Which one
is spoken belongs to the task at hand, so that two channels are answered side by side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Final, Literal

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

_NAMES: Final = re.compile(r"\{(\w+)\}")
_TELLING: Final = 8
"""Letters that a sentence has besides its names, for it to be known again."""

_NAME: Final = "Broadsheet"
_NEITHER: Final = -1
_UNSPACED: Final = frozenset({"ja", "zh"})

_SPOKEN: Final = ContextVar("language", default=ENGLISH)
_NOTED: Final[ContextVar[dict[str, int] | None]] = ContextVar("moments", default=None)
_SPELLED: Final[ContextVar[Callable[[str], str]]] = ContextVar("spelling", default=str)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak *language*, a code such as "de" or "pt-BR", to the end of the context; English where it is not ours."""
    token, notes = _SPOKEN.set(nearest(language)), _NOTED.set({})
    try:
        yield
    finally:
        _SPOKEN.reset(token)
        _NOTED.reset(notes)


def spoken() -> str:
    """Return the code of the language that is spoken now."""
    return _SPOKEN.get()


def note(written: str, at: datetime) -> str:
    """Return how a moment is *written*, and keep its minute; two minutes that are written alike are not kept."""
    noted = _NOTED.get()
    if noted is not None:
        seconds = int(at.timestamp()) // 60 * 60
        noted[written] = seconds if noted.get(written, seconds) == seconds else _NEITHER
    return written


def noted() -> dict[str, int]:
    """Return the moments that this context wrote so far, in Unix seconds, by how they are written."""
    return {written: seconds for written, seconds in (_NOTED.get() or {}).items() if seconds != _NEITHER}


@contextmanager
def spelling(native: Callable[[str], str]) -> Iterator[None]:
    """Write commands as *native* does, to the end of the context: as they are typed where somebody asks."""
    token = _SPELLED.set(native)
    try:
        yield
    finally:
        _SPELLED.reset(token)


def spelled(line: str) -> str:
    """Return a command, such as "digest on", as it is typed where somebody asks."""
    return _SPELLED.get()(line)


def nearest(locale: str) -> str:
    """Return the code of the language in which a locale is answered."""
    code = locale.replace("_", "-").partition("-")[0].casefold()
    return code if code in LANGUAGES else ENGLISH


def gettext(sentence: str, /, **values: Any) -> str:
    """Return an English *sentence* in the spoken language; *values* fill its {names}, without any it has none."""
    said = _catalogue(spoken()).gettext(sentence) if sentence else ""
    filled = said.format(**values) if values else said
    # A date that ends a sentence may end with a dot of its own: "Mo., 23. Nov."
    return filled[:-1] if filled.endswith("..") and not filled.endswith("...") else filled


def phrase(sentence: str) -> str:
    """Mark an English *sentence* that is kept as it is, and translated when it is said: ``gettext(kept)``."""
    return sentence


def ngettext(one: str, several: str, number: int, /, **values: Any) -> str:
    """Return the sentence that fits a *number*, which is its {n}; the other *values* fill its other {names}."""
    return _catalogue(spoken()).ngettext(one, several, number).format(n=grouped(number), **values)


def ended(text: str) -> str:
    """End a sentence as the spoken language does."""
    return gettext("{text}.", text=text)


def retold(kept: str) -> str:
    """Say a sentence that was kept in English, whatever names and numbers it holds; an unknown one stays as it is."""
    said = gettext(kept)
    if said != kept or spoken() == ENGLISH:
        return said
    found = ((pattern.fullmatch(kept), sentence) for pattern, sentence in _patterns(spoken()))
    return next((gettext(sentence, **_held(match)) for match, sentence in found if match), kept)


def _held(match: re.Match[str]) -> dict[str, str]:
    """Return what a kept sentence holds; the reason in it is a sentence itself."""
    return {name: retold(held) if name == "why" else held for name, held in match.groupdict().items()}


def headed(what: str, why: str) -> str:
    """Put a reason or a detail behind what it is about: "Missed: the source was down", "Manquée : …"."""
    return gettext("{what}: {why}", what=what, why=why)


def quoted(name: str) -> str:
    """Put a name between the quotation marks of the spoken language."""
    return gettext("“{label}”", label=name)


def grouped(number: float) -> str:
    """Write a number: "1,300", "1.300"; "2.5", "2,5"."""
    if spoken() == ENGLISH:
        return f"{number:,}" if isinstance(number, int) else f"{number:g}"
    from babel.numbers import format_decimal  # noqa: PLC0415 - slow to import, and English needs none of it

    return format_decimal(number, locale=spoken())


def dated(moment: date, *, year: bool) -> str:
    """Write a date with its weekday, in another language than English: "Di., 24. Nov."."""
    from babel.dates import format_skeleton  # noqa: PLC0415

    return format_skeleton("yMMMEd" if year else "MMMEd", moment, locale=spoken())


def weekday(number: int) -> str:
    """Write a weekday in short, 0 for Monday, in another language than English: "Mo."."""
    from babel.dates import get_day_names  # noqa: PLC0415

    return str(get_day_names("abbreviated", locale=spoken())[number])


def passed(seconds: float) -> str:
    """Write how long ago something was, or in how long it will be, in another language than English: "vor 3 Tagen"."""
    from babel.dates import format_timedelta  # noqa: PLC0415

    return format_timedelta(timedelta(seconds=-seconds), threshold=1, add_direction=True, locale=spoken())


def listed(parts: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
    """Join with commas and a last "and" or "or", in another language than English."""
    from babel.lists import format_list  # noqa: PLC0415

    return format_list(parts, style=style, locale=spoken())


def following(sentence: str) -> str:
    """Write a sentence so that it can stand after a colon; German keeps its capitals, for it may begin with a noun."""
    if spoken() == "de" or sentence.startswith(_NAME):
        return sentence
    return f"{sentence[:1].lower()}{sentence[1:]}"


def joined(*sentences: str) -> str:
    """Put sentences behind each other, those that are not empty: Japanese and Chinese leave no space between them."""
    return ("" if spoken() in _UNSPACED else " ").join(each for each in sentences if each)


@cache
def _patterns(language: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """Return the sentences of a language that hold names, by what finds them filled; the most telling come first."""
    held = [
        (_NAMES.split(each.id), each.id)
        for each in _read(language)
        if isinstance(each.id, str) and len(_NAMES.sub("", each.id)) >= _TELLING and _NAMES.search(each.id)
    ]
    held.sort(key=lambda each: -sum(map(len, each[0][::2])))
    return [(re.compile(_pattern(parts), re.DOTALL), sentence) for parts, sentence in held]


def _pattern(parts: Sequence[str]) -> str:
    """Return what matches a filled sentence; *parts* are texts and names in turn. A repeated name is the same text."""
    written, seen = "", set[str]()
    for number, part in enumerate(parts):
        if number % 2 == 0:
            written += re.escape(part)
        elif part in seen:
            written += f"(?P={part})"
        else:
            seen.add(part)
            written += f"(?P<{part}>.+?)"
    return written


@cache
def _catalogue(language: str) -> NullTranslations:
    """Return the sentences of a language."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415

    compiled = BytesIO()
    write_mo(compiled, _read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _read(language: str) -> Any:
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)
