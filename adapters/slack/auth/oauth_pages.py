"""HTML pages of the OAuth flow: the install page, success, failure and service unavailable."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from typing import Final

from slack_sdk.oauth.installation_store import Installation

_STYLE: Final = (
    ":root{color-scheme:light dark;--ink:#1d1c1d;--soft:#5f5e60;--paper:#fff;--rule:#d9d7d2;--code:#f1f0ec;"
    "--link:#1264a3}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8e6e3;--soft:#a5a3a0;--paper:#1a1d21;--rule:#3a3d42;"
    "--code:#2c2f33;--link:#6db3e8}}"
    "body{margin:0;font:17px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper)}"
    "main{max-width:33rem;margin:0 auto;padding:clamp(2rem,12vh,8rem) 1.5rem 3rem}"
    ".name{margin:0 0 1.5rem;padding-bottom:.6rem;border-bottom:3px double var(--rule);color:var(--soft);"
    "font:600 1rem/1.2 Georgia,serif;letter-spacing:.02em}"
    "h1{margin:0 0 1rem;font:600 2rem/1.15 Georgia,serif;text-wrap:balance;overflow-wrap:anywhere}"
    "ol{padding-left:1.3rem}li{margin:.5rem 0}"
    "a{color:var(--link)}a.button{display:inline-block;margin-top:.5rem;padding:.75rem 1.3rem;border-radius:.5rem;"
    "background:var(--ink);color:var(--paper);text-decoration:none;font-weight:600}"
    "a.button:hover{opacity:.9}a:focus-visible{outline:3px solid var(--link);outline-offset:3px}"
    "code{padding:.15rem .4rem;border-radius:.3rem;background:var(--code);font-size:.92em;white-space:nowrap}"
    ".small{color:var(--soft);font-size:.88rem}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_ID_PATTERN: Final = re.compile(r"[A-Z0-9]{2,20}", re.ASCII)
_SLACK_URL_PATTERN: Final = re.compile(r"https://[a-z0-9.-]+\.slack\.com/", re.ASCII)

HEADERS: Final[Mapping[str, str | Sequence[str]]] = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
"""What every page is sent with; the public listener adds what it adds to all."""

_FAILURE_SENTENCES: Final = {
    "access_denied": "It was cancelled in Slack.",
    "invalid_browser": "It was not started in this browser, or it took so long that the browser has forgotten.",
    "invalid_state": "This address was used already, or it is older than ten minutes.",
    "missing_code": "The address lacks what Slack puts into it.",
    "invalid_code": "Slack did not confirm the installation. The log of this server says why.",
    "storage_error": "It could not be written down just now.",
}


def render_install_page(url: str) -> str:
    """Return the page with the button, which leads to *url*."""
    return _render_page(
        "Add Broadsheet to Slack",
        "<p>The day’s most upvoted research papers in your channels, at your local time. Anybody can search papers "
        "and follow topics.</p>"
        f'<p><a class="button" href="{html.escape(url, quote=True)}">Add to Slack</a></p>'
        '<p class="small">It posts only in channels to which somebody invites it.</p>',
    )


def render_success_page(installation: Installation, command: str) -> str:
    """Return the page that says what to do first; *command* is what people type ("/papers")."""
    workspace_name = html.escape(installation.team_name or installation.enterprise_name or "Slack")
    steps = [
        "Invite it to a channel: <code>/invite @Broadsheet</code>",
        f"Start the digest there: <code>{html.escape(command)} digest on</code>",
    ]
    if installation.is_enterprise_install:
        steps.insert(0, _render_add_to_workspaces(installation))
    step_list, app_url = (
        f"<ol>{''.join(f'<li>{step}</li>' for step in steps)}</ol>",
        _build_app_redirect_url(installation),
    )
    button = f'<p><a class="button" href="{app_url}">Open Slack</a></p>' if app_url else ""
    return _render_page(f"Broadsheet is in {workspace_name}", f"<p>What to do now:</p>{step_list}{button}")


def render_failure_page(reason: str, retry_url: str) -> str:
    """Return the page that says why it did not work, with the way back to the address *retry_url*."""
    sentence = _FAILURE_SENTENCES.get(reason, "Slack did not finish it.")
    return _render_page(
        "Not installed",
        f"<p>{sentence} Nothing was changed here.</p>"
        f'<p><a class="button" href="{html.escape(retry_url, quote=True)}">Try again</a></p>',
    )


def render_unavailable_page(retry_url: str, reference: str) -> str:
    """Return the page for our own faults."""
    return _render_page(
        "Not just now",
        "<p>Broadsheet can’t install anything at the moment. Try again in a few minutes; if that does not help, tell "
        "whoever runs it.</p>"
        f'<p><a class="button" href="{html.escape(retry_url, quote=True)}">Try again</a></p>'
        f'<p class="small">Reference {html.escape(reference)}</p>',
    )


def _render_add_to_workspaces(installation: Installation) -> str:
    """Return the step that only an organization has: the app is in none of its workspaces yet."""
    step = "Add it to workspaces"
    organization_url, app_id = installation.enterprise_url or "", installation.app_id or ""
    if _SLACK_URL_PATTERN.fullmatch(organization_url) and _ID_PATTERN.fullmatch(app_id):
        step = f'<a href="{organization_url}manage/organization/apps/profile/{app_id}/workspaces/add">{step}</a>'
    return f"{step} of the organization."


def _build_app_redirect_url(installation: Installation) -> str:
    """Return where Slack opens the app's own page (https://docs.slack.dev/interactivity/deep-linking), or ""."""
    app_id, team_id = installation.app_id or "", installation.team_id or ""
    return (
        f"https://slack.com/app_redirect?app={app_id}&amp;team={team_id}"
        if _ID_PATTERN.fullmatch(app_id + team_id) and team_id
        else ""
    )


def _render_page(title: str, body: str) -> str:
    """Return a page of HTML that is safe already."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style>"
        f'<main><p class="name">Broadsheet</p><h1>{title}</h1>{body}</main></html>'
    )
