"""What a person reads of a message, and what in it is live: the text, its embeds and its components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.servers.discord import markdown


@dataclass(slots=True)
class Parts:
    """A text for eyes, and its live parts."""

    plain: str = ""
    mentions: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    formats: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str, names: Mapping[str, str]) -> None:
        """Read more text below."""
        live = markdown.read(text, names)
        self.mentions += live.mentions
        self.links += live.links
        self.formats += live.formats
        self.show(live.plain)

    def show(self, text: str) -> None:
        """Put words below that nothing formats."""
        self.plain = "\n".join(one for one in (self.plain, text) if one)


def read(
    content: str, embeds: list[dict[str, Any]], components: list[dict[str, Any]], names: Mapping[str, str]
) -> Parts:
    """Return what a message shows; *names* are those of what can be mentioned."""
    parts = Parts()
    parts.add(content, names)
    for embed in embeds:
        _embed(embed, parts, names)
    for component in components:
        _component(component, parts, names)
    return parts


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every component, inner ones after the one that holds them."""
    for one in components:
        yield one
        inner = [one[name] for name in ("component", "accessory") if isinstance(one.get(name), dict)]
        yield from walk([*one.get("components", ()), *inner])


def label(component: Mapping[str, Any]) -> str:
    """Return the words on a button or in an empty select."""
    return str(component.get("label") or component.get("placeholder") or (component.get("emoji") or {}).get("name", ""))


def _embed(embed: dict[str, Any], parts: Parts, names: Mapping[str, str]) -> None:
    for name in ("author", "footer"):
        parts.show(str((embed.get(name) or {}).get("name" if name == "author" else "text", "")))
    texts = [embed.get("title"), embed.get("description")]
    texts += [field[name] for field in embed.get("fields") or () for name in ("name", "value")]
    for text in texts:
        parts.add(str(text or ""), names)


def _component(component: dict[str, Any], parts: Parts, names: Mapping[str, str]) -> None:
    row = [label(one) for one in component.get("components", ()) if one["type"] in {2, 3, 5, 6, 7, 8}]
    if component["type"] == 1:
        parts.show(" ".join(f"[{words}]" for words in row))
        return
    for one in walk([component]):
        if one["type"] == 10:
            parts.add(one["content"], names)
        elif one["type"] == 12:
            for item in one["items"]:
                parts.show(f"(image: {item.get('description') or ''})")
        elif one["type"] in {2, 3, 5, 6, 7, 8}:
            parts.show(f"[{label(one)}]")
