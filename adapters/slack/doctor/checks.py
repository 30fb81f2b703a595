"""Doctor checks of Slack as it is set up: the app token, one bot token or the installations, the public listener."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from adapters.slack.composition import open_installations
from adapters.slack.doctor import tokens
from adapters.slack.doctor.channels import Finding, create_web_client
from adapters.slack.settings import SlackSettings
from bot.ports.platforms import CheckContext, CheckResult


async def check_platform(settings: SlackSettings, context: CheckContext) -> Sequence[CheckResult]:
    """Ask Slack about the tokens, and about the channels that have a digest."""
    findings = [finding async for finding in _check_all(settings, context)]
    # That Slack can't be reached is found by both tokens, and told once.
    return [CheckResult(ok=ok, message=message) for ok, message in dict.fromkeys(findings)]


async def _check_all(settings: SlackSettings, context: CheckContext) -> AsyncIterator[Finding]:
    api_url, channels = settings.slack_api_url, [state.channel for state in context.channel_states]
    if settings.slack_app_token:
        for finding in await tokens.check_app_token(settings.slack_app_token, api_url):
            yield finding
    if settings.slack_bot_token:
        for finding in await tokens.check_bot_token(settings.slack_bot_token, api_url, channels):
            yield finding
    if context.has_public_listener:
        yield await _check_public_listener(context)
    if settings.slack_client_id and context.services:
        # A token that has ended is renewed as the bot would, for one may run beside us.
        async with open_installations(settings, context.services, create_web_client(api_url)) as installations:
            for finding in await tokens.check_installations(installations, api_url, context.public_url, channels):
                yield finding


async def _check_public_listener(context: CheckContext) -> Finding:
    """Look whether Slack's requests can arrive."""
    if context.is_bot_running and context.public_url:
        return await tokens.check_public_url(context.public_url)
    needed = "while a bot runs" if context.public_url else "when PUBLIC_URL is set"
    return True, f"Whether requests from outside arrive can be seen only {needed}."
