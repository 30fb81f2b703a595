"""LaTeX macros of abstracts: pylatexenc's own, and those it does not know or renders at too great a length."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any, Final

from pylatexenc import latex2text, latexwalker
from pylatexenc.latex2text import MacroTextSpec
from pylatexenc.macrospec import std_macro

_PASS_THROUGH_MACROS: Final = re.findall(
    r"\w+",
    """bm boldsymbol mathbb mathbf mathbfit mathcal mathfrak mathit mathrm mathsf mathscr mathtt mbox hbox operatorname
    text textbf textit textmd textnormal textrm textsc textsf textsl texttt textup textsubscript emph
    underline uline replaced added revised""",
)
_DROPPED_MACROS: Final = ("color", "ref", "label", "vspace", "hspace")
_STYLE_MACROS: Final = ("em", "bf", "it", "rm", "sc", "sf", "tt", "small", "large", "Large", "normalsize", "xspace")
_MACRO_TEXTS: Final = dict.fromkeys(_STYLE_MACROS, "") | {
    "eg": "e.g.",
    "ie": "i.e.",
    "etal": "et al.",
    "etc": "etc.",
    "n": " ",
    "deg": "°",
    "sim": "~",
    "tilde": "~",
    "colon": ":",
    "ell": "ℓ",
    "lvert": "|",
    "rvert": "|",
}
_MACRO_TEMPLATES: Final = {"textcolor": "%(2)s", "href": "%(2)s", "footnote": " (%s)", "\\": " "}


def convert_fragment(fragment: str) -> str:
    """Return a LaTeX fragment as text.

    Raises whatever pylatexenc does on what it can't read, and ValueError where it leaves its template standing.
    """
    fragment = re.sub(r"(\\[A-Za-z]+)(?=[^\W\d_A-Za-z])", r"\1 ", fragment)
    fragment = re.sub(r"(\\[A-Za-z]+)$", r"\1{}", fragment)  # a macro at the very end may want an argument
    nodes, _, _ = latexwalker.LatexWalker(fragment, latex_context=_build_parser_context()).get_latex_nodes()
    text = str(_build_converter().nodelist_to_text(nodes))
    if "%s" in text:
        raise ValueError(fragment)
    return text


@cache
def _build_converter() -> Any:
    logging.getLogger(latex2text.__name__).setLevel(logging.ERROR)  # it warns of every macro without its argument
    texts = (
        dict.fromkeys(_PASS_THROUGH_MACROS, "%s") | dict.fromkeys(_DROPPED_MACROS, "") | _MACRO_TEXTS | _MACRO_TEMPLATES
    )
    macros = [MacroTextSpec(name, simplify_repl=text) for name, text in texts.items()]
    context = latex2text.get_default_latex_context_db()
    context.add_context_category("broadsheet", macros=macros, prepend=True)
    context.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=_convert_unknown_macro))
    return latex2text.LatexNodes2Text(latex_context=context, math_mode="text", strict_latex_spaces="based-on-source")


@cache
def _build_parser_context() -> Any:
    arguments = (
        dict.fromkeys(_PASS_THROUGH_MACROS, "{")
        | dict.fromkeys(_DROPPED_MACROS, "[{")
        | dict.fromkeys(_MACRO_TEXTS, "")
    )
    arguments |= {"textcolor": "{{", "href": "{{", "footnote": "{"}
    context = latexwalker.get_default_latex_context_db()
    macros = [std_macro(name, form) for name, form in arguments.items()]
    context.add_context_category("broadsheet", macros=macros, prepend=True)
    return context


def _convert_unknown_macro(node: Any) -> str:
    """Return the name of a macro that nobody knows, unless what it was applied to speaks for itself."""
    rest = node.parsing_state.s[node.pos + node.len :]
    return "" if re.match(r"\{[^}]", rest) else f"{node.macroname}{node.macro_post_space}"
