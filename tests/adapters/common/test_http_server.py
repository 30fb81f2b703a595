"""An application that is served while a block runs, on an address that is free."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import aiohttp
import pytest
from aiohttp import web

from adapters.common.http_server import serve_application
from bot.errors import Misconfigured


def serve(port: int, host: str = "127.0.0.1") -> AbstractAsyncContextManager[str]:
    """Serve one page."""

    async def get_page(_: web.Request) -> web.Response:
        return web.Response(text="here")

    app = web.Application()
    app.add_routes([web.get("/", get_page)])
    return serve_application(app, host, port, listener="The page", port_setting="PAGE_PORT", shutdown_seconds=1)


async def test_it_is_served_while_the_block_runs() -> None:
    async with aiohttp.ClientSession() as session:
        async with serve(0) as url, session.get(url) as response:
            assert await response.text() == "here"
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(url)


async def test_an_address_that_is_taken_is_told_with_its_setting() -> None:
    async with serve(0) as url:
        port = int(url.rsplit(":", 1)[1])
        with pytest.raises(Misconfigured) as caught:
            async with serve(port):
                pass
    (fault,) = caught.value.faults
    assert fault.startswith(f"The page can't listen on 127.0.0.1, port {port}: ")
    assert fault.endswith(". Set PAGE_PORT to a free one.")
    async with serve(port) as again:
        assert again == url


async def test_a_host_that_is_not_this_machine_is_told() -> None:
    with pytest.raises(Misconfigured, match=r"The page can't listen on 192\.0\.2\.1, port"):
        async with serve(0, "192.0.2.1"):
            pass
