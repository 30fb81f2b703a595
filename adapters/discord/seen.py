"""A card as Discord would show it, for those who look from elsewhere."""

from __future__ import annotations

import json

from adapters.discord.drawing import draw
from adapters.discord.layout import Native
from adapters.discord.look import STYLE
from adapters.discord.render import command, messages
from bot.cards import Card
from bot.ports.drawings import Drawing


def see(card: Card, *, pictures: bool = False, native: Native = command) -> Drawing:
    """Return the drawing of *card* with the body of its request, or of each where it takes several messages.

    https://docs.discord.com/developers/resources/message#create-message; a delivery adds its nonce and its key.
    """
    payloads = [each.payload for each in messages(card, pictures=pictures, native=native)]
    source = payloads[0] if len(payloads) == 1 else payloads
    return Drawing(draw(payloads), json.dumps(source, indent=2, ensure_ascii=False), STYLE)
