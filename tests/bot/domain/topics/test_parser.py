"""The topic language: what people type, what it matches, and what is said about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.papers import Paper
from bot.domain.topics.clauses import split_words
from bot.domain.topics.parser import MAX_CLAUSES, MAX_TOPIC_LENGTH, parse_topic
from bot.errors import Mistake

PAPER = Paper(
    "2611.23000",
    "World-Models for Naïve Robots: LLM-based RL",
    "We train a diffusion model. It sees videos of cats; model-based planning helps.",
    ("Yann LeCun", "José García-Márquez", "Li Wei"),
    ("cs.RO", "cs.LG"),
)


@pytest.mark.parametrize(
    "topic",
    [
        "diffusion",
        "DIFFUSION",
        "diffusion model",
        "world models",
        "world-models",
        "naive robots",
        "naïve",
        "llm based rl",
        "zebra, diffusion",
        "zebra | diffusion",
        "zebra or diffusion",
        '"diffusion" "robots"',
        "diffusion and robots",
        '"diffusion model" videos',
        "diffusion -zebra",
        "diffusion –zebra",
        "diffusion not zebra",
        "diffusion without zebra",
        "author:LeCun",
        'author:"Yann LeCun"',
        'author:"Y. LeCun"',
        'author:"Jose Garcia Marquez"',
        "au:wei",
        "cat:cs.RO",
        "cat:CS.ro",
        "cat:cs",
        "cat:cs.LG diffusion",
        "“world models”",
        "zebra, author:lecun -zebra",
    ],
)
def test_matches(topic: str) -> None:
    assert parse_topic(topic).matches(PAPER)


@pytest.mark.parametrize(
    "topic",
    [
        "cat",
        "diffusion zebra",
        "model diffusion",
        "robot",
        '"diffusion" "zebra"',
        "diffusion -robots",
        "diffusion -author:LeCun",
        "diffusion -cat:cs.RO",
        "author:Cun",
        'author:"LeCun Yann"',
        'author:"Yann Wei"',
        "cat:cs.R",
        "cat:stat",
        "for naive cats",
    ],
)
def test_does_not_match(topic: str) -> None:
    assert not parse_topic(topic).matches(PAPER)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A topic needs at least one word."),
        ("  ,, | ", "A topic needs at least one word."),
        ("…", "A topic needs at least one word."),
        ("-medical", "A topic needs something to look for besides what to leave out."),
        ("diffusion, -medical", "A topic needs something to look for besides what to leave out."),
        ("not medical", "A topic needs something to look for besides what to leave out."),
        ('"world model', "A quotation mark is left open."),
        ('cat:"a, b"', "“a, b” is not an arXiv category."),
        ("venue:ICLR", "“venue:” is not something that a topic knows; author: and cat: are."),
        ("x" * (MAX_TOPIC_LENGTH + 1), "A topic takes at most 200 characters; this one has 201."),
        (
            ",".join("abcdefghij") + "x" * 170,
            "A topic takes at most 200 characters; with its quotation marks this has 218.",
        ),
        (" ".join(f'"{n}"' for n in range(MAX_CLAUSES + 1)), "A topic takes at most 20 parts."),
    ],
)
def test_mistakes(text: str, sentence: str) -> None:
    with pytest.raises(Mistake) as caught:
        parse_topic(text)
    assert str(caught.value) == sentence
    assert parse_topic(caught.value.example)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("World  Model", '"world model"'),
        ("a, b", "b | a"),
        ("a or b", "b,a,a"),
        ('"x" -y', '-"y" x'),
        ("x not y", "x –y"),
        ("author:“Yann LeCun”", 'AU:"yann lecun"'),
    ],
)
def test_equal_topics_have_one_text(one: str, other: str) -> None:
    assert str(parse_topic(one)) == str(parse_topic(other))
    assert parse_topic(one) == parse_topic(other)


def test_says_which_words_decided() -> None:
    assert str(parse_topic('"world models" diffusion').explain(PAPER)) == (
        "“world models” in its title and “diffusion” in its abstract"
    )
    assert parse_topic("diffusion -zebra").explain(PAPER).phrases == ("diffusion",)
    assert str(parse_topic("zebra").explain(PAPER)) == "“zebra” is nowhere in it"
    assert str(parse_topic("diffusion -robots").explain(PAPER)) == "“robots” is in its title"
    assert parse_topic("zebra").explain(PAPER).phrases == ()


TOPICS = st.text(alphabet=st.sampled_from('abc "-,|:.éß author: cat: or not'), max_size=60)


@given(TOPICS | st.text(max_size=100))
def test_a_topic_reads_its_own_text_and_its_label(text: str) -> None:
    try:
        topic = parse_topic(text)
    except Mistake:
        return
    assert parse_topic(str(topic)) == topic
    assert parse_topic(topic.label) == topic


@given(st.lists(st.sampled_from(("a", "b c", "-d", "author:e", "cat:cs", "f" * 30)), max_size=30).map(",".join))
def test_what_is_stored_can_be_read_again_however_long(text: str) -> None:
    try:
        topic = parse_topic(text)
    except Mistake:
        return
    assert parse_topic(str(topic)) == topic


@given(st.text(max_size=100))
def test_words_are_folded(text: str) -> None:
    cut = split_words(text)
    assert all(word and word == word.casefold() for word in cut)
    assert split_words(" ".join(cut)) == cut
