"""Secrets that are known by their value stand in no text, as long as they open anything and there is room for them."""

from __future__ import annotations

import time
from datetime import timedelta

from bot.redaction import SecretRegistry

HOUR = timedelta(hours=1)


class Watch:
    """Seconds, as a test wants them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_what_is_known_is_replaced_wherever_it_stands() -> None:
    registry = SecretRegistry()
    registry.register_settings(["8f742231b10e8888abcd99yyyzzz85a5", "short"])
    registry.register("/commands/T1/77/abcdefgh", HOUR)
    text = "8f742231b10e8888abcd99yyyzzz85a5: https://hooks/commands/T1/77/abcdefgh/commands/T1/77/abcdefgh, short"
    assert registry.redact(text) == "[secret]: https://hooks[secret][secret], short"
    assert registry.redact("") == ""


def test_of_two_that_begin_alike_the_longer_is_taken_whole() -> None:
    registry = SecretRegistry()
    registry.register("abcdefgh", HOUR)
    registry.register("abcdefgh-ijkl", HOUR)
    assert registry.redact("abcdefgh-ijkl abcdefgh") == "[secret] [secret]"


def test_a_capability_is_known_as_long_as_it_opens_anything() -> None:
    watch = Watch()
    registry = SecretRegistry(watch)
    registry.register("abcdefgh", HOUR)
    watch.seconds = 3599
    assert registry.redact("abcdefgh") == "[secret]"
    watch.seconds = 3600
    assert registry.redact("abcdefgh") == "abcdefgh"
    registry.register("abcdefgh", HOUR)
    assert registry.redact("abcdefgh") == "[secret]"


def test_the_newest_are_known_and_those_of_the_settings_always() -> None:
    registry = SecretRegistry(max_capabilities=3)
    registry.register_settings(["settings-secret"])
    for number in range(5):
        registry.register(f"capability-{number}", HOUR)
    registry.register("settings-secret", timedelta())
    texts = ["settings-secret", *(f"capability-{number}" for number in range(5))]
    assert [registry.redact(text) == "[secret]" for text in texts] == [True, False, False, True, True, True]


def test_ten_thousand_values_make_a_line_no_slower_than_a_few() -> None:
    few, many = SecretRegistry(), SecretRegistry()
    few.register("capability-0", HOUR)
    for number in range(10_000):
        many.register(f"{number:08}-capability", HOUR)
    line = "Slack can't be reached (ClientConnectorError); it is tried again. " * 4

    def measure(registry: SecretRegistry) -> float:
        began = time.perf_counter()
        for _ in range(50):
            registry.redact(line)
        return time.perf_counter() - began

    assert min(measure(many) for _ in range(5)) < 10 * min(measure(few) for _ in range(5))
