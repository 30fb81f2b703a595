"""The settings: what is refused, with which sentence, and that the workspace stays on this machine by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import config
from bot.bootstrap.platforms import build_settings_class, load_platform
from bot.config import Settings
from bot.errors import Misconfigured

EVERYWHERE = "0.0.0.0"  # noqa: S104 (read, never bound to)


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no setting of this machine's own in sight."""
    monkeypatch.chdir(tmp_path)
    for name in build_settings_class().model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def load() -> Settings:
    return config.load(build_settings_class())


def is_slack_configured(settings: Settings) -> bool:
    return load_platform("adapters.slack.platform").is_configured(settings)


def choose(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return load()


def faults(monkeypatch: pytest.MonkeyPatch, **settings: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        choose(monkeypatch, **settings)
    return caught.value.faults


def test_without_any_setting_only_this_machine_is_served() -> None:
    chosen = load()
    assert chosen.is_local_only
    assert not chosen.web_trust_network


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "localhost", "LOCALHOST", "::1"])
def test_this_machines_own_addresses_need_no_trust(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert choose(monkeypatch, WEB_HOST=host).is_local_only


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "", "192.168.1.5", "papers.lan", "127.evil.example", "127.1"])
def test_an_open_address_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    (fault,) = faults(monkeypatch, WEB_HOST=host)
    assert fault == (
        f"WEB_HOST: “{host}” opens the workspace, which asks nobody who they are, to other machines; "
        "set WEB_HOST=127.0.0.1, or WEB_TRUST_NETWORK=yes if something else keeps strangers out."
    )


@pytest.mark.parametrize("trust", ["no", "false", "0"])
def test_a_no_is_no(monkeypatch: pytest.MonkeyPatch, trust: str) -> None:
    assert len(faults(monkeypatch, WEB_HOST=EVERYWHERE, WEB_TRUST_NETWORK=trust)) == 1


def test_an_open_address_is_taken_when_somebody_vouches_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = choose(monkeypatch, WEB_HOST=EVERYWHERE, WEB_TRUST_NETWORK="yes")
    assert chosen.web_host == EVERYWHERE
    assert not chosen.is_local_only


def test_trust_alone_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose(monkeypatch, WEB_TRUST_NETWORK="yes").is_local_only


def test_a_trust_that_can_not_be_read_is_the_one_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    (fault,) = faults(monkeypatch, WEB_HOST=EVERYWHERE, WEB_TRUST_NETWORK="maybe")
    assert fault == "WEB_TRUST_NETWORK: “maybe” is neither yes nor no."


def test_the_open_address_is_told_with_every_other_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, WEB_HOST=EVERYWHERE, WEB_PORT="many", LOG_LEVEL="loud")
    assert {fault.partition(":")[0] for fault in told} == {"WEB_HOST", "WEB_PORT", "LOG_LEVEL"}


@pytest.mark.parametrize("setting", ["WEB_PORT", "PORT"])
@pytest.mark.parametrize("port", ["many", "-1", "65536", "80.5"])
def test_what_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, setting: str, port: str) -> None:
    (fault,) = faults(monkeypatch, **{setting: port})
    assert fault == f"{setting}: “{port}” is not a port, which is a number from 0 to 65535."


BOT_TOO = "SLACK_BOT_TOKEN: set it too; it is the bot's token, under “OAuth & Permissions”."
APP_TOO = "SLACK_APP_TOKEN: set it too, for Socket Mode; or SLACK_SIGNING_SECRET, PORT and PUBLIC_URL."
CLASH = "SLACK_CLIENT_ID: many workspaces (this) and one (SLACK_BOT_TOKEN) exclude each other; leave one empty."
ID_TOO = "SLACK_CLIENT_ID: set it too; it goes with SLACK_CLIENT_SECRET."
SECRET_TOO = "SLACK_CLIENT_SECRET: set it too; it goes with SLACK_CLIENT_ID."
PORT_TOO = "PORT: set it; Slack's requests come to the public listener."
URL_TOO = "PUBLIC_URL: set it for installations, such as https://bot.example.org."
BOT, APP, SIGNED, ID, SECRET = "BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET", "CLIENT_ID", "CLIENT_SECRET"
SLACK = {BOT: "xoxb-1", APP: "xapp-1", SIGNED: "s", ID: "1.2", SECRET: "c"}
HTTP = {"PORT": "3000", "PUBLIC_URL": "https://bot.example.org"}


@pytest.mark.parametrize(
    ("given", "more", "told"),
    [
        ([BOT], {}, (APP_TOO,)),
        ([APP], {}, (BOT_TOO,)),
        ([SIGNED], HTTP, (BOT_TOO,)),
        ([SIGNED], {}, (BOT_TOO, PORT_TOO)),
        ([BOT, SIGNED], {}, (PORT_TOO,)),
        ([BOT, SIGNED], {"PORT": ""}, (PORT_TOO,)),
        ([BOT, APP, ID, SECRET], HTTP, (CLASH,)),
        ([BOT, APP, SECRET], HTTP, (CLASH,)),
        ([ID, SIGNED], HTTP, (SECRET_TOO,)),
        ([SECRET, SIGNED], HTTP, (ID_TOO,)),
        ([ID, SECRET, APP], {}, (URL_TOO, PORT_TOO)),
        ([ID], {}, (APP_TOO, SECRET_TOO, URL_TOO, PORT_TOO)),
        ([BOT, APP], {}, ()),
        ([BOT, SIGNED], {"PORT": "0"}, ()),
        ([BOT, APP, SIGNED], {}, ()),
        ([ID, SECRET, SIGNED], HTTP, ()),
        ([ID, SECRET, APP], HTTP, ()),
    ],
)
def test_settings_of_slack_that_do_not_go_together_are_told(
    monkeypatch: pytest.MonkeyPatch, given: list[str], more: dict[str, str], told: tuple[str, ...]
) -> None:
    settings = {f"SLACK_{name}": SLACK[name] for name in given} | more
    if told:
        assert faults(monkeypatch, **settings) == told
    else:
        assert is_slack_configured(choose(monkeypatch, **settings))


def test_wrong_values_and_contradictions_are_told_together_in_the_order_of_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = faults(monkeypatch, LOG_LEVEL="loud", WEB_PORT="many", SLACK_BOT_TOKEN="xoxb-1")
    assert told == (
        "WEB_PORT: “many” is not a port, which is a number from 0 to 65535.",
        APP_TOO,
        "LOG_LEVEL: “loud” is not one of DEBUG, INFO, WARNING, ERROR.",
    )


def test_a_wrong_value_still_contradicts_others(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, SLACK_BOT_TOKEN="xapp-1")
    assert told == ("SLACK_BOT_TOKEN: this is not such a token: it starts with xoxb-.", APP_TOO)


def test_a_setting_that_is_wrong_in_itself_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s", PORT="many")
    assert told == ("PORT: “many” is not a port, which is a number from 0 to 65535.",)
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    told = faults(monkeypatch, SLACK_CLIENT_ID="1.2", SLACK_CLIENT_SECRET="c", PUBLIC_URL="bot.example.org", PORT="1")
    assert told == ("PUBLIC_URL: “bot.example.org” is not an address such as https://example.org.",)


def test_the_file_and_the_environment_are_judged_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-1\nSLACK_APP_TOKEN=xapp-1\n")
    assert is_slack_configured(load())
    assert faults(monkeypatch, SLACK_APP_TOKEN="") == (APP_TOO,)


@pytest.mark.parametrize(
    "url", ["sqlite", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///?x=1", "mysql://x/y"]
)
def test_what_names_no_file_of_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    (fault,) = faults(monkeypatch, DATABASE_URL=url)
    assert fault == "DATABASE_URL: only a file of SQLite can be used so far, such as sqlite:///data/broadsheet.db."


@pytest.mark.parametrize("url", ["sqlite:///data/x.db", "sqlite:////srv/x.db", "sqlite+aiosqlite:///x.db?timeout=9"])
def test_a_file_of_sqlite_is_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert choose(monkeypatch, DATABASE_URL=url).async_database_url.startswith("sqlite+aiosqlite:///")


def test_a_file_of_settings_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("DATA_DIR=données\n".encode("latin-1"))
    with pytest.raises(Misconfigured) as caught:
        load()
    assert caught.value.faults == (".env is not written in UTF-8. Save it in that encoding.",)


def test_a_file_of_settings_that_can_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("WEB_PORT=8001\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(Misconfigured, match=r"^\.env can't be read: Permission denied\. Check who owns it\.$"):
        load()


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("WEB_HOST=0.0.0.0\nWEB_TRUST_NETWORK=yes\nWEB_PORT=8001\n")
    assert load().web_port == 8001
    assert faults(monkeypatch, WEB_TRUST_NETWORK="no")


def test_what_nobody_may_read_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = choose(
        monkeypatch,
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
        DISCORD_TOKEN="abc",
        VAULT_KEYS="one two",
        WEB_PORT="1234",
    )
    assert set(settings.secrets) == {"xoxb-1", "xapp-1", "abc", "one", "two"}


def test_every_setting_whose_name_says_so_is_a_secret() -> None:
    fields = build_settings_class().model_fields
    assert {name for name in fields if name.endswith(("_token", "_secret", "_keys", "heartbeat_url"))} == {
        name for name, field in fields.items() if not field.repr
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://watch.example/ping/abc/",
        "http://127.0.0.1:3001/abc",
        "http://[::1]/abc",
        "http://10.0.0.7/abc",
        "http://localhost/abc",
        "http://uptime-kuma:3001/abc",
    ],
)
def test_a_heartbeat_goes_over_https_or_stays_near_and_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HEARTBEAT_URL", url)
    settings = load()
    assert settings.heartbeat_url == url
    assert "abc" not in repr(settings)


@pytest.mark.parametrize(
    "url", ["http://watch.example/abc", "http://8.8.8.8/abc", "ftp://[::1]/abc", "abc", "http://[x/abc"]
)
def test_another_heartbeat_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    (told,) = faults(monkeypatch, HEARTBEAT_URL=url)
    assert told == (
        "HEARTBEAT_URL: it is neither an address with https nor one with http on this machine or a private network."
    )


def test_a_log_is_text_or_json(monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults(monkeypatch, LOG_FORMAT="xml") == ("LOG_FORMAT: “xml” is neither text nor json.",)
    monkeypatch.setenv("LOG_FORMAT", "JSON")
    assert load().log_format == "json"


@pytest.mark.parametrize("channel", ["", "slack:T1:C1", "discord:10:20", "web:local:papers"])
def test_the_operator_channel_is_on_a_platform(monkeypatch: pytest.MonkeyPatch, channel: str) -> None:
    assert choose(monkeypatch, OPERATOR_CHANNEL=channel).operator_channel == channel


@pytest.mark.parametrize(
    ("channel", "fault"),
    [
        ("#ops", "“#ops” is not a channel such as discord:WORKSPACE:CHANNEL, with the ids of both."),
        ("slack:T1:", "“slack:T1:” is not a channel such as discord:WORKSPACE:CHANNEL, with the ids of both."),
        ("slak:T1:C1", "“slak” is no platform; did you mean slack:T1:C1."),
        ("Discord:10:20", "“Discord” is no platform; did you mean discord:10:20."),
        ("irc:1:2", "“irc” is no platform; there are web, slack, discord."),
    ],
)
def test_an_operator_channel_that_is_none_is_refused_with_what_was_meant(
    monkeypatch: pytest.MonkeyPatch, channel: str, fault: str
) -> None:
    assert faults(monkeypatch, OPERATOR_CHANNEL=channel) == (f"OPERATOR_CHANNEL: {fault}",)
