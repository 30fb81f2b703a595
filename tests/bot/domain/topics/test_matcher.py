"""The matcher says what asking every topic on its own would say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.papers import Paper
from bot.domain.topics.matcher import Matcher
from bot.domain.topics.parser import MAX_TOPIC_LENGTH, parse_topic

WORDS = ("model", "world", "image", "rl", "ml")
NAMES = ("Ada Lovelace", "Yann LeCun", "Y Li", "Li Wei", "Ada Y Wei")
CATEGORIES = ("cs.CL", "cs.CV", "stat.ML", "hep-th")

texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
papers = st.builds(
    Paper,
    id=st.just("1"),
    title=texts,
    abstract=texts,
    authors=st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=2).map(tuple),
)
phrases = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(lambda row: f'"{" ".join(row)}"')
authors = st.sampled_from(("Ada", "Y. Wei", "A. L.", "Yann LeCun", "Li", "L")).map(lambda name: f'author:"{name}"')
categories = st.sampled_from(("cs", "cs.CL", "stat.ML", "hep-th", "hep")).map(lambda name: f"cat:{name}")
positive = phrases | authors | categories
alternatives = st.tuples(positive, st.lists(positive | positive.map(lambda text: f"-{text}"), max_size=3)).map(
    lambda parts: " ".join([parts[0], *parts[1]])
)
topics = (
    st.lists(alternatives, min_size=1, max_size=3)
    .map(", ".join)
    .filter(lambda text: len(text) <= MAX_TOPIC_LENGTH)
    .map(lambda text: str(parse_topic(text)))
    .filter(lambda text: len(text) <= MAX_TOPIC_LENGTH)
)


@given(st.lists(topics, max_size=8), papers)
def test_agrees_with_every_topic_on_its_own(followed: list[str], paper: Paper) -> None:
    alone = {topic: verdict for topic in followed if (verdict := parse_topic(topic).explain(paper)).matched}
    assert Matcher(followed).match(paper) == alone


def test_holds_what_was_added() -> None:
    matcher = Matcher([])
    assert not matcher.match(Paper("1", "World models"))
    matcher.add('"world models"')
    matcher.add('"world models"')
    assert len(matcher) == 1
    assert list(matcher.match(Paper("1", "World models"))) == ['"world models"']
