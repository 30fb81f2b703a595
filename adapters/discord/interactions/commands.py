"""APPLICATION_COMMAND interactions: slash commands, and the message command that looks for papers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from adapters.discord.commands import tree
from adapters.discord.context import DiscordContext
from adapters.discord.interactions import request_flow, requests
from adapters.discord.interactions.responses import Responder
from bot.cards.models import Card
from bot.domain.identifiers import find_arxiv_ids
from bot.i18n.translation import gettext, phrase
from bot.ports.commands import Answer, ParameterType

_MESSAGE_COMMAND: Final = 3
_MAX_PAPERS: Final = 100
"""Papers that are looked for in one message; so many ids fit into a command."""
_TEXT_KEYS: Final = frozenset({"content", "title", "description", "text", "name", "value", "label", "url"})
"""Where words and links stand in a message and its parts."""
_OUTDATED_COMMAND: Final = phrase(
    "This command is from an older version; Discord shows the new ones in a moment. Nothing was changed."
)


async def handle_command(context: DiscordContext, responder: Responder) -> None:
    """Answer a command."""
    interaction = responder.interaction
    data: Any = interaction.data
    if data.get("type") == _MESSAGE_COMMAND:
        return await _handle_message_command(context, responder)
    path = tree.get_command_path(data)
    command = context.tree.commands.get(path)
    if command is None:
        return await responder.send_answer(Answer(Card(text=gettext(_OUTDATED_COMMAND), tone="mistake")))
    setup = path[0] == tree.MANAGERS_COMMAND
    arguments = {**tree.get_arguments(data, command), **context.tree.fixed_arguments.get(path, {})}
    request = requests.build_request(
        interaction, context.clock(), command.name, arguments, target_channel=responder.target_channel, as_manager=setup
    )
    channel_option = tree.find_channel_option(data, command)
    if channel_option:
        request = requests.apply_channel_option(request, interaction, channel_option, as_manager=setup)
        setup = setup and request.person.is_manager
    return await request_flow.answer_request(context, responder, request, as_manager=setup)


async def _handle_message_command(context: DiscordContext, responder: Responder) -> None:
    """Answer a command on a message, of which nothing but the ids of its papers is passed on."""
    data: Any = responder.interaction.data
    command = context.tree.message_commands.get(str(data["name"]))
    if command is None:
        return await responder.send_answer(Answer(Card(text=gettext(_OUTDATED_COMMAND), tone="mistake")))
    message = data["resolved"]["messages"][data["target_id"]]
    arxiv_ids = find_arxiv_ids(" ".join(_extract_texts(message)))[:_MAX_PAPERS]
    papers = command.find_parameter(ParameterType.PAPERS)
    request = requests.build_request(
        responder.interaction,
        context.clock(),
        command.name,
        {papers.name: " ".join(arxiv_ids)} if papers else {},
        target_channel=responder.target_channel,
    )
    return await request_flow.answer_request(context, responder, request)


def _extract_texts(part: Any, name: str = "") -> Iterator[str]:
    """Yield what a message says, wherever Discord keeps it: in itself, its embeds, its components, what it forwards.

    https://docs.discord.com/developers/resources/message#message-object
    """
    if isinstance(part, str):
        yield from (part,) * (name in _TEXT_KEYS)
    elif isinstance(part, list):
        for each in part:
            yield from _extract_texts(each, name)
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from _extract_texts(each, str(key))
