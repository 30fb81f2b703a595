"""LaTeX as people read it; money, code and underscores as they stand."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.text.latex import convert_latex
from tests.bot.sources.fakes import shared


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            r"Andr\'e M\"{u}ller, {\'E}va \c{C}elik, Nguy\~ên, Peter St\ütz",
            "André Müller, Éva Çelik, Nguyễn, Peter Stütz",
        ),
        (r"$\alpha$-VAE runs in $O(n^2)$ or $\mathcal{O}(n \log n)$", "α-VAE runs in O(n²) or O(n log n)"),
        (r"Di$\mathtt{[M]}$O, M$^2$CD, X$^{2}$-Gaussian, H$^{\mathbf{3}}$DP", "Di[M]O, M²CD, X²-Gaussian, H³DP"),
        (r"A$^\text{T}$A, $\text{R}^2\text{ec}$, 360$^\circ$, $\ell_1$", "AᵀA, R²ec, 360°, ℓ₁"),
        (r"$x_{max} \leq 2^{n \log n}$", "x_max ≤ 2^(n log n)"),
        (r"$\frac{a^2}{b}$ and $\sqrt{n}$", "a²/b and √(n)"),
        (r"$\times$4 faster, 3$\times$, $\sim$10\%, 89.7$\pm$0.4", "×4 faster, 3×, ~10%, 89.7±0.4"),
        (r"\textbf{T}raining \emph{free} \texttt{code\_x} {\em old}", "Training free code_x old"),
        (r"we show \ours{} and \method, \eg one", "we show ours and method, e.g. one"),
        (r"see \href{https://a.example/x}{our page} \cite{one,two}.", "see our page."),
        (r"Fig.~1 in Sec.~\ref{x}", "Fig. 1 in Sec. "),
        ("``quoted'' neural network--based -- here", "“quoted” neural network–based – here"),
        ("{BERT}: {GSR4B} maps", "BERT: GSR4B maps"),
        (r"\(k\)-means, \[ x^2 \], $$n$$", "k-means, x², n"),
        (r"top-\$p\$ at \$5", "top-$p$ at $5"),
        (r"$\mathbfΦ$-Markov", "Φ-Markov"),
    ],
)
def test_reads(written: str, read: str) -> None:
    assert convert_latex(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "costs $5 and $10 per run",
        "between $48-$74 per voter",
        "from $50,000 to $500, or $1.8 trillion",
        "US$ and A$ are currencies",
        "less than $1",
        "snake_case_name and __init__",
        "50% of #1 & more",
        "use --flag or ~10% of {0, 1} items, at /~user",
        "a^2 + b_1 = {x}",
        "f(x) {y: 'z'}",
        "深度学习 → 世界",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert convert_latex(text) == text


def test_money_beside_a_formula() -> None:
    assert convert_latex(r"for $5 or $10 with $\alpha$ and $k$ of $\$3$") == "for $5 or $10 with α and k of $3"


@pytest.mark.parametrize(
    "text",
    [
        "\\",
        "$",
        "$$",
        "$$$",
        "\\(",
        "{" * 9000,
        "\\textbf",
        r"\frac{a}",
        "$\\widehat$",
        "\\x{" * 5000,
        "$^$",
        "$_{$",
        "\\verb|",
        "$5 " + "a " * 20_000,
        "$5 a " * 8000,
        "\\(" * 20_000,
        "``" * 20_000,
        "\\cite[" * 6000,
        "$a^{b^{c^{d}}}$" * 2000,
        "{\\em " * 8000,
        "\\textbf{" * 4000 + "}" * 4000,
    ],
)
def test_survives(text: str) -> None:
    started = time.process_time()
    convert_latex(text)
    assert time.process_time() - started < 2


MARKS = st.text(st.sampled_from("\\${}^_%~&#[]()'\"`-a1 \n") | st.characters(), max_size=80)


@given(MARKS)
def test_never_raises(text: str) -> None:
    assert isinstance(convert_latex(text), str)


@pytest.mark.long
def test_real_titles_and_abstracts() -> None:
    with gzip.open(shared("arxiv/papers.jsonl.gz")) as file:
        rows = [json.loads(line) for line, _ in zip(file, range(12_000), strict=False)]
    texts = [text for row in rows for text in (row["title"], row["abstract"], *row["authors"])]
    read = [convert_latex(text) for text in texts]
    changed = [(was, now) for was, now in zip(texts, read, strict=True) if was != now]
    assert len(changed) > 2000
    assert all(now.strip() for _, now in changed)
    assert sum("\\" in now for now in read) < 5  # a set difference or two; no LaTeX
    assert sum("\\" in was for was in texts) > 1000
