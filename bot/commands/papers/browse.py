"""The today, show and similar commands: the day’s papers, one paper, and papers like it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Action, Card
from bot.commands import pagination
from bot.commands.answers import build_text_answer
from bot.commands.autocomplete.dates import suggest_list_dates
from bot.commands.autocomplete.papers import suggest_papers
from bot.commands.context import CommandContext, get_direct_channel
from bot.commands.papers import discuss, feed_states, lookup
from bot.commands.parsing import dates, parameter_types
from bot.digests.composition import list_paper_ids, rank_papers
from bot.domain.feed import FeedDay
from bot.domain.papers import Paper
from bot.domain.preferences import Preferences
from bot.errors import Mistake
from bot.i18n import formatting
from bot.i18n.formatting import format_detail, join_sentences
from bot.i18n.translation import format_number, gettext
from bot.ports.commands import Answer, Command, Parameter, Request

MAX_SPAN: Final = timedelta(days=31)
"""The widest span of lists that one answer shows."""
_MAX_SIMILAR: Final = 30
_PAGE_SIZE: Final = 5


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    paper = parameter_types.build_paper_parameter(partial(suggest_papers, context))
    return (
        Command(
            "today",
            "The papers of a day, by votes",
            partial(show_daily_list, context),
            (
                Parameter(
                    "date",
                    "A date or a span; the newest list when left out",
                    dates.read_dates,
                    example="2026-11-23",
                    takes_rest=True,
                    suggest=partial(suggest_list_dates, context),
                ),
                parameter_types.PAGE,
            ),
            reads_only=True,
            example="today yesterday",
            detail="Dates can be 2026-11-23, 23 Nov, yesterday, Monday, 2026-11, or two with .. between them.",
        ),
        Command(
            "show",
            "One paper: abstract, links, votes over time",
            partial(show_paper, context),
            (paper,),
            reads_only=True,
            example="show 2602.12160",
            opens_modal=True,
            detail="Takes an arXiv id, or a link to arXiv, Hugging Face or alphaXiv.",
        ),
        Command(
            "similar",
            "Papers like one",
            partial(show_similar_papers, context),
            (paper, parameter_types.PAGE),
            reads_only=True,
            example="similar 2602.12160",
        ),
    )


async def show_daily_list(
    context: CommandContext, request: Request, *, date: dates.RelativeDates | None = None, page: int = 1
) -> Answer:
    """Show the list of a date or of a span, numbered in the order of votes."""
    channel_state = await context.load_channel_state(request)
    schedule = channel_state.preferences.schedule
    newest = await context.stores.feed_days.get_newest()
    if date:
        first, last = date(schedule.to_local_date(request.now))
    elif newest:
        first = last = newest.date
    else:
        return build_text_answer(
            gettext("No list is stored yet; the first one comes within minutes of the start."),
            Action(gettext("Status"), "status"),
        )
    if last - first > MAX_SPAN:
        raise Mistake(gettext("A list shows at most 31 days at once."), "today 2026-11")
    days = await context.stores.feed_days.list_between(first, last)
    papers_by_id = await context.stores.papers.get(list_paper_ids(days))
    papers = rank_papers(days, papers_by_id, Preferences())
    span = feed_states.ListSpan(first, last, tuple(days), request.now, schedule.timezone, context.lists_title)
    if not papers:
        return _answer_no_list(span, newest)
    return await pagination.build_list_answer(_build_list_card(context, span, papers, page), request.arguments, context)


def _build_list_card(context: CommandContext, span: feed_states.ListSpan, papers: Sequence[Paper], page: int) -> Card:
    result_page = pagination.paginate(papers, page)
    numbers = {paper.id: number for number, paper in enumerate(result_page.entries, result_page.first)}
    items = context.build_sound_items(
        result_page.entries, lambda paper: paper_items.build_paper_item(paper, number=numbers[paper.id])
    )
    return Card(
        folio=tuple(
            part for part in (str(span), formatting.format_count(len(papers), "paper"), result_page.span) if part
        ),
        items=items,
        actions=(*result_page.build_page_buttons("today", {"date": span.iso}), Action(gettext("For me"), "new")),
        footer=span.sentences,
        fallback=format_detail(str(span), paper_items.format_item_names(items[:5])),
    )


def _answer_no_list(span: feed_states.ListSpan, newest: FeedDay | None) -> Answer:
    """Say why there is no list, and offer the newest one."""
    if newest is None:
        return build_text_answer(span.missing_reason)
    text = join_sentences(
        span.missing_reason, gettext("The newest list is that of {day}.", day=formatting.format_day(newest.date))
    )
    return build_text_answer(text, Action(gettext("Show it"), "today", {"date": newest.date.isoformat()}))


async def show_paper(context: CommandContext, request: Request, *, paper: str) -> Answer:
    """Show one paper with what is known of it."""
    found_paper = await lookup.find_paper(context, request, paper)
    sightings = await context.stores.papers.list_vote_history(found_paper.id)
    posts = await context.stores.digests.list_messages_of_paper(request.channel, found_paper.id)
    await _record_seen(context, request, found_paper)
    zone = (await context.load_channel_state(request)).preferences.schedule.timezone
    lines = (lookup.format_vote_history(sightings, request.now), *lookup.format_past_posts(posts, zone))
    return await pagination.build_list_answer(
        Card(
            items=(lookup.build_detailed_item(found_paper, request.now),),
            actions=discuss.build_discuss_buttons(context, request, found_paper),
            footer=tuple(line for line in lines if line),
            fallback=found_paper.title,
        ),
        request.arguments,
        context,
    )


async def _record_seen(context: CommandContext, request: Request, paper: Paper) -> None:
    if not request.dry_run and await context.get_stored_paper(paper.id):
        own = get_direct_channel(request)
        await context.write_if_possible(context.stores.mutes_and_saves.record_seen(own, [paper.id], request.now))


async def show_similar_papers(context: CommandContext, request: Request, *, paper: str, page: int = 1) -> Answer:
    """Show the stored papers most like one."""
    original = await lookup.find_paper(context, request, paper)
    hits = await context.stores.search_index.find_similar(original, _MAX_SIMILAR)
    papers_by_id = await context.stores.papers.get([hit.paper_id for hit in hits])
    papers = [papers_by_id[hit.paper_id] for hit in hits if hit.paper_id in papers_by_id]
    if not papers:
        return build_text_answer(
            gettext("Nothing stored is like “{name}”.", name=paper_items.format_paper_name(original))
        )
    result_page = pagination.paginate(papers, page, _PAGE_SIZE)
    items = context.build_sound_items(
        result_page.entries, partial(paper_items.build_paper_item, today=request.now.date())
    )
    return await pagination.build_list_answer(
        Card(
            title=gettext("Papers like “{name}”", name=paper_items.format_paper_name(original)),
            folio=tuple(part for part in (result_page.span,) if part),
            items=items,
            actions=result_page.build_page_buttons("similar", {"paper": original.id}),
            footer=(
                gettext(
                    "{count} stored papers compared by their words.",
                    count=format_number(await context.stores.papers.count_papers()),
                ),
            ),
            fallback=paper_items.format_item_names(items),
        ),
        request.arguments,
        context,
    )
