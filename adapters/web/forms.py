"""Forms as HTML: a row for each question, its mistake beneath it, and what saving would do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Final

from adapters.web.markup import Html, icon, join, tag
from adapters.web.words import plain
from bot.cards import Field, FieldKind, Form

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SETS: Final = {"weekdays": range(5), "weekends": range(5, 7), "every day": range(7), "daily": range(7)}
_RANGE: Final = re.compile(r"\b([a-z]{3})[a-z]*\s*(?:-|–|to)\s*([a-z]{3})[a-z]*")
_ON: Final = frozenset({"yes", "on", "true", "1"})
_LONGEST: Final = 2000
_HEAD: Final = 20
"""Characters of a preview line's beginning that still count as its name."""


def form(form: Form, scope: str) -> Html:
    """Return a form; *scope* keeps the ids of its fields apart from all others."""
    shown = [row(field, scope) for field in form.fields if not field.advanced]
    return tag(
        "form",
        tag("h2", plain(form.title)),
        *shown,
        _advanced([field for field in form.fields if field.advanced], scope),
        tag("div", preview(form.preview), class_="next", aria_live="polite"),
        tag(
            "div",
            tag("button", plain(form.submit, 80), type="submit", class_="btn main"),
            tag("span", plain(form.note), class_="small quiet") if form.note else None,
            class_="end",
        ),
        class_="set",
        novalidate=True,
        data_command=form.command,
        data_arguments=json.dumps(form.arguments, ensure_ascii=False),
    )


def preview(lines: Sequence[str]) -> Html:
    """Return what saving would do; a short beginning such as "Next:" stands out."""
    return join(*(_line(line) for line in lines))


def row(field: Field, scope: str) -> Html:
    """Return one question with its control, its hint and its mistake."""
    name = f"{scope}-{field.name}"
    grouped = field.kind == "days"
    label = tag("span", plain(field.label), class_="lab") if grouped else tag("label", plain(field.label), for_=name)
    wrong = tag("p", plain(field.mistake), class_="wrong", id=f"{name}-wrong", hidden=not field.mistake)
    inside = tag("div", _CONTROLS[field.kind](field, name), _hint(field, name), wrong, class_="ctl")
    return tag(
        "div",
        label,
        inside,
        class_="row",
        data_field=field.name,
        data_kind=field.kind,
        role="group" if grouped else None,
        aria_label=field.label if grouped else None,
    )


def chosen(value: str) -> set[int]:
    """Read weekdays as people write them: "weekdays", "Mon-Fri", "Mon, Wed and Fri"; Monday is 0."""
    text = value.casefold().strip()
    days = {day for name, some in _SETS.items() if name in text for day in some}
    for first, last in _RANGE.findall(text):
        start, end = _day(first), _day(last)
        if start is not None and end is not None:
            days |= {(start + n) % 7 for n in range((end - start) % 7 + 1)}
    return days | {day for word in re.findall(r"[a-z]+", text) if (day := _day(word)) is not None}


def _day(word: str) -> int | None:
    names = [name.casefold() for name in _DAYS]
    return names.index(word[:3]) if word[:3] in names else None


def _line(line: str) -> Html:
    head, colon, rest = line.partition(": ")
    if colon and len(head) <= _HEAD:
        return tag("p", tag("b", plain(head), ":"), " ", plain(rest, _LONGEST))
    return tag("p", plain(line, _LONGEST))


def _advanced(fields: Sequence[Field], scope: str) -> Html | None:
    if not fields:
        return None
    names = ", ".join(field.label.casefold() for field in fields)
    summary = tag("summary", icon("down"), tag("span", "Advanced"), tag("span", plain(names), class_="quiet"))
    rows = (row(field, scope) for field in fields)
    return tag("details", summary, *rows, class_="adv", open=any(field.mistake for field in fields))


def _hint(field: Field, name: str) -> Html | None:
    # Ticked days and chips are not typed, so there is nothing to say on how to type them.
    text = "" if field.kind in {"days", "topics"} else field.hint
    if not text and field.kind == "number" and field.least is not None and field.most is not None:
        text = f"{field.least} to {field.most}"
    return tag("span", plain(text), class_="small quiet hinted", id=f"{name}-hint") if text else None


def _common(field: Field, name: str) -> dict[str, str | int | bool | None]:
    return {
        "id": name,
        "name": field.name,
        "class_": "field",
        "required": field.required,
        "aria_describedby": f"{name}-hint {name}-wrong",
        "aria_invalid": "true" if field.mistake else None,
        "autocomplete": "off",
    }


def _text(field: Field, name: str) -> Html:
    return tag("input", type="text", value=field.value, maxlength=_LONGEST, **_common(field, name))


def _number(field: Field, name: str) -> Html:
    kind = "number" if re.fullmatch(r"\d*", field.value) else "text"
    return tag("input", type=kind, value=field.value, min=field.least, max=field.most, **_common(field, name))


def _time(field: Field, name: str) -> Html:
    """Return a text: a browser's own clock would say "09:00 AM" where everything else says 09:00."""
    return tag("input", type="text", value=field.value, maxlength=12, **_common(field, name))


def _choice(field: Field, name: str) -> Html:
    known = field.value in {value for value, _ in field.choices}
    choices = field.choices if known else ((field.value, field.value or "Choose"), *field.choices)
    rows = (tag("option", label or value, value=value, selected=value == field.value) for value, label in choices)
    return tag("select", *rows, **_common(field, name))


def _zone(field: Field, name: str) -> Html:
    """Return a text with suggestions: the form's own, else those that the browser knows."""
    rows = (tag("option", label or value, value=value) for value, label in field.choices)
    box = tag("input", type="text", value=field.value, list=f"{name}-zones", spellcheck="false", **_common(field, name))
    return join(box, tag("datalist", *rows, id=f"{name}-zones"))


def _flag(field: Field, name: str) -> Html:
    common = _common(field, name) | {"class_": "flag"}
    return tag("input", type="checkbox", checked=field.value.casefold() in _ON, **common)


def _days(field: Field, name: str) -> Html:
    on = chosen(field.value)
    rows = (
        tag("label", tag("input", type="checkbox", value=day, checked=n in on), tag("span", day))
        for n, day in enumerate(_DAYS)
    )
    return tag("div", *rows, class_="days", id=name)


def _topics(field: Field, name: str) -> Html:
    chips = (chip(topic.strip()) for topic in re.split(r"[\n;]", field.value) if topic.strip())
    box = tag("input", type="text", placeholder="Add a topic", maxlength=200, **_common(field, name) | {"class_": None})
    return tag("div", *chips, box, class_="chips")


def chip(topic: str) -> Html:
    """Return one topic with the button that takes it away."""
    remove = tag("button", icon("x"), type="button", aria_label=f"Remove {topic}")
    return tag("span", plain(topic), remove, class_="chip", data_value=topic)


_CONTROLS: Final[dict[FieldKind, Callable[[Field, str], Html]]] = {
    "text": _text,
    "number": _number,
    "time": _time,
    "days": _days,
    "choice": _choice,
    "zone": _zone,
    "flag": _flag,
    "topics": _topics,
}
