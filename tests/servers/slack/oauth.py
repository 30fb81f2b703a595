"""Who calls, and how an app gets its tokens.

https://docs.slack.dev/authentication/installing-with-oauth and …/using-token-rotation.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from tests.servers.slack.asks import Ask, Method
from tests.servers.slack.things import Bot, Json, Person, Refusal
from tests.servers.slack.world import APP, World

CODE_LIVES: Final = 600.0
TOKEN_LIVES: Final = 43_200


@dataclass(slots=True)
class Code:
    """A one-time code that an app may exchange for a token."""

    target: str
    scopes: frozenset[str]
    redirect: str
    at: float
    used: bool = False


@dataclass(slots=True)
class OAuth:
    """The app as Slack knows it, and who agrees to install it.

    ``consents`` is the workspace (or, "E…", the organisation) that agrees; empty: the person presses Cancel.
    ``rotating`` lets tokens expire after twelve hours. ``redirects``, when not empty, are the only addresses allowed.
    """

    client_id: str = "111.222"
    client_secret: str = "oauth-secret"
    consents: str = "T1"
    installer: str = "U1"
    rotating: bool = False
    redirects: tuple[str, ...] = ()
    codes: dict[str, Code] = field(default_factory=dict)


def authorize(world: World, oauth: OAuth, query: Mapping[str, str]) -> web.Response:
    """Answer GET /oauth/v2/authorize as if the person had read the page and decided."""
    redirect = query.get("redirect_uri", oauth.redirects[0] if oauth.redirects else "")
    if query.get("client_id") != oauth.client_id:
        return web.Response(text="Invalid client_id parameter", status=400)
    if not redirect or (oauth.redirects and not redirect.startswith(oauth.redirects)):
        return web.Response(text="redirect_uri did not match any configured URIs", status=400)
    target = query.get("team") or oauth.consents
    answer = {"error": "access_denied"} if not target else {"code": _code(world, oauth, target, query, redirect)}
    back = urlencode(answer | {"state": query.get("state", "")})
    return web.Response(status=302, headers={"Location": f"{redirect}{'&' if '?' in redirect else '?'}{back}"})


def access(world: World, oauth: OAuth, given: Mapping[str, Any], header: str) -> Json:
    """oauth.v2.access, for a code or a refresh token; the client is named by Basic authentication or arguments."""
    login, _, password = b64decode(header.removeprefix("Basic ")).decode().partition(":")
    if (login or given.get("client_id")) != oauth.client_id:
        raise Refusal("invalid_client_id")
    if (password or given.get("client_secret")) != oauth.client_secret:
        raise Refusal("bad_client_secret")
    if given.get("grant_type") == "refresh_token":
        return _granted(world, oauth, _refreshed(world, str(given.get("refresh_token", ""))))
    if given.get("grant_type", "authorization_code") != "authorization_code":
        raise Refusal("invalid_grant_type")
    return _granted(world, oauth, _exchanged(world, oauth, given))


def caller(world: World, token: str, method: str) -> Bot:
    """Return whose token it is; dead, expired and unknown ones are refused."""
    if not token:
        raise Refusal("not_authed")
    if token in world.app_tokens:
        if method not in {"apps.connections.open", "auth.test"}:
            raise Refusal("not_allowed_token_type")
        return Bot(token, "", "", "", frozenset({"connections:write"}))
    bot = world.bots.get(token)
    if bot is None:
        raise Refusal("invalid_auth")
    if method == "apps.connections.open":
        raise Refusal("not_allowed_token_type")
    if bot.dead:
        raise Refusal(bot.dead)
    if bot.expires is not None and world.clock.now() > bot.expires:
        raise Refusal("token_expired")
    return bot


def test(ask: Ask) -> Json:
    """auth.test."""
    bot = ask.bot
    if not bot.user:
        return {"app_name": "Broadsheet", "app_id": APP}
    home = ask.world.teams.get(bot.team)
    name = home.name if home else f"Org {bot.enterprise}"
    domain = home.domain if home else bot.enterprise.lower()
    found = {
        "url": f"https://{domain}.slack.com/",
        "team": name,
        "user": "broadsheet",
        "team_id": bot.team or bot.enterprise,
    }
    found |= {"enterprise_id": bot.enterprise} if bot.enterprise else {}
    return found | {"user_id": bot.user, "bot_id": bot.bot, "is_enterprise_install": bot.org}


def revoke(ask: Ask) -> Json:
    """auth.revoke."""
    if not ask.flag("test"):
        ask.world.revoke(ask.bot.token)
    return {"revoked": not ask.flag("test")}


METHODS: Final[dict[str, Method]] = {"auth.test": test, "auth.revoke": revoke}


def _code(world: World, oauth: OAuth, target: str, query: Mapping[str, str], redirect: str) -> str:
    code = world.secret("code")
    scopes = frozenset(name for name in query.get("scope", "").split(",") if name)
    oauth.codes[code] = Code(target, scopes, redirect, world.clock.now())
    return code


def _exchanged(world: World, oauth: OAuth, given: Mapping[str, Any]) -> Bot:
    """Turn a code into an installation; an older one of the same place gets the new scopes as well."""
    code = oauth.codes.get(str(given.get("code", "")))
    if code is None or code.used or world.clock.now() - code.at > CODE_LIVES:
        raise Refusal("invalid_code")
    code.used = True
    if given.get("redirect_uri", code.redirect) != code.redirect:
        raise Refusal("bad_redirect_uri")
    if not code.scopes:
        raise Refusal("no_scopes")
    before = [bot for bot in world.bots.values() if code.target == (bot.team or bot.enterprise)]
    living = [bot for bot in before if not bot.dead]
    if living and not oauth.rotating:
        living[-1].scopes |= code.scopes
        return living[-1]
    user, bot = (before[-1].user, before[-1].bot) if before else (f"UBOT{code.target}", f"B{code.target}")
    expires = float(TOKEN_LIVES) if oauth.rotating else None
    token = world.secret("xoxe.xoxb-1" if oauth.rotating else "xoxb")
    return world.bot(code.target, token, user, bot, code.scopes, expires=expires)


def _refreshed(world: World, refresh: str) -> Bot:
    """Use a refresh token up; the access token before stays good until it expires."""
    old = next((bot for bot in world.bots.values() if refresh and bot.refresh == refresh and not bot.dead), None)
    if old is None:
        raise Refusal("invalid_refresh_token")
    old.refresh = ""
    fresh = replace(
        old,
        token=world.secret("xoxe.xoxb-1"),
        refresh=world.secret("xoxe-1"),
        expires=world.clock.now() + TOKEN_LIVES,
    )
    world.bots[fresh.token] = fresh
    return fresh


def _granted(world: World, oauth: OAuth, bot: Bot) -> Json:
    """Write an installation as Slack does."""
    home = world.teams.get(bot.team)
    world.people.setdefault(oauth.installer, Person(oauth.installer, "Installer", bot.team))
    world.changed()
    answer: Json = {
        "access_token": bot.token,
        "token_type": "bot",
        "scope": ",".join(sorted(bot.scopes)),
        "bot_user_id": bot.user,
        "app_id": APP,
        "team": {"id": home.id, "name": home.name} if home else None,
        "enterprise": {"id": bot.enterprise, "name": f"Org {bot.enterprise}"} if bot.enterprise else None,
        "is_enterprise_install": bot.org,
        "authed_user": {"id": oauth.installer},
    }
    return answer | ({"expires_in": TOKEN_LIVES, "refresh_token": bot.refresh} if bot.refresh else {})
