"""Workspace page layout: sidebar with channels, header, message stream and the composer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from adapters.common.html import join_html, render_tag
from adapters.web.assets import Assets
from adapters.web.rendering import delivery_status, forms, status_page
from adapters.web.rendering.icons import load_sprite, render_icon
from adapters.web.rendering.preview_window import render_preview_dialog
from adapters.web.rendering.site_info import DIRECT_CHANNEL, EmptyChannel, SiteInfo
from adapters.web.rendering.text import render_plain_text
from bot.domain.channels import Channel
from bot.i18n.formatting import format_count, format_moment
from bot.ports.channels import ChannelState
from bot.ports.delivery_reports import LoggedMessage
from bot.reasons.reason import format_reason

_STYLE_SHEETS: Final = (
    "tokens.css",
    "frame.css",
    "message.css",
    "answer.css",
    "form.css",
    "composer.css",
    "seen.css",
    "narrow.css",
)


def render_channel_list(channel_states: Sequence[ChannelState]) -> Markup:
    """Return the side bar's list of places."""
    rows = (
        _render_channel_link(channel_state.channel, render_tag("i", "#", aria_hidden="true"))
        for channel_state in channel_states
    )
    return join_html(
        render_tag("h2", "Channels"),
        *rows,
        render_tag("h2", "Direct messages"),
        _render_channel_link(DIRECT_CHANNEL, render_tag("i", render_icon("sheet"), aria_hidden="true")),
    )


def describe_channel(channel_state: ChannelState | None, site: SiteInfo) -> str:
    """Return what is said of a channel under its name; None is the direct one."""
    if channel_state is None:
        return "Answers and alerts for you alone"
    preferences = channel_state.preferences
    if channel_state.retired_reason:
        return f"Nothing is posted here any more: {format_reason(channel_state.retired_reason)}"
    if preferences.paused:
        return f"Paused; “{site.resume_command}” goes on"
    due = channel_state.due or channel_state.next_run
    if not preferences.on or due is None:
        return f"The digest is off; “{site.digest_command}” starts it"
    return (
        f"Next digest {format_moment(due, preferences.schedule.timezone)} · {format_count(preferences.number, 'paper')}"
    )


def render_sidebar(site: SiteInfo, channel_states: Sequence[ChannelState]) -> Markup:
    """Return the side bar."""
    title = render_tag(
        "div", render_tag("span", render_icon("sheet"), class_="logo"), render_tag("b", "Broadsheet"), class_="mast"
    )
    nav = render_tag("nav", render_channel_list(channel_states), aria_label="Channels")
    version = render_tag("a", f"Broadsheet {site.version}".strip(), href="/status", class_="version small quiet")
    return render_tag(
        "aside", title, nav, _render_sample_notice(site), version, class_="side", id="side", aria_label="Workspace"
    )


def render_main(help_command: str) -> Markup:
    """Return what stands beside it; its messages are fetched."""
    bar = render_tag(
        "header",
        render_tag(
            "button",
            render_icon("bars"),
            render_tag("span", class_="dot", hidden=True),
            type="button",
            class_="icon menu-open",
            aria_label="Channels",
            aria_controls="side",
            aria_expanded="false",
        ),
        render_tag(
            "div", render_tag("h1", id="where"), render_tag("p", id="about", class_="small quiet"), class_="where"
        ),
        render_tag(
            "button", render_icon("half"), type="button", class_="icon", id="theme", aria_label="Switch to dark"
        ),
        class_="bar",
    )
    earlier = render_tag("button", "Earlier messages", type="button", class_="btn earlier", hidden=True)
    noscript = render_tag(
        "noscript", render_tag("p", "The workspace needs JavaScript; everything that it loads is on this machine.")
    )
    column = render_tag("div", earlier, noscript, render_tag("div", id="messages"), class_="column")
    stream = render_tag("div", column, class_="stream", id="stream", role="log", aria_live="off", tabindex="0")
    pill = render_tag(
        "button", "New messages below", render_icon("down"), type="button", class_="btn pill", hidden=True
    )
    strip = render_tag("p", id="strip", class_="small", role="status", hidden=True)
    return render_tag(
        "main", bar, strip, stream, render_tag("div", pill, class_="pills"), _render_composer(help_command)
    )


def _render_channel_link(channel: Channel, sign: Markup) -> Markup:
    name = render_plain_text(channel.name or channel.id, 80)
    return render_tag("a", sign, name, href=f"#/{channel.id}", data_channel=channel.id)


def _render_sample_notice(site: SiteInfo) -> Markup:
    examples = (
        render_tag(
            "li",
            render_tag(
                "button",
                render_tag("span", str(n)),
                render_tag("div", example.label, render_tag("code", example.line)),
                render_icon("right"),
                type="button",
                data_send=example.line,
            ),
        )
        for n, example in enumerate(site.examples, 1)
    )
    sentence = render_tag(
        "p", render_tag("strong", "Sample data."), " ", render_tag("span", site.sample_notice, class_="quiet")
    )
    return render_tag(
        "section",
        sentence if site.is_sample else None,
        render_tag("strong", "Three things to try"),
        render_tag("ol", *examples, class_="try", role="list"),
        class_="sample small",
        aria_label="To begin with",
    )


def _render_composer(help_command: str) -> Markup:
    keys = (("↑", "↓", "choose"), ("Tab", "complete"), ("Enter", "send"), ("Esc", "close"))
    legend = (
        render_tag("span", *(render_tag("kbd", key) for key in row), render_tag("span", word, class_=f"key-{word}"))
        for *row, word in keys
    )
    listbox = render_tag("ul", role="listbox", id="options", aria_label="Commands")
    options = render_tag(
        "div", listbox, render_tag("div", *legend, class_="keys", aria_hidden="true"), class_="list", hidden=True
    )
    input_box = render_tag(
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
    send = render_tag("button", render_icon("up"), type="submit", class_="send", aria_label="Send")
    typing = render_tag("div", render_tag("div", class_="ghost", aria_hidden="true"), input_box, class_="type")
    box = render_tag("form", typing, send, class_="box", id="compose")
    hint = render_tag(
        "p",
        render_tag("span", "Private answers are gone after a reload."),
        render_tag("span", "Type ", render_tag("code", help_command), " for every command"),
        class_="hint",
        id="hint",
    )
    return render_tag("div", render_tag("div", options, box, hint, class_="column"), class_="compose")


def _render_empty_channel(empty: EmptyChannel | None) -> Markup:
    """Return what stands in a channel in which nothing was said yet."""
    heading = render_tag("h2", "Nothing here yet")
    if empty is None:
        return render_tag("div", heading, class_="empty")
    start = render_tag("button", empty.start.label, type="button", class_="btn", data_send=empty.start.line)
    return render_tag("div", heading, render_tag("p", empty.text), start, class_="empty")


def render_workspace_page(
    site: SiteInfo,
    assets: Assets,
    channel_states: Sequence[ChannelState],
    latest_id: str,
    *,
    has_previews: bool = False,
) -> str:
    """Return the page; its messages are fetched, its news begin after the event *latest_id*.

    With *has_previews* there is a window for them.
    """
    body = render_tag(
        "body",
        load_sprite(),
        render_tag("a", "Skip to the message box", class_="skip", href="#say"),
        render_sidebar(site, channel_states),
        render_tag("div", class_="veil"),
        render_main(site.help_command),
        render_tag("p", id="heard", class_="vh", role="status"),
        render_tag("template", forms.render_topic_chip(""), id="chip"),
        render_tag("template", _render_empty_channel(site.empty_channel), id="empty-channel"),
        render_tag("template", _render_empty_channel(site.empty_direct_channel), id="empty-direct-channel"),
        render_preview_dialog() if has_previews else None,
        data_latest=latest_id,
    )
    return _render_document(assets, body, "app.js")


def render_plain_page(title: str, assets: Assets, *parts: Markup, script: str = "") -> str:
    """Return a page that can be read without scripts."""
    logo = render_tag(
        "a",
        render_tag("span", render_icon("sheet"), class_="logo"),
        render_tag("b", "Broadsheet"),
        href="/",
        class_="mast",
    )
    inside = render_tag("main", render_tag("h1", render_plain_text(title)), *parts, class_="column")
    return _render_document(assets, render_tag("body", load_sprite(), logo, inside, class_="plain"), script)


def render_error_page(sentence: str, assets: Assets) -> str:
    """Return a page that says why there is nothing else."""
    return render_plain_page(sentence, assets, render_tag("p", render_tag("a", "Back to the workspace", href="/")))


def render_status_page(report: Mapping[str, Any], assets: Assets, now: datetime, site: SiteInfo) -> str:
    """Return the state of things as a page for people."""
    title = "Broadsheet runs." if report.get("ok") else "Something needs a look."
    health_link = render_tag(
        "p", "The same for programs: ", render_tag("a", "/healthz", href="/healthz"), ".", class_="small quiet"
    )
    return render_plain_page(
        title,
        assets,
        status_page.render_report(report, now, site.source_titles, site.platform_labels),
        health_link,
        script="status.js",
    )


def render_delivery_log_page(
    channel: Channel, messages: Sequence[LoggedMessage], assets: Assets, labels: Mapping[str, str]
) -> str:
    """Return the latest messages of a channel; *labels* are what people call the platforms, by name."""
    back = render_tag("p", render_tag("a", "All of the status", href="/status"), class_="small")
    about = render_tag("p", "The latest messages, newest first, with every attempt to post them.", class_="quiet")
    title = delivery_status.render_log_title(channel, labels)
    return render_plain_page(title, assets, about, delivery_status.render_log(messages), back, script="status.js")


def _render_document(assets: Assets, body: Markup, script: str = "") -> str:
    head = render_tag(
        "head",
        render_tag("meta", charset="utf-8"),
        render_tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        render_tag("meta", name="color-scheme", content="light dark"),
        render_tag("title", "Broadsheet"),
        render_tag("link", rel="icon", href=assets.build_url("icon.svg"), type="image/svg+xml"),
        render_tag("script", src=assets.build_url("theme.js")),
        *(render_tag("link", rel="stylesheet", href=assets.build_url(name)) for name in _STYLE_SHEETS),
        render_tag("script", type="module", src=assets.build_url(script)) if script else None,
    )
    return f"<!doctype html>\n{render_tag('html', head, body, lang='en')}\n"
