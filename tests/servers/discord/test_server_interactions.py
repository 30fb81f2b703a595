"""People act on Discord on loopback, and an app answers through discord.py."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest

from tests.adapters.discord.plain_client import Client, Handler, connect_client
from tests.servers.discord import Discord, Impossible

Asked = discord.Interaction[Any]

COMMANDS = [
    {
        "id": "700",
        "type": 1,
        "name": "papers",
        "description": "Papers",
        "options": [
            {
                "type": 1,
                "name": "search",
                "description": "Search",
                "options": [
                    {"type": 3, "name": "query", "description": "Words", "required": True},
                    {"type": 3, "name": "category", "description": "Where", "autocomplete": True},
                    {"type": 4, "name": "days", "description": "Days", "min_value": 1, "max_value": 30},
                    {"type": 8, "name": "role", "description": "Role"},
                    {"type": 3, "name": "sort", "description": "S", "choices": [{"name": "Newest", "value": "new"}]},
                ],
            }
        ],
    },
    {
        "id": "701",
        "type": 1,
        "name": "papers-setup",
        "description": "Set up",
        "default_member_permissions": "16",
        "options": [
            {
                "type": 2,
                "name": "digest",
                "description": "Digest",
                "options": [{"type": 1, "name": "on", "description": "On", "options": []}],
            }
        ],
    },
    {"id": "702", "type": 3, "name": "Papers in this message", "description": ""},
]
BUTTON = {"type": 2, "style": 2, "label": "Save", "custom_id": "save"}
OFF = {"type": 2, "style": 2, "label": "Off", "custom_id": "off", "disabled": True}
SELECT = {
    "type": 3,
    "custom_id": "pick",
    "placeholder": "Pick a paper",
    "options": [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}],
}
ROWS = [{"type": 1, "components": [BUTTON, OFF]}, {"type": 1, "components": [SELECT]}]
FIELD = {"type": 4, "custom_id": "topic", "label": "Topic", "style": 1, "max_length": 10}
MODAL = {
    "custom_id": "form",
    "title": "Follow",
    "components": [
        {"type": 1, "components": [FIELD]},
        {
            "type": 18,
            "label": "Days",
            "component": {"type": 3, "custom_id": "days", "required": False, "options": SELECT["options"]},
        },
    ],
}


def saying(kind: int, data: Any = None) -> Handler:
    async def handler(client: Client, interaction: Asked) -> None:
        await client.answer(interaction, kind, data)

    return handler


async def code(call: Any) -> int:
    with pytest.raises(discord.HTTPException) as caught:
        await call
    return caught.value.code


# -- commands --------------------------------------------------------------------------------------------------------


async def test_a_command_is_answered_to_one_person(server: Discord) -> None:
    server.commands = COMMANDS
    server.role("30")
    server.person("101", name="Bo", locale="de", manages=True)
    async with connect_client(server, saying(4, {"content": "Only **you**", "flags": 64})) as client:
        given = {"query": "graphs", "days": 7, "role": "30", "sort": "Newest"}
        reaction = await server.slash("papers search", given, user="101", channel="20")
        assert reaction.kind == "message"
        assert reaction.seconds < 1
        [shown] = server.private
        assert (shown.plain, shown.to, shown.replaced, shown) == ("Only you", "101", False, reaction.shown)
        assert server.shown("20") == []
        [heard] = client.all
        assert (str(heard.locale), heard.user.id, heard.guild_id) == ("de", 101, 10)
        assert heard.permissions.manage_channels
        assert not heard.permissions.manage_guild
        assert heard.app_permissions.send_messages
        assert heard.data is not None
        assert heard.data["options"][0]["options"][3]["value"] == "new"  # type: ignore[typeddict-item]
        assert list(heard.data["resolved"]["roles"]) == ["30"]  # type: ignore[typeddict-item]


async def test_a_command_works_in_direct_messages(server: Discord) -> None:
    async with connect_client(server, saying(4, {"content": "Hello"})) as client:
        await server.slash("papers search", {"query": "x"}, user="100")
        assert [one.plain for one in server.direct("100")] == ["Hello"]
        assert (client.all[0].guild_id, client.all[0].user.id, client.all[0].context.dm_channel) == (None, 100, True)


async def test_what_discord_would_not_send_can_not_be_typed(server: Discord) -> None:
    server.commands = COMMANDS
    server.person("101", name="Bo")
    async with connect_client(server, saying(4, {"content": "x"})):
        tries: list[tuple[str, dict[str, Any]]] = [
            ("nothing", {}),
            ("papers nothing", {}),
            ("papers search", {}),
            ("papers search", {"query": "x", "other": "y"}),
            ("papers search", {"query": "x", "days": 31}),
            ("papers search", {"query": "x", "days": "7"}),
            ("papers search", {"query": "x", "sort": "Oldest"}),
            ("papers search", {"query": "x", "role": "39"}),
            ("papers-setup digest on", {}),
        ]
        for words, options in tries:
            with pytest.raises(Impossible):
                await server.slash(words, options, user="101", channel="20")
        server.permit("papers-setup", "101")
        assert (await server.slash("papers-setup digest on", user="101", channel="20")).kind == "message"


async def test_a_deferred_answer_comes_later(server: Discord) -> None:
    gate = asyncio.Event()

    async def handler(client: Client, interaction: Asked) -> None:
        await client.answer(interaction, 5, {"flags": 64})
        await gate.wait()
        await client.change(interaction, {"content": "Done", "allowed_mentions": {"parse": []}})

    async with connect_client(server, handler):
        reaction = await server.slash("papers search", channel="20")
        assert (reaction.kind, reaction.shown, server.private) == ("deferred", None, [])
        gate.set()
        settled = await reaction.settled()
        assert (settled.plain, settled.to, settled.replaced, settled.edited) == ("Done", "100", False, False)
        assert server.private == [settled]


async def test_nobody_answers(server: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.servers.discord.acting.ACK_SECONDS", 0.05)
    async with connect_client(server) as client:
        reaction = await server.slash("papers search", channel="20")
        assert (reaction.kind, reaction.payload, reaction.shown) == ("none", {}, None)
        server.later(3.1)
        assert await code(client.answer(client.all[0], 4, {"content": "late"})) == 10062


async def test_answers_come_once_and_tokens_end(server: Discord) -> None:
    async with connect_client(server, saying(4, {"content": "x", "flags": 64})) as client:
        reaction = await server.slash("papers search", channel="20")
        [heard] = client.all
        assert await code(client.answer(heard, 4, {"content": "again"})) == 40060
        await client.change(heard, {"content": "y"})
        assert reaction.shown is not None
        assert (reaction.shown.plain, reaction.shown.replaced) == ("y", True)
        hook = {"webhook_id": 2, "webhook_token": heard.token}
        more = await client.call("POST", "/webhooks/{webhook_id}/{webhook_token}", json={"content": "more"}, **hook)
        assert [one.id for one in reaction.followups] == [more["id"]]
        assert [one.plain for one in server.shown("20")] == ["more"]
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
        assert (await client.call("GET", path, message_id=more["id"], **hook))["content"] == "more"
        await client.call("DELETE", path, message_id=more["id"], **hook)
        assert await code(client.call("GET", path, message_id=more["id"], **hook)) == 10008
        server.later(15 * 60)
        assert await code(client.change(heard, {"content": "z"})) == 50027


async def test_discord_pys_own_answers_work(server: Discord) -> None:
    async def handler(client: Client, interaction: Asked) -> None:
        await interaction.response.send_message("Hello", ephemeral=True)
        await interaction.edit_original_response(content="Changed")
        await interaction.followup.send("More", ephemeral=True)

    async with connect_client(server, handler):
        await server.slash("papers search", channel="20")
        await server.wait(lambda: len(server.private) == 2)
        assert [one.plain for one in server.private] == ["Changed", "More"]


async def test_options_are_completed(server: Discord) -> None:
    server.commands = COMMANDS
    choices = [{"name": "Computer vision", "value": "cs.CV"}]
    async with connect_client(server, saying(8, {"choices": choices})) as client:
        found = await server.type("papers search", {"query": "x", "category": "cs."}, "category", channel="20")
        assert found == choices
        assert client.all[0].type is discord.InteractionType.autocomplete
        data: Any = client.all[0].data
        assert data["options"][0]["options"][1] == {"name": "category", "type": 3, "value": "cs.", "focused": True}


async def test_a_message_command_carries_the_message(server: Discord) -> None:
    server.commands = COMMANDS
    theirs = server.say("https://arxiv.org/abs/2402.00001", "20", "100")
    async with connect_client(server, saying(4, {"content": "One paper", "flags": 64})) as client:
        reaction = await server.menu("Papers in this message", theirs, user="100")
        assert reaction.kind == "message"
        data: Any = client.all[0].data
        assert data["resolved"]["messages"][data["target_id"]]["content"] == theirs.content
        with pytest.raises(Impossible):
            await server.menu("Other", theirs)


# -- components and modals -------------------------------------------------------------------------------------------


async def test_components_answer_in_place_or_anew(server: Discord) -> None:
    async def handler(client: Client, interaction: Asked) -> None:
        data: Any = interaction.data
        if data.get("custom_id") == "save":
            await client.answer(interaction, 7, {"content": "Saved", "components": []})
        elif data.get("custom_id") == "pick":
            await client.answer(interaction, 6)
            await client.change(interaction, {"content": f"Picked {data['values']}"})
        else:
            await client.answer(interaction, 4, {"content": "Panel", "components": ROWS, "flags": 64})

    async with connect_client(server, handler) as client:
        panel = (await server.slash("papers settings", channel="20")).shown
        assert panel is not None
        assert panel.plain == "Panel\n[Save] [Off]\n[Pick a paper]"
        picked = await server.pick("Pick a paper", ["Two"], message=panel)
        assert (picked.kind, (await picked.settled()).content) == ("deferred", "Picked ['2']")
        pressed = await server.press("Save", message=panel)
        assert (pressed.kind, [(one.plain, one.replaced) for one in server.private]) == ("update", [("Saved", True)])
        message = client.all[1].message
        assert message is not None
        assert (message.content, message.flags.ephemeral) == ("Panel", True)


async def test_what_nobody_could_press(server: Discord) -> None:
    server.person("101", name="Bo")
    async with connect_client(server, saying(4, {"content": "Panel", "components": ROWS, "flags": 64})):
        panel = (await server.slash("papers settings", channel="20")).shown
        assert panel is not None
        for what, user in [("Off", "100"), ("Nothing", "100"), ("Save", "101")]:
            with pytest.raises(Impossible):
                await server.press(what, message=panel, user=user)
        for values in (["Three"], [], ["One", "Two"]):
            with pytest.raises(Impossible):
                await server.pick("pick", values, message=panel)


async def test_a_modal_is_filled_in(server: Discord) -> None:
    async def handler(client: Client, interaction: Asked) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            await client.answer(interaction, 4, {"content": "Following", "flags": 64})
        else:
            await client.answer(interaction, 9, MODAL)

    async with connect_client(server, handler) as client:
        reaction = await server.slash("papers follow", channel="20")
        assert (reaction.kind, reaction.payload["title"]) == ("modal", "Follow")
        for wrong in ({}, {"Topic": "x" * 11}, {"Topic": "x", "Other": "y"}):
            with pytest.raises(Impossible):
                await server.submit(reaction, wrong)
        done = await server.submit(reaction, {"Topic": "graphs", "days": ["One"]}, user="100")
        assert done.shown is not None
        assert done.shown.plain == "Following"
        data: Any = client.all[-1].data
        assert data["components"][0]["components"][0]["value"] == "graphs"
        assert data["components"][1]["component"]["values"] == ["1"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (7, {"content": "x"}),
        (8, {"choices": []}),
        (4, {"content": "x" * 2001}),
        (4, {"content": "x", "nonce": "1"}),
        (9, MODAL | {"title": "x" * 46}),
        (9, MODAL | {"components": []}),
        (99, {}),
    ],
)
async def test_wrong_answers_are_violations(server: Discord, kind: int, data: Any) -> None:
    async with connect_client(server) as client:
        asked = asyncio.create_task(server.slash("papers search", channel="20"))
        await server.wait(lambda: client.all)
        assert await code(client.answer(client.all[0], kind, data)) == 50035
        assert server.violations
        server.violations.clear()
        await client.answer(client.all[0], 4, {"content": "x"})
        await asked


async def test_somebody_who_installed_the_app_uses_it_where_it_is_not(server: Discord) -> None:
    server.guild("11", name="Elsewhere", present=False)
    server.channel("40", guild="11")
    server.person("103", name="Di", guilds=("11",), installed=True)
    async with connect_client(server, saying(4, {"content": "Hello", "flags": 64})) as client:
        reaction = await server.slash("papers search", user="103", channel="40")
        assert reaction.kind == "message"
        hook = {"webhook_id": 2, "webhook_token": client.all[0].token}
        path = "/webhooks/{webhook_id}/{webhook_token}"
        for _ in range(5):
            await client.call("POST", path, json={"content": "more", "flags": 64}, **hook)
        assert await code(client.call("POST", path, json={"content": "more"}, **hook)) == 40094
