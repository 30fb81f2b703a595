"""Reasons whose sentence names Slack; no other chat gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase

SLACK_SENTENCES: Final[Mapping[str, str]] = {
    "installation.other_workspace": phrase("SLACK_BOT_TOKEN is another workspace’s"),
    "installation.token_invalid": phrase("Slack does not accept the bot’s token; install the app again"),
    "installation.token_not_given": phrase("Slack gave no token for the bot; install the app again"),
    "installation.token_not_renewable": phrase(
        "its token expires, and SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are not set"
    ),
    "installation.token_not_renewed": phrase("Slack does not renew its token any more; install the app again"),
    "installation.token_refused": phrase("Slack turned SLACK_BOT_TOKEN down"),
    "person.unknown": phrase("Slack does not know the person"),
    "platform.limits_full": phrase("Slack’s limits leave no room now"),
    "platform.unknown_code": phrase("Slack said “{error}”, which has no meaning here yet"),
    "token.not_asked": phrase("Slack can’t be asked for a new token ({error})"),
    "token.not_renewed": phrase("Slack did not renew the token ({error})"),
}
