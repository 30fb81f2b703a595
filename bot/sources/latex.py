r"""LaTeX to Unicode: titles, abstracts and author names as readable text, each fragment through pylatexenc.

Only the LaTeX is touched: a text is searched for fragments (``$…$``, ``\emph{…}``, ``\'e``) and each of them goes
through pylatexenc alone, so that prices, underscores, percent signs and braces around it stay what they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.sources.macros import convert_fragment

if TYPE_CHECKING:
    from collections.abc import Callable

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


def _replace_fragment(found: re.Match[str]) -> str:
    for name in ("inline", "display", "round", "square"):
        if (content := found[name]) is not None:
            return _convert_safely(_convert_formula, content)
    return _convert_safely(convert_fragment, found["text"])


@lru_cache(maxsize=4096)
def _convert_safely(convert: Callable[[str], str], fragment: str) -> str:
    try:
        return unicodedata.normalize("NFC", convert(fragment))
    except Exception:  # noqa: BLE001 (what the library can't read is shown as it is, without its marks)
        return re.sub(r"[\\{}]", "", fragment)


def _convert_formula(formula: str) -> str:
    """Return a formula on one line: scripts as Unicode where there is a sign for each character, else ``^(…)``."""
    scripts: list[str] = []

    def store_script(found: re.Match[str]) -> str:
        scripts.append(_convert_script(found[1], found[2]))
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
