"""Preview dialog: shows a message as another chat platform would, and the buttons "See as" that open it."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from adapters.common.html import render_tag
from adapters.web.rendering.icons import render_icon


def render_preview_buttons(labels: Mapping[str, str], subject: str, **identifiers: str | int) -> Markup | None:
    """Return a button for each platform, behind the words for all; *labels* say what people call it, by its name.

    *identifiers* names the message to the window's script.
    """
    data = {f"data_{key}": value for key, value in identifiers.items()}
    buttons = [_render_preview_button(platform, label, subject, data) for platform, label in labels.items()]
    return (
        render_tag("span", render_tag("span", "See as", aria_hidden="true"), *buttons, class_="sees")
        if buttons
        else None
    )


def render_preview_dialog() -> Markup:
    """Return the window, closed (https://www.w3.org/WAI/ARIA/apg/patterns/tabs/)."""
    close = render_tag("button", render_icon("x"), type="button", class_="icon shut", aria_label="Close")
    title = render_tag("h2", id="seen-title")
    note = render_tag("p", "Drawn from what it would be sent; buttons do nothing.", class_="small quiet")
    tabs = render_tag(
        "div",
        _render_tab("drawing", "Drawing"),
        _render_tab("json", "JSON"),
        role="tablist",
        aria_labelledby="seen-title",
    )
    copy = render_tag("button", "Copy", type="button", class_="btn copy")
    box = render_tag("pre", render_tag("code"), tabindex="0", role="region", aria_label="JSON")
    return render_tag(
        "dialog",
        render_tag("header", render_tag("div", title, note), close),
        tabs,
        render_tag("p", class_="sorry", role="alert", hidden=True),
        _render_tab_panel("drawing", render_tag("div", class_="frame")),
        _render_tab_panel("json", render_tag("div", box, copy, class_="code")),
        render_tag("p", class_="vh", role="status"),
        class_="seen",
        aria_labelledby="seen-title",
    )


def _render_preview_button(platform: str, name: str, subject: str, data: dict[str, str | int]) -> Markup:
    return render_tag(
        "button",
        name,
        type="button",
        class_="txt see",
        aria_haspopup="dialog",
        aria_label=f"See as {name}: {subject}",
        data_as=platform,
        data_name=name,
        **data,
    )


def _render_tab(name: str, label: str) -> Markup:
    return render_tag("button", label, type="button", role="tab", id=f"seen-{name}-tab", aria_controls=f"seen-{name}")


def _render_tab_panel(name: str, content: Markup) -> Markup:
    return render_tag("div", content, role="tabpanel", id=f"seen-{name}", aria_labelledby=f"seen-{name}-tab")
