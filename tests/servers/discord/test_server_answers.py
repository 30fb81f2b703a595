"""What Discord on loopback answers has the shape that Discord's own OpenAPI file gives it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.discord.plain_client import log_in_client
from tests.servers.discord import Discord, schema

pytestmark = pytest.mark.usefixtures("openapi")

ROW = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Next", "custom_id": "n"}]}
CHANNEL = "/channels/{channel_id}"
MESSAGES = f"{CHANNEL}/messages"


async def test_answers_are_shaped_as_discords(server: Discord) -> None:
    server.channel("22", kind="forum", tags=(("1", "Vision"),))
    server.thread("23", "20", archived=True)
    message = server.say("Look", "20", "100")
    await server.react("👍", message=message)
    body = {"content": "Hello", "components": [ROW], "embeds": [{"title": "T"}], "nonce": "1"}
    mine = {"channel_id": "20", "message_id": message.id}
    asked: list[tuple[str, str, dict[str, str], Any]] = [
        ("GET", "/users/@me", {}, None),
        ("GET", "/applications/@me", {}, None),
        ("GET", "/gateway", {}, None),
        ("GET", "/gateway/bot", {}, None),
        ("POST", MESSAGES, {"channel_id": "20"}, body),
        ("POST", f"{MESSAGES}/{{message_id}}/threads", mine, {"name": "Talk"}),
        ("GET", MESSAGES, {"channel_id": "20"}, None),
        ("GET", f"{MESSAGES}/{{message_id}}/reactions/{{emoji_name}}", mine | {"emoji_name": "👍"}, None),
        ("POST", f"{CHANNEL}/threads", {"channel_id": "22"}, {"name": "Post", "message": {"content": "Hello"}}),
        ("GET", CHANNEL, {"channel_id": "20"}, None),
        ("GET", CHANNEL, {"channel_id": "22"}, None),
        ("GET", CHANNEL, {"channel_id": "23"}, None),
        ("GET", f"{CHANNEL}/threads/archived/public", {"channel_id": "20"}, None),
        ("POST", "/users/@me/channels", {}, {"recipient_id": "100"}),
        (
            "PUT",
            "/applications/{application_id}/commands",
            {"application_id": "2"},
            [{"name": "a", "description": "b"}],
        ),
        ("GET", "/guilds/{guild_id}", {"guild_id": "10"}, None),
        ("GET", "/guilds/{guild_id}/channels", {"guild_id": "10"}, None),
        ("GET", "/guilds/{guild_id}/roles", {"guild_id": "10"}, None),
        ("GET", "/guilds/{guild_id}/threads/active", {"guild_id": "10"}, None),
        ("GET", "/guilds/{guild_id}/members/{user_id}", {"guild_id": "10", "user_id": "100"}, None),
    ]
    found = []
    async with log_in_client(server) as client:
        for method, path, ids, given in asked:
            answer = await client.call(method, path, json=given, **ids)
            found += [f"{method} {path}: {text}" for text in schema.answered(method, path, answer)]
    assert not found, "\n".join(found)
