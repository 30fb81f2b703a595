"""The preview command: what a topic would have sent, its volume, examples and did-you-mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.cards import paper_items
from bot.cards.models import Action, Card, Item
from bot.commands import pagination
from bot.commands.context import CommandContext, get_direct_channel
from bot.domain.papers import Paper
from bot.domain.topics.clauses import Explanation
from bot.domain.topics.parser import Topic
from bot.follows import preview
from bot.i18n import formatting
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext, ngettext, phrase
from bot.ports.commands import Answer, Request

PREVIEW_DAYS: Final = 14
"""Days that a topic is tried on before it is followed."""
HEAVY_PER_WEEK: Final = 20
"""Papers a week from which on a topic is called heavy."""
_PAGE_SIZE: Final = 5
"""Papers of a preview that are shown at a time."""


async def run_preview(
    context: CommandContext, request: Request, topic: Topic, days: int = PREVIEW_DAYS
) -> preview.TopicPreview:
    """Run a topic over the papers of the last *days*; one that finds none may have meant what is followed here."""
    places = (request.channel, get_direct_channel(request))
    known = [follow.topic for place in places for follow in await context.stores.follows.list_for_channel(place)]
    return await preview.preview_topic(context.stores, topic, days, request.now, known)


def build_near_topic_buttons(
    topic_preview: preview.TopicPreview, command: str, parameter: str = "topic", **others: str
) -> tuple[Action, ...]:
    """Offer a command for what a topic without any paper may have meant."""
    labels = {
        "follow": phrase("Follow “{topic}”"),
        "mute": phrase("Mute “{topic}”"),
        "preview": phrase("Preview “{topic}”"),
    }
    return (
        (
            Action(
                gettext(labels[command], topic=topic_preview.suggestion),
                command,
                {parameter: topic_preview.suggestion, **others},
            ),
        )
        if topic_preview.suggestion
        else ()
    )


def describe_volume(topic_preview: preview.TopicPreview) -> str:
    """Say what a topic brings: "It would have sent 6 papers in the last 14 days, about 3 a week."."""
    span = _format_span(topic_preview)
    if not topic_preview.match_count:
        suggestion = (
            gettext("Did you mean “{near}”?", near=topic_preview.suggestion) if topic_preview.suggestion else ""
        )
        return join_sentences(gettext("It would have sent nothing in {span}.", span=span), suggestion)
    weekly = f"{topic_preview.per_week:.0f}" if topic_preview.per_week >= 1 else gettext("fewer than one")
    return gettext(
        "It would have sent {papers} in {span}, about {weekly} a week.",
        papers=formatting.format_count(topic_preview.match_count, "paper"),
        span=span,
        weekly=weekly,
    )


def _format_span(topic_preview: preview.TopicPreview) -> str:
    """Write the days that were looked at; those of a store that is behind are named by their end."""
    days = topic_preview.days or PREVIEW_DAYS
    if topic_preview.last_date and topic_preview.is_outdated:
        end = formatting.format_day(topic_preview.last_date, year=True)
        return ngettext("the {n} day to {day}", "the {n} days to {day}", days, day=end)
    return ngettext("the last {n} day", "the last {n} days", days)


def describe_narrowing(topic: Topic, topic_preview: preview.TopicPreview) -> str:
    """Suggest how to make a heavy topic lighter: drop what brings most, or add a word."""
    shares = {
        " ".join(map(str, clauses)): sum(Topic((clauses,)).matches(paper) for paper, _ in topic_preview.papers)
        for clauses in topic.alternatives
    }
    widest = max(shares, key=lambda part: shares[part])
    if len(shares) > 1:
        return gettext(
            "That is a lot; {widest} alone brings {share} of it.",
            widest=widest,
            share=f"{shares[widest] / topic_preview.match_count:.0%}",
        )
    return gettext(
        'That is a lot; a second word narrows it: {widest} "benchmark", or -word leaves some out.', widest=widest
    )


def build_matching_items(
    context: CommandContext, request: Request, matching: Sequence[tuple[Paper, Explanation]]
) -> tuple[Item, ...]:
    """Return papers as items that say which words matched."""
    phrases = {paper.id: why.phrases for paper, why in matching}
    return context.build_sound_items(
        [paper for paper, _ in matching],
        lambda paper: paper_items.build_paper_item(paper, because=phrases[paper.id], today=request.now.date()),
    )


async def show_preview(
    context: CommandContext, request: Request, *, topic: Topic, days: int = PREVIEW_DAYS, page: int = 1
) -> Answer:
    """Show what a topic would have sent; nothing is saved."""
    topic_preview = await run_preview(context, request, topic, days)
    # What is shared says neither the asker's words as the bot's own, nor what they follow.
    topic_preview = replace(topic_preview, suggestion="") if request.share else topic_preview
    text = describe_volume(topic_preview)
    if topic_preview.per_week > HEAVY_PER_WEEK and not request.share:
        text = f"{text} {describe_narrowing(topic, topic_preview)}"
    result_page = pagination.paginate(topic_preview.papers, page, _PAGE_SIZE)
    follow_ = Action(gettext("Follow this"), "follow", {"topic": str(topic)}, topic.label, "main")
    answer = await pagination.build_list_answer(
        Card(
            title=gettext("Preview") if request.share else gettext("“{label}”", label=topic.label),
            text=text,
            folio=(result_page.span,) if result_page.span else (),
            items=build_matching_items(context, request, result_page.entries),
            actions=(
                *build_near_topic_buttons(topic_preview, "preview"),
                follow_,
                *result_page.build_page_buttons("preview", request.arguments),
            ),
            footer=(gettext("Nothing was saved."),),
            marks=tuple(dict.fromkeys(phrase for _, why in result_page.entries for phrase in why.phrases)),
            fallback=text,
        ),
        request.arguments,
        context,
    )
    return replace(answer, query=topic.label)
