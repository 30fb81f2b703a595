"""The server on loopback of the adapter's tests, tested itself."""

from __future__ import annotations

from tests.adapters.discord.conftest import openapi, server

__all__ = ["openapi", "server"]
