"""Platform checks for `doctor`: asks every platform that is set up, and looks for notices that nobody could be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.bootstrap.platforms import Platforms
from bot.bootstrap.services import build_services
from bot.config import Settings
from bot.delivery import pending_notices
from bot.delivery.operator_notices import parse_operator_channel
from bot.domain.channels import ChannelKind
from bot.ports.channels import ChannelState
from bot.ports.platforms import CheckContext, CheckResult
from bot.ports.stores import Stores
from bot.reasons.installations import WORKSPACE_UNAVAILABLE


async def check_platforms(
    platforms: Platforms, settings: Settings, stores: Stores | None, *, running: bool
) -> Sequence[CheckResult]:
    """Ask every platform that the settings name about its tokens and channels; without *stores* there are none.

    *running* tells that a bot runs. Raises `bot.errors.BroadsheetError` kinds when the stores can't be read.
    """
    results = list[CheckResult]()
    for platform in platforms:
        if platform.is_configured(settings):
            check_context = CheckContext(
                await _load_digest_channels(stores, platform.name),
                build_services(settings, stores, {}) if stores else None,
                is_bot_running=running,
                has_public_listener=settings.port is not None,
                public_url=settings.public_url,
            )
            results += label_results(platform.name, await platform.check_platform(settings, check_context))
    if stores is None:
        return results
    notices = label_results("notices", await _check_pending_notices(platforms, stores))
    return [
        *results,
        *notices,
        *label_results("operator_channel", await _check_operator_channel(platforms, settings, stores)),
    ]


def label_results(name: str, results: Sequence[CheckResult]) -> list[CheckResult]:
    """Return results as those of a group."""
    return [replace(result, name=name) for result in results]


async def _check_operator_channel(platforms: Platforms, settings: Settings, stores: Stores) -> Sequence[CheckResult]:
    """Look whether the channel that is told of trouble can be told."""
    if not settings.operator_channel:
        return []
    channel = parse_operator_channel(settings.operator_channel)
    off = [each.label for each in platforms if each.name == channel.platform and not each.is_configured(settings)]
    channel_state = await stores.channels.get(channel)
    if off:
        message = f"OPERATOR_CHANNEL is on {off[0]}, which is not set up. Give it its token, or name another channel."
    elif channel_state and channel_state.retired_reason:
        why = str(channel_state.retired_reason).rstrip(".")
        message = f"OPERATOR_CHANNEL takes no messages: {why}. Invite the bot again, or name another channel."
    else:
        return [CheckResult(ok=True, message="OPERATOR_CHANNEL is told of trouble.")]
    return [CheckResult(ok=False, message=message)]


async def _check_pending_notices(platforms: Platforms, stores: Stores) -> Sequence[CheckResult]:
    """Return what nobody could be told."""
    results = list[CheckResult]()
    for workspace in [
        workspace for platform in platforms for workspace in await stores.workspaces.list_for_platform(platform.name)
    ]:
        notices = await pending_notices.list_pending(stores.key_values, workspace.platform, workspace.id)
        name = workspace.name or workspace.id
        results += [
            CheckResult(ok=False, message=f"Nobody who manages {name} can be told: {notice}")
            for notice in notices.values()
        ]
    return results


async def _load_digest_channels(stores: Stores | None, platform: str) -> Sequence[ChannelState]:
    """Return the channels of a platform that should have a digest, but those of workspaces that took the bot away."""
    states = await stores.channels.list_enabled(include_retired=True) if stores else ()
    return [
        state
        for state in states
        if state.channel.platform == platform
        and state.channel.kind is not ChannelKind.DIRECT
        and state.retired_code != WORKSPACE_UNAVAILABLE
    ]
