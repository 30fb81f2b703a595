"""A person's reading list."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bot import wording
from bot.cards import Action, Card, Item
from bot.commands import finding, paging, parameters, suggesting
from bot.commands.desk import Desk, direct
from bot.commands.replies import say
from bot.errors import Mistake
from bot.language import gettext
from bot.models import Paper
from bot.ports.commands import Answer, Command, Request

MOST = 500


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    paper = parameters.of_paper(partial(suggesting.papers, desk))
    held = parameters.of_paper(partial(suggesting.saved, desk))
    return (
        Command("save", "Put a paper on your reading list", partial(save, desk), (paper,), example="save 2602.12160"),
        Command(
            "unsave", "Take a paper off your reading list", partial(unsave, desk), (held,), example="unsave 2602.12160"
        ),
        Command("saved", "Your reading list", partial(saved, desk), (parameters.PAGE,), example="saved"),
    )


async def save(desk: Desk, request: Request, *, paper: str) -> Answer:
    """Save a paper for the asker; one that is not stored yet is stored, since somebody wants it."""
    found = await finding.paper(desk, request, paper)
    if request.dry:
        return say(gettext("“{name}” would be on your reading list.", name=wording.name(found)))
    held = await desk.stores.wishes.saved(direct(request))
    if len(held) >= MOST:
        raise Mistake(gettext("A reading list holds at most {most} papers; take one off first.", most=MOST), "saved")
    if await desk.stored(found.id) is None:
        await desk.stores.papers.add([found], request.now)
    new = await desk.stores.wishes.save(direct(request), found.id, request.now)
    name = wording.name(found)
    kept = gettext("“{name}” is on your reading list.", name=name)
    was = gettext("“{name}” was on your reading list already.", name=name)
    return say(
        kept if new else was,
        Action(gettext("Reading list"), "saved"),
        _remove(found.id, wording.name(found)),
    )


async def unsave(desk: Desk, request: Request, *, paper: str) -> Answer:
    """Take a paper off."""
    stored = await desk.stored(paper)
    name = wording.name(stored) if stored else paper
    if request.dry:
        return say(gettext("“{name}” would be taken off your reading list.", name=name))
    if not await desk.stores.wishes.unsave(direct(request), paper):
        raise Mistake(gettext("“{name}” is not on your reading list.", name=name), "saved")
    return say(
        gettext("“{name}” is off your reading list.", name=name),
        Action(gettext("Save again"), "save", {"paper": paper}, name),
    )


async def saved(desk: Desk, request: Request, *, page: int = 1) -> Answer:
    """Show the reading list, the latest first."""
    held = await desk.stores.wishes.saved(direct(request))
    if not held:
        return say(
            gettext("Your reading list is empty; every paper has a Save button."),
            Action(gettext("The newest list"), "today"),
        )
    leaf = paging.leaf(held, page)
    known = await desk.stores.papers.get([paper for paper, _ in leaf.things])
    items = tuple(_item(known.get(paper), paper, request) for paper, _ in leaf.things)
    return Answer(
        Card(
            title=gettext("Your reading list"),
            folio=tuple(part for part in (wording.count(len(held), "paper"), leaf.span) if part),
            items=items,
            actions=leaf.turns("saved", {}),
            fallback=gettext("{papers} on your reading list", papers=wording.count(len(held), "paper")),
        ),
        paging.placement(request.arguments),
    )


def _item(paper: Paper | None, identifier: str, request: Request) -> Item:
    if paper is None:
        return Item(identifier, paper=identifier, actions=(_remove(identifier, identifier),))
    item = wording.item(paper, dated=request.now.date())
    others = tuple(action for action in item.actions if action.command in ("similar", "why"))
    return replace(item, actions=(_remove(paper.id, wording.name(paper)), *others))


def _remove(identifier: str, name: str) -> Action:
    return Action(gettext("Remove"), "unsave", {"paper": identifier}, name)
