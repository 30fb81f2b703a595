"""block_actions: a button or overflow menu pressed in a message, a modal or the App Home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.common.button_payload import build_expired_answer, load_payload
from adapters.common.error_boundary import log_exceptions
from adapters.slack.context import SlackContext
from adapters.slack.interactions import app_home, request_flow
from adapters.slack.interactions.requests import build_channel, build_requester, get_team_id
from adapters.slack.interactions.responses import ModalResponder, Responder, ResponseUrlResponder
from adapters.slack.rendering.action_value import decode_payload, restore_payload

_ACTION_IDS: Final = re.compile(r"^(press|menu):")

Body = Mapping[str, Any]


def register_listeners(app: AsyncApp, slack_context: SlackContext) -> None:
    """Take what is pressed."""

    @app.action(_ACTION_IDS)
    @log_exceptions
    async def on_block_action(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        payload = await load_payload(
            _get_pressed_value(body), decode_payload, restore_payload, slack_context.button_payloads
        )
        responder = _choose_responder(
            slack_context, body, context, modal=bool(payload and payload.modal and not payload.share)
        )
        requester = build_requester(body, context)
        if payload is None:
            return await request_flow.send_or_log_answer(
                responder, build_expired_answer(), await requester.build_request(slack_context)
            )
        if payload.channel:
            requester = replace(
                requester, channel=build_channel(get_team_id(context), payload.channel, requester.user), is_member=False
            )
        request = await requester.build_request(slack_context, payload.command, payload.arguments, share=payload.share)
        home = (body.get("view") or {}).get("type") == "home"
        await request_flow.answer_request(slack_context, responder, request, from_app_home=home)
        return await app_home.publish_home(slack_context, get_team_id(context), requester.user) if home else None


def _get_pressed_value(body: Body) -> str:
    """Return what the pressed button, or the chosen option of a menu, holds."""
    action = body["actions"][0]
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def _choose_responder(
    slack_context: SlackContext, body: Body, bolt_context: AsyncBoltContext, *, modal: bool
) -> Responder:
    """Return where the answer goes: into a modal, or beside the message for the one who pressed."""
    workspace, trigger = get_team_id(bolt_context), str(body.get("trigger_id") or "")
    hook, view = _build_response_url_responder(slack_context, body, workspace, trigger), body.get("view") or {}
    if hook and not modal:
        return hook
    return ModalResponder(slack_context, workspace, trigger, view["id"] if view.get("type") == "modal" else "", hook)


def _build_response_url_responder(
    context: SlackContext, body: Body, workspace: str, trigger_id: str
) -> ResponseUrlResponder | None:
    if not body.get("response_url"):
        return None
    message, container = body.get("message") or {}, body.get("container") or {}
    thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
    # A message with replies is its own thread's parent; what is pressed on it is answered below it, not inside.
    inside = "" if thread == container.get("message_ts") else thread
    return ResponseUrlResponder(
        context,
        workspace,
        str(body["response_url"]),
        trigger_id,
        original="pressed" if container.get("is_ephemeral") else "nothing",
        thread_ts=inside,
    )
