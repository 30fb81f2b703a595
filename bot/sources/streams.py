"""Reading an answer's body with a bound on memory, whether it is packed or not."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx

_EITHER: Final = 47  # zlib's own sign for "gzip or zlib, see the header"


class TooLarge(Exception):
    """The body is larger than was allowed."""


class Incomplete(Exception):
    """The body ended early, or is packed in a way that was not asked for."""


async def body(response: httpx.Response, cap: int) -> bytes:
    """Return the body; stop reading as soon as it is longer than *cap* bytes, packed or unpacked.

    httpx would unpack a whole chunk at once, however large it gets; so it is done here, with a bound.
    """
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity":
        return await _plain(response, cap)
    if packing not in {"gzip", "deflate"}:
        raise Incomplete
    return await _packed(response, cap)


async def _plain(response: httpx.Response, cap: int) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_raw():
        data += chunk
        if len(data) > cap:
            raise TooLarge
    return bytes(data)


async def _packed(response: httpx.Response, cap: int) -> bytes:
    data, unpacker = bytearray(), zlib.decompressobj(_EITHER)
    try:
        async for chunk in response.aiter_raw():
            data += unpacker.decompress(chunk, cap + 1 - len(data))
            if len(data) > cap or response.num_bytes_downloaded > cap:
                raise TooLarge
    except zlib.error as error:
        raise Incomplete from error
    if not unpacker.eof:
        raise Incomplete
    return bytes(data)
