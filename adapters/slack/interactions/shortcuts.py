"""Message shortcuts (message_action): papers named in a message; they also run inside threads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.common.error_boundary import log_exceptions
from adapters.slack.context import SlackContext
from adapters.slack.features import FEATURES
from adapters.slack.interactions import request_flow
from adapters.slack.interactions.requests import build_requester, get_team_id, unescape_text
from adapters.slack.interactions.responses import ResponseUrlResponder
from bot.ports.commands import Command, ParameterType, list_shortcuts

_MAX_TEXT_LENGTH: Final = 2000
"""Characters that a command takes."""
_WORD: Final = re.compile(r"[^\s\"<>|\\]+")
_PAPER_ID: Final = re.compile(r"\d{4}\.\d{4,5}|/\d{7}")
"""What every way to name a paper holds."""


def register_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take the shortcuts."""
    for shortcut, command in list_shortcuts(slack_context.commands.list_commands(), FEATURES):
        app.message_shortcut(shortcut.id)(_build_listener(slack_context, command))


def _build_listener(slack_context: SlackContext, command: Command) -> Any:
    papers = command.find_parameter(ParameterType.PAPERS)

    @log_exceptions
    async def on_message_shortcut(ack: AsyncAck, body: Mapping[str, Any], context: AsyncBoltContext) -> None:
        await ack()
        message = body.get("message") or {}
        url, trigger = body["response_url"], str(body.get("trigger_id") or "")
        # "replace_original" would be about the message, which is somebody's own.
        responder = ResponseUrlResponder(
            slack_context, get_team_id(context), url, trigger, "nothing", str(message.get("thread_ts") or "")
        )
        arguments = {papers.name: _extract_paper_words(message)} if papers else {}
        request = await build_requester(body, context).build_request(slack_context, command.name, arguments)
        await request_flow.answer_request(slack_context, responder, request)

    return on_message_shortcut


def _extract_paper_words(message: Mapping[str, Any]) -> str:
    """Return the words of a message that may name papers, wherever Slack keeps them: its text, the links in it."""
    rest = json.dumps([message.get("blocks", []), message.get("attachments", [])], ensure_ascii=False)
    words = _WORD.findall(f"{unescape_text(str(message.get('text', '')))} {rest}")
    named = " ".join(dict.fromkeys(word for word in words if _PAPER_ID.search(word)))
    return named[:_MAX_TEXT_LENGTH] or "no paper"
