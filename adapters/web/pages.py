"""HTML pages: the workspace, the status page and error pages, with their head and style sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from adapters.web import facts, forms, frame
from adapters.web.assets import Assets
from adapters.web.markup import Html, render_icon, render_tag
from adapters.web.site import SiteInfo
from adapters.web.sprite import SPRITE
from adapters.web.window import render_preview_dialog
from bot.ports.channels import ChannelState

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
        SPRITE,
        render_tag("a", "Skip to the message box", class_="skip", href="#say"),
        frame.render_sidebar(site, channel_states),
        render_tag("div", class_="veil"),
        frame.render_main(),
        render_tag("p", id="heard", class_="vh", role="status"),
        render_tag("template", forms.render_topic_chip(""), id="chip"),
        render_preview_dialog() if has_previews else None,
        data_latest=latest_id,
    )
    return _render_document(assets, body, "app.js")


def render_plain_page(title: str, assets: Assets, *parts: Html, script: str = "") -> str:
    """Return a page that can be read without scripts."""
    logo = render_tag(
        "a",
        render_tag("span", render_icon("sheet"), class_="logo"),
        render_tag("b", "Broadsheet"),
        href="/",
        class_="mast",
    )
    inside = render_tag("main", render_tag("h1", title), *parts, class_="column")
    return _render_document(assets, render_tag("body", SPRITE, logo, inside, class_="plain"), script)


def render_error_page(sentence: str, assets: Assets) -> str:
    """Return a page that says why there is nothing else."""
    return render_plain_page(sentence, assets, render_tag("p", render_tag("a", "Back to the workspace", href="/")))


def render_status_page(report: Mapping[str, Any], assets: Assets, now: datetime) -> str:
    """Return the state of things as a page for people."""
    title = "Broadsheet runs." if report.get("ok") else "Something needs a look."
    health_link = render_tag(
        "p", "The same for programs: ", render_tag("a", "/healthz", href="/healthz"), ".", class_="small quiet"
    )
    return render_plain_page(title, assets, facts.render_report(report, now), health_link, script="status.js")


def _render_document(assets: Assets, body: Html, script: str = "") -> str:
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
