"""The window that shows a message as another platform would, and the buttons that open it."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.web.markup import Html, icon, tag


def openers(platforms: Iterable[str], about: str, **which: str | int) -> Html | None:
    """Return a button for each platform, behind the words for all; *which* names the message to the window's script."""
    data = {f"data_{key}": value for key, value in which.items()}
    buttons = [_opener(platform, platform.title(), about, data) for platform in platforms]
    return tag("span", tag("span", "See as", aria_hidden="true"), *buttons, class_="sees") if buttons else None


def window() -> Html:
    """Return the window, closed (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/)."""
    close = tag("button", icon("x"), type="button", class_="icon shut", aria_label="Close")
    title = tag("h2", id="seen-title")
    note = tag("p", "Drawn from what it would be sent; buttons do nothing.", class_="small quiet")
    tabs = tag("div", _tab("drawing", "Drawing"), _tab("json", "JSON"), role="tablist", aria_labelledby="seen-title")
    copy = tag("button", "Copy", type="button", class_="btn copy")
    box = tag("pre", tag("code"), tabindex="0", role="region", aria_label="JSON")
    return tag(
        "dialog",
        tag("header", tag("div", title, note), close),
        tabs,
        tag("p", class_="sorry", role="alert", hidden=True),
        _panel("drawing", tag("div", class_="frame")),
        _panel("json", tag("div", box, copy, class_="code")),
        tag("p", class_="vh", role="status"),
        class_="seen",
        aria_labelledby="seen-title",
    )


def _opener(platform: str, name: str, about: str, data: dict[str, str | int]) -> Html:
    return tag(
        "button",
        name,
        type="button",
        class_="txt see",
        aria_haspopup="dialog",
        aria_label=f"See as {name}: {about}",
        data_as=platform,
        data_name=name,
        **data,
    )


def _tab(name: str, label: str) -> Html:
    return tag("button", label, type="button", role="tab", id=f"seen-{name}-tab", aria_controls=f"seen-{name}")


def _panel(name: str, inside: Html) -> Html:
    return tag("div", inside, role="tabpanel", id=f"seen-{name}", aria_labelledby=f"seen-{name}-tab")
