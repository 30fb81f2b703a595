"""Reasons why a digest was skipped, or left a list out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase, plural_phrase

DIGEST_SENTENCES: Final[Mapping[str, str | tuple[str, str]]] = {
    "digest.all_posted": phrase("every paper was posted here before"),
    "digest.few_votes": plural_phrase("no new paper had {n} vote", "no new paper had {n} votes"),
    "digest.no_list": phrase("no list was published since the last one"),
    "digest.not_running": phrase("Broadsheet was not running at {time}; the next digest covers it"),
    "list.before_first_digest": phrase("before the first digest"),
    "list.empty": phrase("nothing was listed"),
    "list.too_old": phrase("older than the digest reaches back"),
    "lists.missing": phrase("Hugging Face did not answer for {days}"),
    "lists.repeated": phrase("Hugging Face still repeats an earlier list for {days}"),
    "lists.repeated_and_missing": phrase("{repeated}; {missing}"),
    "trending.outdated": phrase("Hugging Face’s trending rank is older than a day"),
}
