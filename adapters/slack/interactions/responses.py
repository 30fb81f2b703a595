"""Responders: response_url, modal views, chat.postEphemeral and direct messages, by which answers reach people."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal, Protocol

from adapters.common.button_payload import save_if_possible
from adapters.common.unrenderable_items import render_sound_answer
from adapters.slack.context import SlackContext
from adapters.slack.interactions import views
from adapters.slack.rendering.messages import RenderedMessage, render_private_answer
from bot.cards.models import Card
from bot.errors import Unsendable
from bot.ports.commands import Answer, Placement, Request

LOADING_ANSWER: Final = Answer(Card(text="Looking…", fallback="Looking…"))
"""What stands where an answer takes a moment."""


class Responder(Protocol):
    """Where answers go. All raise `bot.errors.SendError` when one does not get through."""

    async def show_loading(self, request: Request) -> None:
        """Say that it takes a moment; the answer comes in that line's place where Slack lets it."""
        ...

    async def send_answer(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        ...

    async def open_modal(self, view: dict[str, Any]) -> bool:
        """Open a modal; False when nobody waits for one any more."""
        ...


async def prepare_message(context: SlackContext, answer: Answer, request: Request) -> RenderedMessage:
    """Draw a card, and keep what its buttons need before anybody can press them."""
    render = partial(
        render_private_answer, request=request, command=context.command, modal_commands=context.modal_commands
    )
    message = render_sound_answer(answer, render, context.skipped_papers)
    await save_if_possible(context.button_payloads, message.stored_data, request.now)
    return message


@dataclass(slots=True)
class ResponseUrlResponder:
    """A response URL: five uses in thirty minutes (https://docs.slack.dev/interactivity/handling-user-interaction).

    ``original`` is what "replace_original" would replace: the pressed message where only the asker sees it ("pressed"),
    nothing that may be ("nothing", a message for everybody), or the line that was said first ("line", of a command).
    Of a command Slack replaces nothing in truth (slackapi/bolt-python#1268); asking for it does no harm.
    """

    context: SlackContext
    workspace: str
    response_url: str
    trigger_id: str = ""
    original: Literal["line", "pressed", "nothing"] = "line"
    thread_ts: str = ""
    _is_loading: bool = False

    async def show_loading(self, request: Request) -> None:
        """Say so in a line of its own."""
        self._is_loading = True
        await self._post_response(await prepare_message(self.context, LOADING_ANSWER, request), replace_original=False)

    async def send_answer(self, answer: Answer, request: Request) -> None:
        """Show a card to the asker alone."""
        turned = self.original == "pressed" and answer.placement is Placement.REPLACE
        replace = turned or (self.original == "line" and self._is_loading)
        await self._post_response(await prepare_message(self.context, answer, request), replace_original=replace)

    async def open_modal(self, view: dict[str, Any]) -> bool:
        """Open a modal."""
        return (
            bool(self.trigger_id)
            and await views.open_view(self.context, self.workspace, self.trigger_id, view) is not None
        )

    async def _post_response(self, message: RenderedMessage, *, replace_original: bool) -> None:
        """Use the URL once."""
        body = {
            "response_type": "ephemeral",
            "replace_original": replace_original,
            "text": message.text,
            "blocks": message.blocks,
            **({"thread_ts": self.thread_ts} if self.thread_ts and not replace_original else {}),
        }
        await self.context.client.post_to_response_url(self.response_url, body)


@dataclass(slots=True)
class ModalResponder:
    """A modal of its own, over the one in which something was pressed, if any; turned pages replace theirs.

    ``view_id`` is the modal of the pressed button, ``fallback`` where the answer goes when no modal can be opened.
    """

    context: SlackContext
    workspace: str
    trigger_id: str
    view_id: str = ""
    fallback: Responder | None = None
    _opened_view_id: str = field(default="", init=False)

    async def show_loading(self, request: Request) -> None:
        """Open the modal before the answer is there: in three seconds Slack lets nobody open one any more."""
        await self._show_view(await self._render_view(LOADING_ANSWER, request), replace_pressed=False)

    async def send_answer(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        view = await self._render_view(answer, request)
        if await self._show_view(view, replace_pressed=answer.placement is Placement.REPLACE):
            return
        if self.fallback is None:
            raise Unsendable("The window can’t be opened any more.")
        await self.fallback.send_answer(answer, request)

    async def open_modal(self, view: dict[str, Any]) -> bool:
        """Show a view."""
        return await self._show_view(view, replace_pressed=False)

    async def _render_view(self, answer: Answer, request: Request) -> dict[str, Any]:
        if not isinstance(answer.body, Card):
            raise TypeError("A form is a modal of its own.")
        return await views.prepare_view(self.context, answer.body, request.channel)

    async def _show_view(self, view: dict[str, Any], *, replace_pressed: bool) -> bool:
        """Show a view: in the place of ours, of the pressed one where it is to be replaced, else over it."""
        shown_view = None
        if not self._opened_view_id and not replace_pressed:
            lay = views.push_view if self.view_id else views.open_view
            shown_view = await lay(self.context, self.workspace, self.trigger_id, view)
        target_view_id = self._opened_view_id or self.view_id
        if shown_view is None and target_view_id:
            shown_view = await views.update_view(self.context, self.workspace, target_view_id, view)
        self._opened_view_id = str(shown_view["id"]) if shown_view else ""
        return shown_view is not None


@dataclass(slots=True)
class EphemeralResponder:
    """A line in a channel, or in a thread of it, that the asker alone sees; nobody can change it afterwards."""

    context: SlackContext
    workspace: str
    channel: str
    user: str
    thread_ts: str = ""

    async def show_loading(self, request: Request) -> None:
        """Say so in a line of its own."""
        await self.send_answer(LOADING_ANSWER, request)

    async def send_answer(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        message = await prepare_message(self.context, answer, request)
        await self.context.client.call(
            self.workspace,
            "chat.postEphemeral",
            channel=self.channel,
            user=self.user,
            text=message.text,
            blocks=message.blocks,
            **_build_thread_arguments(self.thread_ts),
        )

    async def open_modal(self, view: dict[str, Any]) -> bool:  # noqa: ARG002 - the protocol's shape
        """Open nothing: whoever mentions the bot has pressed nothing that a modal could follow."""
        return False


@dataclass(slots=True)
class DirectMessageResponder:
    """A direct message, which nobody else sees anyway."""

    context: SlackContext
    workspace: str
    channel: str
    thread_ts: str = ""
    _message_ts: str = field(default="", init=False)

    async def show_loading(self, request: Request) -> None:
        """Say so in a message that the answer replaces."""
        await self.send_answer(LOADING_ANSWER, request)

    async def send_answer(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        message = await prepare_message(self.context, answer, request)
        if self._message_ts:
            await self.context.client.call(
                self.workspace,
                "chat.update",
                channel=self.channel,
                ts=self._message_ts,
                text=message.text,
                blocks=message.blocks,
            )
            return
        response = await self.context.client.call(
            self.workspace,
            "chat.postMessage",
            channel=self.channel,
            text=message.text,
            blocks=message.blocks,
            unfurl_links=False,
            unfurl_media=False,
            **_build_thread_arguments(self.thread_ts),
        )
        self._message_ts = str(response["ts"])

    async def open_modal(self, view: dict[str, Any]) -> bool:  # noqa: ARG002 - the protocol's shape
        """Open nothing."""
        return False


def _build_thread_arguments(thread_ts: str) -> dict[str, str]:
    return {"thread_ts": thread_ts} if thread_ts else {}
