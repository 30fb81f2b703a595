"""The table of commands: reads lines, answers requests, completes. The one place where errors become sentences."""

from __future__ import annotations

import logging
import secrets
from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot import wording
from bot.cards import Card, Form, Page
from bot.commands import (
    access,
    arguments,
    changes,
    completion,
    digest,
    discussing,
    following,
    helping,
    home,
    linked,
    me,
    members,
    muting,
    papers,
    personal,
    reading,
    replies,
    saving,
    searching,
    settings,
    setup,
    status,
    why,
)
from bot.commands.desk import Desk, place
from bot.errors import Mistake, SourceError, StoreError, trace
from bot.language import gettext, joined, phrase, retold, speaking, spelled
from bot.models import DeliveryKey, Kind
from bot.ports.commands import Answer, Audience, Command, Completion, Placement, Request
from bot.ports.ledger import Draft

log = logging.getLogger(__name__)

A_MINUTE: Final = timedelta(minutes=1)
MOST_A_MINUTE: Final = 30
"""Commands that one person may send in a minute; forms and completions are not counted."""


@dataclass(frozen=True, slots=True)
class Table:
    """Every command. Implements `bot.ports.commands.Commands`."""

    desk: Desk
    commands: tuple[Command, ...]
    _lately: defaultdict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque), repr=False)

    def all(self) -> Sequence[Command]:
        """Return every command, in the order of the help."""
        return self.commands

    def read(self, line: str) -> tuple[str, dict[str, str]]:
        """Split a typed line; raises `bot.errors.Mistake`."""
        return reading.read(line, self.commands)

    async def complete(self, line: str, request: Request) -> Sequence[Completion]:
        """Return the completions of a line, of the commands that the person may use."""
        try:
            manager = await self.desk.manages(request)
        except StoreError:
            return ()
        platform = request.channel.platform
        visible = [c for c in self.commands if c.offered(platform) and (manager or c.audience is Audience.EVERYONE)]
        with speaking(request.locale):
            return await completion.complete(line, request, visible)

    async def home(self, request: Request, channels: Collection[str]) -> Page:
        """Return a home screen; whatever goes wrong becomes its only part."""
        with speaking(request.locale):
            return await self._home(request, channels)

    async def _home(self, request: Request, channels: Collection[str]) -> Page:
        try:
            return await home.page(self.desk, request, channels)
        except Exception as error:  # noqa: BLE001 - the boundary, as in `answer`
            reference = secrets.token_hex(3)
            log.error("A home failed. Reference: %s.\n%s", reference, trace(error))  # noqa: TRY400
            return Page(
                (replies.failed(gettext("Your home can’t be shown now. Reference: {reference}.", reference=reference)),)
            )

    async def answer(self, request: Request) -> Answer:
        """Answer *request* in its language; whatever goes wrong becomes a sentence."""
        with speaking(request.locale):
            return await self._safely(request)

    async def _safely(self, request: Request) -> Answer:
        try:
            return await self._answer(request)
        except Mistake as error:
            return replies.mistake(error)
        except (StoreError, SourceError) as error:
            log.warning("%s failed: %s", request.command, type(error).__name__)
            return replies.failure(retold(str(error)))
        except Exception as error:  # noqa: BLE001 - the boundary: people get a reference, the log the trace
            reference = secrets.token_hex(3)
            log.error("%s failed. Reference: %s.\n%s", request.command, reference, trace(error))  # noqa: TRY400
            return replies.failure(
                gettext("That failed. Nothing was changed. Reference: {reference}.", reference=reference)
            )

    async def _answer(self, request: Request) -> Answer:
        command = self._named(request.command)
        await self._admit(command, request)
        if not request.dry:
            self._count(request)
        values = arguments.values(command, request)
        if not request.dry and not await self._first(request):
            return replies.say(gettext("This was done already; a repeated message changes nothing."))
        if request.share and not request.dry:
            return await self._share(command, request, values)
        return await self._warned(await command.answer(request, **values), request)

    async def _warned(self, answer: Answer, request: Request) -> Answer:
        """Return a private answer, with a word on what did not get through before all small print."""
        if (request.dry and isinstance(answer.body, Card)) or answer.placement is Placement.CHANNEL:
            return answer
        why = await self.desk.closed(request)
        word = gettext(
            "What you follow does not reach you: {why}. Write to Broadsheet in a direct message, and it goes on.",
            why=wording.reason(why),
        )
        # A form may be a window, which has no room for it.
        silent = await self.desk.untold(request) if isinstance(answer.body, Card) else ""
        words = [each for each in (silent, word if why else "") if each]
        return replace(answer, body=_told(answer.body, words)) if words else answer

    async def _admit(self, command: Command, request: Request) -> None:
        """Raise a mistake when a command is not for this person."""
        if await self.desk.blocked(request):
            raise Mistake(gettext("The managers here keep you from using Broadsheet; ask one of them why."))
        if command.audience is Audience.MANAGERS and not await self.desk.manages(request):
            raise Mistake(
                gettext(
                    "Only people who manage {place} may use “{name}”; ask one of them.",
                    place=place(request.channel),
                    name=spelled(command.name),
                )
            )
        if command.audience is Audience.ADMINS and not await self.desk.rules(request):
            raise Mistake(gettext("Only admins may use “{name}”; ask one of them.", name=spelled(command.name)))

    def _named(self, name: str) -> Command:
        command = next((command for command in self.commands if command.name == name), None)
        if command is None:
            raise Mistake(gettext("“{name}” is not a command (any more).", name=name[:80]), "help")
        return command

    def _count(self, request: Request) -> None:
        """Raise a mistake when a person sends more than `MOST_A_MINUTE`."""
        who = f"{request.channel.platform}:{request.channel.workspace}:{request.person.id}"
        for key in [key for key, times in self._lately.items() if times[-1] <= request.now - A_MINUTE]:
            del self._lately[key]
        times = self._lately[who]
        while times and times[0] <= request.now - A_MINUTE:
            times.popleft()
        if len(times) >= MOST_A_MINUTE:
            wait = (times[0] + A_MINUTE - request.now).total_seconds()
            raise Mistake(
                gettext(
                    "That was {most} commands in a minute; wait {seconds} seconds.",
                    most=MOST_A_MINUTE,
                    seconds=max(1, round(wait)),
                )
            )
        times.append(request.now)

    async def _first(self, request: Request) -> bool:
        event = f"command:{request.channel.platform}:{request.id}"
        return not request.id or await self.desk.stores.inbox.first(event, request.now)

    async def _share(self, command: Command, request: Request, values: dict[str, Any]) -> Answer:
        """Post a command's answer to the channel; it runs dry, so that what is not shareable has no effect either."""
        if request.channel.kind is Kind.DIRECT:
            raise Mistake(gettext("There is nobody to share with in a direct message."))
        standing = await self.desk.standing(request)
        with speaking(standing.preferences.language):
            answer = await command.answer(replace(request, dry=True), **values)
            shared = _shared(answer.body, command, request) if isinstance(answer.body, Card) else None
        if not (answer.shareable and shared):
            name = spelled(command.name)
            raise Mistake(gettext("The answer of “{name}” is for you alone and can’t be shared.", name=name))
        there = request.thread or request.channel
        await self.desk.stores.ledger.add([Draft(DeliveryKey(there, "share", request.id), shared)], request.now)
        return replies.say(gettext("It is on its way to {place}.", place=place(there)))


def _told(body: Card | Form, words: Sequence[str]) -> Card | Form:
    """Return what is said with more sentences, where they are seen and not cut."""
    if isinstance(body, Form):
        return replace(body, note=joined(*words, body.note))
    return replace(body, footer=(*words, *body.footer))


def _shared(card: Card, command: Command, request: Request) -> Card:
    """Return an answer for everybody: signed, without the buttons that would turn one person's pages."""
    who = request.person.name or gettext("a member")
    actions = tuple(action for action in card.actions if action.command != command.name)
    return replace(card, actions=actions, footer=(*card.footer, gettext("Shared by {who}.", who=who)))


def table(desk: Desk) -> Table:
    """Return the table of every command, in the order of the help."""
    groups = (
        (
            phrase("Read"),
            (
                *papers.commands(desk),
                *personal.commands(desk),
                *searching.commands(desk),
                *saving.commands(desk),
                *discussing.commands(desk),
            ),
        ),
        (phrase("Follow"), (*following.commands(desk), *muting.commands(desk), *why.commands(desk))),
        (
            phrase("The digest"),
            (*digest.commands(desk), *settings.commands(desk), *status.commands(desk), *setup.commands(desk)),
        ),
        (phrase("Changes"), (*changes.commands(desk), *access.commands(desk), *members.commands(desk))),
        (phrase("You"), me.commands(desk)),
    )
    every = [command for _, part in groups for command in part]
    every += linked.commands(desk)
    return Table(desk, (*every, helping.command(groups)))
