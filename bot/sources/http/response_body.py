"""HTTP response body, plain or compressed (Content-Encoding gzip, deflate), read with a bound on memory."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import httpx

_GZIP_OR_ZLIB: Final = 47  # zlib's own sign for "gzip or zlib, see the header"


class BodyTooLarge(Exception):
    """The body is larger than was allowed."""


class BodyIncomplete(Exception):
    """The body ended early, or is packed in a way that was not asked for."""


async def read_body(response: httpx.Response, max_bytes: int) -> bytes:
    """Return the body; stop reading as soon as it is longer than *max_bytes* bytes, packed or unpacked.

    httpx would unpack a whole chunk at once, however large it gets; so it is done here, with a bound.
    """
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing == "identity":
        return await _read_plain(response, max_bytes)
    if packing not in {"gzip", "deflate"}:
        raise BodyIncomplete
    return await _read_compressed(response, max_bytes)


async def _read_plain(response: httpx.Response, max_bytes: int) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_raw():
        data += chunk
        if len(data) > max_bytes:
            raise BodyTooLarge
    return bytes(data)


async def _read_compressed(response: httpx.Response, max_bytes: int) -> bytes:
    data, unpacker = bytearray(), zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        async for chunk in response.aiter_raw():
            data += unpacker.decompress(chunk, max_bytes + 1 - len(data))
            if len(data) > max_bytes or response.num_bytes_downloaded > max_bytes:
                raise BodyTooLarge
    except zlib.error as error:
        raise BodyIncomplete from error
    if not unpacker.eof:
        raise BodyIncomplete
    return bytes(data)
