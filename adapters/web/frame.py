"""The workspace's frame: side bar, header, the place for messages, the message box."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.web.markup import Html, icon, join, tag
from adapters.web.site import DIRECT, Site
from adapters.web.words import plain
from bot.models import Channel
from bot.ports.places import Standing
from bot.wording import count, when


def channels(standings: Sequence[Standing]) -> Html:
    """Return the side bar's list of places."""
    rows = (_place(standing.channel, tag("i", "#", aria_hidden="true")) for standing in standings)
    return join(
        tag("h2", "Channels"),
        *rows,
        tag("h2", "Direct messages"),
        _place(DIRECT, tag("i", icon("sheet"), aria_hidden="true")),
    )


def about(standing: Standing | None) -> str:
    """Return what is said of a channel under its name; None is the direct one."""
    if standing is None:
        return "Answers and alerts for you alone"
    wants = standing.preferences
    if standing.retired:
        return f"Nothing is posted here any more: {standing.retired}"
    if wants.paused:
        return "Paused; “resume” goes on"
    due = standing.due or standing.next_run
    if not wants.on or due is None:
        return "The digest is off; “digest on” starts it"
    return f"Next digest {when(due, wants.schedule.timezone)} · {count(wants.number, 'paper')}"


def side(site: Site, standings: Sequence[Standing]) -> Html:
    """Return the side bar."""
    mast = tag("div", tag("span", icon("sheet"), class_="logo"), tag("b", "Broadsheet"), class_="mast")
    nav = tag("nav", channels(standings), aria_label="Channels")
    version = tag("a", f"Broadsheet {site.version}".strip(), href="/status", class_="version small quiet")
    return tag("aside", mast, nav, _sample(site), version, class_="side", id="side", aria_label="Workspace")


def main() -> Html:
    """Return what stands beside it; its messages are fetched."""
    bar = tag(
        "header",
        tag(
            "button",
            icon("bars"),
            tag("span", class_="dot", hidden=True),
            type="button",
            class_="icon menu-open",
            aria_label="Channels",
            aria_controls="side",
            aria_expanded="false",
        ),
        tag("div", tag("h1", id="where"), tag("p", id="about", class_="small quiet"), class_="where"),
        tag("button", icon("half"), type="button", class_="icon", id="theme", aria_label="Switch to dark"),
        class_="bar",
    )
    earlier = tag("button", "Earlier messages", type="button", class_="btn earlier", hidden=True)
    noscript = tag("noscript", tag("p", "The workspace needs JavaScript; everything that it loads is on this machine."))
    column = tag("div", earlier, noscript, tag("div", id="messages"), class_="column")
    stream = tag("div", column, class_="stream", id="stream", role="log", aria_live="off", tabindex="0")
    pill = tag("button", "New messages below", icon("down"), type="button", class_="btn pill", hidden=True)
    strip = tag("p", id="strip", class_="small", role="status", hidden=True)
    return tag("main", bar, strip, stream, tag("div", pill, class_="pills"), _composer())


def _place(channel: Channel, sign: Html) -> Html:
    name = plain(channel.name or channel.id, 80)
    return tag("a", sign, name, href=f"#/{channel.id}", data_channel=channel.id)


def _sample(site: Site) -> Html:
    tries = (
        tag(
            "li",
            tag(
                "button",
                tag("span", str(n)),
                tag("div", attempt.label, tag("code", attempt.line)),
                icon("right"),
                type="button",
                data_send=attempt.line,
            ),
        )
        for n, attempt in enumerate(site.tries, 1)
    )
    sentence = tag("p", tag("strong", "Sample data."), " ", tag("span", site.sentence, class_="quiet"))
    return tag(
        "section",
        sentence if site.sample else None,
        tag("strong", "Three things to try"),
        tag("ol", *tries, class_="try", role="list"),
        class_="sample small",
        aria_label="To begin with",
    )


def _composer() -> Html:
    keys = (("↑", "↓", "choose"), ("Tab", "complete"), ("Enter", "send"), ("Esc", "close"))
    legend = (
        tag("span", *(tag("kbd", key) for key in row), tag("span", word, class_=f"key-{word}")) for *row, word in keys
    )
    listbox = tag("ul", role="listbox", id="options", aria_label="Commands")
    options = tag("div", listbox, tag("div", *legend, class_="keys", aria_hidden="true"), class_="list", hidden=True)
    say = tag(
        "input",
        id="say",
        type="text",
        role="combobox",
        aria_expanded="false",
        aria_controls="options",
        aria_autocomplete="list",
        aria_label="Command",
        aria_describedby="hint",
        placeholder="Type a command, or / for all",
        autocomplete="off",
        autocapitalize="off",
        spellcheck="false",
        maxlength=2000,
        enterkeyhint="send",
    )
    send = tag("button", icon("up"), type="submit", class_="send", aria_label="Send")
    typing = tag("div", tag("div", class_="ghost", aria_hidden="true"), say, class_="type")
    box = tag("form", typing, send, class_="box", id="compose")
    hint = tag(
        "p",
        tag("span", "Private answers are gone after a reload."),
        tag("span", "Type ", tag("code", "help"), " for every command"),
        class_="hint",
        id="hint",
    )
    return tag("div", tag("div", options, box, hint, class_="column"), class_="compose")
