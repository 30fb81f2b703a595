"""Operator notices: trouble of the installation and its end, once each, in the channel that OPERATOR_CHANNEL names.

They are ordinary messages of the ledger, so that a notice of a platform that gives no answer, when it goes to that
platform, comes when it answers. What was told stands in the database, so that a restart tells nothing twice.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.i18n.translation import ENGLISH, use_language
from bot.ports.deliveries import Draft
from bot.ports.stores import Stores
from bot.reasons.reason import Reason, decode_reason, encode_reason, format_reason

OPERATOR_KIND: Final = "operator"
TROUBLE_PAUSE: Final = timedelta(hours=1)
"""Of one subject trouble is told at most this often; what ends before is not told of at all."""
_KEY_PREFIX: Final = "operator "

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one subject: what is told of it after ``delay``, and when it is over."""

    notice: Reason
    recovery: Reason
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Incident:
    """What is known of a subject: moments in ISO 8601, "" for none; ``recovery`` is what is told when it is over."""

    began: str = ""
    told: str = ""
    last_told: str = ""
    recovery: str = ""


@dataclass(frozen=True, slots=True)
class OperatorNotices:
    """Tells one channel; ``channel`` is known by its platform, workspace and id alone."""

    stores: Stores
    channel: Channel

    async def update(self, troubles: Mapping[str, Trouble], now: datetime) -> None:
        """Tell of trouble that is new and of trouble that is over; *troubles* are all there are, by subject."""
        names = await self.stores.key_values.list_by_prefix(_KEY_PREFIX)
        incidents = {name.removeprefix(_KEY_PREFIX): _decode_incident(text) for name, text in names.items()}
        for subject in troubles.keys() | incidents.keys():
            before = incidents.get(subject, _Incident())
            trouble = troubles.get(subject)
            after = await (self._begin(subject, before, trouble, now) if trouble else self._end(subject, before, now))
            if after != before:
                await self.stores.key_values.set(_KEY_PREFIX + subject, _encode_incident(after))

    async def _begin(self, subject: str, before: _Incident, trouble: Trouble, now: datetime) -> _Incident:
        """Tell of trouble that has lasted for long enough, unless the subject was told of lately."""
        if before.told:
            return before
        began = before.began or now.isoformat()
        if now - datetime.fromisoformat(began) < trouble.delay or not _is_pause_over(before, now):
            return _Incident(began, "", before.last_told)
        await self._send(f"{subject} {began} trouble", trouble.notice, now)
        return _Incident(began, now.isoformat(), now.isoformat(), encode_reason(trouble.recovery))

    async def _end(self, subject: str, before: _Incident, now: datetime) -> _Incident | None:
        """Tell that trouble is over that was told of; None forgets the subject."""
        recovery = decode_reason(before.recovery)
        if before.told and recovery:
            await self._send(f"{subject} {before.began} over", recovery, now)
        return None if _is_pause_over(before, now) else _Incident(last_told=before.last_told)

    async def _send(self, subject: str, notice: Reason, now: datetime) -> None:
        state = await self.stores.channels.get(self.channel)
        if state and state.retired_reason:
            log.warning(
                "OPERATOR_CHANNEL takes no messages: %s. What it was to be told: %s", state.retired_reason, notice
            )
        with use_language(state.preferences.language if state else ENGLISH):
            text = format_reason(notice)
        card = Card(text=text, fallback=text, notice=notice)
        await self.stores.ledger.add([Draft(DeliveryKey(self.channel, OPERATOR_KIND, subject), card)], now)


def parse_operator_channel(text: str) -> Channel:
    """Return the channel of a setting such as "web:local:papers", whose shape was checked."""
    platform, workspace, channel_id = text.split(":", 2)
    return Channel(platform, workspace, channel_id)


def _is_pause_over(incident: _Incident, now: datetime) -> bool:
    return not incident.last_told or now - datetime.fromisoformat(incident.last_told) >= TROUBLE_PAUSE


def _encode_incident(incident: _Incident | None) -> str:
    return json.dumps(asdict(incident)) if incident else ""


def _decode_incident(text: str) -> _Incident:
    """Return what is known of a subject; what can't be read is as if nothing were."""
    try:
        return _Incident(**json.loads(text))
    except (TypeError, ValueError):
        return _Incident()
