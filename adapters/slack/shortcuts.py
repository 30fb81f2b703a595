"""Shortcuts of a message: slash commands do not run inside threads, these do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import replies
from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from adapters.slack.requests import caller, plain, team
from adapters.slack.ways import Hook

SHORTCUTS: Final = {"papers_here": "within", "similar_here": "similar within"}
"""What each shortcut of a message (its ``callback_id``) asks for."""
_LONGEST: Final = 2000
"""Characters that a command takes."""
_WORD: Final = re.compile(r"[^\s\"<>|\\]+")
_NUMBER: Final = re.compile(r"\d{4}\.\d{4,5}|/\d{7}")
"""What every way to name a paper holds."""


def listen(app: AsyncApp, kit: Kit) -> None:
    """Take the shortcuts."""
    for name, command in SHORTCUTS.items():
        app.message_shortcut(name)(_shortcut(kit, command))


def _shortcut(kit: Kit, command: str) -> Any:
    @guarded
    async def shortcut(ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        message = body.get("message") or {}
        url, trigger = body["response_url"], str(body.get("trigger_id") or "")
        # "replace_original" would be about the message, which is somebody's own.
        way = Hook(kit, team(context), url, trigger, "nothing", str(message.get("thread_ts") or ""))
        request = await caller(body, context).asks(kit, command, {"text": _text(message)})
        await replies.reply(kit, way, request)

    return shortcut


def _text(message: Mapping[str, Any]) -> str:
    """Return the words of a message that may name papers, wherever Slack keeps them: its text, the links in it."""
    rest = json.dumps([message.get("blocks", []), message.get("attachments", [])], ensure_ascii=False)
    words = _WORD.findall(f"{plain(str(message.get('text', '')))} {rest}")
    named = " ".join(dict.fromkeys(word for word in words if _NUMBER.search(word)))
    return named[:_LONGEST] or "no paper"
