"""Digest preferences of a channel: schedule, number of papers, language, mentions."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.feed import FeedMode
from bot.domain.schedules import Schedule


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a channel wants of its digest.

    ``entries`` puts each paper into the thread below, ``mention`` is the id of the one role that a digest may ping,
    ``lift`` how many people must react to a paper of it until it gets a thread of its own (0 is never), ``into`` the
    id of the forum in which it gets a post instead, ``language`` the code of the one that its posts are written in (""
    where nobody has chosen: English), and ``tag`` the name of that which a forum's posts get where none is named like
    what they match.
    """

    on: bool = False
    schedule: Schedule = field(default_factory=Schedule)
    number: int = 5
    min_votes: int = 0
    your_topics: bool = True
    mode: FeedMode = FeedMode.SETTLED
    abstracts: bool = False
    say_when_empty: bool = False
    repeats: bool = False
    paused: bool = False
    pictures: bool = False
    unfurls: bool = False
    entries: bool = False
    mention: str = ""
    lift: int = 0
    into: str = ""
    language: str = ""
    tag: str = ""
