"""The gateway: https://docs.discord.com/developers/events/gateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import WSMsgType, web

from tests.servers.discord import payloads, people
from tests.servers.discord.links import Link
from tests.servers.discord.things import Bot, Guild, Impossible, Json, Place, Shown
from tests.servers.discord.world import World

GUILDS: Final = 1 << 0
PRIVILEGED: Final = 1 << 1 | 1 << 8 | 1 << 15
_KNOWN: Final = (1 << 26) - 1
_ENDING: Final = {1000, 1001, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014}
"""Close codes after which there is nothing to resume."""


@dataclass(slots=True)
class Session:
    """What outlives a connection; ``log`` are the events by their sequence, for those who resume."""

    id: str
    bot: Bot
    intents: int
    shard: tuple[int, int]
    log: list[Json] = field(default_factory=list)
    link: Link | None = None

    def tell(self, event: str, data: Any) -> None:
        """Note an event, and send it when somebody is connected."""
        self.log.append({"op": 0, "t": event, "s": len(self.log) + 1, "d": data})
        if self.link:
            self.link.put(self.log[-1])


class Gateway(World):
    """Connections and sessions. ``shards`` is how many `GET /gateway/bot` advises; ``deaf`` answers no heartbeat,
    and ``away`` lets nobody connect.

    While ``mute`` it takes connections and says nothing at all; ``knocks`` counts those. ``elsewhere`` is where it says
    that sessions are resumed, when that is not here.
    ``identifies`` and ``resumes`` count what succeeded, ``identities`` are the payloads of all that was tried.
    """

    def __init__(self) -> None:
        super().__init__()
        self.root = ""
        self.shards = 1
        self.must_shard = False
        self.deaf = False
        self.away = False
        self.mute = False
        self.knocks = 0
        self.elsewhere = ""
        self.heartbeat: float = 41.25
        self.starts_left = 1000
        self.identifies = 0
        self.resumes = 0
        self.heartbeats = 0
        self.identities: list[Json] = []
        self.links: list[Link] = []
        self.sessions: dict[str, Session] = {}

    @property
    def gateway(self) -> str:
        """The address to connect to."""
        return f"{self.root.replace('http', 'ws', 1)}/gateway"

    @property
    def sockets(self) -> list[Link]:
        """The connections that are open."""
        return [link for link in self.links if not link.closed]

    @property
    def ready(self) -> bool:
        """Whether every shard of the app is connected and has a session."""
        living = [session for session in self.sessions.values() if session.link]
        return bool(living) and len({one.shard[0] for one in living}) == living[0].shard[1]

    def session_limit(self) -> Json:
        """Return how often the app may still identify."""
        return {"total": 1000, "remaining": self.starts_left, "reset_after": 14_400_000, "max_concurrency": 1}

    # What Discord does to connections.

    async def reconnect(self) -> None:
        """Ask every connection to come back (op 7)."""
        await self._send({"op": 7, "d": None})

    async def invalidate(self, *, resumable: bool = False, shard: int | None = None) -> None:
        """Say that the sessions are over (op 9), or that of a *shard*; for good unless *resumable*."""
        over = [one for one in self.sessions.values() if shard in (None, one.shard[0])]
        for session in over:
            if not resumable:
                del self.sessions[session.id]
            if session.link:
                session.link.put({"op": 9, "d": resumable})
        await asyncio.sleep(0)

    async def hang_up(self, code: int = 4000) -> None:
        """Close every connection."""
        if code in _ENDING:
            self.sessions.clear()
        for link in self.sockets:
            await link.close(code)

    async def stop(self) -> None:
        """End everything."""
        for link in self.sockets:
            await link.close(1001)

    async def _send(self, payload: Json) -> None:
        for link in self.sockets:
            link.put(payload)
        await asyncio.sleep(0)

    # Telling the app.

    def tell(self, event: str, data: Json, guild: str = "", intent: int = GUILDS) -> None:
        """Send an event to the sessions that asked for it; a session without a connection gets it on resuming."""
        for session in self.sessions.values():
            number, count = session.shard
            mine = number == ((int(guild) >> 22) % count if guild else 0)
            present = not guild or guild not in self.guilds or self.guilds[guild].present or event == "GUILD_DELETE"
            if mine and present and session.intents & intent == intent:
                session.tell(event, data)

    def interact(self, payload: Json, guild: str) -> None:
        """Send an interaction, which needs no intent."""
        if not self.sessions:
            raise Impossible("The app is not connected.")
        here = bool(guild) and self.guilds[guild].present
        self.tell("INTERACTION_CREATE", payload, guild if here else "", 0)

    def reacting(self, shown: Shown, emoji: str, user: str, *, add: bool, burst: bool = False) -> None:
        """Put or take a reaction, or a super one, and tell of it."""
        held = self.bursts if burst else self.reactions
        users = held.setdefault(shown.id, {}).setdefault(emoji, [])
        if add == (user in users):
            return
        users.append(user) if add else users.remove(user)
        place = self.places[shown.channel]
        data: Json = {"user_id": user, "channel_id": place.id, "message_id": shown.id}
        data |= {"burst": burst, "type": int(burst)}
        data |= {"emoji": {"id": None, "name": emoji}} | ({"guild_id": place.guild} if place.guild else {})
        if add:
            data |= {"message_author_id": shown.author}
            data |= {"member": people.member(self, user, self.guilds[place.guild])} if place.guild else {}
        intent = 1 << 10 if place.guild else 1 << 13
        self.tell(f"MESSAGE_REACTION_{'ADD' if add else 'REMOVE'}", data, place.guild, intent)
        self.changed()

    def forget(self, place: Place) -> None:
        """Delete a channel or a thread, with its threads, and tell of it."""
        body = payloads.channel(self, place)
        for one in [place, *self.threads(place.id)]:
            del self.places[one.id]
        names = ("id", "guild_id", "parent_id", "type")
        event = ("THREAD_DELETE", {name: body[name] for name in names}) if place.parent else ("CHANNEL_DELETE", body)
        self.tell(*event, place.guild)
        self.changed()

    # Serving connections.

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection from hello to its end."""
        if self.away:
            return web.Response(status=503)
        if self.mute:
            await self._ignore()
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        link = Link(socket, deflated=request.query.get("compress") == "zlib-stream")
        self.links.append(link)
        link.put({"op": 10, "d": {"heartbeat_interval": int(self.heartbeat * 1000), "_trace": []}})
        async with link:
            async for message in socket:
                code = self._take(link, message.data) if message.type is WSMsgType.TEXT else 4002
                self.changed()
                if code:
                    await link.close(code)
        self._ended(link)
        return socket

    async def _ignore(self) -> None:
        """Let a connection wait until there is something to say."""
        self.knocks += 1
        self.changed()
        await self.wait(lambda: not self.mute, 60)

    def _ended(self, link: Link) -> None:
        """Let a session wait for its connection to come back, unless either side ended it for good."""
        for session in [one for one in self.sessions.values() if one.link is link]:
            session.link = None
            if link.ending in _ENDING:
                self.sessions.pop(session.id, None)
        self.changed()

    def _take(self, link: Link, text: str) -> int:
        """Take a message of the app; return the code to close with, or 0."""
        try:
            payload = json.loads(text)
            op, data = int(payload["op"]), payload.get("d")
        except (ValueError, KeyError, TypeError):
            return 4002
        if link.too_many():
            return 4008
        session = next((one for one in self.sessions.values() if one.link is link), None)
        if op in {2, 6}:
            act: Callable[[Link, Any], int] = self._identify if op == 2 else self._resume
            return 4005 if session else act(link, data)
        if op == 1:
            self._beat(link)
            return 0
        if op not in {3, 4, 8}:
            return 4001
        return 0 if session else 4003

    def _beat(self, link: Link) -> None:
        self.heartbeats += 1
        if not self.deaf:
            link.put({"op": 11})

    def _identify(self, link: Link, data: Json) -> int:
        """Begin a session: READY, then the servers one by one."""
        self.identities.append(data)
        bot, shard = self.bots.get(data.get("token", "")), tuple(data.get("shard", (0, 1)))
        if bot is None:
            return 4004
        if code := self._wrong(bot, int(data["intents"]), shard):
            return code
        self.identifies += 1
        self.starts_left -= 1
        session = Session(self.clock.snowflake(), bot, int(data["intents"]), (shard[0], shard[1]), link=link)
        self.sessions[session.id] = session
        mine = [one for one in self.guilds.values() if one.present and (int(one.id) >> 22) % shard[1] == shard[0]]
        session.tell("READY", self._ready(session, mine))
        if session.intents & GUILDS:
            for guild in mine:
                if guild.available:
                    session.tell("GUILD_CREATE", payloads.arriving(self, guild))
        # Discord tells of things that are newer than any library.
        session.tell("NOVELTY_CREATE", {"id": self.clock.snowflake(), "guild_id": None, "kind": None})
        return 0

    def _wrong(self, bot: Bot, intents: int, shard: tuple[int, ...]) -> int:
        """Return the code that refuses an identification."""
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            return 4010
        if self.must_shard and shard[1] < self.shards:
            return 4011
        if intents & ~_KNOWN:
            return 4013
        return 4014 if intents & PRIVILEGED & ~bot.privileged else 0

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        where = {
            "session_id": session.id,
            "resume_gateway_url": self.elsewhere or self.gateway,
            "shard": list(session.shard),
        }
        waiting = [{"id": one.id, "unavailable": True} for one in guilds]
        who = {
            "user": people.user(self, session.bot.user),
            "application": {"id": session.bot.application, "flags": 0},
        }
        return {"v": 10, "guilds": waiting, "private_channels": [], "relationships": []} | who | where

    def _resume(self, link: Link, data: Json) -> int:
        """Go on with a session: what was missed, then RESUMED."""
        session = self.sessions.get(data.get("session_id", ""))
        if session is None or session.bot.token != data.get("token") or data.get("seq", 0) > len(session.log):
            link.put({"op": 9, "d": False})
            return 0
        self.resumes += 1
        session.link = link
        for event in session.log[data["seq"] :]:
            link.put(event)
        session.tell("RESUMED", {"_trace": []})
        return 0
