"""Buttons and string selects, link buttons: the components of an action row and their custom_ids.

Limits: https://docs.discord.com/developers/components/reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from adapters.common.button_payload import ButtonPayload
from adapters.common.text import clean_text, sanitize_url
from adapters.discord.rendering.custom_id import MAX_CUSTOM_ID_LENGTH, encode_payload
from adapters.discord.rendering.markdown import MAX_URL_LENGTH, fit_plain_text
from adapters.discord.rendering.message_keys import format_custom_id_suffix
from bot.cards.messages import format_untitled
from bot.cards.models import Action, Item, Link
from bot.cards.paper_items import build_show_action
from bot.i18n.formatting import format_count
from bot.i18n.translation import gettext

MAX_LABEL: Final = 80
MAX_OPTIONS: Final = 25
"""Of a select."""
MAX_OPTION_TEXT: Final = 100
"""Characters of a row's label and of its description."""

_MAX_PLACEHOLDER: Final = 150
_BUTTON, _SELECT = 2, 3
_PRIMARY_STYLE, _SECONDARY_STYLE, _LINK_STYLE = 1, 2, 5

Component = dict[str, Any]

MAX_ROWS: Final = 5
"""Rows of a message, and buttons of a row: https://docs.discord.com/developers/components/reference#action-row."""

_MAX_SELECTS: Final = 4


@dataclass(frozen=True, slots=True)
class SelectOption:
    """One row of a select."""

    label: str
    payload: ButtonPayload
    description: str = ""


@dataclass(slots=True)
class ComponentBuilder:
    """Draws what can be pressed in one message, and collects in ``stored_data`` what is too long for it.

    The first thing drawn carries ``part_key``. Discord refuses two that ask for the same; the second is left out.
    """

    part_key: str = ""
    manager: bool = False
    stored_data: dict[str, dict[str, Any]] = field(default_factory=dict)
    _used_values: set[str] = field(default_factory=set)

    def build_payload(self, action: Action) -> ButtonPayload:
        """Return what *action* asks for."""
        return ButtonPayload(action.command, action.arguments, manager=self.manager, channel=action.channel)

    def build_button(self, action: Action, payload: ButtonPayload | None = None) -> Iterator[Component]:
        """Yield a button, unless one that asks for the same is there."""
        value = self._encode_value(
            payload or self.build_payload(action), MAX_CUSTOM_ID_LENGTH - len(format_custom_id_suffix(self.part_key))
        )
        if value not in self._used_values:
            self._used_values.add(value)
            style = _PRIMARY_STYLE if action.style == "main" else _SECONDARY_STYLE
            label = fit_plain_text(action.label, MAX_LABEL)
            yield {"type": _BUTTON, "style": style, "label": label, "custom_id": self._append_part_key(value)}

    def build_select(self, label: str, select_options: Sequence[SelectOption]) -> Component:
        """Return a select whose rows each ask for something; at most 25."""
        options: dict[str, Component] = {}
        for select_option in select_options[:MAX_OPTIONS]:
            options.setdefault(
                self._encode_value(select_option.payload, MAX_CUSTOM_ID_LENGTH), _build_option(select_option)
            )
        value = f"c;{len(self._used_values)}"
        self._used_values.add(value)
        return {
            "type": _SELECT,
            "custom_id": self._append_part_key(value),
            "placeholder": fit_plain_text(label, _MAX_PLACEHOLDER),
            "options": [{**option, "value": value} for value, option in options.items()],
        }

    def _encode_value(self, payload: ButtonPayload, max_length: int) -> str:
        value, stored_data = encode_payload(payload, max_length)
        self.stored_data |= stored_data
        return value

    def _append_part_key(self, value: str) -> str:
        custom_id, self.part_key = value + format_custom_id_suffix(self.part_key), ""
        return custom_id


def build_link_button(link: Link) -> Iterator[Component]:
    """Yield a button that leads outside, where its address may be a link."""
    if address := sanitize_url(link.url, MAX_URL_LENGTH):
        yield {"type": _BUTTON, "style": _LINK_STYLE, "label": fit_plain_text(link.label, MAX_LABEL), "url": address}


def _build_option(select_option: SelectOption) -> Component:
    description = (
        {"description": fit_plain_text(select_option.description, MAX_OPTION_TEXT)}
        if select_option.description.strip()
        else {}
    )
    return {"label": fit_plain_text(select_option.label, MAX_OPTION_TEXT), **description}


def build_action_rows(
    items: Sequence[Item],
    actions: Sequence[Action],
    builder: ComponentBuilder,
    *,
    share_payload: ButtonPayload | None = None,
    with_links: bool = False,
    max_rows: int = MAX_ROWS,
) -> list[Component]:
    """Return at most *max_rows* rows for *items* and a card's *actions*.

    The only item of a message has its actions as buttons, and its links too with *with_links*; several have lists.
    """
    only_item = items[0] if len(items) == 1 else None
    button_rows = -(-(len(actions) + (share_payload is not None)) // MAX_ROWS)
    selects = [] if only_item else _build_selects(items, builder, min(_MAX_SELECTS, max(max_rows - button_rows, 1)))
    link_buttons = (
        list(islice((each for place in only_item.links for each in build_link_button(place)), MAX_ROWS))
        if only_item and with_links
        else []
    )
    above = [build_action_row([each]) for each in selects] + ([build_action_row(link_buttons)] if link_buttons else [])
    buttons = _build_buttons(
        [*(_list_item_actions(only_item) if only_item else ()), *actions],
        builder,
        share_payload,
        (max_rows - len(above)) * MAX_ROWS,
    )
    return [*above, *(build_action_row(buttons[at : at + MAX_ROWS]) for at in range(0, len(buttons), MAX_ROWS))]


def build_action_row(components: Sequence[Component]) -> Component:
    """Return an action row."""
    return {"type": 1, "components": list(components)}


def _build_buttons(
    actions: Sequence[Action], builder: ComponentBuilder, share_payload: ButtonPayload | None, max_buttons: int
) -> list[Component]:
    """Return the buttons that there is room for; sharing is always among them."""
    available = max_buttons - (share_payload is not None)
    buttons = list(islice((each for action in actions for each in builder.build_button(action)), available))
    return [*buttons, *(builder.build_button(Action(gettext("Share"), ""), share_payload) if share_payload else ())]


def _list_item_actions(item: Item) -> Iterator[Action]:
    """Yield what can be done with the only item of a message; its abstract first, where it is not shown."""
    if item.paper and item.abstract and item.abstract != item.text:
        yield build_show_action(item, gettext("Abstract"))
    elif item.paper and not item.actions:
        yield build_show_action(item, gettext("Open"))
    yield from item.actions


def _build_selects(items: Sequence[Item], builder: ComponentBuilder, max_selects: int) -> list[Component]:
    """Return at most *max_selects* selects: the papers to open, and one for each thing that can be done with others."""
    paper_label = gettext("Pick a paper")
    groups: dict[str, list[SelectOption]] = {}
    papers = [_build_paper_option(item, builder) for item in items if item.paper]
    if papers:
        groups[paper_label] = papers
    for item in items:
        for action in () if item.paper else item.actions:
            groups.setdefault(clean_text(action.label), []).append(_build_action_option(item, action, builder))
    if len(groups) > max_selects:
        together = [
            (label, each) for label, select_options in groups.items() if label != paper_label for each in select_options
        ]
        rest = [SelectOption(f"{label}: {each.label}", each.payload, each.description) for label, each in together]
        groups = ({paper_label: papers} if papers else {}) | {gettext("Choose what to do"): rest}
    pages = [
        (label, select_options[at : at + MAX_OPTIONS])
        for label, select_options in groups.items()
        for at in _page_offsets(select_options)
    ]
    return [builder.build_select(label, select_options) for label, select_options in pages[:max_selects]]


def _page_offsets(select_options: Sequence[SelectOption]) -> range:
    return range(0, len(select_options), MAX_OPTIONS)


def _build_paper_option(item: Item, builder: ComponentBuilder) -> SelectOption:
    """Return the row that opens a paper's own card."""
    number = f"{item.number}. " if item.number is not None else ""
    votes = [format_count(item.votes, "vote")] if item.votes is not None else []
    payload = builder.build_payload(build_show_action(item, ""))
    return SelectOption(
        f"{number}{clean_text(item.title) or format_untitled()}", payload, " · ".join([*votes, *item.notes[:3]])
    )


def _build_action_option(item: Item, action: Action, builder: ComponentBuilder) -> SelectOption:
    return SelectOption(
        clean_text(action.about) or clean_text(item.title) or format_untitled(),
        builder.build_payload(action),
        " · ".join(item.notes[:3]),
    )
