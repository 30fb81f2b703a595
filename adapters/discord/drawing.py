"""Messages drawn as Discord shows them, for people without a Discord at hand. Data in, HTML out; `look` has the style.

Components: https://docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Final

from adapters.discord.around import BOT, EDITED, ONLY_YOU, Around, by, file, used
from adapters.discord.markdown import markdown, tag
from adapters.discord.render import EPHEMERAL

Component = Mapping[str, Any]

_NOTHING: Final = Around()

_STYLES: Final = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
_LINK: Final = 5
_PARAGRAPH: Final = 2
_ENDS: Final = (("Cancel", "secondary"), ("Submit", "primary"))
_AWAY: Final = (
    '<svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.6" '
    'aria-hidden="true"><path d="M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5"/></svg>'
)


def draw(payloads: Sequence[Mapping[str, Any]], modals: Sequence[Component] = (), around: Around = _NOTHING) -> str:
    """Return messages that follow each other as they stand in a channel: only the first names who wrote them.

    *modals* are what opens over them, drawn below; *around* is what is known of the circumstances.
    """
    messages = (_message(each, around, first=number == 0) for number, each in enumerate(payloads))
    return tag("div", *messages, *map(_modal, modals), class_="dc")


def _message(payload: Mapping[str, Any], around: Around, *, first: bool) -> str:
    content, hidden = payload.get("content") or "", payload.get("flags", 0) & EPHEMERAL
    inside = [
        by(around) if first else "",
        tag("div", markdown(content), class_="dc-text") if content else "",
        EDITED if around.edited else "",
        file(around) if first else "",
        *map(_component, payload.get("components") or ()),
        ONLY_YOU if hidden else "",
    ]
    message = tag("div", BOT if first else "", tag("div", *inside, class_="dc-body"), class_="dc-message")
    return tag("div", used(around), message, class_="dc-hidden") if hidden else message


def _modal(modal: Component) -> str:
    """Return a modal with its questions, https://docs.discord.com/developers/components/using-modal-components."""
    bar = tag("div", BOT, tag("b", escape(modal["title"])), tag("span", "×", class_="dc-shut"), class_="dc-bar")
    ends = (tag("span", word, class_=f"dc-button dc-{style}") for word, style in _ENDS)
    return tag("div", bar, *map(_component, modal["components"]), tag("div", *ends, class_="dc-end"), class_="dc-modal")


def _question(label: Component) -> str:
    """Return a question: its words, what helps to answer it, and the input."""
    asked = label["component"]
    star = tag("span", " *", class_="dc-star") if asked.get("required", True) else ""
    about = tag("div", escape(label["description"]), class_="dc-quiet") if "description" in label else ""
    return tag("div", tag("b", escape(label["label"]), star), about, _component(asked), class_="dc-question")


def _input(asked: Component) -> str:
    lines = " dc-lines" if asked["style"] == _PARAGRAPH else ""
    return tag("div", escape(asked.get("value", "")), class_=f"dc-input{lines}")


def _component(component: Component) -> str:
    return _COMPONENTS[component["type"]](component)


def _row(row: Component) -> str:
    return tag("div", *map(_component, row["components"]), class_="dc-row")


def _button(button: Component) -> str:
    style = f"dc-button dc-{_STYLES[button['style']]}"
    if button["style"] != _LINK:
        return tag("span", escape(button["label"]), class_=style)
    leading = {"href": button["url"], "rel": "noopener noreferrer", "target": "_blank"}
    return tag("a", escape(button["label"]), _AWAY, class_=style, **leading)


def _select(select: Component) -> str:
    """Return a list that unfolds; Discord's own lists, of roles, have nothing in them here."""
    options = select.get("options", ())
    chosen = [tag("span", escape(each["label"]), class_="dc-chip") for each in options if each.get("default")]
    chosen += [tag("span", "@role", class_="dc-chip") for _ in select.get("default_values", ())]
    waiting = tag("span", escape(select.get("placeholder", "Make a selection")), class_="dc-waiting")
    shown = tag("span", *chosen, class_="dc-chosen") if chosen else waiting
    field = tag("summary", shown, tag("span", "⌄", class_="dc-down", aria_hidden="true"), class_="dc-field")
    return tag("details", field, tag("ul", *map(_option, options)) if options else "", class_="dc-select")


def _option(option: Component) -> str:
    about = tag("div", escape(option["description"]), class_="dc-quiet") if "description" in option else ""
    return tag("li", escape(option["label"]), about, class_="dc-on" if option.get("default") else "")


def _text(text: Component) -> str:
    return tag("div", markdown(text["content"]), class_="dc-text")


def _section(section: Component) -> str:
    texts = tag("div", *map(_component, section["components"]), class_="dc-texts")
    return tag("div", texts, _component(section["accessory"]), class_="dc-section")


def _thumbnail(thumbnail: Component) -> str:
    """Return a place for the picture with what tells it in words: nothing is asked of anybody else's server."""
    told = escape(thumbnail.get("description") or "Picture")
    return tag("div", tag("span", told), class_="dc-thumbnail")


_COMPONENTS: Final[Mapping[int, Callable[[Component], str]]] = {
    1: _row,
    2: _button,
    3: _select,
    4: _input,
    6: _select,
    9: _section,
    10: _text,
    11: _thumbnail,
    18: _question,
}
