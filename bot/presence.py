"""Where the bot is: workspaces and channels come, go, come back and change their names; subscriptions follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot import untold, wording
from bot.cards import Action, Card
from bot.language import ENGLISH, gettext, joined, speaking
from bot.models import Channel, DeliveryKey, Person
from bot.notices import Notices, called
from bot.ports.ledger import Draft
from bot.ports.places import Directory, Standing, Workspace
from bot.ports.stores import Stores

KEPT: Final = timedelta(days=30)
"""How long the settings and follows of a workspace wait for it to come back."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """What the platforms tell, written down. Implements `bot.ports.presence.Presence`.

    ``rooms`` are directories by platform, which tell where those hear who can repair something.
    """

    stores: Stores
    rooms: Mapping[str, Directory] = field(default_factory=dict)

    async def installed(self, workspace: Workspace, now: datetime, *, owned: bool = False) -> None:
        """Keep a workspace; channels that fell silent because it was away get their digests back.

        Whoever manages its organization, kept as a workspace of that id, manages it too.
        """
        above = await self.stores.workspaces.get(workspace.platform, workspace.organization)
        if above and above.id != workspace.id:
            workspace = replace(workspace, managers=_all(workspace.managers, above.managers))
        known = await self.stores.workspaces.get(workspace.platform, workspace.id)
        wanted = _merged(known, workspace, owned=owned) if known else workspace
        if wanted != known:
            await self.stores.workspaces.put(wanted)
        for standing in await self.stores.channels.of(workspace.platform, workspace.id):
            if wording.is_away(standing.retired):
                await self._restore(standing, now)

    async def uninstalled(self, platform: str, workspace: str, reason: str, now: datetime) -> None:
        """Stop posting to a whole workspace; the date from which its data waits is the first one told."""
        known = await self.stores.workspaces.get(platform, workspace) or Workspace(platform, workspace)
        await self.stores.workspaces.put(replace(known, left=known.left or now))
        for standing in await self.stores.channels.of(platform, workspace):
            await self.stores.channels.retire(standing.channel, wording.away(reason))

    async def invited(self, channel: Channel, by: Person, now: datetime, language: str = ENGLISH) -> None:
        """Greet a channel once; a channel that had gone is back."""
        await self.stores.channels.open(channel, now)
        await self.back(channel, now)
        with speaking(language):
            hello = greeting(by)
        await self.stores.ledger.add([Draft(DeliveryKey(channel, "greeting", "hello"), hello)], now)

    async def gone(self, channel: Channel, reason: str, now: datetime) -> None:
        """Stop posting to a channel, and say so where something was to be posted."""
        standing = await self.stores.channels.get(channel)
        stopped = await self.stores.channels.retire(channel, reason)
        if stopped and standing and await self._wanted(standing):
            await Notices(self.stores, self.rooms).stopped(standing.channel, reason, now)

    async def back(self, channel: Channel, now: datetime) -> None:
        """Go on posting to a channel; its next digest covers what it missed, as after any pause."""
        standing = await self.stores.channels.get(channel)
        if standing and standing.retired:
            await self._restore(standing, now)

    async def renamed(self, channel: Channel, now: datetime) -> None:
        """Keep the new name of a channel that is known."""
        if await self.stores.channels.get(channel):
            await self.stores.channels.open(channel, now)

    async def moved(self, old: Channel, new: Channel, now: datetime) -> None:  # noqa: ARG002 - the port's shape
        """Keep a channel's new identity."""
        await self.stores.channels.move(old, new)

    async def unnamed(self, platform: str, workspace: str, role: str, now: datetime) -> None:
        """Mention a role that is gone no more, and tell one person who can choose another."""
        for standing in await self.stores.channels.of(platform, workspace):
            if standing.preferences.mention != role:
                continue
            preferences = replace(standing.preferences, mention="")
            await self.stores.channels.set(standing.channel, preferences, standing.next_run, standing.due)
            with speaking(preferences.language):
                text = _unnamed(standing.channel)
                await Notices(self.stores, self.rooms).tell(standing.channel, role, text, now)

    async def _wanted(self, standing: Standing) -> bool:
        """Tell whether anything was to be posted to a channel."""
        follows = await self.stores.follows.of(standing.channel)
        return standing.preferences.on or any(follow.alerts for follow in follows)

    async def _restore(self, standing: Standing, now: datetime) -> None:
        wanted = standing.preferences
        following = wanted.schedule.next_after(now) if wanted.on else None
        await self.stores.channels.restore(standing.channel, following)
        await untold.over(self.stores.marks, standing.channel.key)


async def tidy(stores: Stores, now: datetime) -> int:
    """Delete what belongs to workspaces that left more than 30 days ago; return how many did."""
    left = await stores.workspaces.left(now - KEPT)
    for workspace in left:
        await stores.workspaces.forget(workspace.platform, workspace.id)
        await untold.forget(stores.marks, workspace.platform, workspace.id)
    return len(left)


def greeting(by: Person) -> Card:
    """Return the one message with which the bot introduces itself, and the two things to try."""
    hello = gettext(
        "Broadsheet posts the day’s most upvoted papers here at your local time, once somebody starts the digest. "
        "Anybody can search papers and follow topics."
    )
    thanks = gettext("Thanks for the invitation, {name}.", name=by.name) if by.name else ""
    actions = (
        Action(gettext("Start the digest"), "digest on", style="main"),
        Action(gettext("Today’s papers"), "today"),
    )
    brief = gettext("Broadsheet is here: start the digest, or look at today’s papers.")
    return Card(text=joined(thanks, hello), actions=actions, fallback=brief)


def _unnamed(channel: Channel) -> str:
    return gettext(
        "The role that digests in {channel} mentioned was deleted; they mention nobody now. "
        "Another can be chosen in the settings there.",
        channel=called(channel),
    )


def _merged(known: Workspace, told: Workspace, *, owned: bool) -> Workspace:
    """Return what is known with what was told now; settings that people made here stay.

    Where it is *owned*, its managers are those that were told, if any were.
    """
    managers = told.managers if owned and told.managers else _all(known.managers, told.managers)
    return replace(
        known,
        name=told.name or known.name,
        timezone=known.timezone if known.timezone != "UTC" else told.timezone,
        managers=managers,
        organization=told.organization or known.organization,
        left=None,
    )


def _all(these: Iterable[str], those: Iterable[str]) -> tuple[str, ...]:
    """Return each once, in order."""
    return tuple(dict.fromkeys((*these, *those)))
