"""Block Kit blocks: section, context, header, divider, actions, image and rich_text as plain data.

Plain data: the SDK's own classes say the same in the same words and take thirty times as long. Their validators run in
the tests. Limits: https://docs.slack.dev/reference/block-kit/blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from adapters.common.text import clean_text
from adapters.slack.rendering.mrkdwn import build_mrkdwn, build_plain_text

Block = dict[str, Any]

MAX_HEADER: Final = 150
MAX_ALT_TEXT: Final = 300
_BLOCK_OVERHEAD: Final = 100
"""What a block weighs besides its texts."""


def build_section(text: str, accessory: Block | None = None, *, block_id: str = "") -> Block:
    """Return a section of mrkdwn; *block_id* is its ``block_id``."""
    block: Block = {"type": "section", "text": build_mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return _set_block_id(block, block_id)


def build_context_block(text: str, *, block_id: str = "") -> Block:
    """Return small print of mrkdwn."""
    return _set_block_id({"type": "context", "elements": [build_mrkdwn(text)]}, block_id)


def build_header(text: str) -> Block:
    """Return a heading."""
    return {"type": "header", "text": build_plain_text(text, MAX_HEADER)}


def build_divider() -> Block:
    """Return a rule."""
    return {"type": "divider"}


def build_actions(elements: Sequence[Block], *, block_id: str = "") -> Block:
    """Return a row of at most 25 buttons."""
    return _set_block_id({"type": "actions", "elements": list(elements)}, block_id)


def build_image(url: str, alt_text: str) -> Block:
    """Return an image to stand beside a section.

    *url* has been found `adapters.common.text.sanitize_url`.
    """
    return {"type": "image", "image_url": url, "alt_text": clean_text(alt_text)[:MAX_ALT_TEXT] or "Picture"}


def build_preformatted(text: str) -> Block:
    """Return text that is shown as it is, with its line breaks."""
    elements = [{"type": "text", "text": text}]
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": elements}]}


def measure_weight(blocks: Iterable[Block]) -> int:
    """Return what Slack may count against a message's size, in characters: every string, and something for each block.

    The limit is not documented: texts of about 13,200 characters are refused, and fewer where blocks are many
    (https://github.com/slackapi/bolt-js/issues/2509, https://github.com/slackapi/bolt-js/issues/2867).
    """
    return sum(_BLOCK_OVERHEAD + _count_characters(block) for block in blocks)


def _count_characters(part: Any) -> int:
    if isinstance(part, str):
        return len(part)
    if isinstance(part, dict):
        return sum(_count_characters(inside) for name, inside in part.items() if name != "type")
    return sum(map(_count_characters, part)) if isinstance(part, list) else 0


def _set_block_id(block: Block, block_id: str) -> Block:
    return {**block, "block_id": block_id} if block_id else block
