"""The mute and unmute commands: papers and topics left out of digests and alerts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal

from bot.cards import paper_items
from bot.cards.models import Action
from bot.commands.answers import build_text_answer
from bot.commands.autocomplete import papers
from bot.commands.context import CommandContext, format_channel, format_in_channel, get_direct_channel
from bot.commands.follows.preview import build_near_topic_buttons, run_preview
from bot.commands.papers import lookup
from bot.commands.parsing import parameter_types
from bot.domain.channels import Channel, ChannelKind
from bot.domain.identifiers import list_paper_references, parse_arxiv_id, parse_paper_id, parse_paper_number
from bot.domain.topics.parser import Topic, parse_topic
from bot.errors import Mistake
from bot.i18n.formatting import join_sentences
from bot.i18n.translation import gettext
from bot.ports.commands import Answer, Command, Parameter, Request
from bot.reasons.reason import Reason

PaperOrTopic = tuple[Literal["topic", "paper"], str, str]
"""What is muted: its kind, its value, and what people call it."""


def build_commands(context: CommandContext) -> tuple[Command, ...]:
    """Return the commands of this file."""
    paper_or_topic = Parameter(
        "what",
        "A paper (id or link) or a topic",
        _read_paper_or_topic,
        example="2602.12160",
        required=True,
        takes_rest=True,
        suggest=partial(papers.suggest_mutable, context),
    )
    muted = replace(paper_or_topic, suggest=partial(papers.suggest_muted, context))
    detail = "Managers mute for the channel, everybody else for themselves; where: says otherwise."
    return (
        Command(
            "mute",
            "Leave a paper or a topic out",
            partial(mute_paper_or_topic, context),
            (paper_or_topic, parameter_types.WHERE),
            example="mute 2602.12160",
            detail=detail,
        ),
        Command(
            "unmute",
            "Let a muted paper or topic in again",
            partial(unmute_paper_or_topic, context),
            (muted, parameter_types.WHERE),
            example="unmute 2602.12160",
        ),
    )


def _read_paper_or_topic(text: str) -> str:
    """Pass on what is an id, a link, a number or a topic; whether an id is a stored paper's only the store knows."""
    identifier = parse_paper_id(text) if "://" in text and " " not in text.strip() else parse_arxiv_id(text)
    references = list_paper_references(text)
    if len(references) > 1:
        raise Mistake(gettext("That names several papers; name one at a time."), references[0])
    if not identifier and not references:
        parse_topic(text)
    return identifier or text.strip()


async def mute_paper_or_topic(context: CommandContext, request: Request, *, what: str, where: str = "") -> Answer:
    """Leave something out of digests and alerts."""
    target = await _resolve_target(context, request, where)
    kind, value, name = await _find_paper_or_topic(context, request, what)
    if request.dry_run:
        return build_text_answer(
            gettext("“{name}” would be left out {inside}.", name=name, inside=format_in_channel(target))
        )
    back = Action(
        gettext("Unmute"),
        "unmute",
        {"what": value, "where": "me" if target.kind is ChannelKind.DIRECT else "here"},
        name,
    )
    if not await context.stores.mutes_and_saves.mute(target, kind, value, request.person, request.now):
        return build_text_answer(
            gettext("“{name}” is muted {inside} already.", name=name, inside=format_in_channel(target)), back
        )
    after = {"kind": kind, "value": value, "name": name}
    await context.stores.audit.record_change(
        target, request.person, "mute", Reason("mute.added", name=name), request.now, before={}, after=after
    )
    text = gettext(
        "“{name}” is muted {inside}: digests and alerts leave it out.", name=name, inside=format_in_channel(target)
    )
    topic_preview = await run_preview(context, request, parse_topic(value)) if kind == "topic" else None
    if topic_preview is None or not topic_preview.suggestion:
        return build_text_answer(text, back)
    suggestion_buttons = build_near_topic_buttons(topic_preview, "mute", "what", where=back.arguments["where"])
    return build_text_answer(
        join_sentences(
            text, gettext("No recent paper is on it; did you mean “{near}”?", near=topic_preview.suggestion)
        ),
        *suggestion_buttons,
        back,
    )


async def unmute_paper_or_topic(context: CommandContext, request: Request, *, what: str, where: str = "") -> Answer:
    """Let something in again."""
    target = await _resolve_target(context, request, where)
    kind, value, name = await _find_paper_or_topic(context, request, what)
    if request.dry_run:
        return build_text_answer(
            gettext("“{name}” would be let in again {inside}.", name=name, inside=format_in_channel(target))
        )
    if not await context.stores.mutes_and_saves.unmute(target, kind, value):
        raise Mistake(
            gettext("“{name}” is not muted {inside}.", name=name, inside=format_in_channel(target)), "follows"
        )
    before = {"kind": kind, "value": value, "name": name}
    await context.stores.audit.record_change(
        target,
        request.person,
        "unmute",
        Reason("mute.removed", name=name),
        request.now,
        before=before,
        after={},
    )
    return build_text_answer(
        gettext("“{name}” is not muted {inside} any more.", name=name, inside=format_in_channel(target))
    )


async def _resolve_target(context: CommandContext, request: Request, where: str) -> Channel:
    """Return for whom: the channel when a manager says nothing else."""
    manager = await context.can_manage_channel(request)
    if where == "here" and not manager:
        raise Mistake(
            gettext(
                "Only people who manage {place} may mute for it; mute it for yourself.",
                place=format_channel(request.channel),
            ),
            "mute 2602.12160 where:me",
        )
    return request.channel if manager and where != "me" else get_direct_channel(request)


async def _find_paper_or_topic(context: CommandContext, request: Request, text: str) -> PaperOrTopic:
    """Tell papers and topics apart: an id, a link, a number of the last digest or a stored id is a paper."""
    number = parse_paper_number(text)
    identifier = parse_arxiv_id(text) if number is None else await _find_numbered_paper(context, request, number)
    stored = await context.get_stored_paper(identifier or text.strip())
    if stored:
        return "paper", stored.id, paper_items.format_paper_name(stored)
    if identifier:
        return "paper", identifier, identifier
    topic: Topic = parse_topic(text)
    return "topic", str(topic), topic.label


async def _find_numbered_paper(context: CommandContext, request: Request, number: int) -> str:
    """Return the id of the paper with a number, as `show` and `save` do; what is meant as a word is quoted."""
    try:
        return await lookup.find_numbered_paper(context, request, number)
    except Mistake as error:
        raise Mistake(
            join_sentences(str(error), gettext("A number that is meant as a word stands in quotation marks.")),
            f'{request.command} "{number}"',
        ) from error
