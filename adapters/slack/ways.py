"""How an answer gets to the one who asked, after something typed or pressed: a response URL, or a window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from adapters.slack import views
from adapters.slack.kit import Kit
from adapters.slack.render import Message, private
from bot.cards import Card
from bot.errors import Unsendable
from bot.ports.commands import Answer, Placement, Request

WAIT: Final = Answer(Card(text="Looking…", fallback="Looking…"))
"""What stands where an answer takes a moment."""


class Way(Protocol):
    """Where answers go. All raise `bot.errors.SendError` when one does not get through."""

    async def wait(self, request: Request) -> None:
        """Say that it takes a moment; the answer comes in that line's place where Slack lets it."""
        ...

    async def say(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        ...

    async def window(self, view: dict[str, Any]) -> bool:
        """Open a window; False when nobody waits for one any more."""
        ...


async def drawn(kit: Kit, answer: Answer, request: Request) -> Message:
    """Draw a card, and keep what its buttons need before anybody can press them."""
    message = private(answer, request, command=kit.command)
    await kit.actions.keep(message.kept, request.now)
    return message


@dataclass(slots=True)
class Hook:
    """A response URL: five uses in thirty minutes (https://docs.slack.dev/interactivity/handling-user-interaction).

    ``over`` is what "replace_original" would replace: the pressed message where only the asker sees it ("pressed"),
    nothing that may be ("nothing", a message for everybody), or the line that was said first ("line", of a command).
    Of a command Slack replaces nothing in truth (slackapi/bolt-python#1268); asking for it does no harm.
    """

    kit: Kit
    workspace: str
    url: str
    trigger: str = ""
    over: Literal["line", "pressed", "nothing"] = "line"
    thread: str = ""
    _waiting: bool = False

    async def wait(self, request: Request) -> None:
        """Say so in a line of its own."""
        self._waiting = True
        await self._post(await drawn(self.kit, WAIT, request), replace=False)

    async def say(self, answer: Answer, request: Request) -> None:
        """Show a card to the asker alone."""
        turned = self.over == "pressed" and answer.placement is Placement.REPLACE
        replace = turned or (self.over == "line" and self._waiting)
        await self._post(await drawn(self.kit, answer, request), replace=replace)

    async def window(self, view: dict[str, Any]) -> bool:
        """Open a window."""
        return bool(self.trigger) and await views.opened(self.kit, self.workspace, self.trigger, view) is not None

    async def _post(self, message: Message, *, replace: bool) -> None:
        """Use the URL once."""
        body = {
            "response_type": "ephemeral",
            "replace_original": replace,
            "text": message.text,
            "blocks": message.blocks,
            **({"thread_ts": self.thread} if self.thread and not replace else {}),
        }
        await self.kit.clients.reply(self.url, body)


@dataclass(slots=True)
class Window:
    """A window of its own, over the one in which something was pressed, if any; turned pages replace theirs.

    ``view`` is the window of the pressed button, ``beside`` where the answer goes when no window can be opened.
    """

    kit: Kit
    workspace: str
    trigger: str
    view: str = ""
    beside: Way | None = None
    _opened: str = field(default="", init=False)

    async def wait(self, request: Request) -> None:
        """Open the window before the answer is there: in three seconds Slack lets nobody open one any more."""
        await self._put(await self._draw(WAIT, request), replace=False)

    async def say(self, answer: Answer, request: Request) -> None:
        """Show a card."""
        view = await self._draw(answer, request)
        if await self._put(view, replace=answer.placement is Placement.REPLACE):
            return
        if self.beside is None:
            raise Unsendable("The window can’t be opened any more.")
        await self.beside.say(answer, request)

    async def window(self, view: dict[str, Any]) -> bool:
        """Show a view."""
        return await self._put(view, replace=False)

    async def _draw(self, answer: Answer, request: Request) -> dict[str, Any]:
        if not isinstance(answer.body, Card):
            raise TypeError("A form is a window of its own.")
        return await views.drawn(self.kit, answer.body, request.channel)

    async def _put(self, view: dict[str, Any], *, replace: bool) -> bool:
        """Show a view: in the place of ours, of the pressed one where it is to be replaced, else over it."""
        shown = None
        if not self._opened and not replace:
            lay = views.pushed if self.view else views.opened
            shown = await lay(self.kit, self.workspace, self.trigger, view)
        there = self._opened or self.view
        if shown is None and there:
            shown = await views.changed(self.kit, self.workspace, there, view)
        self._opened = str(shown["id"]) if shown else ""
        return shown is not None
