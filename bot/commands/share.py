"""The Share button: an answer posted for everybody, signed by its asker, once, and within a limit for each person."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.cards.models import Card
from bot.commands.answers import build_text_answer
from bot.commands.context import CommandContext, format_channel
from bot.commands.rate_limit import RateLimit
from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DeliveryKey, DeliveryState
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.formatting import format_command
from bot.i18n.translation import gettext, ngettext, use_language
from bot.ports.chat import Delivery
from bot.ports.commands import Answer, Command, Request
from bot.ports.deliveries import Draft

MAX_SHARES: Final = 5
SHARE_WINDOW: Final = timedelta(minutes=10)
"""The span within which one person may share `MAX_SHARES` answers in one channel."""
_DELIVERY_KIND: Final = "share"
_MAX_QUERY: Final = 80
_MAX_RETRIES: Final = 10
"""How often an answer may be shared again that did not get through."""


def build_share_limit() -> RateLimit:
    """Return how often one person may share in one channel."""
    return RateLimit(MAX_SHARES, SHARE_WINDOW)


async def share_answer(
    context: CommandContext, limit: RateLimit, command: Command, request: Request, values: Mapping[str, Any]
) -> Answer:
    """Post a command's answer to the channel; it runs dry, so that what is not shareable has no effect either.

    Raises `bot.errors.Mistake` where there is nobody to share with, nothing to share, or too much was shared.
    """
    if request.channel.kind is ChannelKind.DIRECT:
        raise Mistake(gettext("There is nobody to share with in a direct message."))
    destination = request.thread or request.channel
    key, earlier = await _find_earlier_share(context, _build_key(command, request, destination))
    if earlier:
        return _answer_shared_already(earlier, destination)
    card = await _build_shared_card(context, command, request, values)
    _check_limit(limit, request, destination)
    if not await context.stores.ledger.add([Draft(key, card)], request.now):
        return _answer_shared_already(await context.stores.ledger.find_by_key(key), destination)
    return build_text_answer(gettext("It is on its way to {place}.", place=format_channel(destination)))


async def _find_earlier_share(context: CommandContext, key: DeliveryKey) -> tuple[DeliveryKey, Delivery | None]:
    """Return under which key an answer may be shared, and its message where it was; one that died does not count."""
    earlier = await context.stores.ledger.find_by_key(key)
    while earlier and earlier.state is DeliveryState.DEAD and key.part < _MAX_RETRIES:
        key = replace(key, part=key.part + 1)
        earlier = await context.stores.ledger.find_by_key(key)
    return key, earlier


async def _build_shared_card(
    context: CommandContext, command: Command, request: Request, values: Mapping[str, Any]
) -> Card:
    """Return an answer for everybody, in the language of the channel."""
    channel_state = await context.load_channel_state(request)
    with use_language(channel_state.preferences.language):
        answer = await command.answer(replace(request, dry_run=True), **values)
        if answer.shareable and isinstance(answer.body, Card):
            return _add_signature(answer.body, answer.query, command, request)
    name = format_command(command.name)
    raise Mistake(gettext("The answer of “{name}” is for you alone and can’t be shared.", name=name))


def _check_limit(limit: RateLimit, request: Request, destination: Channel) -> None:
    """Raise a mistake when a person shares more in a channel than *limit*."""
    if wait := limit.take(f"{destination.key}:{request.person.id}", request.now):
        sentence = ngettext(
            "You shared {most} answers in {place} just now; wait {n} minute, then share again.",
            "You shared {most} answers in {place} just now; wait {n} minutes, then share again.",
            math.ceil(wait / timedelta(minutes=1)),
            most=limit.most,
            place=format_channel(destination),
        )
        raise Mistake(sentence)


def _build_key(command: Command, request: Request, destination: Channel) -> DeliveryKey:
    """Return the key of a shared answer: of its private message, and of what was turned to in it.

    Keys are kept for good, so that nothing of what was searched for may be in them: it is the same in one message.
    """
    if not request.answer_id:
        return DeliveryKey(destination, _DELIVERY_KIND, request.id)
    typed = {parameter.name for parameter in command.parameters if parameter.takes_rest}
    turned = sorted((name, text) for name, text in request.arguments.items() if name not in typed)
    digest = hashlib.sha256(json.dumps([command.name, turned]).encode()).hexdigest()[:16]
    return DeliveryKey(destination, _DELIVERY_KIND, f"{request.answer_id}:{digest}")


def _answer_shared_already(earlier: Delivery | None, destination: Channel) -> Answer:
    """Say that an answer is shared once."""
    place = format_channel(destination)
    if earlier and earlier.state is DeliveryState.SENT:
        return build_text_answer(gettext("You shared this in {place} already; it is not posted again.", place=place))
    return build_text_answer(gettext("This is on its way to {place} already; it is posted once.", place=place))


def _add_signature(card: Card, query: str, command: Command, request: Request) -> Card:
    """Return an answer signed by its asker, without the buttons that would turn one person's pages.

    What they typed stands in the small print behind their name: nobody speaks in the bot's voice.
    """
    who = request.person.name or gettext("a member")
    card = replace(card, actions=tuple(action for action in card.actions if action.command != command.name))
    if not query:
        return replace(card, footer=(*card.footer, gettext("Shared by {who}.", who=who)))
    quoted_query = f"{command.name}: {formatting.shorten(query, _MAX_QUERY)}"
    return replace(card, folio=(gettext("Shared by {who}", who=who), quoted_query, *card.folio))
