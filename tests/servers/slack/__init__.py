"""Slack on loopback: Web API, Socket Mode, signed HTTP, OAuth, response_url and views, and people who use them.

``async with slack() as server`` gives a `front.Slack`. Set it up with the methods of `world`, act with those of
`acting` and `events`, look with ``shown``, ``whispers``, ``views`` and ``home``. What real Slack would have refused of
the app stands in ``server.violations``.
"""

from tests.servers.slack.delivery import Acked
from tests.servers.slack.front import Slack, slack
from tests.servers.slack.things import Call, Impossible, Shown

__all__ = ["Acked", "Call", "Impossible", "Shown", "Slack", "slack"]
