"""Form panel: an ephemeral message with selects, buttons that open modals, and a preview of saving.

A panel's answers are kept under a token in its custom_ids, ``f;<what>;<token>``; each choice makes a new state. So a
panel lasts as long as what is kept, whether or not the bot was started anew meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from adapters.common.text import clean_text, count_utf16_units
from adapters.discord.forms import fields, modal
from adapters.discord.forms.pages import FormPage, paginate_fields
from adapters.discord.forms.state import FormCustomId, FormState
from adapters.discord.rendering.buttons_and_selects import MAX_LABEL, Component, build_action_row
from adapters.discord.rendering.layout import MAX_CONTENT
from adapters.discord.rendering.markdown import fit_markdown, fit_plain_text
from adapters.discord.rendering.messages import EPHEMERAL, SUPPRESS_EMBEDS, RenderedMessage
from adapters.discord.rendering.timestamps import localize_moments
from bot.cards.models import Field, Form
from bot.i18n.formatting import format_after_colon, format_list
from bot.i18n.translation import gettext, phrase

_MAX_TITLE: Final = 150
_MAX_NAME: Final = 60
_MAX_VALUE: Final = 120
_MAX_MISTAKE: Final = 150
_MAX_NOTE: Final = 300
_MAX_PREVIEW_LINES: Final = 5
_NOTHING_CHOSEN: Final = phrase("nothing")
_PRIMARY_STYLE, _SECONDARY_STYLE = 1, 2


def render_panel(form: Form, state: FormState) -> RenderedMessage:
    """Return *form* as a private message; *state* says which page it is, and how it was opened."""
    form_pages = paginate_fields(form.fields)
    resolved_state, page = _resolve_state(form, form_pages, state)
    components = [
        *(build_action_row([each]) for each in _build_selects(page, resolved_state.token)),
        build_action_row(_build_buttons(form, form_pages, resolved_state)),
    ]
    payload = {
        "content": _render_content(form, page),
        "components": components,
        "embeds": [],
        "flags": SUPPRESS_EMBEDS | EPHEMERAL,
        "allowed_mentions": {"parse": []},
    }
    return RenderedMessage(payload, {resolved_state.token: resolved_state.pack()})


def render_page_modal(
    form: Form, state: FormState, number: int = 0
) -> tuple[Component, Mapping[str, Mapping[str, Any]]]:
    """Return the modal of a page's button, and what must be kept before it is opened; *number* counts from 0."""
    resolved, page = _resolve_state(form, paginate_fields(form.fields), state)
    modal_fields = page.modals[number] if number < len(page.modals) else ()
    custom_id = FormCustomId("typed", "", resolved.token).pack()
    return modal.build_modal(form.title, modal_fields, custom_id), {resolved.token: resolved.pack()}


def render_page_modals(form: Form, state: FormState) -> list[Component]:
    """Return every modal that the buttons of a page open, for those who only look."""
    _, page = _resolve_state(form, paginate_fields(form.fields), state)
    return [render_page_modal(form, state, number)[0] for number in range(len(page.modals))]


def starts_with_modal(form: Form) -> bool:
    """Tell whether a form begins with its modal: what must be typed is not there yet."""
    return any(fields.is_text_input(each) and each.required and not each.value for each in form.fields)


def _resolve_state(form: Form, form_pages: Sequence[FormPage], state: FormState) -> tuple[FormState, FormPage]:
    """Return the state in which everything is as *form* shows it, and the page that is shown."""
    number = min(state.page, len(form_pages) - 1)
    page = form_pages[number]
    flag_groups = tuple(tuple(each.name for each in group) for group in page.flag_groups)
    return replace(state.fill_from_form(form), page=number, flag_groups=flag_groups), page


def _render_content(form: Form, page: FormPage) -> str:
    """Write what stands above the lists; the preview gives way first, then the answers."""
    text_fields = [each for group in page.modals for each in group]
    mistaken = [each for each in form.fields if clean_text(each.mistake) and each not in (*page.selects, *text_fields)]
    lines = (
        f"### {fit_markdown(form.title, _MAX_TITLE)}" if clean_text(form.title) else "",
        *(_render_field_answer(each) for each in (*page.selects, *text_fields)),
        *(_render_field_answer(each) for each in mistaken),
        *(
            "-# "
            + gettext(
                "{question} is too long to be changed here; type it as a command.",
                question=fit_markdown(each.label, _MAX_NAME),
            )
            for each in page.oversized_fields
        ),
        *(
            localize_moments(fit_markdown(line, _MAX_VALUE * 2), form.moments)
            for line in form.preview[:_MAX_PREVIEW_LINES]
        ),
        f"-# {fit_markdown(form.note, _MAX_NOTE)}" if clean_text(form.note) else "",
    )
    text = ""
    for line in lines:
        longer = f"{text}\n{line}" if text and line else text or line
        text = longer if count_utf16_units(longer) <= MAX_CONTENT else text
    return text or "Broadsheet"


def _render_field_answer(field: Field) -> str:
    """Write a question with its answer, and what is wrong with it below."""
    answer = f"**{fit_markdown(clean_text(field.label) or field.name, _MAX_NAME)}** {_format_value(field)}"
    return f"{answer}\n> {fit_markdown(field.mistake, _MAX_MISTAKE)}" if clean_text(field.mistake) else answer


def _format_value(field: Field) -> str:
    """Write an answer; a role and a forum as Discord names them, which notifies nobody here."""
    if field.entity == "role" and field.value.isdecimal():
        return f"<@&{field.value}>"
    if field.kind == "days":
        return fields.format_day_names(field.value) or gettext(_NOTHING_CHOSEN)
    if field.entity == "forum" and field.value.isdecimal():
        return f"<#{field.value}>"
    return fit_markdown(dict(field.choices).get(field.value) or field.value, _MAX_VALUE) or gettext(_NOTHING_CHOSEN)


def _build_selects(page: FormPage, token: str) -> list[Component]:
    selects = [fields.build_field_select(each, FormCustomId("pick", each.name, token).pack()) for each in page.selects]
    flags = [
        fields.build_flag_select(group, FormCustomId("ticks", str(n), token).pack())
        for n, group in enumerate(page.flag_groups)
    ]
    return [*selects, *flags]


def _build_buttons(form: Form, form_pages: Sequence[FormPage], state: FormState) -> list[Component]:
    """Return the last row: the modals of this page, the next page, saving and leaving."""
    number = state.page
    next_number = (number + 1) % len(form_pages)
    page_buttons = (
        [
            _build_button(
                _label_page_button(number, len(form_pages)), FormCustomId("page", str(next_number), state.token)
            )
        ]
        if len(form_pages) > 1
        else []
    )
    return [
        *(
            _build_button(_label_modal_button(group), FormCustomId("type", str(n), state.token))
            for n, group in enumerate(form_pages[number].modals)
        ),
        *page_buttons,
        _build_button(form.submit, FormCustomId("save", "", state.token), _PRIMARY_STYLE),
        _build_button(gettext("Cancel"), FormCustomId("cancel", "", state.token)),
    ]


def _label_page_button(number: int, page_count: int) -> str:
    if number == page_count - 1:
        return gettext("Back")
    return gettext("More") if number else gettext("Advanced")


def _label_modal_button(group: Sequence[Field]) -> str:
    """Name a modal for what is typed in it: "Time, zone and topics…"."""
    first, *rest = [clean_text(each.label) or each.name for each in group]
    return f"{fit_plain_text(format_list([first, *map(format_after_colon, rest)]), MAX_LABEL - 1)}…"


def _build_button(label: str, custom_id: FormCustomId, style: int = _SECONDARY_STYLE) -> Component:
    return {"type": 2, "style": style, "label": fit_plain_text(label, MAX_LABEL), "custom_id": custom_id.pack()}
