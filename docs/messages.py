"""Catalogue update (gettext extraction): `python -m docs.messages` updates bot/i18n/locale/*.po from the source."""  # noqa: INP001 - docs hold pages, not a package

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.commands.preferences.fields import SETTING_FIELDS
from bot.commands.table import build_declared_table
from bot.i18n.translation import CATALOGUE_FOLDER, ENGLISH, LANGUAGES

ROOT: Final = Path(__file__).parents[1]
Sentence = str | tuple[str, str]
"""A sentence, or the two that English has for one and for several."""
_PLURAL_FORMS: Final = 2


def collect_sentences() -> dict[Sentence, set[str]]:
    """Return every sentence that the source says, with the files in which it stands."""
    found: dict[Sentence, set[str]] = {}
    for described in _collect_descriptions():
        found.setdefault(described, set()).add("bot/commands")
    for folder in ("bot", "adapters", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for sentence in _extract_sentences(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(sentence, set()).add(path.relative_to(ROOT).as_posix())
    found.pop("", None)
    return found


def _collect_descriptions() -> Iterator[str]:
    """Yield what the table says of commands and of their parameters, and the questions of the forms."""
    for command in build_declared_table().commands:
        if not command.hidden:
            yield from (command.summary, command.detail, *(each.summary for each in command.parameters))
        yield command.group_summary
        yield command.shortcut.title if command.shortcut else ""
    for question in SETTING_FIELDS:
        yield from (question.label, question.hint)


def _extract_sentences(tree: ast.AST) -> Iterator[Sentence]:
    """Yield what is said in a module: by `gettext`, `phrase` and their plurals, and the nouns that are counted."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in ("gettext", "phrase") and texts:
            yield texts[0]
        elif name in ("ngettext", "plural_phrase") and len(texts) == _PLURAL_FORMS:
            yield texts[0], texts[1]
        elif name == "format_count" and texts and len(node.args) >= _PLURAL_FORMS:
            yield f"{{n}} {texts[0]}", f"{{n}} {texts[1] if len(texts) > 1 else texts[0] + 's'}"


def read_catalogue(language: str) -> Catalog:
    """Return the catalogue of a language as it is on disk."""
    path = CATALOGUE_FOLDER / f"{language}.po"
    if not path.exists():
        return _create_catalogue(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update_catalogue(language: str) -> Catalog:
    """Return that catalogue with what the source says now; what it says no more is gone."""
    existing, updated_catalogue = read_catalogue(language), _create_catalogue(language)
    for sentence, files in sorted(collect_sentences().items(), key=lambda each: str(each[0])):
        known = existing.get(sentence[0] if isinstance(sentence, tuple) else sentence)
        # One that is counted now, or no longer, is another sentence.
        same = known is not None and bool(known.pluralizable) is isinstance(sentence, tuple)
        updated_catalogue.add(
            sentence, known.string if known and same else None, locations=[(file, 0) for file in sorted(files)]
        )
    return updated_catalogue


def _create_catalogue(language: str) -> Catalog:
    # The date is that of no day: it would change with every run.
    return Catalog(language, project="Broadsheet", fuzzy=False, creation_date=datetime(2026, 11, 24, tzinfo=UTC))


def main() -> None:
    """Write every catalogue anew."""
    CATALOGUE_FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        made = update_catalogue(language)
        with (CATALOGUE_FOLDER / f"{language}.po").open("wb") as file:
            write_po(file, made, omit_header=True, include_lineno=False, width=110)


if __name__ == "__main__":
    main()
