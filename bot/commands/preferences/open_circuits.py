"""Open circuits as commands tell them: that messages to a channel wait, since when, and why."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import CommandContext
from bot.domain.channels import Channel
from bot.i18n.formatting import format_moment
from bot.ports.channels import ChannelState
from bot.ports.deliveries import Circuit
from bot.ports.features import PlatformFeatures
from bot.reasons.reason import Reason, format_reason


async def describe_open_circuit(context: CommandContext, channel_state: ChannelState) -> str:
    """Say why messages to a channel wait, where its platform or workspace is left alone; "" where it is not."""
    circuit = _find_circuit(await context.stores.circuits.list_open(), channel_state.channel)
    if circuit is None:
        return ""
    platform = context.platforms.get(circuit.platform, PlatformFeatures(circuit.platform)).label
    since = format_moment(circuit.opened, channel_state.preferences.schedule.timezone)
    if circuit.is_held and circuit.reason:
        return format_reason(Reason("circuit.held", platform=platform, since=since, reason=circuit.reason))
    return format_reason(Reason("circuit.silent", platform=platform, since=since))


def _find_circuit(circuits: Sequence[Circuit], channel: Channel) -> Circuit | None:
    """Return the circuit of a channel's workspace, or of its whole platform; the one that opened first."""
    mine = [
        each for each in circuits if each.platform == channel.platform and each.workspace in ("", channel.workspace)
    ]
    return min(mine, key=lambda each: each.opened, default=None)
