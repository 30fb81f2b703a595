"""Hugging Face Daily Papers as a source: how it is asked (SourcePolicy), what it offers, and how often it is polled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.ports.sources import PollingJob, Source
from bot.sources.http.policies import SourcePolicy
from bot.sources.huggingface.client import HuggingFace

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sources.http.client import Connect

POLICY: Final = SourcePolicy("huggingface", "Hugging Face")
"""500 requests in five minutes without an account: https://huggingface.co/docs/hub/rate-limits."""
POLL_INTERVAL: Final = timedelta(minutes=10)


def open_source(settings: Settings, connect: Connect) -> Source:
    """Return Hugging Face, or the mirror of it that HF_ENDPOINT names."""
    client = HuggingFace(connect(POLICY), settings.hf_endpoint)
    return Source(
        POLICY.name,
        POLICY.title,
        lists=client,
        trending=client,
        search=client,
        lookup=client,
        job=PollingJob("poll", POLL_INTERVAL),
        setting="HF_ENDPOINT",
    )
