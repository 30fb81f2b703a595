"""Searching: words over everything stored, paged, sorted and narrowed."""

from __future__ import annotations

from functools import partial
from typing import Final

from bot import search as flow
from bot import tokens, wording
from bot.cards import Action, Card, Item
from bot.commands import moments, paging, parameters, suggesting, timing
from bot.commands.desk import Desk
from bot.commands.papers import show
from bot.commands.replies import say
from bot.errors import Mistake
from bot.identifiers import arxiv_id
from bot.language import gettext, grouped, joined, ngettext, phrase
from bot.models import Paper
from bot.ports.commands import Answer, Command, Parameter, Request
from bot.search import Query, Results, Sort
from bot.search.reading import read
from bot.topics import parse

_PAGE: Final = 5
_SORTS: Final = {Sort.RELEVANCE: phrase("Most relevant"), Sort.DATE: phrase("Newest"), Sort.VOTES: phrase("Most votes")}
_ORDER: Final = {
    Sort.RELEVANCE: phrase("most relevant first"),
    Sort.DATE: phrase("newest first"),
    Sort.VOTES: phrase("most votes first"),
}
_ALSO: Final = {
    "relevant": "relevance", "best": "relevance", "newest": "date", "new": "date", "recent": "date", "latest": "date",
    "upvotes": "votes", "top": "votes", "popular": "votes",
}  # fmt: skip


def commands(desk: Desk) -> tuple[Command, ...]:
    """Return the commands of this file."""
    query = Parameter(
        "query",
        "Words; “in quotes” they stand side by side, -word leaves one out, author:name names one",
        _words,
        example="sparse attention",
        required=True,
        rest=True,
    )
    return (
        Command(
            "search",
            "Search every stored paper",
            partial(search, desk),
            (
                query,
                parameters.of_choice("sort", "What comes first", {sort.value: _SORTS[sort] for sort in Sort}, _ALSO),
                Parameter("since", "Only papers since a date", moments.dates, example="2026-02", suggest=timing.since),
                Parameter(
                    "category",
                    "Only an arXiv category",
                    parameters.category,
                    example="cs.CL",
                    suggest=suggesting.categories,
                ),
                parameters.PAGE,
            ),
            example="search sparse attention since:2026-02",
            detail=(
                "Papers that hold more of the words come first. Words in quotes must stand side by side, "
                "-word must not occur, author:name must be among the authors. What is searched for is not kept."
            ),
        ),
    )


async def search(
    desk: Desk,
    request: Request,
    *,
    query: str,
    sort: str = Sort.RELEVANCE.value,
    since: moments.Dates | None = None,
    category: str = "",
    page: int = 1,
) -> Answer:
    """Show what is found; a query that names a paper shows that paper."""
    if identifier := arxiv_id(query):
        return await show(desk, request, paper=identifier)
    today = request.now.date()
    asked = Query(query, Sort(sort), since(today)[0] if since else None, category)
    results = await flow.find(desk.stores, desk.daily, asked, request.now)
    if not results.papers:
        return _nothing(asked, results, request)
    return await paging.answer(_card(asked, results, page, request), request.arguments, desk)


def _words(text: str) -> str:
    """Read a query; a quotation mark that is left open is a slip, and goes."""
    return tokens.closed(tokens.fold(text))


def _card(query: Query, results: Results, page: int, request: Request) -> Card:
    leaf = paging.leaf(results.papers, page, _PAGE)
    number, on = len(results.papers), wording.shorten(query.text, 80)
    title = ngettext("{n} paper on {query}", "{n} papers on {query}", number, query=on)
    filters = (
        gettext("since {day}", day=wording.short_day(query.since, request.now.date())) if query.since else "",
        gettext("in {category}", category=query.category) if query.category else "",
    )
    fixed = {name: text for name, text in request.arguments.items() if name not in ("page", "sort")}
    sorting = {} if query.sort is Sort.RELEVANCE else {"sort": query.sort.value}
    others = tuple(
        Action(gettext(label), "search", {**fixed, "sort": sort.value, "page": "1"}, gettext("the order"))
        for sort, label in _SORTS.items()
        if sort is not query.sort
    )
    return Card(
        title=gettext("The best {n} papers on {query}", n=grouped(number), query=on) if results.capped else title,
        folio=tuple(part for part in (gettext(_ORDER[query.sort]), *filters, leaf.span) if part),
        items=tuple(_item(paper, request) for paper in leaf.things),
        actions=(*leaf.turns("search", {**fixed, **sorting}), *others, *_follow(query.text)),
        footer=(*results.notes, gettext("{papers} searched.", papers=wording.count(results.searched, "stored paper"))),
        marks=read(query.text).marks,
        fallback=wording.names(leaf.things),
    )


def _follow(text: str) -> tuple[Action, ...]:
    """Offer to follow a query that is a topic as well."""
    try:
        topic = parse(text)
    except Mistake:
        return ()
    return (Action(gettext("Follow this"), "follow", {"topic": str(topic)}, topic.label),)


def _item(paper: Paper, request: Request) -> Item:
    return wording.item(paper, dated=request.now.date())


def _nothing(query: Query, results: Results, request: Request) -> Answer:
    """Say how much was searched, and what may find more."""
    text = gettext(
        "Nothing found on “{text}” in {papers}.",
        text=wording.shorten(query.text, 80),
        papers=wording.count(results.searched, "stored paper"),
    )
    fixed = {name: value for name, value in request.arguments.items() if name != "page"}
    asked = read(query.text)
    actions: tuple[Action, ...] = ()
    if results.suggestion:
        text = joined(text, gettext("Did you mean “{near}”?", near=results.suggestion))
        again = Action(
            gettext("Search “{suggestion}”", suggestion=results.suggestion),
            "search",
            {**fixed, "query": results.suggestion},
            style="main",
        )
        actions = (again,)
    elif query.since or query.category or asked.conditions:
        text = joined(text, gettext("Fewer conditions find more."))
        actions = (Action(gettext("Search without them"), "search", {"query": " ".join(asked.words)}),)
    else:
        text = joined(text, gettext("Other or fewer words may find more."))
    return say(text, *actions, footer=results.notes)
