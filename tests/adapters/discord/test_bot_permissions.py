"""What the invite link asks for is what is used: with it all works, and without any part of it something does not."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlparse

import discord
import pytest

from adapters.discord import invite
from adapters.discord.api.rest import RestClient
from adapters.discord.bot_permissions import INVITE_PERMISSIONS
from adapters.discord.delivery.chat import ChannelStyle, DiscordChat
from bot.domain.channels import Channel
from bot.errors import SendError
from tests.adapters.discord.delivery_harness import (
    FORUM,
    PAPERS,
    build_chat,
    build_delivery,
    build_digest,
    now,
    open_rest_client,
)
from tests.servers.discord import Discord

LINK = invite.build_invite_link("2")
ASKED = discord.Permissions(int(parse_qs(urlparse(LINK).query)["permissions"][0]))
PICTURES = replace(
    build_digest(2), items=tuple(replace(item, thumbnail="https://example.org/a.png") for item in build_digest(2).items)
)


def test_the_link_is_discords_own_and_asks_for_no_more_than_is_listed() -> None:
    asked = parse_qs(urlparse(LINK).query)
    assert asked["scope"] == ["bot applications.commands"]
    assert asked["client_id"] == ["2"]
    assert ASKED == INVITE_PERMISSIONS
    assert not ASKED.administrator
    assert not ASKED.mention_everyone
    assert not ASKED.manage_threads


def test_a_person_has_a_link_too() -> None:
    asked = parse_qs(urlparse(invite.build_user_install_link("2")).query)
    assert asked == {"client_id": ["2"], "integration_type": ["1"], "scope": ["applications.commands"]}


async def everything(server: Discord, rest: RestClient, permissions: int) -> list[str]:
    """Do all that the bot does anywhere, with some permissions; return what was refused."""
    for id_ in (PAPERS.id, FORUM.id):
        server.places[id_].permissions = permissions
    chat = build_chat(rest, ChannelStyle(pictures=True))
    refused: list[str] = []
    parent = await attempt(chat, refused, PAPERS, "post") or "1"
    await attempt(chat, refused, PAPERS, "reply", parent)
    post = await attempt(chat, refused, FORUM, "post") or "1"
    await attempt(chat, refused, FORUM, "reply", post)
    for channel in (PAPERS, FORUM):
        try:
            await chat.find_message(build_delivery(PICTURES, channel=channel))
        except SendError as error:
            refused.append(f"find {channel.name}: {error}")
    return refused


async def attempt(chat: DiscordChat, refused: list[str], channel: Channel, operation: str, parent: str = "") -> str:
    part = 1 if operation == "reply" else 0
    try:
        return await chat.send(
            build_delivery(PICTURES, operation, channel=channel, part=part, parent_message_id=parent),  # type: ignore[arg-type]
            now(),
        )
    except SendError as error:
        refused.append(f"{operation} {channel.name}: {error}")
        return ""


@pytest.fixture(autouse=True)
def forum(server: Discord) -> None:
    server.channel(FORUM.id, name=FORUM.name, kind="forum")


async def test_with_them_everything_works(server: Discord) -> None:
    async with open_rest_client(server) as rest:
        assert await everything(server, rest, INVITE_PERMISSIONS.value) == []


# Whether a picture needs “Embed Links” Discord does not document, and the loopback server can't know.
@pytest.mark.parametrize("name", [name for name, given in INVITE_PERMISSIONS if given and name != "embed_links"])
async def test_without_any_of_them_something_does_not(server: Discord, name: str) -> None:
    async with open_rest_client(server) as rest:
        lacking = discord.Permissions(INVITE_PERMISSIONS.value)
        setattr(lacking, name, False)
        assert await everything(server, rest, lacking.value)
    server.violations.clear()
