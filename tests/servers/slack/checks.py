"""What Slack accepts in messages and views: the SDK's own validation, and the limits that it misses.

Sources: https://docs.slack.dev/reference/block-kit/blocks, …/reference/views; the sum of a message's texts is not
documented (slackapi/bolt-js#2509).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.servers.slack.elements import ACCESSORIES, ACTIONS, INPUTS, element, option, picture, words

Surface = Literal["message", "modal", "home"]

TEXTS: Final = 13_200
"""Characters in all texts of a message's blocks."""
METADATA: Final = 8_000
"""Bytes of a message's metadata; the true limit is not documented, this is what we allow ourselves."""
_MOST: Final[dict[Surface, int]] = {"message": 50, "modal": 100, "home": 100}
_ANYWHERE: Final = {"section", "divider", "image", "actions", "context", "header", "rich_text"}
_BLOCKS: Final[dict[Surface, set[str]]] = {
    "message": _ANYWHERE | {"markdown", "table", "video"},
    "modal": _ANYWHERE | {"input"},
    "home": _ANYWHERE | {"input"},
}


def problems(blocks: Any, surface: Surface = "message") -> list[str]:
    """Return what Slack would refuse in *blocks*, in its own manner; empty when all is well."""
    if not isinstance(blocks, Sequence) or isinstance(blocks, str) or not all(isinstance(b, dict) for b in blocks):
        return ["blocks must be a list of objects [json-pointer:/blocks]"]
    found = (
        [] if len(blocks) <= _MOST[surface] else [f"no more than {_MOST[surface]} items allowed [json-pointer:/blocks]"]
    )
    for number, block in enumerate(blocks):
        where = f"/blocks/{number}"
        found += _library(block, where)
        found += _block(block, where, surface)
    twice = [name for name, count in Counter(b.get("block_id") for b in blocks).items() if name and count > 1]
    return found + [f"block_id {name} already exists [json-pointer:/blocks]" for name in twice]


def unfetchable(blocks: Any) -> list[str]:
    """Return the images that Slack could not download: those with "unfetchable" in their address."""
    addresses = [thing["image_url"] for thing in walk(blocks) if isinstance(thing.get("image_url"), str)]
    return [f"downloading image failed [{address}]" for address in addresses if "unfetchable" in address]


def weight(blocks: Any) -> int:
    """Return the number of characters in all texts of *blocks*."""
    return sum(len(thing["text"]) for thing in walk(blocks) if isinstance(thing.get("text"), str))


def view_problems(view: Any) -> list[str]:
    """Return what Slack would refuse in a modal or a home view."""
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return ["must be a view of type modal or home [json-pointer:/view/type]"]
    found = [text.replace("pointer:", "pointer:/view") for text in problems(view.get("blocks"), view["type"])]
    found += _longer(view, {"private_metadata": 3000, "callback_id": 255, "external_id": 255})
    if not view.get("blocks"):
        found.append("must have at least one block [json-pointer:/view/blocks]")
    found += _modal(view) if view["type"] == "modal" else []
    try:
        View(**view).validate_json()
    except (SlackObjectFormationError, TypeError, AttributeError) as error:
        found.append(f"{error} [json-pointer:/view]")
    return found


def metadata_problem(metadata: Any) -> str:
    """Return the error that Slack would give for a message's metadata, or nothing."""
    if not metadata:
        return ""
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        return "invalid_metadata_format"
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        return "invalid_metadata_format"
    return "metadata_too_large" if len(json.dumps(metadata).encode()) > METADATA else ""


def choices_problems(answer: Any) -> list[str]:
    """Return what Slack would refuse in the answer to a block_suggestion."""
    if not isinstance(answer, dict) or not ({"options", "option_groups"} & answer.keys()):
        return ["the answer needs options"]
    every = answer.get("options") or [one for group in answer.get("option_groups", ()) for one in group["options"]]
    found = [text for number, one in enumerate(every) for text in option(one, f"/options/{number}")]
    return found + (["no more than 100 options"] if len(every) > 100 else [])


def walk(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside *part*."""
    if isinstance(part, dict):
        yield part
        for inside in part.values():
            yield from walk(inside)
    elif isinstance(part, list | tuple):
        for inside in part:
            yield from walk(inside)


def _library(block: dict[str, Any], where: str) -> list[str]:
    """Ask slack_sdk's models, which also know the fields of each block."""
    try:
        parsed = Block.parse(block)
        if parsed is None:
            return [f"unsupported type: {block.get('type')} [json-pointer:{where}/type]"]
        parsed.to_dict()
    except (SlackObjectFormationError, TypeError, AttributeError, KeyError) as error:
        return [f"{error} [json-pointer:{where}]"]
    return list(_strangers(block, parsed, where))


def _strangers(raw: Any, model: Any, where: str) -> Iterator[str]:
    """Find the properties that the SDK's model of a block or an element does not have."""
    if isinstance(raw, list) and isinstance(model, list):
        for number, (one, its) in enumerate(zip(raw, model, strict=True)):
            yield from _strangers(one, its, f"{where}/{number}")
    elif isinstance(raw, dict) and isinstance(model, JsonObject):
        for name in sorted(raw.keys() - model.attributes):
            yield f"invalid additional property: {name} [json-pointer:{where}]"
        for name in raw.keys() & {"elements", "element", "accessory", "text", "label", "hint", "placeholder"}:
            yield from _strangers(raw[name], getattr(model, name, None), f"{where}/{name}")


def _block(block: dict[str, Any], where: str, surface: Surface) -> Iterator[str]:
    kind = block.get("type")
    if kind not in _BLOCKS[surface]:
        yield f"unsupported type: {kind} [json-pointer:{where}/type]"
    if len(block.get("block_id", "b")) not in range(1, 256):
        yield f"block_id must have 1 to 255 characters [json-pointer:{where}/block_id]"
    if kind == "section":
        yield from _section(block, where)
    elif kind == "header":
        yield from words(block.get("text"), f"{where}/text", 150, plain=True)
    elif kind == "image":
        yield from picture(block, where)
    elif kind == "input":
        yield from _input(block, where)
    elif kind in {"actions", "context"}:
        yield from _row(block, where)


def _section(block: dict[str, Any], where: str) -> Iterator[str]:
    if "text" in block:
        yield from words(block["text"], f"{where}/text", 3000)
    for number, one in enumerate(block.get("fields", ())):
        yield from words(one, f"{where}/fields/{number}", 2000)
    if "accessory" in block:
        yield from element(block["accessory"], f"{where}/accessory", ACCESSORIES)


def _input(block: dict[str, Any], where: str) -> Iterator[str]:
    yield from words(block.get("label"), f"{where}/label", 2000, plain=True)
    yield from element(block.get("element"), f"{where}/element", INPUTS)
    if "hint" in block:
        yield from words(block["hint"], f"{where}/hint", 2000, plain=True)


def _row(block: dict[str, Any], where: str) -> Iterator[str]:
    """Check the elements of an actions or context block."""
    inside, most = block.get("elements", []), 25 if block["type"] == "actions" else 10
    if len(inside) not in range(1, most + 1):
        yield f"must have 1 to {most} items, has {len(inside)} [json-pointer:{where}/elements]"
    for number, one in enumerate(inside):
        here = f"{where}/elements/{number}"
        if block["type"] == "actions":
            yield from element(one, here, ACTIONS)
        elif one.get("type") == "image":
            yield from picture(one, here)
        else:
            yield from words(one, here, 3000)
    names = Counter(one.get("action_id") for one in inside)
    yield from (
        f"action_id {name} already exists [json-pointer:{where}]" for name, n in names.items() if name and n > 1
    )


def _modal(view: dict[str, Any]) -> Iterator[str]:
    yield from words(view.get("title"), "/view/title", 24, plain=True)
    for name in ("submit", "close"):
        if view.get(name) is not None:
            yield from words(view[name], f"/view/{name}", 24, plain=True)
    if any(block.get("type") == "input" for block in view.get("blocks", ())) and not view.get("submit"):
        yield "missing required field: submit [json-pointer:/view]"
    if sum(bool(thing.get("focus_on_load")) for thing in walk(view.get("blocks"))) > 1:
        yield "only one element may have focus_on_load [json-pointer:/view/blocks]"


def _longer(thing: dict[str, Any], limits: dict[str, int]) -> list[str]:
    return [
        f"must be less than {most + 1} characters [json-pointer:/view/{name}]"
        for name, most in limits.items()
        if len(thing.get(name) or "") > most
    ]
