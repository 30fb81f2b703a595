"""Interaction responses: callback, deferred response, followup and edit of the original, all ephemeral.

An interaction is answered within three seconds, and then for fifteen minutes through its own webhook:
https://docs.discord.com/developers/interactions/receiving-and-responding.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import partial
from typing import Any, Final

from adapters.common.button_payload import save_if_possible
from adapters.common.unrenderable_items import render_sound_answer
from adapters.discord import bot_permissions
from adapters.discord.context import DiscordContext
from adapters.discord.interactions import member_permissions, requests, target_channel
from adapters.discord.interactions.requests import CALLBACK_ROUTE, Interaction
from adapters.discord.rendering import messages
from adapters.discord.rendering.messages import EPHEMERAL, RenderedMessage
from bot.cards.models import Action, Card
from bot.domain.channels import Channel, ChannelKind
from bot.errors import Uncertain
from bot.ports.commands import Answer, Placement, Request

LOADING_DELAY: Final = 1.5
"""Seconds until people are told that it takes a moment; Discord waits for three."""

_FOLLOWUP_ROUTE: Final = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL_ROUTE: Final = f"{_FOLLOWUP_ROUTE}/messages/@original"


class _CallbackType(IntEnum):
    CHANNEL_MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE_MESSAGE = 7
    MODAL = 9


@dataclass(slots=True)
class Responder:
    """Where the answer to one interaction goes: to the asker alone. ``target_channel`` is the channel that they mean.

    Every method raises `bot.errors.SendError` kinds when Discord does not take it.
    """

    context: DiscordContext
    interaction: Interaction
    target_channel: Channel = field(init=False)
    _is_deferred: bool = False
    _is_answered: bool = False
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.target_channel = requests.build_channel(self.interaction)

    @property
    def is_ephemeral(self) -> bool:
        """Whether what was pressed is a message that only its reader sees, which an answer may replace."""
        return requests.is_ephemeral(self.interaction)

    @asynccontextmanager
    async def defer_if_slow(self) -> AsyncIterator[None]:
        """Let Discord say that it takes a moment when nothing is said in time; no modal can be opened then."""
        waiting = asyncio.create_task(self._defer_after_delay())
        try:
            yield
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async def send_answer(self, answer: Answer, request: Request | None = None, *, as_manager: bool = False) -> None:
        """Show a card to the asker; *as_manager* tells that its buttons may do what those of managers' commands do."""
        request = request or requests.build_request(
            self.interaction, self.context.clock(), "", {}, target_channel=self.target_channel, dry_run=True
        )
        retargeted_answer = _retarget_buttons(answer, self.get_other_channel_id(request))
        render = partial(
            messages.render_private_answer,
            request=request,
            manager=as_manager,
            unavailable=self._list_unavailable_commands(request),
            can_share=not self.find_permission_problem(request, share=True),
            command_formatter=self.context.tree.format_slash_command,
            mention_formatter=self.context.tree.format_command_mention,
        )
        message = render_sound_answer(retargeted_answer, render, self.context.skipped_papers)
        await self.send_message(message, replace_original=answer.placement is Placement.REPLACE)

    async def send_message(self, message: RenderedMessage, *, replace_original: bool = False) -> None:
        """Show a message; in the place of the pressed one, where only its reader sees that."""
        await save_if_possible(self.context.button_payloads, message.stored_data, self.context.clock())
        payload = {**message.payload, "flags": message.payload.get("flags", 0) | EPHEMERAL}
        replace_original = replace_original and self.is_ephemeral
        async with self._lock:
            if self._is_deferred and replace_original is self.is_ephemeral and not self._is_answered:
                await self._call_webhook("PATCH", _ORIGINAL_ROUTE, payload, message.attachment)
            elif self._is_deferred or self._is_answered:
                await self._call_webhook("POST", _FOLLOWUP_ROUTE, payload, message.attachment)
            else:
                await self._send_callback(
                    _CallbackType.UPDATE_MESSAGE if replace_original else _CallbackType.CHANNEL_MESSAGE,
                    payload,
                    message.attachment,
                )
            self._is_answered = True

    async def open_modal(self, payload: dict[str, Any]) -> bool:
        """Open a modal; False when it is too late for one."""
        async with self._lock:
            if self._is_deferred or self._is_answered:
                return False
            await self._send_callback(_CallbackType.MODAL, payload)
            self._is_answered = True
            return True

    def get_other_channel_id(self, request: Request) -> str:
        """Return the id of the channel that *request* is about; "" when it is the one that they mean by "here"."""
        return (
            request.channel.id
            if request.channel.kind is not ChannelKind.DIRECT and request.channel.id != self.target_channel.id
            else ""
        )

    def find_permission_problem(self, request: Request, *, share: bool = False, opens_thread: bool = False) -> str:
        """Say what the asker or the bot lacks to *share* an answer, or to open a thread; "" when it is nothing."""
        channel, is_elsewhere = request.thread or request.channel, bool(self.get_other_channel_id(request))
        if not (share or opens_thread) or channel.kind is ChannelKind.DIRECT:
            return ""
        theirs = (
            target_channel.get_member_permissions(self.context, self.interaction, channel)
            if is_elsewhere
            else self.interaction.permissions
        )
        if missing := member_permissions.list_missing_for_request(
            theirs, channel.kind, share=share, opens_thread=opens_thread
        ):
            return member_permissions.format_missing_permissions(missing)
        missing = bot_permissions.list_missing_for_request(
            self.interaction.app_permissions, channel.kind, threads=opens_thread
        )
        return bot_permissions.format_missing_permissions(missing) if missing and not is_elsewhere else ""

    def _list_unavailable_commands(self, request: Request) -> Collection[str]:
        """Return the commands that open threads where there can be none: only a plain channel has threads."""
        if request.channel.kind is ChannelKind.CHANNEL and not self.find_permission_problem(request, opens_thread=True):
            return ()
        return {each.name for each in self.context.commands.list_commands() if each.opens_thread}

    async def _defer_after_delay(self) -> None:
        await asyncio.sleep(LOADING_DELAY)
        async with self._lock:
            if self._is_answered:
                return
            # What may have been taken counts as told: what follows is refused at worst.
            with suppress(Uncertain):
                await (
                    self._send_callback(_CallbackType.DEFERRED_UPDATE)
                    if self.is_ephemeral
                    else self._send_callback(_CallbackType.DEFERRED_MESSAGE, _EPHEMERAL_FLAGS)
                )
            self._is_deferred = True

    async def _send_callback(
        self, callback_type: _CallbackType, payload: dict[str, Any] | None = None, file: str = ""
    ) -> None:
        body = {"type": int(callback_type), **({"data": payload} if payload else {})}
        ids = self._build_webhook_ids(self.interaction.id)
        await self.context.rest.call("POST", CALLBACK_ROUTE, json=body, file=file, rate_limited=False, **ids)

    async def _call_webhook(self, method: str, route: str, payload: dict[str, Any], file: str) -> None:
        ids = self._build_webhook_ids(self.interaction.application_id)
        await self.context.rest.call(method, route, json=payload, file=file, rate_limited=False, **ids)

    def _build_webhook_ids(self, webhook_id: int) -> dict[str, Any]:
        return {"webhook_id": webhook_id, "webhook_token": self.interaction.token}


_EPHEMERAL_FLAGS: Final = {"flags": EPHEMERAL}


def _retarget_buttons(answer: Answer, channel_id: str) -> Answer:
    """Return an answer whose buttons are about the channel that it is about; shared here it would be out of place."""
    card = answer.body
    if not channel_id or not isinstance(card, Card):
        return answer

    def add_channel(actions: tuple[Action, ...]) -> tuple[Action, ...]:
        return tuple(replace(action, channel=action.channel or channel_id) for action in actions)

    items = tuple(replace(item, actions=add_channel(item.actions)) for item in card.items)
    return replace(answer, body=replace(card, actions=add_channel(card.actions), items=items), shareable=False)
