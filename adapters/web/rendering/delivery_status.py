"""Delivery parts of the status page: the queue, open circuits, channels that need attention, a channel's log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, Literal
from urllib.parse import urlencode

from markupsafe import Markup

from adapters.common.html import join_html, render_tag
from adapters.web.rendering.text import render_plain_text
from bot.domain.channels import Channel
from bot.domain.deliveries import AttemptOutcome, DeliveryState
from bot.i18n.formatting import format_count, format_day, format_moment
from bot.ports.deliveries import Attempt
from bot.ports.delivery_reports import LoggedMessage

DELIVERIES_PATH: Final = "/status/deliveries"
_MAX_REASON: Final = 500
_ATTENTION_LABELS: Final = {
    "retired": "Gets nothing any more",
    "refused": "Digest of {day} refused",
    "failed": "Digest of {day} not posted",
}
_KIND_LABELS: Final = {"word": "Word that there is no digest"}
_OPERATION_LABELS: Final = {"post": "", "reply": "below it", "edit": "changed"}
_STATE_LABELS: Final = {
    DeliveryState.PENDING: "waits",
    DeliveryState.SENDING: "is being sent",
    DeliveryState.RETRY: "waits for another attempt",
    DeliveryState.UNCERTAIN: "may be there, is looked up",
    DeliveryState.SENT: "posted",
    DeliveryState.DEAD: "not posted",
}
_OUTCOME_LABELS: Final = {
    AttemptOutcome.SENT: "posted",
    AttemptOutcome.DELAYED: "not posted, later again",
    AttemptOutcome.REFUSED: "refused",
    AttemptOutcome.UNKNOWN: "no answer",
    AttemptOutcome.FOUND: "no answer, found where it belongs",
    AttemptOutcome.ABSENT: "no answer, was not there",
    AttemptOutcome.RESENT: "no answer, sent again without knowing",
    AttemptOutcome.LATE: "answered too late",
}


def render_queue(queue: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> Markup:
    """Return how many messages wait for whom; *labels* are what people call the platforms, by name."""
    return _render_list(
        join_html(_render_place(each, labels), ": ", format_count(int(each["messages"]), "message")) for each in queue
    )


def render_circuits(circuits: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> Markup:
    """Return who is left alone, since when, until when, and why."""
    return _render_list((_render_circuit(each, labels) for each in circuits), "record")


def render_attention(problems: Iterable[Mapping[str, Any]], labels: Mapping[str, str]) -> Markup:
    """Return the channels that get nothing, or whose digest was not posted, each with the way to its log."""
    return _render_list((_render_problem(each, labels) for each in problems), "record")


def render_log_title(channel: Channel, labels: Mapping[str, str]) -> str:
    """Return what a channel's log is headed with."""
    return f"{_label_channel(channel.name, channel.id)} · {labels.get(channel.platform, channel.platform)}"


def render_log(messages: Sequence[LoggedMessage]) -> Markup:
    """Return a channel's messages, newest first, each with its attempts."""
    if not messages:
        return render_tag("p", "Nothing was recorded for this channel yet.")
    return render_tag("ol", *(_render_message(each) for each in messages), class_="deliveries")


def _render_list(rows: Iterable[Markup], style: str | None = None) -> Markup:
    parts = [render_tag("div", row, class_=style) for row in rows]
    return join_html(*parts) if parts else join_html("none")


def _render_place(place: Mapping[str, Any], labels: Mapping[str, str]) -> Markup:
    platform = render_plain_text(labels.get(place["platform"], place["platform"]))
    return join_html(platform, " ", render_plain_text(place["workspace"])) if place["workspace"] else platform


def _render_circuit(circuit: Mapping[str, Any], labels: Mapping[str, str]) -> Markup:
    since, until = (_render_time(datetime.fromisoformat(circuit[name])) for name in ("since", "until"))
    times = render_tag("span", "since ", since, ", tried again ", until, class_="quiet")
    return join_html(render_tag("span", _render_place(circuit, labels)), times, _render_reason(circuit["reason"]))


def _render_problem(problem: Mapping[str, Any], labels: Mapping[str, str]) -> Markup:
    channel = Channel(problem["platform"], problem["workspace"], problem["channel"], name=problem["name"])
    name = render_tag("a", render_plain_text(render_log_title(channel, labels)), href=_build_log_url(channel))
    day = format_day(date.fromisoformat(problem["day"])) if problem.get("day") else ""
    state = _ATTENTION_LABELS.get(problem["state"], problem["state"]).format(day=day)
    return join_html(name, render_tag("span", state, class_="quiet"), _render_reason(problem["reason"]))


def _build_log_url(channel: Channel) -> str:
    query = {"platform": channel.platform, "workspace": channel.workspace, "channel": channel.id}
    return f"{DELIVERIES_PATH}?{urlencode(query)}"


def _label_channel(name: str, channel_id: str) -> str:
    return f"#{name.removeprefix('#')}" if name else channel_id


def _render_message(message: LoggedMessage) -> Markup:
    kind = _KIND_LABELS.get(message.kind, message.kind.capitalize())
    part = f"part {message.part + 1}" if message.part else ""
    about = [kind, format_day(message.day, year=True), part, _OPERATION_LABELS[message.operation]]
    state = render_tag("span", _STATE_LABELS[message.state], class_=f"state {message.state}")
    heading = render_tag("h2", render_plain_text(" · ".join(each for each in about if each)), state)
    attempts = render_tag("ol", *(_render_attempt(each) for each in message.attempts)) if message.attempts else None
    reason = str(message.reason or "")
    is_said = any(attempt.reason == message.reason for attempt in message.attempts)
    return render_tag("li", heading, None if is_said else _render_reason(reason), attempts)


def _render_attempt(attempt: Attempt) -> Markup:
    outcome = _OUTCOME_LABELS[attempt.outcome] if attempt.outcome else "under way"
    end = join_html(" – ", _render_end(attempt.began, attempt.ended)) if attempt.ended else None
    times = render_tag("span", _render_time(attempt.began, "exact"), end, class_="quiet")
    number = render_tag("span", f"{attempt.number}.", class_="number")
    reason = _render_reason(str(attempt.reason or ""))
    what = render_tag("div", render_tag("span", outcome), times, reason, class_="record")
    return render_tag("li", number, what)


def _render_reason(reason: str) -> Markup | None:
    return render_tag("div", render_plain_text(reason, _MAX_REASON), class_="reason") if reason else None


def _render_end(began: datetime, ended: datetime) -> Markup:
    """Return when something ended, without its date where it began on the same."""
    return _render_time(ended, "clock" if began.date() == ended.date() else "exact")


def _render_time(instant: datetime, time_format: Literal["exact", "clock", ""] = "") -> Markup:
    """Return a time, which the page turns into the reader's own: to the second when it is exact, or but a clock's."""
    seconds = f"{instant.astimezone(UTC):%H:%M:%S}"
    minute = format_moment(instant, "UTC")
    written = {"": minute, "exact": f"{minute}{seconds[-3:]}", "clock": seconds}[time_format]
    return render_tag("time", f"{written} UTC", datetime=instant.isoformat(), data_format=time_format or None)
