"""SVG sprite: the page's icons as symbols, shown by name."""

from __future__ import annotations

from typing import Final

from adapters.web.rendering.html import Html, render_tag

_ICON_PATHS: Final = {
    "down": ("m3.5 6 4.5 4.5L12.5 6",),
    "up": ("M8 13V3M3.5 7.5 8 3l4.5 4.5",),
    "right": ("M3 8h10M8.5 3.5 13 8l-4.5 4.5",),
    "x": ("m4 4 8 8M12 4l-8 8",),
    "bars": ("M2 4.5h12M2 8h12M2 11.5h12",),
    "eye": (
        "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8Z",
        "M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z",
    ),
    "mind": ("M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2Z", "M8 5v3.4M8 11v.1"),
    "dots": ("M3.2 8h.01M8 8h.01M12.8 8h.01",),
}


def _render_symbol(name: str, *paths: Html, side: int = 16) -> Html:
    return render_tag("symbol", *paths, id=name, viewBox=f"0 0 {side} {side}")


def _render_paths(*shapes: str, **attributes: str) -> tuple[Html, ...]:
    return tuple(render_tag("path", d=shape, **attributes) for shape in shapes)


SPRITE: Final = render_tag(
    "svg",
    *(_render_symbol(name, *_render_paths(*shapes)) for name, shapes in _ICON_PATHS.items()),
    _render_symbol(
        "half",
        *_render_paths("M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2Z"),
        *_render_paths("M8 2.2a5.8 5.8 0 0 1 0 11.6Z", fill="currentColor"),
    ),
    _render_symbol(
        "sheet",
        *_render_paths("M3 4.5h14", stroke_width="3", stroke_linecap="butt"),
        *_render_paths("M3 9h6M3 12.5h6M3 16h6M11 9h6M11 12.5h6M11 16h4", stroke_width="1.5", stroke_linecap="butt"),
        side=20,
    ),
    class_="sprite",
    width=0,
    height=0,
    aria_hidden="true",
)
