"""HTML forms: a row for each field with its control, hint and mistake, and a preview of saving."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from adapters.common.html import join_html, render_tag
from adapters.web.rendering.icons import render_icon
from adapters.web.rendering.text import render_plain_text
from bot.cards.models import Field, FieldKind, Form
from bot.domain.schedules import parse_weekdays
from bot.i18n.formatting import SHORT_WEEKDAY_NAMES

_MAX_VALUE: Final = 2000
_MAX_LINE_NAME: Final = 20
"""Characters of a preview line's beginning that still count as its name."""


def render_form(form: Form, scope: str) -> Markup:
    """Return a form; *scope* keeps the ids of its fields apart from all others."""
    field_elements = [render_field(field, scope) for field in form.fields if not field.advanced]
    return render_tag(
        "form",
        render_tag("h2", render_plain_text(form.title)),
        *field_elements,
        _render_advanced_fields([field for field in form.fields if field.advanced], scope),
        render_tag("div", render_form_preview(form.preview), class_="next", aria_live="polite"),
        render_tag(
            "div",
            render_tag("button", render_plain_text(form.submit, 80), type="submit", class_="btn main"),
            render_tag("span", render_plain_text(form.note), class_="small quiet") if form.note else None,
            class_="end",
        ),
        class_="set",
        novalidate=True,
        data_command=form.command,
        data_arguments=json.dumps(form.arguments, ensure_ascii=False),
    )


def render_form_preview(lines: Sequence[str]) -> Markup:
    """Return what saving would do; a short beginning such as "Next:" stands out."""
    return join_html(*(_render_preview_line(line) for line in lines))


def render_field(field: Field, scope: str) -> Markup:
    """Return one question with its control, its hint and its mistake."""
    name = f"{scope}-{field.name}"
    is_group = field.kind == "days"
    label = (
        render_tag("span", render_plain_text(field.label), class_="lab")
        if is_group
        else render_tag("label", render_plain_text(field.label), for_=name)
    )
    mistake = render_tag(
        "p", render_plain_text(field.mistake), class_="wrong", id=f"{name}-wrong", hidden=not field.mistake
    )
    control = render_tag(
        "div", _CONTROL_RENDERERS[field.kind](field, name), _render_hint(field, name), mistake, class_="ctl"
    )
    return render_tag(
        "div",
        label,
        control,
        class_="row",
        data_field=field.name,
        data_kind=field.kind,
        role="group" if is_group else None,
        aria_label=field.label if is_group else None,
    )


def _render_preview_line(line: str) -> Markup:
    head, colon, rest = line.partition(": ")
    if colon and len(head) <= _MAX_LINE_NAME:
        return render_tag("p", render_tag("b", render_plain_text(head), ":"), " ", render_plain_text(rest, _MAX_VALUE))
    return render_tag("p", render_plain_text(line, _MAX_VALUE))


def _render_advanced_fields(fields: Sequence[Field], scope: str) -> Markup | None:
    if not fields:
        return None
    names = ", ".join(field.label.casefold() for field in fields)
    summary = render_tag(
        "summary",
        render_icon("down"),
        render_tag("span", "Advanced"),
        render_tag("span", render_plain_text(names), class_="quiet"),
    )
    rows = (render_field(field, scope) for field in fields)
    return render_tag("details", summary, *rows, class_="adv", open=any(field.mistake for field in fields))


def _render_hint(field: Field, name: str) -> Markup | None:
    # Ticked days and chips are not typed, so there is nothing to say on how to type them.
    text = "" if field.kind in {"days", "topics"} else field.hint
    if not text and field.kind == "number" and field.minimum is not None and field.maximum is not None:
        text = f"{field.minimum} to {field.maximum}"
    return render_tag("span", render_plain_text(text), class_="small quiet hinted", id=f"{name}-hint") if text else None


def _build_attributes(field: Field, name: str) -> dict[str, str | int | bool | None]:
    return {
        "id": name,
        "name": field.name,
        "class_": "field",
        "required": field.required,
        "aria_describedby": f"{name}-hint {name}-wrong",
        "aria_invalid": "true" if field.mistake else None,
        "autocomplete": "off",
    }


def _render_text_input(field: Field, name: str) -> Markup:
    return render_tag("input", type="text", value=field.value, maxlength=_MAX_VALUE, **_build_attributes(field, name))


def _render_number_input(field: Field, name: str) -> Markup:
    kind = "number" if re.fullmatch(r"\d*", field.value) else "text"
    return render_tag(
        "input", type=kind, value=field.value, min=field.minimum, max=field.maximum, **_build_attributes(field, name)
    )


def _render_time_input(field: Field, name: str) -> Markup:
    """Return a text: a browser's own clock would say "09:00 AM" where everything else says 09:00."""
    return render_tag("input", type="text", value=field.value, maxlength=12, **_build_attributes(field, name))


def _render_select(field: Field, name: str) -> Markup:
    known = field.value in {value for value, _ in field.choices}
    choices = field.choices if known else ((field.value, field.value or "Choose"), *field.choices)
    rows = (
        render_tag("option", label or value, value=value, selected=value == field.value) for value, label in choices
    )
    return render_tag("select", *rows, **_build_attributes(field, name))


def _render_zone_input(field: Field, name: str) -> Markup:
    """Return a text with suggestions: the form's own, else those that the browser knows."""
    rows = (render_tag("option", label or value, value=value) for value, label in field.choices)
    box = render_tag(
        "input",
        type="text",
        value=field.value,
        list=f"{name}-zones",
        spellcheck="false",
        **_build_attributes(field, name),
    )
    return join_html(box, render_tag("datalist", *rows, id=f"{name}-zones"))


def _render_checkbox(field: Field, name: str) -> Markup:
    common = _build_attributes(field, name) | {"class_": "flag"}
    return render_tag("input", type="checkbox", checked=field.is_checked, **common)


def _render_weekdays(field: Field, name: str) -> Markup:
    selected = parse_weekdays(field.value)
    rows = (
        render_tag(
            "label", render_tag("input", type="checkbox", value=day, checked=n in selected), render_tag("span", day)
        )
        for n, day in enumerate(SHORT_WEEKDAY_NAMES)
    )
    return render_tag("div", *rows, class_="days", id=name)


def _render_topics(field: Field, name: str) -> Markup:
    chips = (render_topic_chip(topic.strip()) for topic in re.split(r"[\n;]", field.value) if topic.strip())
    box = render_tag(
        "input",
        type="text",
        placeholder="Add a topic",
        maxlength=200,
        **_build_attributes(field, name) | {"class_": None},
    )
    return render_tag("div", *chips, box, class_="chips")


def render_topic_chip(topic: str) -> Markup:
    """Return one topic with the button that takes it away."""
    remove = render_tag("button", render_icon("x"), type="button", aria_label=f"Remove {topic}")
    return render_tag("span", render_plain_text(topic), remove, class_="chip", data_value=topic)


_CONTROL_RENDERERS: Final[dict[FieldKind, Callable[[Field, str], Markup]]] = {
    "text": _render_text_input,
    "number": _render_number_input,
    "time": _render_time_input,
    "days": _render_weekdays,
    "choice": _render_select,
    "zone": _render_zone_input,
    "flag": _render_checkbox,
    "topics": _render_topics,
}
