"""Renewing tokens that expire: the one place that uses refresh tokens, each of which works once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from adapters.slack.errors import code, translate
from adapters.slack.records import bot_of, plain
from bot.errors import BroadsheetError, Gone, SendError, StoreError, TryLater
from bot.ports.secrets import Vault

EARLY: Final = timedelta(hours=2)
"""Before its end a token is renewed so early; Slack's live for twelve hours
(https://docs.slack.dev/authentication/using-token-rotation)."""
_ANYTIME: Final = 60 * 24 * 365
"""Minutes; for slack_sdk's rotator, which asks for itself whether it is time."""
_LEASE: Final = timedelta(seconds=60)
_GLANCES, _GLANCE = 50, 0.1
_PAUSES: Final = (0.2, 1.0)
_LATER, _SETUP = 10.0, 300.0
_ENDED: Final = frozenset({"account_inactive", "invalid_grant", "invalid_refresh_token", "token_revoked"})
_OPERATOR: Final = frozenset({"bad_client_secret", "invalid_client_id"})

log = logging.getLogger(__name__)


class Renewal:
    """Renews the tokens in *vault*. ``rotator`` is slack_sdk's, or None where the client's id and secret are not set.

    Of all who ask at once in this process, one asks Slack; other processes wait for the lease that it holds in the
    vault. What can't be helped: Slack ends a refresh token when it is used, so a crash between Slack's answer and our
    writing it down loses the installation. It then stops with `bot.errors.Gone` as after an uninstall, and installing
    again mends it.
    """

    def __init__(self, vault: Vault, clock: Callable[[], datetime], rotator: AsyncTokenRotator | None) -> None:
        self._vault = vault
        self._clock = clock
        self._rotator = rotator
        self._running: dict[tuple[str, str], asyncio.Task[Bot]] = {}

    def due(self, bot: Bot) -> bool:
        """Tell whether a token ends soon."""
        ends = bot.bot_token_expires_at
        return ends is not None and ends <= (self._clock() + EARLY).timestamp()

    async def renewed(self, name: str, stale: str) -> Bot:
        """Return the installation *name* of the vault with another token than *stale*.

        Raises `bot.errors.Gone` with ``installation`` set when Slack renews it no more, `bot.errors.TryLater` when it
        can't be asked now. Whoever stops waiting does not stop the renewal.
        """
        running = self._running.get((name, stale))
        if running is None:
            running = asyncio.create_task(self._renewed(name, stale))
            self._running[name, stale] = running
            running.add_done_callback(lambda _: self._running.pop((name, stale)))
        return await asyncio.shield(running)

    async def close(self) -> None:
        """Wait for renewals that Slack was asked for already."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _renewed(self, name: str, stale: str) -> Bot:
        """Renew a token under the vault's lease, or wait for whoever holds it."""
        for _ in range(_GLANCES):
            bot = await self._kept(name)
            if bot.bot_token != stale:
                return bot
            now = self._clock()
            if await self._vault.lease(name, now, now + _LEASE):
                return await self._alone(name, stale)
            await asyncio.sleep(_GLANCE)
        raise TryLater("the token is being renewed elsewhere", _LATER)

    async def _alone(self, name: str, stale: str) -> Bot:
        """Renew a token while the lease is ours, unless somebody did between our looking and our lease."""
        try:
            bot = await self._kept(name)
            if bot.bot_token == stale:
                bot = await self._exchanged(name, bot)
            return bot
        finally:
            with suppress(StoreError):  # the lease ends by itself
                await self._vault.release(name)

    async def _exchanged(self, name: str, bot: Bot) -> Bot:
        try:
            fresh = await self._asked(bot)
        except Gone:
            # A process that slept longer than its lease may have been faster after all.
            newer = await self._kept(name)
            if newer.bot_token == bot.bot_token:
                raise
            return newer
        await self._keep(name, plain(fresh))
        return fresh

    async def _asked(self, bot: Bot) -> Bot:
        """Ask Slack for new tokens."""
        if self._rotator is None:
            raise Gone("its token expires, and SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are not set", installation=True)
        try:
            fresh = await self._rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=_ANYTIME)
        except SlackTokenRotationError as error:
            raise _refusal(error) from error
        except Exception as error:
            raise TryLater(f"Slack can’t be asked for a new token ({type(error).__name__})", _LATER) from error
        if fresh is None:
            raise Gone("Slack gave no token for the bot; install the app again", installation=True)
        return fresh

    async def _kept(self, name: str) -> Bot:
        kept = await self._vault.get(name)
        if kept is None:
            raise Gone("the app is not installed any more; install it again", installation=True)
        return bot_of(kept)

    async def _keep(self, name: str, fresh: Mapping[str, Any]) -> None:
        """Write new tokens down; there is no second chance, so a busy database is asked again."""
        for pause in (*_PAUSES, None):
            try:
                # Whoever uninstalled it meanwhile wants nothing kept.
                return await self._vault.put(name, fresh, self._clock()) if await self._vault.get(name) else None
            except BroadsheetError:
                if pause is None:
                    log.exception("A renewed token could not be kept; the app must be installed again")
                    raise
                await asyncio.sleep(pause)
        return None


def _refusal(error: SlackTokenRotationError) -> SendError:
    said = code(error.api_error)
    if said in _ENDED:
        return Gone("Slack does not renew its token any more; install the app again", installation=True)
    if said in _OPERATOR:
        log.error("Slack turned SLACK_CLIENT_ID and SLACK_CLIENT_SECRET down (%s): no token can be renewed", said)
        return TryLater(f"Slack did not renew the token ({said})", _SETUP)
    refusal = translate(error.api_error, "oauth.v2.access")
    return TryLater(f"Slack did not renew the token ({said or 'no answer'})", getattr(refusal, "after", _LATER))
