"""Reasons why a channel, a thread or a person gets no messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase

CHANNEL_DELETED: Final = "channel.deleted"
"""Nothing brings such a channel back."""
CHANNEL_REFUSED: Final = "channel.refused"
"""The platform refuses what is posted there with a code that no group knows."""

CHANNEL_SENTENCES: Final[Mapping[str, str]] = {
    "channel.archived": phrase("the channel was archived"),
    "channel.bot_absent": phrase("the bot is not in the channel; invite it to go on"),
    "channel.bot_removed": phrase("Broadsheet was removed from the channel"),
    CHANNEL_DELETED: phrase("the channel was deleted"),
    "channel.deleted_or_bot_absent": phrase("the channel was deleted, or the bot is not in it; invite it to go on"),
    "channel.deleted_or_hidden": phrase("the channel was deleted, or Broadsheet does not see it any more"),
    "channel.hidden": phrase("Broadsheet does not see the channel; give it the permission View Channel"),
    "channel.limited_access": phrase("only some people may post there, and the bot is not one of them"),
    "channel.no_app_messages": phrase("this kind of conversation takes no messages from apps"),
    "channel.no_apps": phrase("the workspace does not let apps post there"),
    "channel.no_bot": phrase("the workspace does not let the bot post there"),
    "channel.no_messages": phrase("this kind of channel takes no messages"),
    "channel.no_permission": phrase("the bot may not post there; invite it to go on"),
    "channel.permission_missing": phrase(
        "Broadsheet may not post there; “doctor” and “status” name the permission that it lacks"
    ),
    "channel.read_only": phrase("the channel is read-only"),
    "channel.tag_required": phrase("the forum asks for a tag on every post; make one there that is named “Papers”"),
    "channel.threads_only": phrase("the channel takes replies in threads only"),
    "channel.workspace_gone": phrase("the channel’s workspace is gone"),
    "person.bot": phrase("a bot can’t be written to"),
    "person.deactivated": phrase("the person’s account was deactivated"),
    "person.direct_messages_closed": phrase("direct messages are closed"),
    "person.direct_messages_off": phrase("the app’s Messages tab is switched off, so the bot can’t write to people"),
    "person.forgotten": phrase("forgotten"),
    "person.hidden": phrase("the bot may not see the person"),
    "person.no_shared_server": phrase("no server is shared with Broadsheet any more"),
    "person.not_in_channel": phrase("the person is not in the channel"),
    "person.not_in_server": phrase("This person is not in the server"),
    "person.other_organization": phrase("the person belongs to an organization that shares no channel with the bot"),
    "thread.archived": phrase("the thread is archived and can’t be opened by Broadsheet"),
    "thread.locked": phrase("the thread is locked"),
    "workspace.posting_suspended": phrase("the workspace’s administrators have suspended posting"),
}
