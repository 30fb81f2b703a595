"""The search command: full-text search of stored papers, with sorting, filters and pagination."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from bot.cards.models import Action, Card
from bot.cards.paper_items import build_paper_item, format_item_names
from bot.commands import pagination
from bot.commands.answers import build_text_answer
from bot.commands.autocomplete import papers
from bot.commands.autocomplete.dates import suggest_since_dates
from bot.commands.context import CommandContext
from bot.commands.papers.browse import show_paper
from bot.commands.parsing import dates, parameter_types
from bot.domain.identifiers import parse_arxiv_id
from bot.domain.topics import tokens
from bot.domain.topics.parser import parse_topic
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import format_number, gettext, ngettext, phrase
from bot.ports.commands import Answer, Command, Parameter, Request
from bot.search import paper_search
from bot.search.paper_search import SearchQuery, SearchResults, SortOrder
from bot.search.query_parser import parse_query

_PAGE_SIZE: Final = 5
_SORT_LABELS: Final = {
    SortOrder.RELEVANCE: phrase("Most relevant"),
    SortOrder.DATE: phrase("Newest"),
    SortOrder.VOTES: phrase("Most votes"),
}
_ORDER_LABELS: Final = {
    SortOrder.RELEVANCE: phrase("most relevant first"),
    SortOrder.DATE: phrase("newest first"),
    SortOrder.VOTES: phrase("most votes first"),
}
_SORT_ALIASES: Final = {
    "relevant": "relevance", "best": "relevance", "newest": "date", "new": "date", "recent": "date", "latest": "date",
    "upvotes": "votes", "top": "votes", "popular": "votes",
}  # fmt: skip


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    query = Parameter(
        "query",
        "Words; “in quotes” they stand side by side, -word leaves one out, author:name names one",
        _read_query,
        example="sparse attention",
        required=True,
        takes_rest=True,
    )
    return (
        Command(
            "search",
            "Search every stored paper",
            partial(search_papers, context),
            (
                query,
                parameter_types.build_choice_parameter(
                    "sort", "What comes first", {sort.value: _SORT_LABELS[sort] for sort in SortOrder}, _SORT_ALIASES
                ),
                Parameter(
                    "since",
                    "Only papers since a date",
                    dates.read_dates,
                    example="2026-02",
                    suggest=suggest_since_dates,
                ),
                Parameter(
                    "category",
                    "Only an arXiv category",
                    parameter_types.read_category,
                    example="cs.CL",
                    suggest=papers.suggest_categories,
                ),
                parameter_types.PAGE,
            ),
            reads_only=True,
            example="search sparse attention since:2026-02",
            detail=(
                "Papers that hold more of the words come first. Words in quotes must stand side by side, "
                "-word must not occur, author:name must be among the authors. What is searched for is not kept."
            ),
        ),
    )


async def search_papers(
    context: CommandContext,
    request: Request,
    *,
    query: str,
    sort: str = SortOrder.RELEVANCE.value,
    since: dates.RelativeDates | None = None,
    category: str = "",
    page: int = 1,
) -> Answer:
    """Show what is found; a query that names a paper shows that paper."""
    if identifier := parse_arxiv_id(query):
        return await show_paper(context, request, paper=identifier)
    today = request.now.date()
    search_query = SearchQuery(query, SortOrder(sort), since(today)[0] if since else None, category)
    results = await paper_search.find_papers(context.stores, context.sources, search_query, request.now)
    if not results.papers:
        return _answer_no_results(search_query, results, request)
    card = _build_results_card(context, search_query, results, page, request)
    return replace(await pagination.build_list_answer(card, request.arguments, context), query=query)


def _read_query(text: str) -> str:
    """Read a query; a quotation mark that is left open is a slip, and goes."""
    return tokens.remove_open_quote(tokens.normalize_text(text))


def _build_results_card(
    context: CommandContext, query: SearchQuery, results: SearchResults, page: int, request: Request
) -> Card:
    result_page = pagination.paginate(results.papers, page, _PAGE_SIZE)
    filters = (
        gettext("since {day}", day=formatting.format_short_day(query.since, request.now.date())) if query.since else "",
        gettext("in {category}", category=query.category) if query.category else "",
    )
    fixed = {name: text for name, text in request.arguments.items() if name not in ("page", "sort")}
    sorting = {} if query.sort is SortOrder.RELEVANCE else {"sort": query.sort.value}
    others = tuple(
        Action(gettext(label), "search", {**fixed, "sort": sort.value, "page": "1"}, gettext("the order"))
        for sort, label in _SORT_LABELS.items()
        if sort is not query.sort
    )
    items = context.build_sound_items(result_page.entries, partial(build_paper_item, today=request.now.date()))
    return Card(
        title=_format_title(query, results, request),
        folio=tuple(part for part in (gettext(_ORDER_LABELS[query.sort]), *filters, result_page.span) if part),
        items=items,
        actions=(
            *result_page.build_page_buttons("search", {**fixed, **sorting}),
            *others,
            *_build_follow_buttons(query.text),
        ),
        footer=(
            *results.notes,
            gettext("{papers} searched.", papers=formatting.format_count(results.searched_count, "stored paper")),
        ),
        marks=parse_query(query.text).highlights,
        fallback=format_item_names(items),
    )


def _format_title(query: SearchQuery, results: SearchResults, request: Request) -> str:
    """Say how many papers there are; what is shared does not say their asker's words as the bot's own."""
    number, on = len(results.papers), formatting.shorten(query.text, 80)
    if request.share and results.is_truncated:
        return gettext("The best {n} papers", n=format_number(number))
    if request.share:
        return formatting.format_count(number, "paper")
    if results.is_truncated:
        return gettext("The best {n} papers on {query}", n=format_number(number), query=on)
    return ngettext("{n} paper on {query}", "{n} papers on {query}", number, query=on)


def _build_follow_buttons(text: str) -> tuple[Action, ...]:
    """Offer to follow a query that is a topic as well."""
    try:
        topic = parse_topic(text)
    except Mistake:
        return ()
    return (Action(gettext("Follow this"), "follow", {"topic": str(topic)}, topic.label),)


def _answer_no_results(query: SearchQuery, results: SearchResults, request: Request) -> Answer:
    """Say how much was searched, and what may find more."""
    text = gettext(
        "Nothing found on “{text}” in {papers}.",
        text=formatting.shorten(query.text, 80),
        papers=formatting.format_count(results.searched_count, "stored paper"),
    )
    fixed = {name: value for name, value in request.arguments.items() if name != "page"}
    parsed_query = parse_query(query.text)
    actions: tuple[Action, ...] = ()
    if results.suggestion:
        text = join_sentences(text, gettext("Did you mean “{near}”?", near=results.suggestion))
        again = Action(
            gettext("Search “{suggestion}”", suggestion=results.suggestion),
            "search",
            {**fixed, "query": results.suggestion},
            style="main",
        )
        actions = (again,)
    elif query.since or query.category or parsed_query.conditions:
        text = join_sentences(text, gettext("Fewer conditions find more."))
        actions = (Action(gettext("Search without them"), "search", {"query": " ".join(parsed_query.words)}),)
    else:
        text = join_sentences(text, gettext("Other or fewer words may find more."))
    return build_text_answer(text, *actions, footer=results.notes)
