"""Discord on loopback: REST, a gateway, interactions, and people who use them.

``async with discord() as server`` gives a `front.Discord`. Set it up with the methods of `world`, act with those of
`acting`, `events` and `gateway`, look with ``shown``, ``threads``, ``direct`` and ``private``. What real Discord would
have refused of the app stands in ``server.violations``.
"""

from tests.servers.discord.front import Discord, discord
from tests.servers.discord.interactions import Reaction
from tests.servers.discord.things import Call, Impossible, Shown

__all__ = ["Call", "Discord", "Impossible", "Reaction", "Shown", "discord"]
