"""Hugging Face and arXiv on loopback: as they answer on a good day, and as badly as a test asks for."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import re
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Any, Self
from xml.sax.saxutils import escape

from aiohttp import web

Record = Mapping[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

DAILY = "/api/daily_papers"
SEARCH = "/api/papers/search"
QUERY = "/api/query"
ATOM = "/atom/"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: ``at`` is the loop's time in seconds."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at: float


@dataclass
class Sources:
    """Both sources at one URL, in a context: ``async with Sources({day: records}) as server: … server.url``.

    ``days`` are records as Hugging Face sends them, by date; dates from ``closed_from`` on are refused. ``announced``
    are arXiv's entries, see `entry`. ``trending`` defaults to all records. ``log`` holds every request, ``sent`` the
    bytes that left the floods of a test.
    """

    days: Mapping[date, Sequence[Record]] = field(default_factory=dict)
    announced: Sequence[str] = ()
    trending: Sequence[Record] | None = None
    closed_from: date = date.max
    etags: bool = True
    log: list[Asked] = field(default_factory=list)
    sent: int = 0
    url: str = ""
    _faults: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    _forever: dict[str, Answer] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    def answer(self, path: str, *answers: Answer) -> None:
        """Give these answers to the next requests for a path, instead of the true ones."""
        self._faults[path].extend(answers)

    def always(self, path: str, answer: Answer | None) -> None:
        """Give this answer to every request for a path, until told otherwise by None."""
        if answer:
            self._forever[path] = answer
        else:
            self._forever.pop(path, None)

    def asked(self, path: str) -> list[Asked]:
        """Return the requests for a path (or for what begins with it), oldest first."""
        return [one for one in self.log if one.path.startswith(path)]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        at = asyncio.get_running_loop().time()
        self.log.append(Asked(request.path, dict(request.query), dict(request.headers), at))
        if self._faults[request.path]:
            return await self._faults[request.path].popleft()(request)
        if request.path in self._forever:
            return await self._forever[request.path](request)
        return self._tagged(request, self._true(request))

    def _true(self, request: web.Request) -> web.Response:
        path, query = request.path, request.query
        if path == DAILY:
            return self._daily(request)
        if path == SEARCH:
            wanted = query.get("q", "").lower().split()
            hits = [r for r in self._all() if all(w in str(r["paper"]["title"]).lower() for w in wanted)]
            return web.json_response(hits[: int(query.get("limit", "20"))])
        if path == QUERY:
            return feed(self._entries(query))
        if path.startswith(ATOM):
            return feed(self.announced)
        known = {r["paper"]["id"]: r["paper"] for r in self._all()}
        if path.startswith("/api/papers/") and (identifier := path.rpartition("/")[2]) in known:
            return web.json_response(known[identifier])
        return web.json_response({"error": "not found"}, status=404)

    def _daily(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            records = self._chosen(query)
        except ValueError:
            return web.json_response({"error": "Invalid date"}, status=400)
        page, limit = int(query.get("p", "0")), min(int(query.get("limit", "50")), 100)
        here, after = records[page * limit : (page + 1) * limit], records[(page + 1) * limit :]
        following = request.rel_url.update_query(p=str(page + 1))
        return web.json_response(list(here), headers={"Link": f'<{following}>; rel="next"'} if after else {})

    def _chosen(self, query: Mapping[str, str]) -> Sequence[Record]:
        if "date" in query:
            day = date.fromisoformat(query["date"])
            if day >= self.closed_from:
                raise ValueError(day)
            return self.days.get(day, ())
        if "week" in query:
            return self._all(lambda day: f"{day:%G-W%V}" == query["week"])
        if "month" in query:
            return self._all(lambda day: f"{day:%Y-%m}" == query["month"])
        return self._all() if self.trending is None else self.trending

    def _all(self, wanted: Callable[[date], bool] = lambda _: True) -> list[Record]:
        return [record for day in sorted(self.days) if wanted(day) for record in self.days[day]]

    def _entries(self, query: Mapping[str, str]) -> Iterable[str]:
        ids = [i for i in query.get("id_list", "").split(",") if i]
        words = re.findall(r'all:"(\w+)"', query.get("search_query", ""))
        for item in self.announced:
            if any(f"/{i}v" in item or f":{i}v" in item for i in ids) or (words and all(w in item for w in words)):
                yield item

    def _tagged(self, request: web.Request, response: web.Response) -> web.Response:
        if not self.etags or response.status != web.HTTPOk.status_code:
            return response
        etag = f'"{hashlib.sha256(response.body or b"").hexdigest()[:16]}"'  # type: ignore[arg-type]  # bytes, here
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        response.headers["ETag"] = etag
        return response

    # What can go wrong.

    def flood(self, size: int) -> Answer:
        """Send *size* bytes of JSON that never ends, and count in ``sent`` what was taken."""

        async def answer(request: web.Request) -> web.StreamResponse:
            response = await _begin(request, {"Content-Type": "application/json"})
            try:
                while self.sent < size:
                    await response.write(b"[" * 65_536)
                    self.sent += 65_536
            except ConnectionError:
                pass  # the client had enough, which is what the test is about
            return response

        return answer


def entry(
    identifier: str,
    title: str,
    summary: str = "",
    *,
    authors: str = "Ada Lovelace",
    kind: str = "new",
    published: str = "2026-02-10T00:00:00-05:00",
    categories: Sequence[str] = ("cs.CL",),
) -> str:
    """Return an Atom entry that is right for the feeds and for the API alike; *identifier* has a version."""
    people = "".join(f"<author><name>{escape(name)}</name></author>" for name in authors.split(", "))
    terms = "".join(f'<category term="{term}"/>' for term in categories)
    return f"""<entry><id>oai:arXiv.org:{identifier}</id><title>{escape(title)}</title>
      <link href="https://arxiv.org/abs/{identifier}" rel="alternate" type="text/html"/>
      <summary>arXiv:{identifier} Announce Type: {kind}
Abstract: {escape(summary)}</summary>{terms}{people}<published>{published}</published>
      <arxiv:announce_type>{kind}</arxiv:announce_type><dc:creator>{escape(authors)}</dc:creator></entry>"""


def feed(entries: Iterable[str], title: str = "arXiv", total: int | None = None) -> web.Response:
    """Return an Atom feed."""
    items = list(entries)
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
      xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
    <title>{escape(title)}</title>
    <opensearch:totalResults>{len(items) if total is None else total}</opensearch:totalResults>
    {"".join(items)}</feed>"""
    return web.Response(body=text.encode(), content_type="application/atom+xml")


def record(identifier: str, title: str, **inner: Any) -> dict[str, Any]:
    """Return a record of a day's list; ``votes`` stands for ``upvotes``."""
    values = {
        "authors": [{"name": "Ada Lovelace", "hidden": False}],
        "summary": f"We study {title}.",
        "upvotes": inner.pop("votes", 5),
    }
    return {"paper": {"id": identifier, "title": title, **values, **inner}, "title": title, "numComments": 1}


def status(code: int, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with a status and no more."""
    return raw(b"", code, headers)


def raw(body: bytes, code: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Answer with exactly this."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=code, headers={"Content-Type": "application/json", **(headers or {})})

    return answer


def value(content: Any) -> Answer:
    """Answer with JSON of any type."""
    return raw(json.dumps(content).encode())


def page() -> Answer:
    """Answer with a web page, as proxies and log-in walls do."""
    return raw(b"<!doctype html><html><body>Just a moment</body></html>", headers={"Content-Type": "text/html"})


def truncated() -> Answer:
    """Promise more than is sent, then hang up."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await _begin(request, {"Content-Length": "5000"})
        await response.write(b'[{"paper": {"id": "26')
        assert request.transport
        request.transport.close()
        return response

    return answer


def drip(pause: float = 0.02) -> Answer:
    """Send a byte now and then, for ever, so that no read ever times out."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = await _begin(request, {"Content-Type": "application/json"})
        while request.transport and not request.transport.is_closing():
            await response.write(b" ")
            await asyncio.sleep(pause)
        return response

    return answer


def bomb(size: int) -> Answer:
    """Send a small packed body that unpacks to *size* bytes."""
    return raw(gzip.compress(b"[" + b" " * size + b"]"), headers={"Content-Encoding": "gzip"})


async def _begin(request: web.Request, headers: Mapping[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    return response
