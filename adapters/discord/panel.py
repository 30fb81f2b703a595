"""Forms as panels: what is chosen so far, lists to choose from, modals for what is typed, and what saving would do.

A panel's answers are kept under a token in its custom_ids, ``f;<what>;<token>``; each choice makes a new state. So a
panel lasts as long as what is kept, whether or not the bot was started anew meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from adapters.discord import fields, modal
from adapters.discord.layout import CONTENT
from adapters.discord.pad import LABEL, Component
from adapters.discord.pages import Page, pages
from adapters.discord.render import EPHEMERAL, SUPPRESS_EMBEDS, Message
from adapters.discord.rows import row
from adapters.discord.states import Part, State
from adapters.discord.text import clean, fit, plain, size
from adapters.discord.times import localized
from bot.cards import Field, Form
from bot.language import following, gettext, phrase
from bot.wording import listing

_TITLE: Final = 150
_NAME: Final = 60
_VALUE: Final = 120
_MISTAKE: Final = 150
_NOTE: Final = 300
_PREVIEW: Final = 5
_NOTHING: Final = phrase("nothing")
_PRIMARY, _SECONDARY = 1, 2


def panel(form: Form, state: State) -> Message:
    """Return *form* as a private message; *state* says which page it is, and how it was opened."""
    every = pages(form.fields)
    held, here = _held(form, every, state)
    components = [*(row([each]) for each in _lists(here, held.token)), row(_buttons(form, every, held))]
    payload = {
        "content": _content(form, here),
        "components": components,
        "embeds": [],
        "flags": SUPPRESS_EMBEDS | EPHEMERAL,
        "allowed_mentions": {"parse": []},
    }
    return Message(payload, {held.token: held.pack()})


def window(form: Form, state: State, number: int = 0) -> tuple[Component, Mapping[str, Mapping[str, Any]]]:
    """Return the modal of a page's button, and what must be kept before it is opened; *number* counts from 0."""
    held, here = _held(form, pages(form.fields), state)
    asked = here.typed[number] if number < len(here.typed) else ()
    custom_id = Part("typed", "", held.token).pack()
    return modal.modal(form.title, asked, custom_id), {held.token: held.pack()}


def windows(form: Form, state: State) -> list[Component]:
    """Return every modal that the buttons of a page open, for those who only look."""
    _, here = _held(form, pages(form.fields), state)
    return [window(form, state, number)[0] for number in range(len(here.typed))]


def is_blank(form: Form) -> bool:
    """Tell whether a form begins with its modal: what must be typed is not there yet."""
    return any(fields.is_typed(each) and each.required and not each.value for each in form.fields)


def _held(form: Form, every: Sequence[Page], state: State) -> tuple[State, Page]:
    """Return the state in which everything is as *form* shows it, and the page that is shown."""
    number = min(state.page, len(every) - 1)
    here = every[number]
    ticks = tuple(tuple(each.name for each in group) for group in here.flags)
    return replace(state.of(form), page=number, ticks=ticks), here


def _content(form: Form, here: Page) -> str:
    """Write what stands above the lists; the preview gives way first, then the answers."""
    shown = [each for group in here.typed for each in group]
    wrong = [each for each in form.fields if clean(each.mistake) and each not in (*here.chosen, *shown)]
    lines = (
        f"### {fit(form.title, _TITLE)}" if clean(form.title) else "",
        *(_answer(each) for each in (*here.chosen, *shown)),
        *(_answer(each) for each in wrong),
        *(
            "-# "
            + gettext(
                "{question} is too long to be changed here; type it as a command.", question=fit(each.label, _NAME)
            )
            for each in here.long
        ),
        *(localized(fit(line, _VALUE * 2), form.moments) for line in form.preview[:_PREVIEW]),
        f"-# {fit(form.note, _NOTE)}" if clean(form.note) else "",
    )
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text and line else text or line
        text = longer if size(longer) <= CONTENT else text
    return text or "Broadsheet"


def _answer(field: Field) -> str:
    """Write a question with its answer, and what is wrong with it below."""
    said = f"**{fit(clean(field.label) or field.name, _NAME)}** {_value(field)}"
    return f"{said}\n> {fit(field.mistake, _MISTAKE)}" if clean(field.mistake) else said


def _value(field: Field) -> str:
    """Write an answer; a role and a forum as Discord names them, which notifies nobody here."""
    if field.name == fields.ROLE and field.value.isdecimal():
        return f"<@&{field.value}>"
    if field.kind == "days":
        return fields.named(field.value) or gettext(_NOTHING)
    if field.name == fields.FORUM and field.value.isdecimal():
        return f"<#{field.value}>"
    return fit(dict(field.choices).get(field.value) or field.value, _VALUE) or gettext(_NOTHING)


def _lists(here: Page, token: str) -> list[Component]:
    chosen = [fields.select(each, Part("pick", each.name, token).pack()) for each in here.chosen]
    flags = [fields.ticks(group, Part("ticks", str(n), token).pack()) for n, group in enumerate(here.flags)]
    return [*chosen, *flags]


def _buttons(form: Form, every: Sequence[Page], held: State) -> list[Component]:
    """Return the last row: the modals of this page, the next page, saving and leaving."""
    number = held.page
    following = (number + 1) % len(every)
    turn = [_button(_turned(number, len(every)), Part("page", str(following), held.token))] if len(every) > 1 else []
    return [
        *(_button(_named(group), Part("type", str(n), held.token)) for n, group in enumerate(every[number].typed)),
        *turn,
        _button(form.submit, Part("save", "", held.token), _PRIMARY),
        _button(gettext("Cancel"), Part("cancel", "", held.token)),
    ]


def _turned(number: int, of: int) -> str:
    if number == of - 1:
        return gettext("Back")
    return gettext("More") if number else gettext("Advanced")


def _named(group: Sequence[Field]) -> str:
    """Name a modal for what is typed in it: "Time, zone and topics…"."""
    first, *rest = [clean(each.label) or each.name for each in group]
    return f"{plain(listing([first, *map(following, rest)]), LABEL - 1)}…"


def _button(label: str, part: Part, style: int = _SECONDARY) -> Component:
    return {"type": 2, "style": style, "label": plain(label, LABEL), "custom_id": part.pack()}
