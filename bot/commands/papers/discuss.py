"""The discuss command: posts a paper to the channel with a thread below it."""

from __future__ import annotations

from functools import partial

from bot.cards import paper_items
from bot.cards.models import Action
from bot.commands.answers import build_text_answer
from bot.commands.autocomplete import papers
from bot.commands.context import CommandContext, format_channel
from bot.commands.papers import lookup
from bot.commands.parsing import parameter_types
from bot.digests import reaction_promotion
from bot.domain.channels import ChannelKind
from bot.domain.papers import Paper
from bot.errors import Mistake
from bot.i18n.translation import gettext, use_language
from bot.ports.commands import Answer, Command, Request

DELIVERY_KIND = "discuss"


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    return (
        Command(
            "discuss",
            "Open a thread about a paper in this channel",
            partial(discuss_paper, context),
            (parameter_types.build_paper_parameter(partial(papers.suggest_papers, context)),),
            example="discuss 2602.12160",
            detail="Each channel has one thread for a paper.",
            opens_thread=True,
        ),
    )


async def discuss_paper(context: CommandContext, request: Request, *, paper: str) -> Answer:
    """Post a paper with a thread below it, once."""
    if request.channel.kind is not ChannelKind.CHANNEL:
        raise Mistake(gettext("A thread can be opened in a channel; here there is none."), "show 2602.12160")
    found_paper = await lookup.find_paper(context, request, paper)
    if request.dry_run:
        return build_text_answer(
            gettext(
                "“{name}” would get a thread in {place}.",
                name=paper_items.format_paper_name(found_paper),
                place=format_channel(request.channel),
            )
        )
    channel_state = await context.load_channel_state(request)
    with use_language(channel_state.preferences.language):
        text = gettext(
            "{name} would like to talk about this paper; the thread below is for it.",
            name=request.person.name or gettext("A member"),
        )
        drafts = reaction_promotion.build_paper_drafts(
            request.channel, paper_items.build_paper_item(found_paper), text, DELIVERY_KIND
        )
    if not await context.stores.ledger.add(drafts, request.now):
        return build_text_answer(
            gettext(
                "“{name}” has a thread in {place} already.",
                name=paper_items.format_paper_name(found_paper),
                place=format_channel(request.channel),
            )
        )
    return build_text_answer(
        gettext(
            "“{name}” gets a thread in {place}.",
            name=paper_items.format_paper_name(found_paper),
            place=format_channel(request.channel),
        )
    )


def build_discuss_buttons(context: CommandContext, request: Request, paper: Paper) -> tuple[Action, ...]:
    """Return the button, where there are others to talk to."""
    if request.channel.platform not in context.directories or request.channel.kind is not ChannelKind.CHANNEL:
        return ()
    return (
        Action(gettext("Discuss in a thread"), "discuss", {"paper": paper.id}, paper_items.format_paper_name(paper)),
    )
