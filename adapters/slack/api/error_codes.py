"""Slack Web API error codes (`"ok": false`): groups by what they cost, with the reasons that people read.

The codes are those of the methods that we call (https://docs.slack.dev/reference/methods); the grouping is ours. No
code is in two groups.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from bot.i18n.translation import phrase


def _split_codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


CHANNEL_ERRORS: Final[Mapping[str, str]] = {
    "access_denied": phrase("the workspace does not let the bot post there"),
    "cannot_dm_bot": phrase("a bot can’t be written to"),
    "channel_is_limited_access": phrase("only some people may post there, and the bot is not one of them"),
    "channel_not_found": phrase("the channel was deleted, or the bot is not in it; invite it to go on"),
    "ekm_access_denied": phrase("the workspace’s administrators have suspended posting"),
    "invalid_user_combination": phrase("the person belongs to an organization that shares no channel with the bot"),
    "is_archived": phrase("the channel was archived"),
    "messages_tab_disabled": phrase("the app’s Messages tab is switched off, so the bot can’t write to people"),
    "method_not_supported_for_channel_type": phrase("this kind of conversation takes no messages from apps"),
    "no_permission": phrase("the bot may not post there; invite it to go on"),
    "not_in_channel": phrase("the bot is not in the channel; invite it to go on"),
    "restricted_action": phrase("the workspace does not let apps post there"),
    "restricted_action_read_only_channel": phrase("the channel is read-only"),
    "restricted_action_thread_only_channel": phrase("the channel takes replies in threads only"),
    "team_not_found": phrase("the channel’s workspace is gone"),
    "user_disabled": phrase("the person’s account was deactivated"),
    "user_not_found": phrase("Slack does not know the person"),
    "user_not_in_channel": phrase("the person is not in the channel"),
    "user_not_visible": phrase("the bot may not see the person"),
}
"""The channel takes nothing any more: why, as people read it."""

INSTALLATION_ERRORS: Final[Mapping[str, str]] = {
    "account_inactive": phrase("the bot’s account or its workspace was deactivated; install the app again"),
    "app_access_restricted": phrase("the workspace’s administrators have restricted the app"),
    "app_not_installed": phrase("the app is not installed in the workspace"),
    "enterprise_is_restricted": phrase("the organization does not let the app do this"),
    "invalid_auth": phrase("Slack does not accept the bot’s token; install the app again"),
    "missing_scope": phrase("the app lacks a permission; install it again to grant it"),
    "not_allowed_token_type": phrase("the token is of the wrong kind; a bot’s token starts with xoxb-"),
    "not_authed": phrase("no token is known for the workspace; install the app again"),
    "org_login_required": phrase(
        "the workspace is being moved to an organization; install the app again when that is done"
    ),
    "team_access_not_granted": phrase("the organization has not given the app this workspace"),
    "token_expired": phrase("the bot’s token has expired and could not be renewed; install the app again"),
    "token_revoked": phrase("the app was removed from the workspace; install it again to go on"),
    "two_factor_setup_required": phrase("the bot’s account must set up two-factor authentication first"),
}
"""No channel of the workspace takes anything any more."""

STALE_TOKEN_ERRORS: Final = _split_codes("invalid_auth token_expired")
"""Of those, the ones that a fresh token may mend; a subset, not a group."""

TRANSIENT_ERRORS: Final = _split_codes(
    """
    accesslimited external_channel_migrating message_limit_exceeded rate_limited ratelimited streaming_state_conflict
    team_added_to_org
    """
)
"""Nothing was done; the same request works later."""

AMBIGUOUS_ERRORS: Final = _split_codes("fatal_error internal_error request_timeout service_unavailable update_failed")
"""Something may have been done all the same."""

MESSAGE_ERRORS: Final = _split_codes(
    """
    block_mismatch cannot_find_channel cannot_find_message cannot_find_service cannot_unfurl_message cannot_unfurl_url
    cant_broadcast_message cant_delete_message cant_update_message edit_window_closed exchanged_trigger_id
    expired_trigger_id hash_conflict invalid_trigger_id is_inactive message_not_found no_such_subteam not_found
    restricted_action_non_threadable_channel restricted_action_thread_locked thread_not_found trigger_exchanged
    trigger_expired view_not_found
    """
)
"""What this message edits, answers or belongs to is closed or gone; the channel is as good as before."""

REQUEST_ERRORS: Final = _split_codes(
    """
    as_user_not_supported attachment_payload_limit_exceeded cannot_parse_attachment deprecated_endpoint
    duplicate_channel_not_found duplicate_external_id duplicate_message_not_found invalid_arg_name invalid_arguments
    invalid_array_arg invalid_attachments invalid_blocks invalid_blocks_format invalid_charset invalid_cursor
    invalid_form_data invalid_json invalid_limit invalid_metadata_format invalid_metadata_schema invalid_post_type
    invalid_thread_ts invalid_ts_latest invalid_ts_oldest invalid_types json_not_object markdown_text_conflict
    metadata_must_be_sent_from_app metadata_too_large method_deprecated missing_argument missing_post_type
    missing_unfurls msg_blocks_too_long msg_too_long no_dual_broadcast_content_update no_text not_enough_users
    push_limit_reached too_many_attachments too_many_users unknown_method users_list_not_supplied view_too_large
    """
)
"""The request itself is wrong."""

ERROR_GROUPS: Final[Mapping[str, Collection[str]]] = {
    "channel": CHANNEL_ERRORS,
    "installation": INSTALLATION_ERRORS,
    "later": TRANSIENT_ERRORS,
    "doubtful": AMBIGUOUS_ERRORS,
    "message": MESSAGE_ERRORS,
    "ours": REQUEST_ERRORS,
}
