"""Bot composition: platforms, command table, dispatcher and jobs, on stores and sources that are open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from adapters.web.chat import WebChat
from adapters.web.event_feed import EventFeed
from bot.bootstrap.context import Context, read_clock, read_monotonic
from bot.bootstrap.operator_watch import OperatorWatch
from bot.bootstrap.platforms import list_features
from bot.bootstrap.services import open_platforms
from bot.commands.context import CommandContext
from bot.commands.table import CommandTable, build_table
from bot.config import Settings
from bot.delivery.dispatcher import Dispatcher
from bot.delivery.operator_notices import OperatorNotices, parse_operator_channel
from bot.errors import create_reference
from bot.jobs import Jobs
from bot.ports.chat import Chat
from bot.ports.features import PlatformFeatures
from bot.ports.platforms import Platform
from bot.ports.stores import Stores


@dataclass(frozen=True, slots=True)
class Bot:
    """What answers commands and sends what is due; ``web_chat`` and ``feed`` are those of the workspace in the browser.

    Nobody is connected yet, and no job runs.
    """

    platforms: Mapping[str, Platform]
    commands: CommandTable
    web_chat: WebChat
    feed: EventFeed
    jobs: Jobs

    @property
    def chats(self) -> Mapping[str, Chat]:
        """What posts, by platform."""
        return self.jobs.dispatcher.chats


@asynccontextmanager
async def open_bot(
    app_context: Context,
    clock: Callable[[], datetime] = read_clock,
    monotonic: Callable[[], float] = read_monotonic,
) -> AsyncIterator[Bot]:
    """Open the platforms that are set up, and give the bot that is made of them."""
    settings, stores = app_context.settings, app_context.stores
    async with open_platforms(app_context.platforms, settings, stores, clock, app_context.secret_registry) as platforms:
        directories = {name: platform.directory for name, platform in platforms.items()}
        feed = EventFeed(create_reference())
        web = WebChat(stores.web_messages, feed)
        chats: dict[str, Chat] = {web.platform: web, **{name: platform.chat for name, platform in platforms.items()}}
        dispatcher = Dispatcher(stores, chats, clock, directories)
        features = list_features(app_context.platforms)
        yield Bot(
            platforms,
            build_table(CommandContext(stores, app_context.sources, directories, features)),
            web,
            feed,
            Jobs(
                stores,
                dispatcher,
                app_context.sources,
                clock,
                monotonic,
                watch=_build_watch(settings, stores, features),
            ),
        )


def _build_watch(settings: Settings, stores: Stores, features: Mapping[str, PlatformFeatures]) -> OperatorWatch | None:
    """Return what tells the operator channel, where one is set."""
    if not settings.operator_channel:
        return None
    labels = {name: known.label for name, known in features.items()}
    return OperatorWatch(OperatorNotices(stores, parse_operator_channel(settings.operator_channel)), labels)
