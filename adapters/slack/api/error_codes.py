"""Slack Web API error codes (`"ok": false`): groups by what they cost, with the reasons that are recorded.

The codes are those of the methods that we call (https://docs.slack.dev/reference/methods); the grouping is ours. No
code is in two groups.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from bot.reasons.reason import Reason


def _split_codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


CHANNEL_ERRORS: Final[Mapping[str, Reason]] = {
    "access_denied": Reason("channel.no_bot"),
    "cannot_dm_bot": Reason("person.bot"),
    "channel_is_limited_access": Reason("channel.limited_access"),
    "channel_not_found": Reason("channel.deleted_or_bot_absent"),
    "ekm_access_denied": Reason("workspace.posting_suspended"),
    "invalid_user_combination": Reason("person.other_organization"),
    "is_archived": Reason("channel.archived"),
    "messages_tab_disabled": Reason("person.direct_messages_off"),
    "method_not_supported_for_channel_type": Reason("channel.no_app_messages"),
    "no_permission": Reason("channel.no_permission"),
    "not_in_channel": Reason("channel.bot_absent"),
    "restricted_action": Reason("channel.no_apps"),
    "restricted_action_read_only_channel": Reason("channel.read_only"),
    "restricted_action_thread_only_channel": Reason("channel.threads_only"),
    "team_not_found": Reason("channel.workspace_gone"),
    "user_disabled": Reason("person.deactivated"),
    "user_not_found": Reason("person.unknown"),
    "user_not_in_channel": Reason("person.not_in_channel"),
    "user_not_visible": Reason("person.hidden"),
}
"""The channel takes nothing any more, and why."""

MISSING_SCOPE: Final = "missing_scope"

INSTALLATION_ERRORS: Final[Mapping[str, Reason]] = {
    "account_inactive": Reason("installation.account_inactive"),
    "app_access_restricted": Reason("installation.app_restricted"),
    "app_not_installed": Reason("installation.not_installed"),
    "enterprise_is_restricted": Reason("installation.organization_restricted"),
    "invalid_auth": Reason("installation.token_invalid"),
    MISSING_SCOPE: Reason("installation.scopes_missing"),
    "not_allowed_token_type": Reason("installation.token_kind"),
    "not_authed": Reason("installation.token_unknown"),
    "org_login_required": Reason("installation.login_required"),
    "team_access_not_granted": Reason("installation.access_not_granted"),
    "token_expired": Reason("installation.token_expired"),
    "token_revoked": Reason("installation.app_removed"),
    "two_factor_setup_required": Reason("installation.two_factor_required"),
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
