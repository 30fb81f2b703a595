"""Static assets: style sheets, scripts and icon with immutable Cache-Control, under a path that holds their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

STATIC_FOLDER: Final = Path(__file__).parent / "static"
_CONTENT_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by name; ``version`` is their common hash, for scripts name one another without one."""

    files: Mapping[str, bytes]
    version: str

    def build_url(self, name: str) -> str:
        """Return the address of a file."""
        return f"/static/{self.version}/{name}"


ASSETS: Final = web.AppKey("assets", Assets)


def load_assets(folder: Path = STATIC_FOLDER) -> Assets:
    """Read the files of *folder*."""
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _CONTENT_TYPES}
    hashed = hashlib.sha256(b"".join(name.encode() + b"\0" + data + b"\0" for name, data in files.items()))
    return Assets(files, hashed.hexdigest()[:12])


def serve_asset(assets: Assets, version: str, name: str) -> web.Response:
    """Return one file; raises `aiohttp.web.HTTPNotFound` for one that is not there in this version."""
    if version != assets.version or name not in assets.files:
        raise web.HTTPNotFound
    return web.Response(
        body=assets.files[name],
        content_type=_CONTENT_TYPES[Path(name).suffix],
        charset="utf-8",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
