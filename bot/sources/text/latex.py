r"""LaTeX to Unicode: titles, abstracts and author names as readable text, each fragment through pylatexenc.

Only the LaTeX is touched: a text is searched for fragments (``$…$``, ``\emph{…}``, ``\'e``) and each of them goes
through pylatexenc alone, so that prices, underscores, percent signs and braces around it stay what they are.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

from pylatexenc import latex2text, latexwalker
from pylatexenc.latex2text import MacroTextSpec
from pylatexenc.macrospec import std_macro

_LATEX_HINT: Final = re.compile(r"[\\$~{]|--|``")
_GROUP: Final = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}"
# What follows a dollar sign that is money: figures and words, up to one with a space before it or a digit behind it.
_PRICE_TEXT: Final = r"[^$\\^_=<>{}+|α-ω]{0,200}"
_PRICE: Final = rf"(?:\s{_PRICE_TEXT}\$|\d{_PRICE_TEXT}?(?:\s\$|\$\d|\s{_PRICE_TEXT}\$))"
_FRAGMENT: Final = re.compile(
    rf"""
      \$\$(?P<display>[^$]{{1,500}})\$\$
    | \\\((?P<round>.{{1,500}}?)\\\)
    | \\\[(?P<square>.{{1,500}}?)\\\]
    | (?<!\\)\$(?!{_PRICE})(?P<inline>(?:\\.|[^$\\]){{1,500}}+)\$
    | (?P<text>
          \\[A-Za-z]+\*?(?:\[[^\[\]]{{0,200}}\])?(?:\s?{_GROUP})*+
        | \\[`'^"~=.](?:\s?\\?[^\W\d_]|{_GROUP})
        | \{{\s*\\(?:[^{{}}]|{_GROUP})*+\}}
        | \\[^\w] | \\_
      )
    """,
    re.VERBOSE,
)
_SCRIPT: Final = re.compile(rf"([\^_])\s*({_GROUP}|\\[A-Za-z]+(?:\s?{_GROUP})?|[^\s{{}}\\])")
_SIZE_COMMANDS: Final = re.compile(r"\\(?:left|right|[bB]igg?)[lrm]?(?![A-Za-z])\.?")
_SUPERSCRIPTS: Final = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW∘⊤′*⋆−",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ°ᵀ′**⁻",
        strict=True,
    )
)
_SUBSCRIPTS: Final = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_PLACEHOLDER_START: Final = 0xE000  # the first private-use character; no text that was cleaned means anything by one

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


if TYPE_CHECKING:
    from collections.abc import Callable


def convert_latex(text: str) -> str:
    """Return *text* with its LaTeX turned into Unicode; anything that is no LaTeX stays. Never raises."""
    if not _LATEX_HINT.search(text):
        return text
    text = re.sub(r"(?<=[A-Za-z.,)}])~(?=[\w\\$(])", " ", text)
    text = re.sub(r"\s*\\cite[a-z]*\*?(?:\[[^\]]{0,99}\])*\{[^{}]*\}", "", text)
    text = _FRAGMENT.sub(_replace_fragment, text)
    text = re.sub(r"\\(?=[^\x00-\x7f])", "", text)
    text = re.sub(r"\{([A-Za-z]*[A-Z][\w-]*)\}", r"\1", text)
    text = re.sub(r"``(.{1,500}?)(?:''|\")", "“\\1”", text)
    text = re.sub(r"(?<!-)---(?!-)", "—", text)
    return re.sub(r"(?<=\w)--(?=\w)|(?<=\s)--(?=\s)", "\N{EN DASH}", text)


def _replace_fragment(match: re.Match[str]) -> str:
    for name in ("inline", "display", "round", "square"):
        if (content := match[name]) is not None:
            return _convert_safely(_convert_formula, content)
    return _convert_safely(convert_fragment, match["text"])


@lru_cache(maxsize=4096)
def _convert_safely(convert: Callable[[str], str], fragment: str) -> str:
    try:
        return unicodedata.normalize("NFC", convert(fragment))
    except Exception:  # noqa: BLE001 (what the library can't read is shown as it is, without its marks)
        return re.sub(r"[\\{}]", "", fragment)


def _convert_formula(formula: str) -> str:
    """Return a formula on one line: scripts as Unicode where there is a sign for each character, else ``^(…)``."""
    scripts: list[str] = []

    def store_script(match: re.Match[str]) -> str:
        scripts.append(_convert_script(match[1], match[2]))
        return chr(_PLACEHOLDER_START + len(scripts) - 1)

    formula = re.sub(r"(?<!\\)%", r"\\%", _SIZE_COMMANDS.sub("", formula))
    text = convert_fragment(_SCRIPT.sub(store_script, formula))
    return text.strip().translate({_PLACEHOLDER_START + n: script for n, script in enumerate(scripts)})


def _convert_script(sign: str, content: str) -> str:
    text = _convert_formula(content.removeprefix("{").removesuffix("}") if content.startswith("{") else content)
    signs = _SUPERSCRIPTS if sign == "^" else _SUBSCRIPTS
    if all(character in signs for character in text):
        return "".join(signs[character] for character in text)
    return f"{sign}{text}" if text.isalnum() else f"{sign}({text})"


def convert_fragment(fragment: str) -> str:
    """Return a LaTeX fragment as text.

    Raises whatever pylatexenc does on what it can't read, and ValueError where it leaves its template unfilled.
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
