"""Bring the catalogues up to date with the source: `python -m docs.messages`, then translate what is empty in them."""  # noqa: INP001 - docs hold pages, not a package

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.commands.desk import Desk
from bot.commands.questions import QUESTIONS
from bot.commands.table import table
from bot.language import CATALOGUES, ENGLISH, LANGUAGES
from bot.ports.stores import Stores

ROOT: Final = Path(__file__).parents[1]
Sentence = str | tuple[str, str]
"""A sentence, or the two that English has for one and for several."""
_COUNTED: Final = 2


def sentences() -> dict[Sentence, set[str]]:
    """Return every sentence that the source says, with the files in which it stands."""
    found: dict[Sentence, set[str]] = {}
    for described in _described():
        found.setdefault(described, set()).add("bot/commands")
    for folder in ("bot", "adapters", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for sentence in _said(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(sentence, set()).add(path.relative_to(ROOT).as_posix())
    found.pop("", None)
    return found


def _described() -> Iterator[str]:
    """Yield what the table says of commands and of their parameters, and the questions of the forms."""
    # The table is only looked at, nothing is answered: no stores are needed.
    for command in table(Desk(cast("Stores", None))).all():
        if not command.hidden:
            yield from (command.summary, command.detail, *(each.summary for each in command.parameters))
    for question in QUESTIONS:
        yield from (question.label, question.hint)


def _said(tree: ast.AST) -> Iterator[Sentence]:
    """Yield what is said in a module: by `gettext` or `phrase`, by `ngettext`, and the nouns that `count` counts."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in ("gettext", "phrase") and texts:
            yield texts[0]
        elif name == "ngettext" and len(texts) == _COUNTED:
            yield texts[0], texts[1]
        elif name == "count" and texts and len(node.args) >= _COUNTED:
            yield f"{{n}} {texts[0]}", f"{{n}} {texts[1] if len(texts) > 1 else texts[0] + 's'}"


def catalogue(language: str) -> Catalog:
    """Return the catalogue of a language as it is on disk."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """Return that catalogue with what the source says now; what it says no more is gone."""
    kept, wanted = catalogue(language), _empty(language)
    for sentence, files in sorted(sentences().items(), key=lambda each: str(each[0])):
        known = kept.get(sentence[0] if isinstance(sentence, tuple) else sentence)
        # One that is counted now, or no longer, is another sentence.
        same = known is not None and bool(known.pluralizable) is isinstance(sentence, tuple)
        wanted.add(sentence, known.string if known and same else None, locations=[(file, 0) for file in sorted(files)])
    return wanted


def _empty(language: str) -> Catalog:
    # The date is that of no day: it would change with every run.
    return Catalog(language, project="Broadsheet", fuzzy=False, creation_date=datetime(2026, 11, 24, tzinfo=UTC))


def main() -> None:
    """Write every catalogue anew."""
    CATALOGUES.mkdir(exist_ok=True)
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        made = updated(language)
        with (CATALOGUES / f"{language}.po").open("wb") as file:
            write_po(file, made, omit_header=True, include_lineno=False, width=110)


if __name__ == "__main__":
    main()
