"""Discord message chrome as HTML: author name and timestamp, command used, attachment, ephemeral notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from adapters.common.html import render_tag
from adapters.discord.commands.tree import MANAGERS_COMMAND
from adapters.discord.forms.panel import render_page_modals, render_panel, starts_with_modal
from adapters.discord.forms.state import FormState
from adapters.discord.preview.markdown_html import render_markdown
from adapters.discord.rendering.layout import CommandFormatter
from adapters.discord.rendering.markdown import choose_filename
from adapters.discord.rendering.messages import EPHEMERAL, format_command, render_messages, render_private_answer
from bot.cards.models import Card, Form
from bot.ports.previews import MessagePreview, PrivateAnswer
from bot.ports.web_messages import WebMessage

STYLE_SHEET: Final = Path(__file__).with_name("discord.css")

AVATAR: Final = render_tag("span", "B", class_="dc-bot", aria_hidden="true")
EDITED_LABEL: Final = render_tag("span", "(edited)", class_="dc-quiet dc-edited")
_MAX_ATTACHMENT_LINES: Final = 6
"""Lines of a text that Discord shows before somebody unfolds it."""

Component = Mapping[str, Any]

_BUTTON_STYLES: Final = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary"}
_LINK_STYLE: Final = 5
_PARAGRAPH_STYLE: Final = 2
_MODAL_BUTTONS: Final = (("Cancel", "secondary"), ("Submit", "primary"))


@dataclass(frozen=True, slots=True)
class MessageDetails:
    """What is known of the circumstances; nothing is drawn of what is not.

    *sent_at* is when it was said (aware), *is_edited* whether it was changed since; *user_name* used the command
    *command*, and *attachment* is a text that is attached.
    """

    sent_at: datetime | None = None
    is_edited: bool = False
    user_name: str = ""
    command: str = ""
    attachment: str = ""


def render_author(details: MessageDetails) -> Markup:
    """Return the line with the bot's name."""
    app = render_tag("span", "APP", class_="dc-app")
    return render_tag(
        "div",
        render_tag("b", "Broadsheet"),
        app,
        _render_time(details.sent_at) if details.sent_at else "",
        class_="dc-by",
    )


def render_ephemeral_notice() -> Markup:
    """Return the line below what one person alone sees."""
    dismiss = render_tag("span", "Dismiss message", class_="dc-link")
    return render_tag("div", _load_icon("eye"), "Only you can see this · ", dismiss, class_="dc-only")


@cache
def _load_icon(name: str) -> Markup:
    return Markup(Path(__file__).with_name(f"{name}.svg").read_text("utf-8").strip())  # noqa: S704 - a file of ours


def render_command_used(details: MessageDetails) -> Markup | None:
    """Return the line above an answer that tells whose command it answers."""
    if not details.command:
        return None
    name = details.user_name or "You"
    face = render_tag("span", name[:1].upper(), class_="dc-face", aria_hidden="true")
    command = render_tag("span", details.command, class_="dc-link")
    return render_tag("div", face, render_tag("b", name), " used ", command, class_="dc-used")


def render_attachment(details: MessageDetails) -> Markup | None:
    """Return an attached text: how it begins, its name and its size."""
    if not details.attachment:
        return None
    excerpt = render_tag("pre", "\n".join(details.attachment.splitlines()[:_MAX_ATTACHMENT_LINES]))
    size = f"{len(details.attachment.encode()) / 1000:.1f} KB"
    name = render_tag("span", choose_filename(details.attachment), class_="dc-link")
    return render_tag(
        "div", excerpt, render_tag("div", name, " ", render_tag("span", size, class_="dc-quiet")), class_="dc-file"
    )


def _render_time(at: datetime) -> Markup:
    """Return a moment in UTC, as Discord writes it beside a name; a script may put it into the reader's zone."""
    at = at.astimezone(UTC)
    shown = f"{at:%d/%m/%Y, %H:%M} UTC"
    return render_tag("time", shown, class_="dc-quiet", datetime=f"{at:%Y-%m-%dT%H:%M:%SZ}", data_style="s")


_NO_DETAILS: Final = MessageDetails()


def render_messages_html(
    payloads: Sequence[Mapping[str, Any]], modals: Sequence[Component] = (), details: MessageDetails = _NO_DETAILS
) -> str:
    """Return messages that follow each other as they stand in a channel: only the first names who wrote them.

    *modals* are what opens over them, drawn below; *details* is what is known of the circumstances.
    """
    messages = (_render_message(each, details, first=number == 0) for number, each in enumerate(payloads))
    return render_tag("div", *messages, *map(_render_modal, modals), class_="dc")


def _render_message(payload: Mapping[str, Any], details: MessageDetails, *, first: bool) -> Markup:
    content, hidden = payload.get("content") or "", payload.get("flags", 0) & EPHEMERAL
    inside = [
        render_author(details) if first else "",
        render_tag("div", render_markdown(content), class_="dc-text") if content else "",
        EDITED_LABEL if details.is_edited else "",
        render_attachment(details) if first else "",
        *map(_render_component, payload.get("components") or ()),
        render_ephemeral_notice() if hidden else "",
    ]
    message = render_tag(
        "div", AVATAR if first else "", render_tag("div", *inside, class_="dc-body"), class_="dc-message"
    )
    return render_tag("div", render_command_used(details), message, class_="dc-hidden") if hidden else message


def _render_modal(modal: Component) -> Markup:
    """Return a modal with its questions, https://docs.discord.com/developers/components/using-modal-components."""
    bar = render_tag(
        "div",
        AVATAR,
        render_tag("b", modal["title"]),
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


def _render_label(label: Component) -> Markup:
    """Return a question: its words, what helps to answer it, and the input."""
    component = label["component"]
    star = render_tag("span", " *", class_="dc-star") if component.get("required", True) else ""
    about = render_tag("div", label["description"], class_="dc-quiet") if "description" in label else ""
    return render_tag(
        "div", render_tag("b", label["label"], star), about, _render_component(component), class_="dc-question"
    )


def _render_text_input(component: Component) -> Markup:
    lines = " dc-lines" if component["style"] == _PARAGRAPH_STYLE else ""
    return render_tag("div", component.get("value", ""), class_=f"dc-input{lines}")


def _render_component(component: Component) -> Markup:
    return _COMPONENT_RENDERERS[component["type"]](component)


def _render_action_row(row: Component) -> Markup:
    return render_tag("div", *map(_render_component, row["components"]), class_="dc-row")


def _render_button(button: Component) -> Markup:
    style = f"dc-button dc-{_BUTTON_STYLES[button['style']]}"
    if button["style"] != _LINK_STYLE:
        return render_tag("span", button["label"], class_=style)
    leading = {"href": button["url"], "rel": "noopener noreferrer", "target": "_blank"}
    return render_tag("a", button["label"], _load_icon("external_link"), class_=style, **leading)


def _render_select(select: Component) -> Markup:
    """Return a list that unfolds; Discord's own lists, of roles, have nothing in them here."""
    options = select.get("options", ())
    chips = [render_tag("span", each["label"], class_="dc-chip") for each in options if each.get("default")]
    chips += [render_tag("span", "@role", class_="dc-chip") for _ in select.get("default_values", ())]
    placeholder = render_tag("span", select.get("placeholder", "Make a selection"), class_="dc-waiting")
    selection = render_tag("span", *chips, class_="dc-chosen") if chips else placeholder
    field = render_tag(
        "summary", selection, render_tag("span", "⌄", class_="dc-down", aria_hidden="true"), class_="dc-field"
    )
    return render_tag(
        "details", field, render_tag("ul", *map(_render_option, options)) if options else "", class_="dc-select"
    )


def _render_option(option: Component) -> Markup:
    about = render_tag("div", option["description"], class_="dc-quiet") if "description" in option else ""
    return render_tag("li", option["label"], about, class_="dc-on" if option.get("default") else None)


def _render_text_display(text: Component) -> Markup:
    return render_tag("div", render_markdown(text["content"]), class_="dc-text")


def _render_section(section: Component) -> Markup:
    texts = render_tag("div", *map(_render_component, section["components"]), class_="dc-texts")
    return render_tag("div", texts, _render_component(section["accessory"]), class_="dc-section")


def _render_thumbnail(thumbnail: Component) -> Markup:
    """Return a place for the picture with what tells it in words: nothing is asked of anybody else's server."""
    description = thumbnail.get("description") or "Picture"
    return render_tag("div", render_tag("span", description), class_="dc-thumbnail")


_COMPONENT_RENDERERS: Final[Mapping[int, Callable[[Component], Markup]]] = {
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


def render_preview(
    subject: Card | PrivateAnswer | WebMessage,
    *,
    pictures: bool = False,
    command_formatter: CommandFormatter = format_command,
) -> MessagePreview:
    """Return the drawing of *subject* with the body of its request, or of each where it takes several.

    https://docs.discord.com/developers/resources/message#create-message; a delivery adds its nonce and its key. A form
    is drawn with the modals that its buttons open.
    """
    if isinstance(subject, PrivateAnswer):
        return _preview_private_answer(subject, command_formatter)
    card, details = (
        (subject, MessageDetails())
        if isinstance(subject, Card)
        else (subject.card, MessageDetails(subject.posted_at, bool(subject.edited_at)))
    )
    return _build_preview(
        [each.payload for each in render_messages(card, pictures=pictures, command_formatter=command_formatter)],
        details=details,
    )


def _preview_private_answer(private_answer: PrivateAnswer, command_formatter: CommandFormatter) -> MessagePreview:
    """Return what one person alone is told, below the command that they used."""
    request, typed_command = private_answer.request, command_formatter(private_answer.request.command)
    manager = typed_command.split()[0] == f"/{MANAGERS_COMMAND}"
    details = MessageDetails(request.now, user_name=request.person.name, command=typed_command)
    if isinstance(private_answer.answer.body, Form):
        return _preview_form(
            private_answer.answer.body, FormState(private_answer.answer.body.command, manager=manager), details
        )
    message = render_private_answer(
        private_answer.answer, request, manager=manager, command_formatter=command_formatter
    )
    return _build_preview([message.payload], details=replace(details, attachment=message.attachment))


def _preview_form(form: Form, state: FormState, details: MessageDetails) -> MessagePreview:
    """Return a panel with its modals, or the modal with which a form begins that has something to be typed first."""
    modals = render_page_modals(form, state)
    if starts_with_modal(form):
        return _build_preview([], modals[:1])
    return _build_preview([render_panel(form, state).payload], modals, details)


def _build_preview(
    payloads: Sequence[Component], modals: Sequence[Component] = (), details: MessageDetails = _NO_DETAILS
) -> MessagePreview:
    sent = [*payloads, *modals]
    source = sent[0] if len(sent) == 1 else sent
    return MessagePreview(
        render_messages_html(payloads, modals, details),
        json.dumps(source, indent=2, ensure_ascii=False),
        STYLE_SHEET.read_text("utf-8"),
    )
