"""One more command of every kind, as somebody would add it to the table: no adapter has heard of any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.cards.models import Action, Card, Item
from bot.commands.parsing import parameter_types
from bot.i18n.formatting import format_command
from bot.ports.commands import (
    FOR_CHANNEL,
    FOR_PERSON,
    Answer,
    Audience,
    Command,
    MessageShortcut,
    Parameter,
    ParameterType,
    Request,
    Suggestion,
)

CHOICES: Mapping[ParameterType, tuple[str, ...]] = {
    ParameterType.CHOICE: ("red", "green"),
    ParameterType.FLAG: ("yes", "no"),
    ParameterType.CONFIRMATION: ("yes", "no"),
    ParameterType.PERSON_OR_CHANNEL: (FOR_PERSON, FOR_CHANNEL),
    ParameterType.USER_GROUP: ("members", "admins"),
}
EVERY_TYPE = {kind: f"a_{kind.name.lower()}" for kind in ParameterType}
"""The names of the parameters of `sample`, one of each type."""


@dataclass
class DeclaredCommands:
    """The commands, and who asked for which of them with what: (command, values, person)."""

    asked: list[tuple[Request, dict[str, Any]]] = field(default_factory=list)

    @property
    def last(self) -> tuple[Request, dict[str, Any]]:
        """What was asked last."""
        return self.asked[-1]

    def build_commands(self) -> tuple[Command, ...]:
        """Return them in the order of the help."""
        add = partial(Command, answer=self._answer, summary="Something new")
        papers = Parameter("papers", "What the message says", str, ParameterType.PAPERS, takes_rest=True)
        link = Parameter("address", "A link", str, ParameterType.LINK, required=True)
        spot = Parameter("spot", "A channel", str, ParameterType.CHANNEL)
        sure = parameter_types.build_flag_parameter("sure", "Say yes", ParameterType.CONFIRMATION)
        about = Parameter("about", "A command", str, takes_rest=True)
        tag = Parameter("label", "A tag", str, ParameterType.TAG)
        return (
            add("glance", opens_modal=True),
            add("meet", opens_thread=True),
            add("offer", answer=self._offer),
            add("publish", parameters=(tag,), audience=Audience.MANAGERS, starts_posts=True),
            add(
                "tour plan",
                parameters=(sure, spot),
                audience=Audience.MANAGERS,
                spans_channels=True,
                starts_posts=True,
                group_summary="Everything about tours",
            ),
            add("tour rules", audience=Audience.ADMINS),
            add(
                "nearby",
                parameters=(papers,),
                hidden=True,
                shortcut=MessageShortcut("nearby_here", "Papers nearby"),
            ),
            add("peek", parameters=(link,), answer=self._peek, hidden=True, unfurl_domains=("journal.example",)),
            add("tell", parameters=(about,), answer=self._tell),
            add("sample", parameters=tuple(map(self._build_parameter, ParameterType))),
        )

    def _build_parameter(self, kind: ParameterType) -> Parameter:
        suggest = self._suggest if kind is ParameterType.TEXT else None
        return Parameter(
            EVERY_TYPE[kind], "A value", str, kind, "x", choices=CHOICES.get(kind, ()), suggest=suggest, maximum=9
        )

    async def _suggest(self, prefix: str, request: Request) -> Sequence[Suggestion]:
        return [Suggestion(f"{prefix} for {request.person.name}")]

    async def _answer(self, request: Request, **values: Any) -> Answer:
        self.asked.append((request, values))
        return Answer(Card(text=f"Done: {request.command}."))

    async def _offer(self, request: Request) -> Answer:
        self.asked.append((request, {}))
        return Answer(Card(text="What now?", actions=(Action("Glance", "glance"), Action("Meet", "meet"))))

    async def _peek(self, request: Request, *, address: str) -> Answer:
        self.asked.append((request, {"address": address}))
        return Answer(Card(items=(Item("A page of a journal"),)))

    async def _tell(self, request: Request, *, about: str) -> Answer:
        self.asked.append((request, {"about": about}))
        return Answer(Card(title=format_command(about), text="What it does.", command=about))
