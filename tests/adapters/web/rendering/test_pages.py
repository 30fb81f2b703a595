"""Whole pages, and the files that they are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.web import assets
from adapters.web.rendering import pages
from adapters.web.rendering.pages import describe_channel
from adapters.web.rendering.site_info import EmptyChannel, Example, SiteInfo
from bot.domain.preferences import Preferences
from bot.ports.channels import ChannelState
from bot.reasons.reason import to_reason
from tests.workspace import PAPERS_CHANNEL, SITE, running

HTML = {"Accept": "text/html"}


async def test_the_page_loads_only_what_is_ours(client: ClientSession) -> None:
    async with client.get("/") as answer:
        page = await answer.text()
    places = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert places
    assert all(place.startswith(("/", "#")) for place in places)
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r'\s(?:style|on\w+)="', page)


async def test_files_are_kept_for_as_long_as_they_are_the_same(client: ClientSession) -> None:
    async with client.get("/") as answer:
        places = re.findall(r'(?:src|href)="(/static/[^"]+)"', await answer.text())
    assert len(places) > 5
    for place in places:
        async with client.get(place) as answer:
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.content_type in {"text/css", "text/javascript", "image/svg+xml"}
    async with client.get(re.sub(r"/static/\w+/", "/static/000000000000/", places[0])) as answer:
        assert answer.status == 404
        assert answer.headers["Cache-Control"] == "no-store"


async def test_every_script_that_is_imported_is_there() -> None:
    files = assets.load_assets().files
    for name, data in files.items():
        for wanted in re.findall(rb'from "\./([\w.]+)"', data):
            assert wanted.decode() in files, f"{name} imports {wanted.decode()}"


@pytest.mark.parametrize("name", ["..%2fserver.py", "%2e%2e/server.py", "app.js%00", "server.py"])
async def test_nothing_else_is_served(client: ClientSession, name: str) -> None:
    async with client.get(f"/static/{assets.load_assets().version}/{name}") as answer:
        assert answer.status == 404


async def test_a_sample_says_so() -> None:
    known = assets.load_assets()
    page = pages.render_workspace_page(SITE, known, (), "b-0")
    assert "Sample data." in page
    assert "Real papers of February 2026" in page
    real = pages.render_workspace_page(SiteInfo(examples=(Example("One", "help"),)), known, (), "b-0")
    assert "Sample data" not in real
    assert 'data-send="help"' in real


async def test_what_an_empty_channel_offers_is_handed_over() -> None:
    empty = EmptyChannel("Nobody was here.", Example("Come in", "enter"))
    site = SiteInfo(empty_channel=empty, empty_direct_channel=replace(empty, text="You were not here."))
    page = pages.render_workspace_page(site, assets.load_assets(), (), "b-0")
    templates = dict(re.findall(r'<template id="(empty[\w-]+)">(.*?)</template>', page))
    assert templates["empty-channel"] == (
        '<div class="empty"><h2>Nothing here yet</h2><p>Nobody was here.</p>'
        '<button type="button" class="btn" data-send="enter">Come in</button></div>'
    )
    assert "You were not here." in templates["empty-direct-channel"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Next digest Tue 24 Nov 08:00 · 5 papers"),
        ({"due": datetime.fromisoformat("2026-11-24T07:00Z")}, "Next digest Tue 24 Nov 07:00 · 5 papers"),
        (
            {"retired_reason": to_reason("the channel is archived.")},
            "Nothing is posted here any more: the channel is archived.",
        ),
        ({"preferences": Preferences(on=True, paused=True)}, "Paused; “resume” goes on"),
        ({"preferences": Preferences()}, "The digest is off; “digest on” starts it"),
        ({"next_run": None}, "The digest is off; “digest on” starts it"),
    ],
)
def test_about_a_channel(changes: dict[str, Any], sentence: str) -> None:
    standing = ChannelState(1, PAPERS_CHANNEL, Preferences(on=True), datetime.fromisoformat("2026-11-24T08:00Z"))
    assert describe_channel(replace(standing, **changes), SITE) == sentence


async def test_status_for_people_and_for_programs(client: ClientSession) -> None:
    async with client.get("/status", headers=HTML) as answer:
        page = await answer.text()
    assert "Broadsheet runs." in page
    assert "fine, 3 minutes ago" in page
    for path in ("/status", "/healthz"):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert (await answer.json())["ok"] is True


async def lately(now: datetime) -> Mapping[str, Any]:
    return {
        "ok": True,
        "jobs": {"deliver": 4, "poll": 190},
        "sources": [
            {"name": "huggingface", "succeeded": (now - timedelta(hours=2)).isoformat(), "error": ""},
            {"name": "preprints"},
        ],
        "newest_list": "2026-02-27",
        "papers": 1399,
    }


async def test_status_says_times_in_words() -> None:
    async with running(status=lately) as workspace, ClientSession(workspace.url) as client:
        async with client.get("/status", headers=HTML) as answer:
            page = re.sub(r"</?bdi>", "", await answer.text())
        async with client.get("/status") as answer:
            assert (await answer.json())["jobs"] == {"deliver": 4, "poll": 190}
    assert "<dt>poll</dt><dd>3 minutes ago</dd>" in page
    assert "<dt>Newest list</dt><dd>Fri 27 Feb 2026</dd>" in page
    assert "<dt>Papers stored</dt><dd>1,399</dd>" in page
    assert "2 hours ago (<time" in page
    assert ">Tue 24 Nov 06:00 UTC</time>)" in page
    assert "<dd>Hugging Face</dd>" in page
    assert "<dd>preprints</dd>" in page, "one that is not open any more"
    assert "error" not in page


async def ill(now: datetime) -> Mapping[str, Any]:
    return {
        "ok": False,
        "scheduler": {"last tick": "9 minutes ago"},
        "sources": {},
        "log": ["<b>", {"deep": [[[[[{"er": 1}]]]]]}, None, True],
    }


async def test_ill_health_is_a_503() -> None:
    async with running(status=ill) as workspace, ClientSession(workspace.url) as client:
        async with client.get("/healthz") as answer:
            assert answer.status == 503
            assert (await answer.json())["ok"] is False
        async with client.get("/status", headers=HTML) as answer:
            page = await answer.text()
    assert "Something needs a look." in page
    assert "&lt;b&gt;" in page


async def test_what_is_not_there(client: ClientSession) -> None:
    async with client.get("/nowhere") as answer:
        assert answer.status == 404
        assert "There is nothing here." in await answer.text()
