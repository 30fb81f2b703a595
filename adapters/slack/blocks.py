"""The blocks that messages, modals and homes are made of.

Plain data: the SDK's own classes say the same in the same words and take thirty times as long. Their validators run in
the tests. Limits: https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from adapters.slack.text import clean, mrkdwn, plain

Block = dict[str, Any]

HEADER: Final = 150
ALTERNATIVE: Final = 300
_CONTAINER: Final = 100
"""What a block weighs besides its texts."""


def section(text: str, accessory: Block | None = None, *, name: str = "") -> Block:
    """Return a section of mrkdwn; *name* is its ``block_id``."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return _named(block, name)


def context(text: str, *, name: str = "") -> Block:
    """Return small print of mrkdwn."""
    return _named({"type": "context", "elements": [mrkdwn(text)]}, name)


def header(text: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": plain(text, HEADER)}


def divider() -> Block:
    """Return a rule."""
    return {"type": "divider"}


def actions(elements: Sequence[Block], *, name: str = "") -> Block:
    """Return a row of at most 25 buttons."""
    return _named({"type": "actions", "elements": list(elements)}, name)


def picture(url: str, alternative: str) -> Block:
    """Return an image to stand beside a section; *url* has been found `adapters.slack.text.safe`."""
    return {"type": "image", "image_url": url, "alt_text": clean(alternative)[:ALTERNATIVE] or "Picture"}


def verbatim(text: str) -> Block:
    """Return text that is shown as it is, with its line breaks."""
    inside = [{"type": "text", "text": text}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": inside}]}


def weight(blocks: Iterable[Block]) -> int:
    """Return what Slack may count against a message's size, in characters: every string, and something for each block.

    The limit is not documented: texts of about 13,200 characters are refused, and fewer where blocks are many
    (https://github.com/slackapi/bolt-js/issues/2509, https://github.com/slackapi/bolt-js/issues/2867).
    """
    return sum(_CONTAINER + _letters(block) for block in blocks)


def _letters(part: Any) -> int:
    if isinstance(part, str):
        return len(part)
    if isinstance(part, dict):
        return sum(_letters(inside) for name, inside in part.items() if name != "type")
    return sum(map(_letters, part)) if isinstance(part, list) else 0


def _named(block: Block, name: str) -> Block:
    return {**block, "block_id": name} if name else block
