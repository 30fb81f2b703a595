"""SVG sprite: the page's icons as symbols, shown by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from markupsafe import Markup

from adapters.common.html import render_tag


@cache
def load_sprite() -> Markup:
    """Return the symbols, which show nothing by themselves."""
    return Markup(Path(__file__).with_name("icons.svg").read_text("utf-8"))  # noqa: S704 - a file of ours


def render_icon(name: str) -> Markup:
    """Return one of the page's symbols, as decoration."""
    return render_tag("svg", render_tag("use", href=f"#{name}"), aria_hidden="true")
