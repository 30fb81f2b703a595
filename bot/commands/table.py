"""The command table: parses lines, checks permission and rate limit, answers requests, completes."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, cast

from bot.cards.models import Card, Form, Page
from bot.commands import answers, home
from bot.commands.admin import change_log, members, permissions, privacy
from bot.commands.autocomplete import typed_line
from bot.commands.context import CommandContext, format_channel
from bot.commands.digest import digest, settings, setup, status
from bot.commands.follows import follow, mute, why
from bot.commands.help import build_help_command
from bot.commands.papers import browse, discuss, message_links, reading_list, recommendations, search
from bot.commands.parsing import arguments, line_parser
from bot.commands.rate_limit import RateLimit
from bot.commands.share import build_share_limit, share_answer
from bot.errors import Mistake, SourceError, StoreError, log_failure
from bot.i18n.formatting import format_command, join_sentences
from bot.i18n.translation import gettext, phrase, use_language
from bot.logs import use_log_fields
from bot.ports.commands import Answer, Audience, Command, Completion, Placement, Request, find_command
from bot.ports.stores import Stores
from bot.reasons.reason import Reason, format_reason

log = logging.getLogger(__name__)

RATE_LIMIT_WINDOW: Final = timedelta(minutes=1)
MAX_COMMANDS_PER_MINUTE: Final = 30
"""Commands that one person may send in a minute; forms and completions are not counted."""


@dataclass(frozen=True, slots=True)
class CommandTable:
    """Every command. Implements `bot.ports.commands.Commands`."""

    context: CommandContext
    commands: tuple[Command, ...]
    _rate_limit: RateLimit = field(
        default_factory=lambda: RateLimit(MAX_COMMANDS_PER_MINUTE, RATE_LIMIT_WINDOW), repr=False
    )
    _share_limit: RateLimit = field(default_factory=build_share_limit, repr=False)

    def list_commands(self) -> Sequence[Command]:
        """Return every command, in the order of the help."""
        return self.commands

    def parse_line(self, line: str) -> tuple[str, dict[str, str]]:
        """Split a typed line; raises `bot.errors.Mistake`."""
        return line_parser.parse_line(line, self.commands)

    async def complete_line(self, line: str, request: Request) -> Sequence[Completion]:
        """Return the completions of a line, of the commands that the person may use."""
        try:
            manager = await self.context.can_manage_channel(request)
        except StoreError:
            return ()
        features = self.context.get_features(request.channel)
        visible = [c for c in self.commands if c.is_offered(features) and (manager or c.audience is Audience.EVERYONE)]
        with use_language(request.locale):
            return await typed_line.complete_line(line, request, visible, features)

    async def build_home(self, request: Request, channels: Collection[str]) -> Page:
        """Return a home screen; whatever goes wrong becomes its only part."""
        with use_language(request.locale):
            return await self._build_home_safely(request, channels)

    async def _build_home_safely(self, request: Request, channels: Collection[str]) -> Page:
        try:
            return await home.build_home(self.context, request, channels)
        except Exception as error:  # noqa: BLE001 - the boundary, as in `answer`
            reference = log_failure(log, "A home failed", error, redacted=True)
            sentence = gettext("Your home can’t be shown now. Reference: {reference}.", reference=reference)
            return Page((answers.build_failure_card(sentence),))

    async def answer(self, request: Request) -> Answer:
        """Answer *request* in its language; whatever goes wrong becomes a sentence."""
        with use_language(request.locale), use_log_fields(request=request.id):
            return await self._answer_safely(request)

    async def _answer_safely(self, request: Request) -> Answer:
        try:
            return await self._run_command(request)
        except Mistake as error:
            return answers.build_mistake_answer(error)
        except (StoreError, SourceError) as error:
            log.warning("%s failed: %s", request.command, type(error).__name__)
            return answers.build_failure_answer(format_reason(error.reason))
        except Exception as error:  # noqa: BLE001 - the boundary: people get a reference, the log the trace
            reference = log_failure(log, f"{request.command} failed", error, redacted=True)
            return answers.build_failure_answer(
                gettext("That failed. Nothing was changed. Reference: {reference}.", reference=reference)
            )

    async def _run_command(self, request: Request) -> Answer:
        command = self._find_command(request.command)
        await self._check_permission(command, request)
        if not request.dry_run:
            self._check_rate_limit(request)
        values = arguments.read_arguments(command, request)
        if not request.dry_run and not await self._is_first(command, request):
            return answers.build_text_answer(gettext("This was done already; a repeated message changes nothing."))
        if request.share and not request.dry_run:
            return await share_answer(self.context, self._share_limit, command, request, values)
        return await self._add_notices(await command.answer(request, **values), request)

    async def _add_notices(self, answer: Answer, request: Request) -> Answer:
        """Return a private answer, with a word on what did not get through before all small print."""
        if (request.dry_run and isinstance(answer.body, Card)) or answer.placement is Placement.CHANNEL:
            return answer
        # A form may be a window, which has no room for it.
        notice = await self.context.take_pending_notice(request) if isinstance(answer.body, Card) else None
        why = await self.context.find_direct_message_problem(request)
        sentences = [*([format_reason(notice)] if notice else []), *([_describe_lost_alerts(why)] if why else [])]
        return replace(answer, body=_add_sentences(answer.body, sentences)) if sentences else answer

    async def _check_permission(self, command: Command, request: Request) -> None:
        """Raise a mistake when a command is not for this person."""
        if await self.context.is_blocked(request):
            raise Mistake(gettext("The managers here keep you from using Broadsheet; ask one of them why."))
        if command.audience is Audience.MANAGERS and not await self.context.can_manage_channel(request):
            raise Mistake(
                gettext(
                    "Only people who manage {place} may use “{name}”; ask one of them.",
                    place=format_channel(request.channel),
                    name=format_command(command.name),
                )
            )
        if command.audience is Audience.ADMINS and not await self.context.can_manage_workspace(request):
            raise Mistake(gettext("Only admins may use “{name}”; ask one of them.", name=format_command(command.name)))

    def _find_command(self, name: str) -> Command:
        command = find_command(self.commands, name)
        if command is None:
            raise Mistake(gettext("“{name}” is not a command (any more).", name=name[:80]), "help")
        return command

    def _check_rate_limit(self, request: Request) -> None:
        """Raise a mistake when a person sends more than `MAX_COMMANDS_PER_MINUTE`."""
        who = f"{request.channel.platform}:{request.channel.workspace}:{request.person.id}"
        if wait := self._rate_limit.take(who, request.now):
            raise Mistake(
                gettext(
                    "That was {most} commands in a minute; wait {seconds} seconds.",
                    most=MAX_COMMANDS_PER_MINUTE,
                    seconds=max(1, round(wait.total_seconds())),
                )
            )

    async def _is_first(self, command: Command, request: Request) -> bool:
        if not request.id:
            return True
        event = f"command:{request.channel.platform}:{request.id}"
        record = self.context.stores.processed_events.add_if_new(event, request.now)
        if command.reads_only and not request.share:
            return await self.context.write_if_possible(record) is not False
        return await record


def _describe_lost_alerts(why: Reason) -> str:
    return gettext(
        "What you follow does not reach you: {why}. Write to Broadsheet in a direct message, and it goes on.",
        why=format_reason(why),
    )


def _add_sentences(body: Card | Form, sentences: Sequence[str]) -> Card | Form:
    """Return what is said with more sentences, where they are seen and not cut."""
    if isinstance(body, Form):
        return replace(body, note=join_sentences(*sentences, body.note))
    return replace(body, footer=(*sentences, *body.footer))


def build_declared_table() -> CommandTable:
    """Return the table without stores: to look at what is declared, for nothing can be answered."""
    return build_table(CommandContext(cast("Stores", None)))


def build_table(context: CommandContext) -> CommandTable:
    """Return the table of every command, in the order of the help."""
    groups = (
        (
            phrase("Read"),
            (
                *browse.build_commands(context),
                *recommendations.build_commands(context),
                *search.build_commands(context),
                *reading_list.build_commands(context),
                *discuss.build_commands(context),
            ),
        ),
        (
            phrase("Follow"),
            (*follow.build_commands(context), *mute.build_commands(context), *why.build_commands(context)),
        ),
        (
            phrase("The digest"),
            (
                *digest.build_commands(context),
                *settings.build_commands(context),
                *status.build_commands(context),
                *setup.build_commands(context),
            ),
        ),
        (
            phrase("Changes"),
            (
                *change_log.build_commands(context),
                *permissions.build_commands(context),
                *members.build_commands(context),
            ),
        ),
        (phrase("You"), privacy.build_commands(context)),
    )
    every = [command for _, part in groups for command in part]
    every += message_links.build_commands(context)
    return CommandTable(context, (*every, build_help_command(context, groups)))
