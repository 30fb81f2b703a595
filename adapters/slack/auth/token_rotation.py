"""Token rotation (oauth.v2.access with refresh tokens): expiring bot tokens are exchanged once, under a lease."""

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

from adapters.slack.api.errors import get_error_code, translate_error
from adapters.slack.auth.installation_record import decode_bot, encode_bot
from bot.errors import BroadsheetError, Gone, SendError, StoreError, TryLater
from bot.ports.secrets import Vault
from bot.reasons.reason import Reason

ROTATE_BEFORE_EXPIRY: Final = timedelta(hours=2)
"""Before its end a token is renewed so early; Slack's live for twelve hours
(https://docs.slack.dev/authentication/using-token-rotation)."""
_ALWAYS_MINUTES: Final = 60 * 24 * 365
"""Minutes; for slack_sdk's rotator, which asks for itself whether it is time."""
_LEASE_DURATION: Final = timedelta(seconds=60)
_LEASE_CHECKS, _LEASE_CHECK_SECONDS = 50, 0.1
_SAVE_RETRY_SECONDS: Final = (0.2, 1.0)
_RETRY_SECONDS, _CREDENTIALS_RETRY_SECONDS = 10.0, 300.0
_TOKEN_ENDED_ERRORS: Final = frozenset({"account_inactive", "invalid_grant", "invalid_refresh_token", "token_revoked"})
_CREDENTIAL_ERRORS: Final = frozenset({"bad_client_secret", "invalid_client_id"})

log = logging.getLogger(__name__)


class TokenRotation:
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
        self._running_rotations: dict[tuple[str, str], asyncio.Task[Bot]] = {}

    def is_due(self, bot: Bot) -> bool:
        """Tell whether a token ends soon."""
        expires_at = bot.bot_token_expires_at
        return expires_at is not None and expires_at <= (self._clock() + ROTATE_BEFORE_EXPIRY).timestamp()

    async def rotate_token(self, name: str, stale_token: str) -> Bot:
        """Return the installation *name* of the vault with another token than *stale_token*.

        Raises `bot.errors.Gone` with ``installation`` set when Slack renews it no more, `bot.errors.TryLater` when it
        can't be asked now. Whoever stops waiting does not stop the renewal.
        """
        rotation = self._running_rotations.get((name, stale_token))
        if rotation is None:
            rotation = asyncio.create_task(self._rotate_or_wait(name, stale_token))
            self._running_rotations[name, stale_token] = rotation
            rotation.add_done_callback(lambda _: self._running_rotations.pop((name, stale_token)))
        return await asyncio.shield(rotation)

    async def close(self) -> None:
        """Wait for renewals that Slack was asked for already."""
        await asyncio.gather(*self._running_rotations.values(), return_exceptions=True)

    async def _rotate_or_wait(self, name: str, stale_token: str) -> Bot:
        """Renew a token under the vault's lease, or wait for whoever holds it."""
        for _ in range(_LEASE_CHECKS):
            bot = await self._load_bot(name)
            if bot.bot_token != stale_token:
                return bot
            now = self._clock()
            if await self._vault.acquire_lease(name, now, now + _LEASE_DURATION):
                return await self._rotate_with_lease(name, stale_token)
            await asyncio.sleep(_LEASE_CHECK_SECONDS)
        raise TryLater(Reason("token.renewed_elsewhere"), _RETRY_SECONDS)

    async def _rotate_with_lease(self, name: str, stale_token: str) -> Bot:
        """Renew a token while the lease is ours, unless somebody did between our looking and our lease."""
        try:
            bot = await self._load_bot(name)
            if bot.bot_token == stale_token:
                bot = await self._exchange_token(name, bot)
            return bot
        finally:
            with suppress(StoreError):  # the lease ends by itself
                await self._vault.release_lease(name)

    async def _exchange_token(self, name: str, bot: Bot) -> Bot:
        try:
            new_bot = await self._request_token(bot)
        except Gone:
            # A process that slept longer than its lease may have been faster after all.
            stored_bot = await self._load_bot(name)
            if stored_bot.bot_token == bot.bot_token:
                raise
            return stored_bot
        await self._save_bot(name, encode_bot(new_bot))
        return new_bot

    async def _request_token(self, bot: Bot) -> Bot:
        """Ask Slack for new tokens."""
        if self._rotator is None:
            raise Gone(Reason("installation.token_not_renewable"), installation=True)
        try:
            new_bot = await self._rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=_ALWAYS_MINUTES)
        except SlackTokenRotationError as error:
            raise _translate_rotation_error(error) from error
        except Exception as error:
            why = Reason("token.not_asked", error=type(error).__name__)
            raise TryLater(why, _RETRY_SECONDS) from error
        if new_bot is None:
            raise Gone(Reason("installation.token_not_given"), installation=True)
        return new_bot

    async def _load_bot(self, name: str) -> Bot:
        record = await self._vault.get(name)
        if record is None:
            raise Gone(Reason("installation.gone"), installation=True)
        return decode_bot(record)

    async def _save_bot(self, name: str, record: Mapping[str, Any]) -> None:
        """Write new tokens down; there is no second chance, so a busy database is asked again."""
        for pause in (*_SAVE_RETRY_SECONDS, None):
            try:
                # Whoever uninstalled it meanwhile wants nothing kept.
                return await self._vault.put(name, record, self._clock()) if await self._vault.get(name) else None
            except BroadsheetError:
                if pause is None:
                    log.exception("A renewed token could not be kept; the app must be installed again")
                    raise
                await asyncio.sleep(pause)
        return None


def _translate_rotation_error(error: SlackTokenRotationError) -> SendError:
    error_code = get_error_code(error.api_error)
    if error_code in _TOKEN_ENDED_ERRORS:
        return Gone(Reason("installation.token_not_renewed"), installation=True)
    if error_code in _CREDENTIAL_ERRORS:
        log.error("Slack turned SLACK_CLIENT_ID and SLACK_CLIENT_SECRET down (%s): no token can be renewed", error_code)
        return TryLater(Reason("token.not_renewed", error=error_code), _CREDENTIALS_RETRY_SECONDS)
    translated = translate_error(error.api_error, "oauth.v2.access")
    return TryLater(
        Reason("token.not_renewed", error=error_code or "no answer"),
        getattr(translated, "retry_after", _RETRY_SECONDS),
    )
