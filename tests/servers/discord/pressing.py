"""Finding what a person can press, choose or fill in, and what they may put there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.servers.discord.reading import label, walk
from tests.servers.discord.things import Impossible, Json

SELECTS: Final = {3, 5, 6, 7, 8}


def button(components: list[Json], what: str) -> Json:
    """Return the button with these words on it, or this custom_id."""
    every = [one for one in walk(components) if one["type"] == 2]
    found = [one for one in every if what in (label(one), one.get("custom_id"))]
    if not found:
        raise Impossible(f"There is no button {what!r}, only {[label(one) for one in every]}.")
    if found[0].get("disabled") or "custom_id" not in found[0]:
        raise Impossible(f"The button {what!r} is disabled or only a link.")
    return found[0]


def select(components: list[Json], what: str) -> Json:
    """Return the select with this placeholder, or this custom_id."""
    every = [one for one in walk(components) if one["type"] in SELECTS]
    found = [one for one in every if what in (label(one), one.get("custom_id"))]
    if not found or found[0].get("disabled"):
        raise Impossible(f"There is no select {what!r} to choose in, only {[label(one) for one in every]}.")
    return found[0]


def chosen(one: Json, wanted: list[str]) -> list[str]:
    """Return the values of what was chosen, in the order of the options."""
    if not one.get("min_values", 1) <= len(wanted) <= one.get("max_values", 1):
        raise Impossible(f"{len(wanted)} choices are not what {label(one)!r} takes.")
    if one["type"] != 3:
        return wanted
    options = one["options"]
    if strangers := [each for each in wanted if not any(each in (o["label"], o["value"]) for o in options)]:
        raise Impossible(f"{strangers} are not among {[option['label'] for option in options]}.")
    return [option["value"] for option in options if {option["label"], option["value"]} & set(wanted)]


def filled(modal: Json, fill: Mapping[str, Any]) -> list[Json]:
    """Return what a modal's rows hold after a person filled them in; what they leave alone stays."""
    left, rows = dict(fill), []
    for number, row in enumerate(modal["components"]):
        if row["type"] == 18:
            inner = _field(row["component"], (row["label"],), left)
            rows.append({"type": 18, "id": number * 2 + 1, "component": inner | {"id": number * 2 + 2}})
        elif row["type"] == 1:
            inner = _field(row["components"][0], (row["components"][0].get("label"),), left)
            rows.append({"type": 1, "id": number * 2 + 1, "components": [inner | {"id": number * 2 + 2}]})
    if left:
        raise Impossible(f"There are no fields {sorted(left)}.")
    return rows


def _field(one: Json, names: tuple[Any, ...], left: dict[str, Any]) -> Json:
    """Return a field with what was put into it, taken out of *left*."""
    given = next((left.pop(name) for name in (one["custom_id"], *names) if name in left), None)
    basis = {"type": one["type"], "custom_id": one["custom_id"]}
    if one["type"] == 4:
        text = str(one.get("value") or "") if given is None else str(given)
        least, most = int(one.get("min_length") or 0), int(one.get("max_length") or 4000)
        if (one.get("required", True) and not text) or (text and not least <= len(text) <= most):
            raise Impossible(f"Discord would not take {text!r} in {one['custom_id']!r}.")
        return basis | {"value": text}
    if given is None:
        values = [option["value"] for option in one.get("options", ()) if option.get("default")]
        values += [default["id"] for default in one.get("default_values", ())]
    else:
        optional = {} if one.get("required", True) or given else {"min_values": 0}
        values = chosen(one | optional, [given] if isinstance(given, str) else list(given))
    if one.get("required", True) and not values:
        raise Impossible(f"{one['custom_id']!r} is required.")
    return basis | {"values": values}


def leaves(options: list[Json]) -> Iterator[Json]:
    """Yield the options of a command that hold a value."""
    for one in options:
        if "value" in one:
            yield one
        yield from leaves(one.get("options", []))
