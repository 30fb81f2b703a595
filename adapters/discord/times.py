"""Moments in a text, written so that each reader sees their own time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from adapters.discord.layout import Part
from adapters.discord.text import moment, size
from bot.language import gettext
from bot.wording import NEXT

_SHOWN = r"<t:\d+:f>"


def own(part: Part, moments: Mapping[str, int], longest: int) -> Part:
    """Return *part* with its *moments* as each reader's own; one that would grow too long by it stays as it is."""
    entries = tuple(replace(each, text=localized(each.text, moments)) for each in part.entries)
    shown = Part(localized(part.head, moments), entries, localized(part.foot, moments))
    return shown if size(shown.text) <= longest else part


def localized(text: str, moments: Mapping[str, int]) -> str:
    """Return *text* with its *moments*, as in `bot.cards.Card`, as Discord's; a zone behind them means nothing then."""
    if not moments:
        return text
    # The longest first: one may be written like the beginning of another.
    written = re.compile("|".join(map(re.escape, sorted(moments, key=len, reverse=True))))
    shown = written.sub(lambda found: moment(datetime.fromtimestamp(moments[found[0]], UTC)), text)
    return _next().sub(lambda found: gettext("Next: {sends}.", sends=found["sends"]), shown)


def _next() -> re.Pattern[str]:
    """Return what finds the next sends, all of them moments, in the language that is spoken."""
    before, between, after = map(re.escape, re.split("[\0\1]", gettext(NEXT, sends="\0", zone="\1")))
    several = f"{_SHOWN}(?:{re.escape(gettext(', '))}{_SHOWN})*"
    return re.compile(rf"{before}(?P<sends>{several}){between}[\w+/-]{{1,60}}{after}")
