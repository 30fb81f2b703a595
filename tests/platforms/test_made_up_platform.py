"""A chat platform is one folder and one line: a made-up one is set up, checked, previewed, posted to, and answered."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from typer.testing import CliRunner

from bot.__main__ import build_cli
from bot.bootstrap import platforms
from bot.bootstrap.context import Context, load_settings, read_clock
from bot.bootstrap.platforms import build_settings_class, list_features, load_platform
from bot.bootstrap.run import run_bot
from bot.commands.context import CommandContext
from bot.commands.preferences.fields import list_fields
from bot.delivery import pending_notices
from bot.diagnostics.doctor import run_checks
from bot.domain.channels import Channel
from bot.domain.feed import find_newest_feed_date
from bot.domain.schedules import Schedule
from bot.errors import Misconfigured
from bot.ports.features import Feature
from bot.ports.platforms import PlatformDefinition
from bot.ports.settings import PlatformSettings
from bot.ports.stores import Stores
from bot.reasons.reason import to_reason
from tests.papers import of_day, publish, subscribe
from tests.platforms.pager.composition import CHANNEL, WORKSPACE
from tests.platforms.pager_server import PagerServer, serve_pager
from tests.stores import open_stores

ROOT = Path(__file__).parents[2]
PLATFORMS = (
    *platforms.PLATFORMS,
    load_platform("tests.platforms.pager.platform"),
)


@pytest.fixture
async def server() -> AsyncIterator[PagerServer]:
    async with serve_pager() as served:
        yield served


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty folder in which nothing is set, and take the log's handlers off again."""
    monkeypatch.chdir(tmp_path)
    for name in build_settings_class(PLATFORMS).model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    nowhere = "http://127.0.0.1:9"
    for name, value in {"WEB_PORT": "0", "HF_ENDPOINT": nowhere, "ARXIV_URL": nowhere}.items():
        monkeypatch.setenv(name, value)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield tmp_path
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


# -- settings --------------------------------------------------------------------------------------------------------


def test_its_settings_are_read_with_all_others(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER_URL", "http://pager.example/")
    settings: Any = load_settings(PLATFORMS)
    assert (settings.pager_url, settings.slack_command, settings.web_port) == ("http://pager.example", "/papers", 0)


def test_what_is_wrong_with_them_is_told_in_their_place(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WEB_PORT": "many", "PAGER_URL": "pager", "DISCORD_TOKEN": "a b", "PUBLIC_URL": "x"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as caught:
        load_settings(PLATFORMS)
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "WEB_PORT",
        "DISCORD_TOKEN",
        "PAGER_URL",
        "PUBLIC_URL",
    ]
    assert caught.value.faults[2] == "PAGER_URL: “pager” is not an address such as https://example.org."


def test_what_contradicts_each_other_is_told_in_its_place(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class SaidTwice(PlatformSettings):
        one_here: str = ""
        one_there: str = ""

        @classmethod
        def find_contradictions(cls, given: Collection[str]) -> Mapping[str, str]:
            return {"one_there": "leave it empty."} if {"one_here", "one_there"} <= set(given) else {}

    other = replace(PLATFORMS[-1], name="one", settings_class=SaidTwice, is_configured=lambda _: False)
    for name, value in {"ONE_HERE": "1", "ONE_THERE": "2", "SLACK_APP_TOKEN": "xapp-1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as caught:
        load_settings((*PLATFORMS, other))
    assert [fault.partition(":")[0] for fault in caught.value.faults] == ["SLACK_BOT_TOKEN", "ONE_THERE"]


@pytest.mark.parametrize("definition", PLATFORMS, ids=lambda definition: definition.name)
def test_settings_are_named_for_their_platform_and_checked_by_their_types(definition: PlatformDefinition[Any]) -> None:
    fields = definition.settings_class.model_fields
    assert [name for name in fields if not name.startswith(f"{definition.name}_")] == []
    decorators = definition.settings_class.__pydantic_decorators__
    shared = {**decorators.field_validators, **decorators.model_validators}
    assert shared == {}, "another platform may use that name"


def test_what_it_has_is_asked_and_what_others_have_is_refused_by_their_labels() -> None:
    context = CommandContext(cast("Any", None), platforms=list_features(PLATFORMS))
    asked = {question.name for question in list_fields(CHANNEL, context.get_features(CHANNEL))}
    assert {"mention", "lift", "tag", "into", "unfurl"} & asked == {"mention"}
    assert context.format_platforms_with(Feature.ROLES) == "Discord and The Pager"
    assert context.format_platforms_with(Feature.ACCESS_POLICY) == "the browser and Slack"


def test_its_tokens_stay_out_of_the_log(machine: Path) -> None:
    load_settings(PLATFORMS)
    logging.getLogger("pager").warning("refused: beeper-1234")
    assert (machine / "data/broadsheet.log").read_text().endswith("refused: [secret]\n")


# -- doctor, command line ----------------------------------------------------------------------------------------------


async def test_doctor_asks_it_about_the_channels_that_should_have_a_digest(
    machine: Path, monkeypatch: pytest.MonkeyPatch, server: PagerServer
) -> None:
    async with open_stores(machine / "data", read_clock()) as stores:
        await subscribe(stores, CHANNEL, "UTC", read_clock())
        await stores.workspaces.save(WORKSPACE)
        await pending_notices.save_pending(stores.key_values, CHANNEL.key, to_reason("The pager beeps."))
    monkeypatch.setenv("PAGER_URL", server.url)
    found = {result.message: result.ok for result in await run_checks(PLATFORMS)}
    assert found["The pager answers, and pages papers."] is True
    assert found["Nobody who manages The ward can be told: The pager beeps."] is False
    monkeypatch.setenv("PAGER_URL", "http://127.0.0.1:9")
    found = {result.message: result.ok for result in await run_checks(PLATFORMS)}
    assert found["The pager does not answer. Check PAGER_URL."] is False


async def test_doctor_asks_it_before_anything_is_stored(
    machine: Path, monkeypatch: pytest.MonkeyPatch, server: PagerServer
) -> None:
    monkeypatch.setenv("PAGER_URL", server.url)
    assert "The pager answers, and pages nobody." in {result.message for result in await run_checks(PLATFORMS)}


async def test_doctor_does_not_ask_what_is_not_set_up(machine: Path) -> None:
    assert [result.message for result in await run_checks(PLATFORMS) if "pager" in result.message] == []


def test_it_has_its_console_commands(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER_URL", "http://pager.example")
    done = CliRunner().invoke(build_cli(PLATFORMS), ["pager", "where"])
    assert (done.exit_code, done.stdout) == (0, "http://pager.example\n")


# -- the running bot ---------------------------------------------------------------------------------------------------


async def test_the_running_bot_posts_to_it_and_answers_its_people(
    tmp_path: Path, server: PagerServer, capsys: pytest.CaptureFixture[str]
) -> None:
    now, stop = read_clock(), asyncio.Event()
    day = find_newest_feed_date(now) - timedelta(days=2)
    settings = build_settings_class(PLATFORMS).model_construct(data_dir=tmp_path, web_port=0, pager_url=server.url)
    async with open_stores(tmp_path, now) as stores, asyncio.timeout(30):
        await publish(stores, day, now)
        await subscribe(stores, CHANNEL, "UTC", now - timedelta(hours=1), number=3, schedule=_due_at(now))
        await stores.channels.retire(await _subscribe_lost_channel(stores, now), to_reason("the pager was lost"))
        running = asyncio.create_task(run_bot(Context(settings, stores, (), PLATFORMS), stop))
        channel, page = await server.pages.get()
        assert channel == CHANNEL.id
        assert page.splitlines()[-3:] == [f"{number}. {paper.title}" for number, paper in enumerate(of_day(day, 3), 1)]
        assert "Nothing is followed" in await server.type_line("1", "ada", "follows")
        address = re.search(r"http://127\.0\.0\.1:\d+", capsys.readouterr().out)
        assert address
        await _look_at_the_workspace(address[0])
        stop.set()
        await running


def _due_at(now: datetime) -> Schedule:
    """Return a schedule by which a digest has been due for a minute or so, on any day."""
    due = now - timedelta(minutes=1)
    return Schedule(due.time().replace(second=0, microsecond=0), "UTC", tuple(range(7)))


async def _subscribe_lost_channel(stores: Stores, now: datetime) -> Channel:
    lost = replace(CHANNEL, id="2", name="lost")
    await subscribe(stores, lost, "UTC", now)
    return lost


async def _look_at_the_workspace(address: str) -> None:
    """See an answer as on the pager, by its label, and what the status says of its channels."""
    async with aiohttp.ClientSession(address) as browser:
        async with browser.post("/api/command", json={"channel": "papers", "line": "help", "id": "aaaa1111"}) as answer:
            assert "See as The Pager: " in (await answer.json())["html"]
        async with browser.get("/api/drawing", params={"as": "pager", "answer": "aaaa1111"}) as drawing:
            assert "<p>beep</p>" in await drawing.text()
        async with browser.get("/healthz") as health:
            assert (await health.json())["silent"] == ["#lost on The Pager: the pager was lost"]


# -- imports -----------------------------------------------------------------------------------------------------------


def test_the_import_contracts_hold_with_it_as_an_adapter(tmp_path: Path) -> None:
    done = _check_contracts(tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    "wrong",
    ["bot.bootstrap.run", "bot.config", "bot.workspace_lifecycle", "storage.stores", "adapters.slack.settings"],
)
def test_the_import_contracts_can_fail_for_it(tmp_path: Path, wrong: str) -> None:
    assert wrong in _check_contracts(tmp_path, f"import {wrong}\n").stdout


def _check_contracts(folder: Path, more: str = "") -> subprocess.CompletedProcess[str]:
    """Hold a copy of the code, with the pager among the adapters, to the contracts."""
    for package in ("bot", "adapters", "storage"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.po", "*.gz"))
    shutil.copytree(Path(__file__).parent / "pager", folder / "adapters/pager")
    shutil.copy(ROOT / "pyproject.toml", folder)
    with (folder / "adapters/pager/settings.py").open("a") as settings:
        settings.write(more)
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
