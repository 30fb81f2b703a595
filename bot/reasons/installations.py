"""Reasons why no channel of a workspace gets messages: the app was uninstalled, a token revoked, a scope missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase

WORKSPACE_UNAVAILABLE: Final = "workspace.unavailable"
"""Every channel of the workspace is silent, because of a value ``why``; it goes on where the app is installed again."""

INSTALLATION_SENTENCES: Final[Mapping[str, str]] = {
    WORKSPACE_UNAVAILABLE: phrase("Broadsheet has no access to this workspace ({why})"),
    "installation.access_not_granted": phrase("the organization has not given the app this workspace"),
    "installation.access_revoked": phrase("its organization took it away"),
    "installation.account_inactive": phrase(
        "the bot’s account or its workspace was deactivated; install the app again"
    ),
    "installation.app_removed": phrase("the app was removed from the workspace; install it again to go on"),
    "installation.app_restricted": phrase("the workspace’s administrators have restricted the app"),
    "installation.gone": phrase("the app is not installed any more; install it again"),
    "installation.login_required": phrase(
        "the workspace is being moved to an organization; install the app again when that is done"
    ),
    "installation.missing": phrase("the app is not installed there; install it to go on"),
    "installation.not_installed": phrase("the app is not installed in the workspace"),
    "installation.organization_restricted": phrase("the organization does not let the app do this"),
    "installation.removed": phrase("it was removed from the server"),
    "installation.scope_missing": phrase("the app lacks the permission “{scope}”; install it again to grant it"),
    "installation.scopes_missing": phrase("the app lacks the permission; install it again to grant it"),
    "installation.server_left": phrase("Broadsheet was removed from the server"),
    "installation.token_expired": phrase("the bot’s token has expired and could not be renewed; install the app again"),
    "installation.token_kind": phrase("the token is of the wrong kind; a bot’s token starts with xoxb-"),
    "installation.token_revoked": phrase("its token was revoked"),
    "installation.token_unknown": phrase("no token is known for the workspace; install the app again"),
    "installation.two_factor_required": phrase("the bot’s account must set up two-factor authentication first"),
    "installation.uninstalled": phrase("it was uninstalled"),
}
