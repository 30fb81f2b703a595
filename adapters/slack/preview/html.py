"""Slack preview: blocks, messages, modals and App Home rendered to HTML as Slack shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from adapters.common.html import escape_text, join_html, render_tag
from adapters.slack.forms.modal import build_modal
from adapters.slack.forms.private_metadata import PrivateMetadata
from adapters.slack.preview.mrkdwn_html import render_text_object
from adapters.slack.rendering.messages import DEFAULT_COMMAND, RenderedMessage, render_message, render_private_answer
from bot.cards.models import Card, Form
from bot.ports.previews import MessagePreview, PrivateAnswer
from bot.ports.web_messages import WebMessage

Block = Mapping[str, Any]

_AVATAR: Final = render_tag("span", "B", class_="sk-bot")
_AUTHOR: Final = render_tag(
    "div", render_tag("b", "Broadsheet"), render_tag("span", "APP", class_="sk-app"), class_="sk-by"
)
STYLE_SHEET: Final = Path(__file__).with_name("slack.css")
_PLACEHOLDERS: Final = {"multi_static_select": "Select options", "timepicker": "Select time"}


def render_message_html(message: RenderedMessage, *, is_ephemeral: bool = False) -> Markup:
    """Return a message as it stands in a channel; one that is *is_ephemeral* from all but one says so."""
    ephemeral_notice = render_tag("div", "Only visible to you", class_="sk-only") if is_ephemeral else ""
    body = render_tag("div", ephemeral_notice, _AUTHOR, *map(_render_block, message.blocks), class_="sk-body")
    return render_tag("div", _AVATAR, body, class_="sk sk-message")


def render_view_html(view: Mapping[str, Any]) -> Markup:
    """Return a modal, or a home, as it stands over or in place of the channel."""
    body = render_tag("div", *map(_render_block, view["blocks"]), class_="sk-body")
    if view["type"] == "home":
        return render_tag("div", body, class_="sk sk-home")
    bar = render_tag(
        "div",
        _AVATAR,
        render_tag("b", render_text_object(view["title"])),
        render_tag("span", "×", class_="sk-x"),
        class_="sk-bar",
    )
    buttons = [render_tag("span", render_text_object(view["close"]), class_="sk-button")] if "close" in view else []
    buttons += (
        [render_tag("span", render_text_object(view["submit"]), class_="sk-button sk-submit")]
        if "submit" in view
        else []
    )
    return render_tag("div", bar, body, render_tag("div", *buttons, class_="sk-end"), class_="sk sk-window")


def _render_block(block: Block) -> Markup:
    return _BLOCK_RENDERERS[block["type"]](block)


def _render_section(block: Block) -> Markup:
    accessory = _render_element(block["accessory"]) if "accessory" in block else ""
    text = render_tag("div", render_text_object(block["text"]), class_="sk-text")
    return render_tag("div", text, render_tag("div", accessory) if accessory else "", class_="sk-section")


def _render_context(block: Block) -> Markup:
    return render_tag("div", *map(_render_element, block["elements"]), class_="sk-context")


def _render_actions(block: Block) -> Markup:
    return render_tag("div", *map(_render_element, block["elements"]), class_="sk-actions")


def _render_rich_text(block: Block) -> Markup:
    texts = (part["text"] for element in block["elements"] for part in element["elements"])
    return render_tag("pre", *texts)


def _render_input(block: Block) -> Markup:
    optional = render_tag("span", " (optional)", class_="sk-quiet") if block.get("optional") else ""
    label = render_tag("div", render_text_object(block["label"]), optional, class_="sk-label")
    hint = render_tag("div", render_text_object(block["hint"]), class_="sk-quiet") if "hint" in block else ""
    return render_tag("div", label, _render_element(block["element"]), hint, class_="sk-input")


def _render_element(element: Block) -> Markup:
    return _ELEMENT_RENDERERS.get(element["type"], _render_text_field)(element)


def _render_image(element: Block) -> Markup:
    return render_tag("img", class_="sk-image", src=element["image_url"], alt=element["alt_text"])


def _render_button(element: Block) -> Markup:
    style = f"sk-button sk-{element['style']}" if "style" in element else "sk-button"
    return render_tag(
        "span", render_text_object(element["text"]), class_=style, title=element.get("accessibility_label") or None
    )


def _render_overflow_menu(element: Block) -> Markup:
    return render_tag(
        "details", render_tag("summary", "⋯", class_="sk-button"), _render_options(element["options"]), class_="sk-menu"
    )


def _render_select(element: Block) -> Markup:
    shown = render_tag(
        "summary", _render_current_value(element), render_tag("span", "⌄", class_="sk-down"), class_="sk-field"
    )
    return render_tag("details", shown, _render_options(element.get("options", ())), class_="sk-menu")


def _render_options(options: Iterable[Block]) -> Markup:
    return render_tag("ul", *(render_tag("li", render_text_object(option["text"])) for option in options))


def _render_checkboxes(element: Block) -> Markup:
    checked = [option["value"] for option in element.get("initial_options", ())]
    return join_html(
        *(_render_checkbox(option, is_checked=option["value"] in checked) for option in element["options"])
    )


def _render_checkbox(option: Block, *, is_checked: bool) -> Markup:
    more = (
        render_tag("div", render_text_object(option["description"]), class_="sk-quiet")
        if "description" in option
        else ""
    )
    return render_tag(
        "div",
        render_tag("i", "✓" if is_checked else ""),
        render_tag("div", render_text_object(option["text"]), more),
        class_="sk-check",
    )


def _render_text_field(element: Block) -> Markup:
    style = "sk-field sk-lines" if element.get("multiline") else "sk-field"
    return render_tag("div", _render_current_value(element), class_=style)


def _render_current_value(element: Block) -> Markup:
    """Return what an input holds, else what stands in it meanwhile."""
    options: Sequence[Block] = element.get("initial_options") or [element.get("initial_option") or {}]
    if options[0]:
        return join_html(
            *(render_tag("span", render_text_object(option["text"]), class_="sk-chip") for option in options)
        )
    if value := element.get("initial_value") or element.get("initial_time"):
        return escape_text(str(value))
    placeholder = element.get("placeholder") or {"type": "plain_text", "text": _PLACEHOLDERS.get(element["type"], "")}
    return render_tag("span", render_text_object(placeholder), class_="sk-quiet")


_BLOCK_RENDERERS: Final[Mapping[str, Callable[[Block], Markup]]] = {
    "section": _render_section,
    "context": _render_context,
    "actions": _render_actions,
    "input": _render_input,
    "rich_text": _render_rich_text,
    "header": lambda block: render_tag("h3", render_text_object(block["text"])),
    "divider": lambda _: render_tag("hr"),
}
_ELEMENT_RENDERERS: Final[Mapping[str, Callable[[Block], Markup]]] = {
    "mrkdwn": lambda text: render_tag("span", render_text_object(text)),
    "image": _render_image,
    "button": _render_button,
    "overflow": _render_overflow_menu,
    "static_select": _render_select,
    "external_select": _render_select,
    "multi_static_select": _render_select,
    "timepicker": _render_select,
    "checkboxes": _render_checkboxes,
}


def render_preview(
    subject: Card | PrivateAnswer | WebMessage, *, command: str = DEFAULT_COMMAND, modal_commands: Collection[str] = ()
) -> MessagePreview:
    """Return the drawing of *subject* with its blocks as https://app.slack.com/block-kit-builder takes them.

    A form is a modal there. *command* and *modal_commands* are as in `adapters.slack.rendering.messages`.
    """
    names: Mapping[str, Any] = {"command": command, "modal_commands": modal_commands}
    if not isinstance(subject, PrivateAnswer):
        return _preview_message(render_message(subject if isinstance(subject, Card) else subject.card, **names))
    if isinstance(subject.answer.body, Form):
        view = build_modal(subject.answer.body, PrivateMetadata(subject.request.channel))
        return _build_preview(render_view_html(view), view)
    return _preview_message(render_private_answer(subject.answer, subject.request, **names), is_ephemeral=True)


def _preview_message(rendered: RenderedMessage, *, is_ephemeral: bool = False) -> MessagePreview:
    return _build_preview(render_message_html(rendered, is_ephemeral=is_ephemeral), {"blocks": rendered.blocks})


def _build_preview(html: str, source: Any) -> MessagePreview:
    return MessagePreview(html, json.dumps(source, indent=2, ensure_ascii=False), STYLE_SHEET.read_text("utf-8"))
