"""Whole pages: the workspace's frame, the status for people, and a page for one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from adapters.web import facts, forms, frame
from adapters.web.assets import Assets
from adapters.web.markup import Html, icon, tag
from adapters.web.site import Site
from adapters.web.sprite import SPRITE
from adapters.web.window import window
from bot.ports.places import Standing

_STYLES: Final = (
    "tokens.css",
    "frame.css",
    "message.css",
    "answer.css",
    "form.css",
    "composer.css",
    "seen.css",
    "narrow.css",
)


def workspace(site: Site, assets: Assets, standings: Sequence[Standing], latest: str, *, drawings: bool = False) -> str:
    """Return the page; its messages are fetched, its news begin after the event *latest*.

    With *drawings* there is a window for them.
    """
    body = tag(
        "body",
        SPRITE,
        tag("a", "Skip to the message box", class_="skip", href="#say"),
        frame.side(site, standings),
        tag("div", class_="veil"),
        frame.main(),
        tag("p", id="heard", class_="vh", role="status"),
        tag("template", forms.chip(""), id="chip"),
        window() if drawings else None,
        data_latest=latest,
    )
    return _document(assets, body, "app.js")


def plain_page(title: str, assets: Assets, *parts: Html, script: str = "") -> str:
    """Return a page that can be read without scripts."""
    logo = tag("a", tag("span", icon("sheet"), class_="logo"), tag("b", "Broadsheet"), href="/", class_="mast")
    inside = tag("main", tag("h1", title), *parts, class_="column")
    return _document(assets, tag("body", SPRITE, logo, inside, class_="plain"), script)


def refused(sentence: str, assets: Assets) -> str:
    """Return a page that says why there is nothing else."""
    return plain_page(sentence, assets, tag("p", tag("a", "Back to the workspace", href="/")))


def status(report: Mapping[str, Any], assets: Assets, now: datetime) -> str:
    """Return the state of things as a page for people."""
    title = "Broadsheet runs." if report.get("ok") else "Something needs a look."
    machine = tag("p", "The same for programs: ", tag("a", "/healthz", href="/healthz"), ".", class_="small quiet")
    return plain_page(title, assets, facts.listing(report, now), machine, script="status.js")


def _document(assets: Assets, body: Html, script: str = "") -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", "Broadsheet"),
        tag("link", rel="icon", href=assets.url("icon.svg"), type="image/svg+xml"),
        tag("script", src=assets.url("theme.js")),
        *(tag("link", rel="stylesheet", href=assets.url(name)) for name in _STYLES),
        tag("script", type="module", src=assets.url(script)) if script else None,
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"
