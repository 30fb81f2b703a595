"""Request flow: an interaction’s request goes to the command table, its answer or form to the responder."""

from __future__ import annotations

from adapters.discord.context import DiscordContext
from adapters.discord.interactions import form_session, required_tag
from adapters.discord.interactions.responses import Responder
from bot.cards.models import Card, Form
from bot.ports.commands import Answer, Request, find_command


async def answer_request(
    context: DiscordContext, responder: Responder, request: Request, *, as_manager: bool = False
) -> None:
    """Answer *request*; *as_manager* tells that the buttons of the answer may do what managers may.

    Raises `bot.errors.SendError` kinds.
    """
    command = find_command(context.commands.list_commands(), request.command)
    opens_thread = command is not None and command.opens_thread
    if problem := responder.find_permission_problem(request, share=request.share, opens_thread=opens_thread):
        return await responder.send_answer(Answer(Card(text=problem, tone="mistake")), request)
    answer = await context.answer_request(request)
    if isinstance(answer.body, Form):
        await form_session.show_form(context, responder, answer.body, request, as_manager=as_manager)
    else:
        await responder.send_answer(
            await required_tag.add_tag_warning(context, request, answer), request, as_manager=as_manager
        )
    return None
