"""Buttons and menus: a command with its arguments filled in, pressed in a message, in a window or at home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from adapters.slack import replies, visits
from adapters.slack.guard import guarded
from adapters.slack.kit import Kit
from adapters.slack.presses import Press, open_, unfold
from adapters.slack.requests import caller, place, team
from adapters.slack.ways import Hook, Way, Window
from bot.cards import Card
from bot.errors import Malformed
from bot.ports.commands import Answer

_OURS: Final = re.compile(r"^(press|menu):")
_OLD: Final = Answer(Card(text="This button is too old. Nothing was changed; ask again.", tone="mistake"))

Body = Mapping[str, Any]


def listen(app: AsyncApp, kit: Kit) -> None:
    """Take what is pressed."""

    @app.action(_OURS)
    @guarded
    async def press(ack: AsyncAck, body: Body, context: AsyncBoltContext) -> None:
        await ack()
        wanted = await _wanted(kit, body["actions"][0])
        way = _way(kit, body, context, modal=bool(wanted and wanted.modal and not wanted.share))
        who = caller(body, context)
        if wanted is None:
            return await replies.tell(way, _OLD, await who.asks(kit, "help", {}))
        if wanted.channel:
            who = replace(who, channel=place(team(context), wanted.channel, who.user), inside=False)
        request = await who.asks(kit, wanted.command, wanted.arguments, share=wanted.share)
        home = (body.get("view") or {}).get("type") == "home"
        await replies.reply(kit, way, request, home=home)
        return await visits.show(kit, team(context), who.user) if home else None


async def _wanted(kit: Kit, action: Mapping[str, Any]) -> Press | None:
    """Return what a button asks for, or None when that is not kept any more."""
    chosen = action.get("selected_option") or {}
    try:
        wanted = open_(str(action.get("value") or chosen.get("value") or ""))
        if isinstance(wanted, Press):
            return wanted
        kept = await kit.actions.get(wanted)
        return unfold(kept) if kept else None
    except Malformed:
        return None


def _way(kit: Kit, body: Body, context: AsyncBoltContext, *, modal: bool) -> Way:
    """Return where the answer goes: into a window, or beside the message for the one who pressed."""
    workspace, trigger = team(context), str(body.get("trigger_id") or "")
    hook, view = _hook(kit, body, workspace, trigger), body.get("view") or {}
    if hook and not modal:
        return hook
    return Window(kit, workspace, trigger, view["id"] if view.get("type") == "modal" else "", hook)


def _hook(kit: Kit, body: Body, workspace: str, trigger: str) -> Hook | None:
    if not body.get("response_url"):
        return None
    message, container = body.get("message") or {}, body.get("container") or {}
    thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
    # A message with replies is its own thread's parent; what is pressed on it is answered below it, not inside.
    inside = "" if thread == container.get("message_ts") else thread
    return Hook(
        kit,
        workspace,
        str(body["response_url"]),
        trigger,
        over="pressed" if container.get("is_ephemeral") else "nothing",
        thread=inside,
    )
