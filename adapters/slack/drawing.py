"""Blocks drawn as Slack shows them, for people without a Slack at hand. Data in, HTML out; `look` has the style."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from adapters.slack.markup import tag, words
from adapters.slack.render import Message

Block = Mapping[str, Any]

_PLACEHOLDERS: Final = {"multi_static_select": "Select options", "timepicker": "Select time"}


def draw(message: Message, *, hidden: bool = False) -> str:
    """Return a message as it stands in a channel; one that is *hidden* from all but one says so."""
    only = tag("div", "Only visible to you", class_="sk-only") if hidden else ""
    body = tag("div", only, _BY, *map(_block, message.blocks), class_="sk-body")
    return tag("div", _BOT, body, class_="sk sk-message")


def window(view: Mapping[str, Any]) -> str:
    """Return a modal, or a home, as it stands over or in place of the channel."""
    body = tag("div", *map(_block, view["blocks"]), class_="sk-body")
    if view["type"] == "home":
        return tag("div", body, class_="sk sk-home")
    bar = tag("div", _BOT, tag("b", words(view["title"])), tag("span", "×", class_="sk-x"), class_="sk-bar")
    ends = [tag("span", words(view["close"]), class_="sk-button")] if "close" in view else []
    ends += [tag("span", words(view["submit"]), class_="sk-button sk-submit")] if "submit" in view else []
    return tag("div", bar, body, tag("div", *ends, class_="sk-end"), class_="sk sk-window")


_BOT: Final = tag("span", "B", class_="sk-bot")
_BY: Final = tag("div", tag("b", "Broadsheet"), tag("span", "APP", class_="sk-app"), class_="sk-by")


def _block(block: Block) -> str:
    return _BLOCKS[block["type"]](block)


def _section(block: Block) -> str:
    beside = _element(block["accessory"]) if "accessory" in block else ""
    text = tag("div", words(block["text"]), class_="sk-text")
    return tag("div", text, tag("div", beside) if beside else "", class_="sk-section")


def _context(block: Block) -> str:
    return tag("div", *map(_element, block["elements"]), class_="sk-context")


def _actions(block: Block) -> str:
    return tag("div", *map(_element, block["elements"]), class_="sk-actions")


def _rich(block: Block) -> str:
    texts = (part["text"] for element in block["elements"] for part in element["elements"])
    return tag("pre", *map(escape, texts))


def _input(block: Block) -> str:
    optional = tag("span", " (optional)", class_="sk-quiet") if block.get("optional") else ""
    label = tag("div", words(block["label"]), optional, class_="sk-label")
    hint = tag("div", words(block["hint"]), class_="sk-quiet") if "hint" in block else ""
    return tag("div", label, _element(block["element"]), hint, class_="sk-input")


def _element(element: Block) -> str:
    return _ELEMENTS.get(element["type"], _field)(element)


def _image(element: Block) -> str:
    return tag("img", class_="sk-image", src=element["image_url"], alt=element["alt_text"]).removesuffix("</img>")


def _button(element: Block) -> str:
    style = f"sk-button sk-{element['style']}" if "style" in element else "sk-button"
    return tag("span", words(element["text"]), class_=style, title=element.get("accessibility_label", ""))


def _menu(element: Block) -> str:
    return tag("details", tag("summary", "⋯", class_="sk-button"), _options(element["options"]), class_="sk-menu")


def _select(element: Block) -> str:
    shown = tag("summary", _chosen(element), tag("span", "⌄", class_="sk-down"), class_="sk-field")
    return tag("details", shown, _options(element.get("options", ())), class_="sk-menu")


def _options(options: Iterable[Block]) -> str:
    return tag("ul", *(tag("li", words(option["text"])) for option in options))


def _checkboxes(element: Block) -> str:
    on = [option["value"] for option in element.get("initial_options", ())]
    return "".join(_box(option, ticked=option["value"] in on) for option in element["options"])


def _box(option: Block, *, ticked: bool) -> str:
    more = tag("div", words(option["description"]), class_="sk-quiet") if "description" in option else ""
    return tag("div", tag("i", "✓" if ticked else ""), tag("div", words(option["text"]), more), class_="sk-check")


def _field(element: Block) -> str:
    style = "sk-field sk-lines" if element.get("multiline") else "sk-field"
    return tag("div", _chosen(element), class_=style)


def _chosen(element: Block) -> str:
    """Return what an input holds, else what stands in it meanwhile."""
    options: Sequence[Block] = element.get("initial_options") or [element.get("initial_option") or {}]
    if options[0]:
        return "".join(tag("span", words(option["text"]), class_="sk-chip") for option in options)
    if value := element.get("initial_value") or element.get("initial_time"):
        return escape(str(value))
    waiting = element.get("placeholder") or {"type": "plain_text", "text": _PLACEHOLDERS.get(element["type"], "")}
    return tag("span", words(waiting), class_="sk-quiet")


_BLOCKS: Final[Mapping[str, Callable[[Block], str]]] = {
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "rich_text": _rich,
    "header": lambda block: tag("h3", words(block["text"])),
    "divider": lambda _: "<hr>",
}
_ELEMENTS: Final[Mapping[str, Callable[[Block], str]]] = {
    "mrkdwn": lambda text: tag("span", words(text)),
    "image": _image,
    "button": _button,
    "overflow": _menu,
    "static_select": _select,
    "external_select": _select,
    "multi_static_select": _select,
    "timepicker": _select,
    "checkboxes": _checkboxes,
}
