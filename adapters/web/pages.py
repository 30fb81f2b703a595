"""Whole pages: the workspace's frame, the status for people, and a page for one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from adapters.web import forms, frame
from adapters.web.assets import Assets
from adapters.web.markup import Html, icon, join, tag
from adapters.web.site import Site
from adapters.web.sprite import SPRITE
from adapters.web.words import plain
from bot.ports.places import Standing

_STYLES: Final = ("tokens.css", "frame.css", "message.css", "answer.css", "form.css", "composer.css", "narrow.css")
_DEEPEST: Final = 5


def workspace(site: Site, assets: Assets, standings: Sequence[Standing], latest: str) -> str:
    """Return the page; its messages are fetched, its news begin after the event *latest*."""
    body = tag(
        "body",
        SPRITE,
        tag("a", "Skip to the message box", class_="skip", href="#say"),
        frame.side(site, standings),
        tag("div", class_="veil"),
        frame.main(),
        tag("p", id="heard", class_="vh", role="status"),
        tag("template", forms.chip(""), id="chip"),
        data_latest=latest,
    )
    return _document(assets, body, script=True)


def plain_page(title: str, assets: Assets, *parts: Html) -> str:
    """Return a page without scripts."""
    logo = tag("a", tag("span", icon("sheet"), class_="logo"), tag("b", "Broadsheet"), href="/", class_="mast")
    inside = tag("main", tag("h1", title), *parts, class_="column")
    return _document(assets, tag("body", SPRITE, logo, inside, class_="plain"), script=False)


def refused(sentence: str, assets: Assets) -> str:
    """Return a page that says why there is nothing else."""
    return plain_page(sentence, assets, tag("p", tag("a", "Back to the workspace", href="/")))


def status(facts: Mapping[str, Any], assets: Assets) -> str:
    """Return the state of things as a page for people."""
    title = "Broadsheet runs." if facts.get("ok") else "Something needs a look."
    machine = tag("p", "The same for programs: ", tag("a", "/healthz", href="/healthz"), ".", class_="small quiet")
    return plain_page(title, assets, _facts(facts), machine)


def _facts(value: Any, depth: int = 0) -> Html:
    """Return JSON data as nested lists; what lies too deep is shown as it is."""
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        rows = (_fact(str(key), part, depth) for key, part in value.items() if (key, depth) != ("ok", 0))
        return tag("dl", *rows)
    if isinstance(value, list | tuple) and value and depth < _DEEPEST:
        return join(*(tag("div", _facts(part, depth + 1)) for part in value))
    if value is None or value in ({}, [], ()):
        return Html("none")
    words = {True: "yes", False: "no"}
    return plain(words[value] if isinstance(value, bool) else str(value), 500)


def _fact(key: str, value: Any, depth: int) -> Html:
    return join(tag("dt", plain(key.replace("_", " "))), tag("dd", _facts(value, depth + 1)))


def _document(assets: Assets, body: Html, *, script: bool) -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", "Broadsheet"),
        tag("link", rel="icon", href=assets.url("icon.svg"), type="image/svg+xml"),
        tag("script", src=assets.url("theme.js")),
        *(tag("link", rel="stylesheet", href=assets.url(name)) for name in _STYLES),
        tag("script", type="module", src=assets.url("app.js")) if script else None,
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"
