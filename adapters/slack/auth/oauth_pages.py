"""HTML pages of the OAuth flow: the install page, success, failure and service unavailable."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from markupsafe import Markup
from slack_sdk.oauth.installation_store import Installation

from adapters.common.html import join_html, render_tag

_ID_PATTERN: Final = re.compile(r"[A-Z0-9]{2,20}", re.ASCII)
_SLACK_URL_PATTERN: Final = re.compile(r"https://[a-z0-9.-]+\.slack\.com/", re.ASCII)

_FAILURE_SENTENCES: Final = {
    "access_denied": "It was cancelled in Slack.",
    "invalid_browser": "It was not started in this browser, or it took so long that the browser has forgotten.",
    "invalid_state": "This address was used already, or it is older than ten minutes.",
    "missing_code": "The address lacks what Slack puts into it.",
    "invalid_code": "Slack did not confirm the installation. The log of this server says why.",
    "storage_error": "It could not be written down just now.",
}


def build_headers() -> dict[str, str | Sequence[str]]:
    """Return what every page is sent with; the public listener adds what it adds to all."""
    style_hash = base64.b64encode(hashlib.sha256(_load_style().encode()).digest()).decode()
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{style_hash}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    }


def render_install_page(url: str) -> str:
    """Return the page with the button, which leads to *url*."""
    return _render_page(
        "Add Broadsheet to Slack",
        render_tag(
            "p",
            "The day’s most upvoted research papers in your channels, at your local time. Anybody can search papers "
            "and follow topics.",
        ),
        _render_button(url, "Add to Slack"),
        render_tag("p", "It posts only in channels to which somebody invites it.", class_="small"),
    )


def render_success_page(installation: Installation, command: str) -> str:
    """Return the page that says what to do first; *command* is what people type ("/papers")."""
    steps = [
        join_html("Invite it to a channel: ", render_tag("code", "/invite @Broadsheet")),
        join_html("Start the digest there: ", render_tag("code", f"{command} digest on")),
    ]
    if installation.is_enterprise_install:
        steps.insert(0, _render_add_to_workspaces(installation))
    app_url = _build_app_redirect_url(installation)
    return _render_page(
        f"Broadsheet is in {installation.team_name or installation.enterprise_name or 'Slack'}",
        render_tag("p", "What to do now:"),
        render_tag("ol", *(render_tag("li", step) for step in steps)),
        _render_button(app_url, "Open Slack") if app_url else None,
    )


def render_failure_page(reason: str, retry_url: str) -> str:
    """Return the page that says why it did not work, with the way back to the address *retry_url*."""
    sentence = _FAILURE_SENTENCES.get(reason, "Slack did not finish it.")
    return _render_page(
        "Not installed",
        render_tag("p", f"{sentence} Nothing was changed here."),
        _render_button(retry_url, "Try again"),
    )


def render_unavailable_page(retry_url: str, reference: str) -> str:
    """Return the page for our own faults."""
    return _render_page(
        "Not just now",
        render_tag(
            "p",
            "Broadsheet can’t install anything at the moment. Try again in a few minutes; if that does not help, tell "
            "whoever runs it.",
        ),
        _render_button(retry_url, "Try again"),
        render_tag("p", f"Reference {reference}", class_="small"),
    )


def _render_button(url: str, label: str) -> Markup:
    return render_tag("p", render_tag("a", label, class_="button", href=url))


def _render_add_to_workspaces(installation: Installation) -> Markup:
    """Return the step that only an organization has: the app is in none of its workspaces yet."""
    step = "Add it to workspaces"
    organization_url, app_id = installation.enterprise_url or "", installation.app_id or ""
    if _SLACK_URL_PATTERN.fullmatch(organization_url) and _ID_PATTERN.fullmatch(app_id):
        url = f"{organization_url}manage/organization/apps/profile/{app_id}/workspaces/add"
        return join_html(render_tag("a", step, href=url), " of the organization.")
    return join_html(step, " of the organization.")


def _build_app_redirect_url(installation: Installation) -> str:
    """Return where Slack opens the app's own page (https://docs.slack.dev/interactivity/deep-linking), or ""."""
    app_id, team_id = installation.app_id or "", installation.team_id or ""
    return (
        f"https://slack.com/app_redirect?app={app_id}&team={team_id}"
        if _ID_PATTERN.fullmatch(app_id + team_id) and team_id
        else ""
    )


@cache
def _load_style() -> str:
    return Path(__file__).with_name("oauth_pages.css").read_text("utf-8")


def _render_page(title: str, *body: str | None) -> str:
    head = render_tag(
        "head",
        render_tag("meta", charset="utf-8"),
        render_tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        render_tag("title", title),
        render_tag("style", Markup(_load_style())),  # noqa: S704 - a file of ours
    )
    main = render_tag("main", render_tag("p", "Broadsheet", class_="name"), render_tag("h1", title), *body)
    return f"<!doctype html>{render_tag('html', head, render_tag('body', main), lang='en')}"
