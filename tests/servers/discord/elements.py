"""What Discord accepts in one component: https://docs.discord.com/developers/components/reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Json = Mapping[str, Any]

_SELECT: Final = "custom_id placeholder min_values max_values disabled required"
_KEYS: Final[dict[int, set[str]]] = {
    number: {"type", "id", *names.split()}
    for number, names in {
        1: "components",
        2: "style label emoji custom_id sku_id url disabled",
        3: f"{_SELECT} options",
        4: "custom_id style label min_length max_length required value placeholder",
        5: f"{_SELECT} default_values",
        6: f"{_SELECT} default_values",
        7: f"{_SELECT} default_values",
        8: f"{_SELECT} default_values channel_types",
        9: "components accessory",
        10: "content",
        11: "media description spoiler",
        12: "items",
        13: "file spoiler",
        14: "divider spacing",
        17: "components accent_color spoiler",
        18: "label description component",
    }.items()
}
_OPTION: Final = {"label", "value", "description", "emoji", "default"}


def component(one: Json) -> Iterator[str]:
    """Yield what Discord would refuse in a component, those inside of it not counted."""
    kind = one.get("type", 0)
    if kind not in _KEYS:
        yield f"there is no component of type {kind}"
        return
    yield from (f"{name} is not a key of a component of type {kind}" for name in sorted(one.keys() - _KEYS[kind]))
    check = _CHECKS.get(kind)
    yield from check(one) if check else ()


def _longer(one: Json, name: str, most: int, least: int = 0) -> Iterator[str]:
    if name in one and not least <= len(one[name] or "") <= most:
        yield f"{name} has {len(one[name] or '')} characters, {least} to {most} are allowed"


def _named(one: Json) -> Iterator[str]:
    if "custom_id" not in one:
        yield f"a component of type {one['type']} needs a custom_id"
    yield from _longer(one, "custom_id", 100, 1)


def _row(one: Json) -> Iterator[str]:
    inside = one.get("components") or []
    kinds = [part.get("type") for part in inside]
    buttons = all(kind == 2 for kind in kinds)
    if not (1 <= len(kinds) <= 5 if buttons else len(kinds) == 1):
        yield f"an action row holds 1 to 5 buttons or 1 select, not {kinds}"


def _button(one: Json) -> Iterator[str]:
    yield from _longer(one, "label", 80)
    if not one.get("label") and not one.get("emoji"):
        yield "a button needs a label or an emoji"
    if one.get("style") == 5:
        if "custom_id" in one or not one.get("url"):
            yield "a link button has a url and no custom_id"
        yield from _longer(one, "url", 512)
    else:
        yield from _named(one)
        if "url" in one:
            yield "a button that is no link takes no url"


def _select(one: Json) -> Iterator[str]:
    yield from _named(one)
    yield from _longer(one, "placeholder", 150)
    least, most = one.get("min_values", 1), one.get("max_values", 1)
    if not (0 <= least <= 25 and 1 <= most <= 25 and least <= most):
        yield f"a select takes 0 to 25 values, not {least} to {most}"
    if one["type"] == 3:
        yield from _options(one.get("options") or [], most)


def _options(options: list[Json], most: int) -> Iterator[str]:
    if not 1 <= len(options) <= 25:
        yield f"a select has {len(options)} options, 1 to 25 are allowed"
    if most > len(options):
        yield f"max_values is {most}, but there are {len(options)} options"
    if sum(bool(option.get("default")) for option in options) > most:
        yield "more options are chosen at first than may be"
    values = [option.get("value") for option in options]
    if len(set(values)) < len(values):
        yield "two options have the same value"
    for option in options:
        yield from (f"{name} is not a key of an option" for name in sorted(option.keys() - _OPTION))
        for name, least in (("label", 1), ("value", 1), ("description", 0)):
            yield from (f"an option's {text}" for text in _longer(option, name, 100, least))


def _text(one: Json) -> Iterator[str]:
    yield from _named(one)
    yield from _longer(one, "label", 45, 1)
    yield from _longer(one, "placeholder", 100)
    yield from _longer(one, "value", int(one.get("max_length", 4000)))


def _labelled(one: Json) -> Iterator[str]:
    yield from _longer(one, "label", 45, 1)
    yield from _longer(one, "description", 100)


_CHECKS: Final[dict[int, Callable[[Json], Iterator[str]]]] = {
    1: _row,
    2: _button,
    3: _select,
    4: _text,
    5: _select,
    6: _select,
    7: _select,
    8: _select,
    18: _labelled,
}
