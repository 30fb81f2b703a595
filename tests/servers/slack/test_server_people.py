"""People press, type and choose in Slack on loopback, and real Bolt hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.slack.plain_bolt_app import (
    PlainBoltApp,
    buttons,
    call_refused,
    connect_socket_mode,
    create_client,
    field,
    modal,
    open_modal,
    plain,
    serve_workspace,
)
from tests.servers.slack import Impossible, Slack


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with serve_workspace() as one:
        yield one


@pytest.fixture
def app(server: Slack) -> PlainBoltApp:
    return PlainBoltApp(server)


async def test_a_button_is_found_by_its_words(server: Slack, app: PlainBoltApp) -> None:
    options = [{"text": plain(x), "value": x.lower()} for x in ("Abstract", "Save")]
    menus = [{"type": "overflow", "action_id": f"menu:{n}", "options": options} for n in (1, 2)]
    blocks = [{"type": "section", "text": plain("A paper"), "accessory": menu} for menu in menus]
    await create_client(server).chat_postMessage(channel="C1", text="x", blocks=[*blocks, buttons("All 17")])
    shown = server.shown("C1")[0]
    async with connect_socket_mode(app, server):
        await server.press("Save", shown, user="U1", item=2)
        await server.press("All 17", message=shown, user="U1")
        with pytest.raises(Impossible, match="All 17"):
            await server.press("Delete", shown, user="U1")
    first, second = (told["actions"][0] for told in app.told)
    assert (first["action_id"], first["selected_option"]["value"]) == ("menu:2", "save")
    assert (second["type"], second["value"], second["block_id"]) == ("button", "All 17", "b2")
    assert app.told[1]["message"]["ts"] == shown.ts


async def test_shortcuts_mentions_and_links(server: Slack, app: PlainBoltApp) -> None:
    said = server.say("Look at this", "C1", "U1")
    async with connect_socket_mode(app, server):
        await server.shortcut("similar", said, user="U1")
        await server.mention("search graphs", channel="C1", user="U1", thread=said.ts)
        await server.paste("See https://arxiv.org/abs/2402.00001", channel="C1", user="U1")
        await server.direct_message("today", user="U1")
        await server.open_home("U1")
    kinds = [told.get("event", told)["type"] for told in app.told]
    assert kinds == ["message_action", "app_mention", "link_shared", "message", "app_home_opened"]
    assert app.told[0]["message"]["text"] == "Look at this"
    assert app.told[1]["event"]["text"] == "<@UBOT> search graphs"
    assert app.told[1]["event"]["thread_ts"] == said.ts
    assert app.told[2]["event"]["links"][0]["domain"] == "arxiv.org"


async def test_somebody_of_another_workspace_presses_in_a_shared_channel(server: Slack, app: PlainBoltApp) -> None:
    server.team("T2")
    server.person("U2", team="T2")
    server.channel("C2", shared=("T2",), members=("U1", "U2", "UBOT"))
    await create_client(server).chat_postMessage(channel="C2", text="x", blocks=[buttons("Save")])
    async with connect_socket_mode(app, server):
        await server.press("Save", server.shown("C2")[0], user="U2")
        await server.mention("today", channel="C2", user="U2")
    pressed, mentioned = app.told
    assert (pressed["team"]["id"], pressed["user"]["team_id"]) == ("T1", "T2")
    assert (mentioned["authorizations"][0]["team_id"], mentioned["event"]["user_team"]) == ("T1", "T2")
    assert mentioned["is_ext_shared_channel"]


async def test_an_org_wide_installation_hears_of_every_workspace(server: Slack, app: PlainBoltApp) -> None:
    server.team("T2", enterprise="E1")
    server.bot("E1", token="xoxb-org", user="UORG")
    server.person("U2", team="T2")
    server.channel("C2", team="T2", members=("U2", "UORG"))
    async with connect_socket_mode(app, server):
        await server.command("today", channel="C2", user="U2")
        await server.shortcut("similar", server.say("x", "C2", "U2"), user="U2")
        await server.mention("today", channel="C2", user="U2")
    typed, used, mentioned = app.told
    assert (typed["team_id"], typed["enterprise_id"], typed["is_enterprise_install"]) == ("T2", "E1", "true")
    assert (used["team"], used["enterprise"]["id"], used["user"]["team_id"]) == (None, "E1", "T2")
    assert mentioned["authorizations"][0]["is_enterprise_install"]


async def test_a_command_can_be_typed_to_the_bot_alone(server: Slack, app: PlainBoltApp) -> None:
    app.answer = {"text": "Hello"}
    async with connect_socket_mode(app, server):
        await server.command("today", channel="U1", user="U1")
    assert app.told[0]["channel_name"] == "directmessage"
    assert [one.plain for one in server.whispers("U1", "U1")] == ["Hello"]


async def test_a_trigger_opens_one_modal_within_three_seconds(server: Slack) -> None:
    client, view = create_client(server), modal(field("name"))
    used, old = server.trigger("U1", "T1"), server.trigger("U1", "T1")
    await client.views_open(trigger_id=used, view=view)
    assert await call_refused(client, "views.open", trigger_id=used, view=view) == "exchanged_trigger_id"
    server.later(4)
    assert await call_refused(client, "views.open", trigger_id=old, view=view) == "expired_trigger_id"
    for _ in range(2):
        await client.views_push(trigger_id=server.trigger("U1", "T1"), view=view)
    more = server.trigger("U1", "T1")
    assert await call_refused(client, "views.push", trigger_id=more, view=view) == "push_limit_reached"
    assert len(server.views("U1")) == 3


async def test_an_update_keeps_what_was_typed_and_minds_the_hash(server: Slack, app: PlainBoltApp) -> None:
    shown = await open_modal(server, modal(field("name"), field("zone")))
    assert await server.choose(shown, "name-value", "Ana", user="U1") is None
    client = create_client(server)
    await client.views_update(view_id=shown["id"], hash=shown["hash"], view=modal(field("name"), field("other")))
    state = server.views("U1")[0]["state"]["values"]
    assert {name: next(iter(one.values()))["value"] for name, one in state.items()} == {"name": "Ana", "other": None}
    again = {"view_id": shown["id"], "hash": shown["hash"], "view": modal(field("name"))}
    assert await call_refused(client, "views.update", **again) == "hash_conflict"


async def test_a_submission_carries_what_stands_in_the_fields(server: Slack, app: PlainBoltApp) -> None:
    options = [{"text": plain(x), "value": x[0]} for x in ("Monday", "Tuesday")]
    days = field("days", "checkboxes", options=options, initial_options=options[:1])
    zone = field("zone", "external_select")
    shown = await open_modal(server, modal(days, zone, field("at", "timepicker", initial_time="09:00")))
    async with connect_socket_mode(app, server):
        app.answer = {"options": [{"text": plain("Europe/Berlin"), "value": "Europe/Berlin"}]}
        offered = await server.suggest(shown, "zone-value", "berl", user="U1")
        app.answer = {}
        await server.submit(shown, {"days": ["Monday", "Tuesday"], "zone": offered[0]}, user="U1")
    values = app.told[-1]["view"]["state"]["values"]
    assert [one["value"] for one in values["days"]["days-value"]["selected_options"]] == ["M", "T"]
    assert values["zone"]["zone-value"]["selected_option"]["value"] == "Europe/Berlin"
    assert values["at"]["at-value"]["selected_time"] == "09:00"
    assert (server.views("U1"), server.violations) == ([], [])


async def test_the_answer_to_a_submission_happens_to_the_modal(server: Slack, app: PlainBoltApp) -> None:
    shown = await open_modal(server, modal(field("name")))
    async with connect_socket_mode(app, server):
        app.answer = {"response_action": "errors", "errors": {"name": "Too short"}}
        assert (await server.submit(shown, {"name": "A"}, user="U1")).body["errors"] == {"name": "Too short"}
        app.answer = {"response_action": "push", "view": modal(field("more"), notify_on_close=True)}
        await server.submit(shown, {"name": "Ana"}, user="U1")
        assert [one["blocks"][0]["block_id"] for one in server.views("U1")] == ["name", "more"]
        await server.close(server.views("U1")[-1], user="U1")
        assert app.told[-1]["type"] == "view_closed"
        app.answer = {"response_action": "update", "view": modal(field("done", optional=True))}
        await server.submit(shown, user="U1")
        app.answer = {"response_action": "clear"}
        await server.submit(shown, user="U1")
    assert (server.views("U1"), server.violations) == ([], [])


async def test_an_error_beside_no_field_is_a_violation(server: Slack, app: PlainBoltApp) -> None:
    shown = await open_modal(server, modal(field("name")))
    app.answer = {"response_action": "errors", "errors": {"nam": "Too short"}}
    async with connect_socket_mode(app, server):
        await server.submit(shown, {"name": "A"}, user="U1")
    assert server.violations == ["view_submission: no block nam to show an error at"]


async def test_what_slack_would_not_let_a_person_do_is_impossible(server: Slack) -> None:
    number = field("number", "number_input", is_decimal_allowed=False, min_value="1", max_value="20")
    shown = await open_modal(server, modal(field("name", max_length=3), number))
    for fill in ({}, {"name": "four"}, {"name": "A", "number": "21"}, {"name": "A", "number": "x"}, {"other": "x"}):
        with pytest.raises(Impossible):
            await server.submit(shown, fill, user="U1")


async def test_a_home_is_published(server: Slack, app: PlainBoltApp) -> None:
    client, view = create_client(server), {"type": "home", "blocks": [buttons("Save")]}
    await client.views_publish(user_id="U1", view=view)
    home = server.home("U1")
    assert home
    again = {"user_id": "U1", "view": view, "hash": "old"}
    assert await call_refused(client, "views.publish", **again) == "hash_conflict"
    async with connect_socket_mode(app, server):
        await server.press("Save", home, user="U1")
    assert app.told[0]["view"]["type"] == "home"
