"""Discord preview: message payloads, Components V2 and modals rendered to HTML as Discord shows them.

Components: https://docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Final

from adapters.discord.around import (
    AVATAR,
    EDITED_LABEL,
    EPHEMERAL_NOTICE,
    MessageDetails,
    render_attachment,
    render_author,
    render_command_used,
)
from adapters.discord.markdown import render_markdown, render_tag
from adapters.discord.render import EPHEMERAL

Component = Mapping[str, Any]

_NO_DETAILS: Final = MessageDetails()

_BUTTON_STYLES: Final = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
_LINK_STYLE: Final = 5
_PARAGRAPH_STYLE: Final = 2
_MODAL_BUTTONS: Final = (("Cancel", "secondary"), ("Submit", "primary"))
_EXTERNAL_LINK_ICON: Final = (
    '<svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.6" '
    'aria-hidden="true"><path d="M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5"/></svg>'
)


def render_messages_html(
    payloads: Sequence[Mapping[str, Any]], modals: Sequence[Component] = (), details: MessageDetails = _NO_DETAILS
) -> str:
    """Return messages that follow each other as they stand in a channel: only the first names who wrote them.

    *modals* are what opens over them, drawn below; *details* is what is known of the circumstances.
    """
    messages = (_render_message(each, details, first=number == 0) for number, each in enumerate(payloads))
    return render_tag("div", *messages, *map(_render_modal, modals), class_="dc")


def _render_message(payload: Mapping[str, Any], details: MessageDetails, *, first: bool) -> str:
    content, hidden = payload.get("content") or "", payload.get("flags", 0) & EPHEMERAL
    inside = [
        render_author(details) if first else "",
        render_tag("div", render_markdown(content), class_="dc-text") if content else "",
        EDITED_LABEL if details.is_edited else "",
        render_attachment(details) if first else "",
        *map(_render_component, payload.get("components") or ()),
        EPHEMERAL_NOTICE if hidden else "",
    ]
    message = render_tag(
        "div", AVATAR if first else "", render_tag("div", *inside, class_="dc-body"), class_="dc-message"
    )
    return render_tag("div", render_command_used(details), message, class_="dc-hidden") if hidden else message


def _render_modal(modal: Component) -> str:
    """Return a modal with its questions, https://docs.discord.com/developers/components/using-modal-components."""
    bar = render_tag(
        "div",
        AVATAR,
        render_tag("b", escape(modal["title"])),
        render_tag("span", "×", class_="dc-shut"),
        class_="dc-bar",
    )
    buttons = (render_tag("span", word, class_=f"dc-button dc-{style}") for word, style in _MODAL_BUTTONS)
    return render_tag(
        "div",
        bar,
        *map(_render_component, modal["components"]),
        render_tag("div", *buttons, class_="dc-end"),
        class_="dc-modal",
    )


def _render_label(label: Component) -> str:
    """Return a question: its words, what helps to answer it, and the input."""
    component = label["component"]
    star = render_tag("span", " *", class_="dc-star") if component.get("required", True) else ""
    about = render_tag("div", escape(label["description"]), class_="dc-quiet") if "description" in label else ""
    return render_tag(
        "div", render_tag("b", escape(label["label"]), star), about, _render_component(component), class_="dc-question"
    )


def _render_text_input(component: Component) -> str:
    lines = " dc-lines" if component["style"] == _PARAGRAPH_STYLE else ""
    return render_tag("div", escape(component.get("value", "")), class_=f"dc-input{lines}")


def _render_component(component: Component) -> str:
    return _COMPONENT_RENDERERS[component["type"]](component)


def _render_action_row(row: Component) -> str:
    return render_tag("div", *map(_render_component, row["components"]), class_="dc-row")


def _render_button(button: Component) -> str:
    style = f"dc-button dc-{_BUTTON_STYLES[button['style']]}"
    if button["style"] != _LINK_STYLE:
        return render_tag("span", escape(button["label"]), class_=style)
    leading = {"href": button["url"], "rel": "noopener noreferrer", "target": "_blank"}
    return render_tag("a", escape(button["label"]), _EXTERNAL_LINK_ICON, class_=style, **leading)


def _render_select(select: Component) -> str:
    """Return a list that unfolds; Discord's own lists, of roles, have nothing in them here."""
    options = select.get("options", ())
    chosen = [render_tag("span", escape(each["label"]), class_="dc-chip") for each in options if each.get("default")]
    chosen += [render_tag("span", "@role", class_="dc-chip") for _ in select.get("default_values", ())]
    waiting = render_tag("span", escape(select.get("placeholder", "Make a selection")), class_="dc-waiting")
    shown = render_tag("span", *chosen, class_="dc-chosen") if chosen else waiting
    field = render_tag(
        "summary", shown, render_tag("span", "⌄", class_="dc-down", aria_hidden="true"), class_="dc-field"
    )
    return render_tag(
        "details", field, render_tag("ul", *map(_render_option, options)) if options else "", class_="dc-select"
    )


def _render_option(option: Component) -> str:
    about = render_tag("div", escape(option["description"]), class_="dc-quiet") if "description" in option else ""
    return render_tag("li", escape(option["label"]), about, class_="dc-on" if option.get("default") else "")


def _render_text_display(text: Component) -> str:
    return render_tag("div", render_markdown(text["content"]), class_="dc-text")


def _render_section(section: Component) -> str:
    texts = render_tag("div", *map(_render_component, section["components"]), class_="dc-texts")
    return render_tag("div", texts, _render_component(section["accessory"]), class_="dc-section")


def _render_thumbnail(thumbnail: Component) -> str:
    """Return a place for the picture with what tells it in words: nothing is asked of anybody else's server."""
    description = escape(thumbnail.get("description") or "Picture")
    return render_tag("div", render_tag("span", description), class_="dc-thumbnail")


_COMPONENT_RENDERERS: Final[Mapping[int, Callable[[Component], str]]] = {
    1: _render_action_row,
    2: _render_button,
    3: _render_select,
    4: _render_text_input,
    6: _render_select,
    9: _render_section,
    10: _render_text_display,
    11: _render_thumbnail,
    18: _render_label,
}
