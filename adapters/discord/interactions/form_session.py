"""Forms in use: a panel of components and modal submits, kept by token, saved or cancelled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from adapters.discord.context import DiscordContext
from adapters.discord.forms import panel
from adapters.discord.forms.state import FormCustomId, FormState, parse_custom_id, unpack_state
from adapters.discord.interactions import requests
from adapters.discord.interactions.responses import Responder
from adapters.discord.interactions.target_channel import retarget_request
from adapters.discord.rendering.custom_id import compute_token
from bot.cards.models import Card, Form
from bot.errors import Malformed
from bot.i18n.translation import gettext, phrase
from bot.ports.commands import Answer, Placement, Request

_EXPIRED_FORM: Final = phrase("This panel is too old. Nothing was changed; ask for a new one.")
_CANCELLED: Final = phrase("Nothing was changed.")


async def show_form(
    context: DiscordContext, responder: Responder, form: Form, request: Request, *, as_manager: bool = False
) -> None:
    """Show a form; one that begins with something to type begins with its modal.

    Raises `bot.errors.SendError` kinds.
    """
    state = FormState(form.command, manager=as_manager, channel=responder.get_other_channel_id(request))
    if not (panel.starts_with_modal(form) and await _open_modal(context, responder, form, state, 0)):
        await responder.send_message(panel.render_panel(form, state))


async def handle_form_input(context: DiscordContext, responder: Responder) -> None:
    """Go on with a panel in which something was pressed, chosen or typed.

    Changes of one panel must come here one after another. Raises `bot.errors.SendError` kinds.
    """
    part_and_state = await _load_form_state(context, responder)
    if part_and_state is None:
        return await _close_form(responder, Answer(Card(text=gettext(_EXPIRED_FORM), tone="mistake")))
    part, state = part_and_state
    if part.action == "cancel":
        return await _close_form(responder, Answer(Card(text=gettext(_CANCELLED))))
    if part.action == "save":
        return await _show_result(
            context, responder, state, await _run_command(context, responder, state, dry_run=False)
        )
    data: Any = responder.interaction.data
    after = replace(state.apply_input(part, data), revision=state.revision + 1)
    answer = await _run_command(context, responder, after, dry_run=True)
    if not isinstance(answer.body, Form):
        return await _show_mistakes(context, responder, state, after, answer)
    if responder.is_ephemeral:
        await context.button_payloads.save_payloads(
            {_build_state_token(responder, after.revision): after.pack()}, context.clock()
        )
    typing = part.action == "type" and part.target.isdecimal()
    if not (typing and await _open_modal(context, responder, answer.body, after, int(part.target))):
        await _show_result(context, responder, after, answer)
    return None


async def _load_form_state(context: DiscordContext, responder: Responder) -> tuple[FormCustomId, FormState] | None:
    """Return what was pressed and what the panel was told so far, or None when that is not kept any more."""
    data: Any = responder.interaction.data
    part = parse_custom_id(data["custom_id"])
    state = await _load_state(context, part.token) if part else None
    if part is None or state is None:
        return None
    trusted = requests.has_manager_rights(responder.interaction)
    return part, await _load_latest_state(context, responder, replace(state, manager=state.manager and trusted))


async def _load_latest_state(context: DiscordContext, responder: Responder, state: FormState) -> FormState:
    """Return the state with what was told since: who is quick presses what the panel showed before."""
    while responder.is_ephemeral and (
        later := await _load_state(context, _build_state_token(responder, state.revision + 1))
    ):
        state = replace(state, arguments=later.arguments, revision=later.revision)
    return state


async def _load_state(context: DiscordContext, token: str) -> FormState | None:
    kept = await context.button_payloads.get_payload(token)
    try:
        return unpack_state(kept) if kept else None
    except Malformed:
        return None


def _build_state_token(responder: Responder, state_number: int) -> str:
    """Return the token under which a panel's change of a number is kept."""
    message = responder.interaction.message
    return compute_token({"panel": str(message.id) if message else "", "turn": state_number})


async def _open_modal(
    context: DiscordContext, responder: Responder, form: Form, state: FormState, page_number: int
) -> bool:
    """Open a modal; False when it is too late for one, or nothing is asked in it."""
    payload, kept = panel.render_page_modal(form, state, page_number)
    if not payload["components"]:
        return False
    await context.button_payloads.save_payloads(kept, context.clock())
    return await responder.open_modal(payload)


async def _show_result(context: DiscordContext, responder: Responder, state: FormState, answer: Answer) -> None:
    """Show the panel anew, or what was done in its place."""
    if isinstance(answer.body, Form):
        await responder.send_message(panel.render_panel(answer.body, state), replace_original=True)
    else:
        await _close_form(
            responder, answer, _build_request(context, responder, state, dry_run=True), as_manager=state.manager
        )


async def _show_mistakes(
    context: DiscordContext, responder: Responder, before: FormState, after: FormState, answer: Answer
) -> None:
    """Show the panel as it was, with what is wrong below the question that was answered."""
    form = (await _run_command(context, responder, before, dry_run=True)).body
    card = answer.body
    if not isinstance(form, Form) or not isinstance(card, Card):
        return await _show_result(context, responder, before, answer)
    changed_names = {name for name, text in after.arguments.items() if before.arguments.get(name) != text}
    fields = [replace(each, mistake=card.text) if each.name in changed_names else each for each in form.fields]
    return await _show_result(context, responder, before, Answer(replace(form, fields=tuple(fields))))


async def _close_form(
    responder: Responder, answer: Answer, request: Request | None = None, *, as_manager: bool = False
) -> None:
    """Put a card in the place of the panel."""
    await responder.send_answer(replace(answer, placement=Placement.REPLACE), request, as_manager=as_manager)


async def _run_command(context: DiscordContext, responder: Responder, state: FormState, *, dry_run: bool) -> Answer:
    return await context.answer_request(_build_request(context, responder, state, dry_run=dry_run))


def _build_request(context: DiscordContext, responder: Responder, state: FormState, *, dry_run: bool) -> Request:
    """Return what saving asks, or what it would do."""
    arguments = state.arguments
    request = requests.build_request(
        responder.interaction,
        context.clock(),
        state.command,
        arguments,
        target_channel=responder.target_channel,
        as_manager=state.manager,
        dry_run=dry_run,
    )
    if not state.channel:
        return request
    return retarget_request(context, responder.interaction, request, state.channel, as_manager=state.manager) or request
