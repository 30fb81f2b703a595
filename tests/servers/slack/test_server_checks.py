"""Slack on loopback refuses what Slack refuses, and reads a message as a person does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.adapters.slack.plain_bolt_app import call_refused, create_client, serve_workspace
from tests.servers.slack import Shown, Slack
from tests.servers.slack.checks import TEXTS, problems, view_problems

Json = dict[str, Any]


@pytest.fixture
async def server() -> AsyncIterator[Slack]:
    async with serve_workspace() as one:
        yield one


def plain(text: str = "Save") -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "Hello", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "press:1", "value": "1", **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def menu(*options: Json, kind: str = "overflow", **more: Any) -> Json:
    return {"type": kind, "action_id": "menu:1", "options": list(options), **more}


def option(number: int = 0, **more: Any) -> Json:
    return {"text": plain(f"Choice {number}"), "value": f"v{number}", **more}


def image(url: str = "https://example.org/a.png", alt: str | None = "A figure") -> Json:
    return {"type": "image", "image_url": url} | ({} if alt is None else {"alt_text": alt})


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Name"), "element": element, **more}


def typed(**more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": "a", **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "submit": plain("Save"), "blocks": list(blocks), **more}


RIGHT: list[list[Json]] = [
    [section()] * 50,
    [section("x" * 3000)],
    [actions(*(button(action_id=f"press:{n}", text=plain("x" * 75), value="v" * 2000) for n in range(25)))],
    [section(accessory=menu(*(option(n, value="v" * 149 + str(n)) for n in range(5))))],
    [actions(menu(*(option(n) for n in range(100)), kind="static_select", placeholder=plain("x" * 150)))],
    [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10}],
    [{"type": "header", "text": plain("x" * 150)}, {"type": "divider"}, image()],
]


@pytest.mark.parametrize("blocks", RIGHT)
def test_what_fits_is_taken(blocks: list[Json]) -> None:
    assert problems(blocks) == []


WRONG: dict[str, list[Json]] = {
    "51 blocks": [section()] * 51,
    "a long section": [section("x" * 3001)],
    "an empty section": [section("")],
    "a section without text": [{"type": "section"}],
    "an unknown block": [{"type": "paragraph"}],
    "an unknown property": [section(colour="red")],
    "an unknown property of a button": [actions(button(colour="red"))],
    "the same block_id twice": [section(block_id="a"), section(block_id="a")],
    "a long block_id": [section(block_id="a" * 256)],
    "the same action_id twice in a block": [actions(button(), button())],
    "a long action_id": [actions(button(action_id="a" * 256))],
    "a long label": [actions(button(text=plain("x" * 76)))],
    "a long value": [actions(button(value="v" * 2001))],
    "a formatted label": [actions(button(text={"type": "mrkdwn", "text": "x"}))],
    "a wrong style": [actions(button(style="main"))],
    "26 buttons": [actions(*(button(action_id=f"press:{n}") for n in range(26)))],
    "no buttons": [actions()],
    "six options in an overflow": [section(accessory=menu(*(option(n) for n in range(6))))],
    "no options": [section(accessory=menu())],
    "a long option": [section(accessory=menu(option(text=plain("x" * 76))))],
    "a long option value": [section(accessory=menu(option(value="v" * 151)))],
    "the same option twice": [section(accessory=menu(option(), option()))],
    "101 options": [actions(menu(*(option(n) for n in range(101)), kind="static_select"))],
    "a choice that is no option": [actions(menu(option(), kind="static_select", initial_option=option(9)))],
    "a long placeholder": [actions(menu(option(), kind="static_select", placeholder=plain("x" * 151)))],
    "eleven in a context": [{"type": "context", "elements": [plain("x")] * 11}],
    "a button in a context": [{"type": "context", "elements": [button()]}],
    "eleven fields": [{"type": "section", "fields": [plain()] * 11}],
    "a long header": [{"type": "header", "text": plain("x" * 151)}],
    "an image without a text": [image(alt=None)],
    "an image over http": [image("http://example.org/a.png")],
    "an input in a message": [field(typed())],
    "an input as accessory": [section(accessory=typed())],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_not_taken(name: str) -> None:
    assert problems(WRONG[name])


VIEWS: dict[str, Json] = {
    "no title": {"type": "modal", "blocks": [section()]},
    "a long title": modal(section(), title=plain("x" * 25)),
    "a long button": modal(section(), submit=plain("x" * 25)),
    "no button for a field": modal(field(typed()), submit=None),
    "101 blocks": modal(*[section()] * 101),
    "no blocks": modal(),
    "long metadata": modal(section(), private_metadata="x" * 3001),
    "a long callback_id": modal(section(), callback_id="x" * 256),
    "a button as field": modal(field(button())),
    "a long label": modal(field(typed(), label=plain("x" * 2001))),
    "an initial value that is too long": modal(field(typed(max_length=3, initial_value="four"))),
    "a time that is none": modal(field({"type": "timepicker", "action_id": "a", "initial_time": "9:00"})),
    "a number without decimals said": modal(field({"type": "number_input", "action_id": "a"})),
    "two in focus": modal(field(typed(focus_on_load=True)), field(typed(focus_on_load=True))),
    "a home with a button": {"type": "home", "blocks": [section()], "submit": plain()},
    "neither": {"type": "page", "blocks": [section()]},
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_that_does_not_fit_is_not_taken(name: str) -> None:
    assert view_problems(VIEWS[name])


def test_a_view_that_fits_is_taken() -> None:
    time = {"type": "timepicker", "action_id": "t", "initial_time": "09:00"}
    zone = {"type": "external_select", "action_id": "z", "min_query_length": 2, "placeholder": plain("Berlin")}
    assert view_problems(modal(field(typed(initial_value="x")), field(time, optional=True), field(zone))) == []
    assert view_problems({"type": "home", "blocks": [section()] * 100}) == []


async def test_a_wrong_message_is_refused_explained_and_recorded(server: Slack) -> None:
    with pytest.raises(SlackApiError) as caught:
        await create_client(server).chat_postMessage(channel="C1", text="x", blocks=WRONG["a long section"])
    assert caught.value.response["error"] == "invalid_blocks"
    assert "json-pointer:/blocks/0" in caught.value.response["response_metadata"]["messages"][0]
    assert server.violations
    assert server.shown("C1") == []


async def test_all_texts_together_have_a_limit(server: Slack) -> None:
    blocks = [section("x" * 2800)] * 5
    assert sum(len(block["text"]["text"]) for block in blocks) > TEXTS
    assert await call_refused(create_client(server), "chat.postMessage", channel="C1", text="x", blocks=blocks) == (
        "msg_blocks_too_long"
    )


async def test_an_image_that_can_not_be_fetched_costs_the_message_and_is_no_fault_of_ours(server: Slack) -> None:
    blocks = [section(), image("https://example.org/unfetchable.png")]
    assert (
        await call_refused(create_client(server), "chat.postMessage", channel="C1", text="x", blocks=blocks)
        == "invalid_blocks"
    )
    assert server.violations == []


def test_a_message_is_read_as_a_person_reads_it() -> None:
    blocks = [
        {"type": "context", "elements": [plain("Tue 24 Nov"), {"type": "mrkdwn", "text": "top 5"}]},
        section("1. *<https://hf.co/papers/1|A &amp; B &lt;3>*\n19 votes", accessory=menu(option(1), option(2))),
        actions(button(), button(text=plain("All 17"))),
        image(alt="Figure 1"),
    ]
    shown = Shown("C1", "1.000000", "UBOT", "fallback", blocks)
    assert shown.plain.split("\n") == [
        "Tue 24 Nov  top 5",
        "1. A & B <3",
        "19 votes  [⋯ Choice 1, Choice 2]",
        "[Save]  [All 17]",
        "(image: Figure 1)",
    ]
    assert (shown.mentions, shown.links) == ([], [("https://hf.co/papers/1", "A & B <3")])


@pytest.mark.parametrize(
    ("text", "mentions", "links"),
    [
        ("<!channel> hi", ["<!channel>"], []),
        ("<@U1> and <#C1|papers>", ["<@U1>", "<#C1>"], []),
        ("<!subteam^S1>", ["<!subteam^S1>"], []),
        ("&lt;!channel&gt; &lt;@U1&gt;", [], []),
        ("<!date^1^{date}|24 Nov>", [], []),
        ("<https://a.org|b>", [], [("https://a.org", "b")]),
        ("see https://a.org/x now", [], [("https://a.org/x", "https://a.org/x")]),
        ("<script>", [], [("script", "script")]),
    ],
)
def test_what_is_live_in_a_text_is_found(text: str, mentions: list[str], links: list[tuple[str, str]]) -> None:
    shown = Shown("C1", "1.000000", "UBOT", text)
    assert (shown.mentions, shown.links) == (mentions, links)
    hidden = Shown("C1", "1.000000", "UBOT", text, [section("Something else")])
    assert hidden.mentions == mentions


def test_what_is_formatted_is_found() -> None:
    shown = Shown("C1", "1.000000", "UBOT", "*bold* a*b*c 2 * 3 * 4 _it_ `x` ~no~\n&gt; said")
    assert sorted(shown.formats) == [("*", "bold"), (">", "said"), ("_", "it"), ("`", "x"), ("~", "no")]
    assert shown.plain == "bold a*b*c 2 * 3 * 4 it x no\nsaid"
