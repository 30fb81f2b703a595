"""The save, unsave and saved commands: a person’s reading list of saved papers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot.cards import paper_items
from bot.cards.models import Action, Card, Item
from bot.commands import pagination
from bot.commands.answers import build_text_answer
from bot.commands.autocomplete import papers
from bot.commands.context import CommandContext, get_direct_channel
from bot.commands.papers import lookup
from bot.commands.parsing import parameter_types
from bot.domain.papers import Paper
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.translation import gettext
from bot.ports.commands import Answer, Command, Request

MAX_SAVED = 500


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    paper = parameter_types.build_paper_parameter(partial(papers.suggest_papers, context))
    saved_paper = parameter_types.build_paper_parameter(partial(papers.suggest_saved_papers, context))
    return (
        Command(
            "save",
            "Put a paper on your reading list",
            partial(save_paper, context),
            (paper,),
            example="save 2602.12160",
        ),
        Command(
            "unsave",
            "Take a paper off your reading list",
            partial(unsave_paper, context),
            (saved_paper,),
            example="unsave 2602.12160",
        ),
        Command(
            "saved",
            "Your reading list",
            partial(show_reading_list, context),
            (parameter_types.PAGE,),
            example="saved",
            reads_only=True,
        ),
    )


async def save_paper(context: CommandContext, request: Request, *, paper: str) -> Answer:
    """Save a paper for the asker; one that is not stored yet is stored, since somebody wants it."""
    found_paper = await lookup.find_paper(context, request, paper)
    if request.dry_run:
        return build_text_answer(
            gettext("“{name}” would be on your reading list.", name=paper_items.format_paper_name(found_paper))
        )
    saved_papers = await context.stores.mutes_and_saves.list_saved_papers(get_direct_channel(request))
    if len(saved_papers) >= MAX_SAVED:
        raise Mistake(
            gettext("A reading list holds at most {most} papers; take one off first.", most=MAX_SAVED), "saved"
        )
    if await context.get_stored_paper(found_paper.id) is None:
        await context.stores.papers.add([found_paper], request.now)
    new = await context.stores.mutes_and_saves.save(get_direct_channel(request), found_paper.id, request.now)
    name = paper_items.format_paper_name(found_paper)
    confirmation = gettext("“{name}” is on your reading list.", name=name)
    was = gettext("“{name}” was on your reading list already.", name=name)
    return build_text_answer(
        confirmation if new else was,
        Action(gettext("Reading list"), "saved"),
        _build_remove_button(found_paper.id, paper_items.format_paper_name(found_paper)),
    )


async def unsave_paper(context: CommandContext, request: Request, *, paper: str) -> Answer:
    """Take a paper off."""
    stored = await context.get_stored_paper(paper)
    name = paper_items.format_paper_name(stored) if stored else paper
    if request.dry_run:
        return build_text_answer(gettext("“{name}” would be taken off your reading list.", name=name))
    if not await context.stores.mutes_and_saves.unsave(get_direct_channel(request), paper):
        raise Mistake(gettext("“{name}” is not on your reading list.", name=name), "saved")
    return build_text_answer(
        gettext("“{name}” is off your reading list.", name=name),
        Action(gettext("Save again"), "save", {"paper": paper}, name),
    )


async def show_reading_list(context: CommandContext, request: Request, *, page: int = 1) -> Answer:
    """Show the reading list, the latest first."""
    saved_papers = await context.stores.mutes_and_saves.list_saved_papers(get_direct_channel(request))
    if not saved_papers:
        return build_text_answer(
            gettext("Your reading list is empty; every paper has a Save button."),
            Action(gettext("The newest list"), "today"),
        )
    result_page = pagination.paginate(saved_papers, page)
    papers_by_id = await context.stores.papers.get([paper for paper, _ in result_page.entries])
    worded = context.build_sound_items(papers_by_id.values(), partial(_build_saved_item, request=request))
    items_by_paper = {item.paper: item for item in worded}
    items = tuple(items_by_paper.get(paper) or _build_unknown_item(paper) for paper, _ in result_page.entries)
    return Answer(
        Card(
            title=gettext("Your reading list"),
            folio=tuple(
                part for part in (formatting.format_count(len(saved_papers), "paper"), result_page.span) if part
            ),
            items=items,
            actions=result_page.build_page_buttons("saved", {}),
            fallback=gettext(
                "{papers} on your reading list", papers=formatting.format_count(len(saved_papers), "paper")
            ),
        ),
        pagination.choose_placement(request.arguments),
    )


def _build_unknown_item(identifier: str) -> Item:
    """Return a saved paper of which nothing can be said; it can be removed all the same."""
    return Item(identifier, paper=identifier, actions=(_build_remove_button(identifier, identifier),))


def _build_saved_item(paper: Paper, request: Request) -> Item:
    item = paper_items.build_paper_item(paper, today=request.now.date())
    others = tuple(action for action in item.actions if action.command in ("similar", "why"))
    return replace(item, actions=(_build_remove_button(paper.id, paper_items.format_paper_name(paper)), *others))


def _build_remove_button(identifier: str, name: str) -> Action:
    return Action(gettext("Remove"), "unsave", {"paper": identifier}, name)
