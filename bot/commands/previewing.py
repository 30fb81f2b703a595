"""What a topic would have sent: in one sentence, with examples, or page by page; and what it may have meant."""

from __future__ import annotations

from typing import Final

from bot import follows, wording
from bot.cards import Action, Card
from bot.commands import paging
from bot.commands.desk import Desk, direct
from bot.language import gettext, joined, ngettext, phrase
from bot.ports.commands import Answer, Request
from bot.topics import Topic

DAYS: Final = 14
"""Days that a topic is tried on before it is followed."""
HEAVY: Final = 20
"""Papers a week from which on a topic is called heavy."""
_PAGE: Final = 5
"""Papers of a preview that are shown at a time."""


async def look(desk: Desk, request: Request, topic: Topic, days: int = DAYS) -> follows.Preview:
    """Run a topic over the papers of the last *days*; one that finds none may have meant what is followed here."""
    places = (request.channel, direct(request))
    known = [follow.topic for place in places for follow in await desk.stores.follows.of(place)]
    return await follows.preview(desk.stores, topic, days, request.now, known)


def instead(seen: follows.Preview, command: str, parameter: str = "topic", **others: str) -> tuple[Action, ...]:
    """Offer a command for what a topic without any paper may have meant."""
    labels = {
        "follow": phrase("Follow “{topic}”"),
        "mute": phrase("Mute “{topic}”"),
        "preview": phrase("Preview “{topic}”"),
    }
    return (
        (Action(gettext(labels[command], topic=seen.near), command, {parameter: seen.near, **others}),)
        if seen.near
        else ()
    )


def volume(seen: follows.Preview) -> str:
    """Say what a topic brings: "It would have sent 6 papers in the last 14 days, about 3 a week."."""
    span = _span(seen)
    if not seen.matched:
        meant = gettext("Did you mean “{near}”?", near=seen.near) if seen.near else ""
        return joined(gettext("It would have sent nothing in {span}.", span=span), meant)
    weekly = f"{seen.per_week:.0f}" if seen.per_week >= 1 else gettext("fewer than one")
    return gettext(
        "It would have sent {papers} in {span}, about {weekly} a week.",
        papers=wording.count(seen.matched, "paper"),
        span=span,
        weekly=weekly,
    )


def _span(seen: follows.Preview) -> str:
    """Write the days that were looked at; those of a store that is behind are named by their end."""
    days = seen.days or DAYS
    if seen.last and seen.behind:
        end = wording.day(seen.last, year=True)
        return ngettext("the {n} day to {day}", "the {n} days to {day}", days, day=end)
    return ngettext("the last {n} day", "the last {n} days", days)


def lighter(topic: Topic, seen: follows.Preview) -> str:
    """Suggest how to make a heavy topic lighter: drop what brings most, or add a word."""
    shares = {
        " ".join(map(str, clauses)): sum(Topic((clauses,)).matches(paper) for paper, _ in seen.papers)
        for clauses in topic.alternatives
    }
    widest = max(shares, key=lambda part: shares[part])
    if len(shares) > 1:
        return gettext(
            "That is a lot; {widest} alone brings {share} of it.",
            widest=widest,
            share=f"{shares[widest] / seen.matched:.0%}",
        )
    return gettext(
        'That is a lot; a second word narrows it: {widest} "benchmark", or -word leaves some out.', widest=widest
    )


async def preview(desk: Desk, request: Request, *, topic: Topic, days: int = DAYS, page: int = 1) -> Answer:
    """Show what a topic would have sent; nothing is saved."""
    seen = await look(desk, request, topic, days)
    text = volume(seen)
    if seen.per_week > HEAVY:
        text = f"{text} {lighter(topic, seen)}"
    leaf = paging.leaf(seen.papers, page, _PAGE)
    follow_ = Action(gettext("Follow this"), "follow", {"topic": str(topic)}, topic.label, "main")
    return await paging.answer(
        Card(
            title=gettext("“{label}”", label=topic.label),
            text=text,
            folio=(leaf.span,) if leaf.span else (),
            items=tuple(
                wording.item(paper, because=why.phrases, dated=request.now.date()) for paper, why in leaf.things
            ),
            actions=(*instead(seen, "preview"), follow_, *leaf.turns("preview", request.arguments)),
            footer=(gettext("Nothing was saved."),),
            marks=tuple(dict.fromkeys(phrase for _, why in leaf.things for phrase in why.phrases)),
            fallback=text,
        ),
        request.arguments,
        desk,
    )
