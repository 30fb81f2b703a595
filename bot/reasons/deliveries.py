"""Reasons why a message was not sent, or why nobody knows whether it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase, plural_phrase

INTERRUPTED: Final = "delivery.interrupted"

DELIVERY_SENTENCES: Final[Mapping[str, str | tuple[str, str]]] = {
    "card.not_rendered": phrase("The card can’t be drawn: {error}"),
    "circuit.held": phrase("Messages to {platform} wait since {since}: {reason}."),
    "circuit.silent": phrase("{platform} has given no answer since {since}; messages wait and go out when it does."),
    "connection.lost": phrase("the connection broke ({error})"),
    "database.unusable": phrase("The database can’t be used: {why}"),
    "delivery.given_up": phrase("given up after {attempts}: {why}"),
    "delivery.expired": plural_phrase(
        "it could not be posted within {n} hour: {why}", "it could not be posted within {n} hours: {why}"
    ),
    INTERRUPTED: phrase("Broadsheet was stopped while it was being sent"),
    "delivery.not_tried": phrase("its turn did not come"),
    "delivery.given_up_after_a_day": phrase("{why}; given up after a day."),
    "delivery.no_adapter": phrase("no adapter runs for this platform"),
    "delivery.not_found": phrase("it was not there"),
    "delivery.partly_sent": phrase("It stopped after {number} of its parts: {why}"),
    "delivery.unknown_not_resent": phrase("its fate is unknown; not sent again"),
    "delivery.unknown_resent": phrase("its fate is unknown; sent again"),
    "history.closed": phrase("The history is closed to Broadsheet."),
    "history.forum_closed": phrase("The forum’s history is closed to Broadsheet."),
    "history.too_many_messages": phrase("Too much was said since."),
    "history.too_many_posts": phrase("Too many posts were put away since."),
    "history.unreadable": phrase("The history can’t be read: {why}"),
    "lookup.timed_out": phrase("The look-up took longer than {seconds} seconds."),
    "message.gone": phrase("The message is gone."),
    "message.no_parent": phrase("The message that it belongs to has no id."),
    "platform.busy": phrase("{platform} can’t do this now ({error})"),
    "platform.failed": phrase("it failed (HTTP {status})"),
    "platform.gave_no_answer": phrase("{platform} gave no answer: {why}"),
    "platform.maybe_done": phrase("{platform} may or may not have done this: {why}"),
    "platform.not_allowed": phrase("{platform} does not allow this any more ({error})"),
    "platform.rate_limited": phrase("{platform} asks for a pause"),
    "platform.refused": phrase("{platform} refuses the request ({error})"),
    "platform.refused_details": phrase("{platform} refuses the request ({error}): {details}"),
    "platform.request_incomplete": phrase("The request is incomplete: {error}"),
    "platform.said": phrase("it said “{error}”"),
    "platform.unreachable": phrase("{platform} can’t be reached"),
    "platform.unreadable_answer": phrase("its answer can’t be read (HTTP {status})"),
    "post.not_looked_up": phrase("What was posted can’t be looked up: {why}"),
    "thread.closed": phrase("The thread takes nothing any more: {why}"),
    "thread.permissions_missing": phrase(
        "Threads there need the permissions Create Public Threads and Send Messages in Threads: {why}"
    ),
    "token.renewed_elsewhere": phrase("the token is being renewed elsewhere"),
    "token.unreadable": phrase("The token can’t be read: {why}"),
    "web.message_gone": phrase("The message that is to be edited is not on the board."),
    "web.unreadable": phrase("The board can't be read: {why}"),
    "web.unwritable": phrase("The board can't be written: {why}"),
}
