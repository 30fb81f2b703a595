"""A channel's digest: on, off, now, settings, pause, status, why, undo, log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.cards.models import Form
from bot.commands.preferences import next_sends
from bot.domain.deliveries import DeliveryKey
from bot.domain.feed import FeedMode
from bot.domain.preferences import Preferences
from bot.domain.schedules import Cadence, Schedule
from bot.ports.channels import ChannelState
from bot.reasons.reason import Reason, to_reason
from tests.bot.commands.conftest import ADA, BOB, BOBS, NLP, NOW, PAPERS, Room, button

NEXT = "Next: Wed 25 Nov 09:00, Thu 26 Nov 09:00, Fri 27 Nov 09:00 (Europe/Berlin)."


async def standing(room: Room) -> ChannelState:
    return await room.stores.channels.get_or_create(PAPERS, room.now)


async def test_on_shows_it_first_and_posts_nothing(room: Room) -> None:
    card = await room.card("digest on")
    assert card.text == (
        "This is what #papers would get. It would come weekdays 09:00 Europe/Berlin, 5 papers, "
        "first Wed 25 Nov 09:00. Nothing is posted yet."
    )
    assert [item.number for item in card.items] == [1, 2, 3, 4, 5]
    assert [action.label for action in card.actions] == ["Post now", "Start at the next time", "Settings"]
    assert not (await standing(room)).preferences.on
    assert not await room.stores.ledger.count_open()


async def test_starting_at_the_next_time(room: Room) -> None:
    shown = await room.card("digest on")
    card = await room.press(button(shown, "Start at the next time"))
    assert card.text == f"The digest is on in #papers: weekdays 09:00 Europe/Berlin, 5 papers. {NEXT}"
    now = await standing(room)
    assert now.preferences.on
    assert now.next_run == datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert not await room.stores.ledger.count_open()
    assert (await room.card("digest on")).text == f"The digest is on in #papers already. {NEXT}"


async def test_posting_now(room: Room) -> None:
    card = await room.press(button(await room.card("digest on"), "Post now"))
    assert card.text.endswith(f"The digest is on its way. {NEXT}")
    assert await room.stores.ledger.find_by_key(DeliveryKey(PAPERS, "digest", "2026-11-24"))
    assert (await standing(room)).next_run == datetime(2026, 11, 25, 8, tzinfo=UTC)


async def test_now_without_a_digest_posts_one_and_starts_nothing(room: Room) -> None:
    assert (await room.card("digest now")).text == "The digest is on its way."
    assert not (await standing(room)).preferences.on
    assert (await room.card("digest now")).text == "The digest of Tue 24 Nov is on its way already."


async def test_now_with_nothing_stored_says_why(empty: Room) -> None:
    card = await empty.card("digest now")
    assert card.tone == "failure"
    assert "Hugging Face did not answer" in card.text
    assert (await empty.card("digest on")).actions[0].label == "Start at the next time"


async def test_off_keeps_everything_else(room: Room) -> None:
    assert (await room.card("digest off")).text == "The digest is off in #papers already."
    await room.card("settings number:7")
    await room.card("digest on start:next")
    assert (await room.card("digest off")).text == "The digest is off in #papers. Its settings and follows stay."
    now = await standing(room)
    assert (now.preferences.on, now.preferences.number, now.next_run) == (False, 7, None)


async def test_a_retired_channel_is_taken_back(room: Room) -> None:
    await room.card("digest on start:next")
    await room.stores.channels.retire(PAPERS, to_reason("the bot was removed from it"))
    assert (await room.mistake("digest now"))[0] == "Nothing can be posted here: the bot was removed from it."
    assert "Nothing is posted here any more: the bot was removed from it." in (await room.card("status")).text
    await room.card("digest on start:next")
    assert not (await standing(room)).retired_reason


async def test_the_form_has_four_questions_and_the_rest_is_advanced(room: Room) -> None:
    await room.card("follow diffusion where:here")
    await room.card("follow world model, video where:here")
    form = await room.form("settings")
    assert [field.name for field in form.fields if not field.advanced] == ["time", "days", "number", "topics"]
    assert {field.name: field.value for field in form.fields} == {
        "time": "09:00", "days": "weekdays", "number": "5", "topics": "diffusion; video, world model",
        "zone": "Europe/Berlin", "cadence": "daily", "mode": "settled", "votes": "0", "yours": "yes",
        "abstracts": "no", "empty": "no", "pictures": "no", "entries": "no", "language": "en",
        "repeats": "no",
    }  # fmt: skip
    assert form.preview == (NEXT, "The digest is off here; “digest on” starts it.")


async def test_sending_the_form_back_unchanged_changes_nothing(room: Room) -> None:
    await room.card("follow world model, video where:here")
    form = await room.form("settings")
    answer = await room.table.answer(room.request(form.command, {field.name: field.value for field in form.fields}))
    assert not isinstance(answer.body, Form)
    assert answer.body.text.startswith("Nothing was changed.")
    assert len(await room.stores.audit.list_changes(PAPERS)) == 1


async def test_every_setting_is_kept(room: Room) -> None:
    await room.card("digest on start:next")
    card = await room.card(
        "settings time:7.30 days:mon,wed zone:Tokyo number:3 cadence:weekly mode:fresh votes:4 yours:no abstracts:yes "
        "empty:yes repeats:yes topics:diffusion; world model"
    )
    preferences = (await standing(room)).preferences
    assert preferences.schedule == Schedule(time(7, 30), "Asia/Tokyo", (0, 2), Cadence.WEEKLY)
    assert (preferences.number, preferences.min_votes, preferences.mode) == (3, 4, FeedMode.FRESH)
    assert (preferences.your_topics, preferences.abstracts) == (False, True)
    assert (preferences.say_when_empty, preferences.repeats, preferences.on) == (True, True, True)
    assert [follow.topic for follow in await room.stores.follows.list_for_channel(PAPERS)] == [
        '"diffusion"',
        '"world model"',
    ]
    assert card.text.startswith("Saved for #papers: time 09:00 → 07:30; days weekdays → Mon and Wed; number 5 → 3; ")
    assert card.text.endswith("Next: Mon 30 Nov 07:30, Mon 7 Dec 07:30, Mon 14 Dec 07:30 (Asia/Tokyo).")
    assert (await standing(room)).next_run == datetime(2026, 11, 29, 22, 30, tzinfo=UTC)


async def test_one_undo_takes_all_of_it_back(room: Room) -> None:
    await room.card("digest on start:next")
    await room.card("follow speech where:here")
    before = await standing(room)
    card = await room.card("settings time:7 topics:diffusion")
    assert (await room.press(button(card, "Undo"))).text == (
        "Taken back: “Time” is 09:00 again, “diffusion” is not followed any more and “speech” is followed again. "
        "Changed by you on 24 Nov."
    )
    now = await standing(room)
    assert now.preferences == before.preferences
    assert now.next_run == before.next_run
    assert [follow.topic for follow in await room.stores.follows.list_for_channel(PAPERS)] == ['"speech"']


async def test_wrong_values_are_marked_on_their_fields_and_nothing_is_saved(room: Room) -> None:
    before = await standing(room)
    form = await room.form(
        "settings time:25 zone:Berln number:99 days:someday topics:-x mode:hot votes:many yours:perhaps"
    )
    wrong = {field.name: field.mistake for field in form.fields if field.mistake}
    assert set(wrong) == {"time", "zone", "number", "days", "topics", "mode", "votes", "yours"}
    assert wrong["zone"] == "“Berln” is not a zone; did you mean Europe/Berlin?"
    assert wrong["time"] == "“25” is not a time of day; the day ends at 23:59. For example: 9:30"
    assert {field.name: field.value for field in form.fields}["time"] == "25"
    assert form.preview == ()
    assert await standing(room) == before
    assert not await room.stores.audit.list_changes(PAPERS)


async def test_no_day_is_a_mistake_and_no_topic_is_not(room: Room) -> None:
    await room.card("follow speech where:here")
    form = (await room.table.answer(room.request("settings", {"days": "", "time": ""}))).body
    assert isinstance(form, Form)
    assert [field.name for field in form.fields if field.mistake] == ["days"]
    await room.table.answer(room.request("settings", {"topics": ""}))
    assert not await room.stores.follows.list_for_channel(PAPERS)


async def test_a_quotation_mark_that_is_left_open_changes_nothing(room: Room) -> None:
    for line in ('settings topics:"world model', 'settings topics:"a b"; “c', 'digest set number:7 topics:x"'):
        form = await room.form(line)
        (wrong,) = [field for field in form.fields if field.mistake]
        assert (wrong.name, wrong.mistake) == (
            "topics",
            'A quotation mark is left open. For example: "world model" -robot',
        )
    assert await room.stores.follows.list_for_channel(PAPERS) == []
    assert await room.stores.audit.list_changes(PAPERS) == []


async def test_a_channel_follows_at_most_25_topics(room: Room) -> None:
    many = ";".join(f"t{n}" for n in range(26))
    form = await room.form(f"settings topics:{many}")
    assert form.fields[3].mistake == "A channel follows at most 25 topics; these are 26."


async def test_a_dry_form_has_a_fresh_preview(room: Room) -> None:
    request = room.request("settings", {"time": "2:30", "days": "daily", "zone": "Berlin"}, dry_run=True)
    form = (await room.table.answer(request)).body
    assert isinstance(form, Form)
    assert form.preview == (
        "Next: Wed 25 Nov 02:30, Thu 26 Nov 02:30, Fri 27 Nov 02:30 (Europe/Berlin).",
        "Sun 28 Mar 2027 02:30 does not exist in Europe/Berlin: the clocks go forward; it comes 03:30.",
        "Sun 31 Oct 2027 02:30 occurs twice in Europe/Berlin: the clocks go back; it comes the first time.",
        "The digest is off here; “digest on” starts it.",
    )
    assert not await room.stores.audit.list_changes(PAPERS)


def test_weekdays_at_nine_meet_no_clock_change() -> None:
    assert next_sends.list_clock_change_warnings(Schedule(time(9), "Europe/Berlin"), NOW) == ()
    assert next_sends.list_clock_change_warnings(Schedule(time(2, 30), "UTC", (0, 1, 2, 3, 4, 5, 6)), NOW) == ()


async def test_pause_and_resume(room: Room) -> None:
    await room.card("digest on start:next")
    assert (await room.card("pause")).text == "Paused: neither digests nor alerts come here until “resume”."
    assert (await standing(room)).preferences.paused
    assert not await room.stores.channels.list_due(room.now + timedelta(days=9), 10)
    assert (await room.card("pause")).text == "Everything is paused here already."
    assert (await room.card("resume")).text == f"Resumed. {NEXT}"
    assert (await room.card("resume")).text == f"Nothing is paused here. {NEXT}"


@pytest.mark.parametrize(
    ("until", "written"),
    [("2026-12-01", "Tue 1 Dec 09:00"), ("until:5 Dec", "Mon 7 Dec 09:00"), ("4 Jan", "Mon 4 Jan 09:00")],
)
async def test_pause_until_a_date(room: Room, until: str, written: str) -> None:
    await room.card("digest on start:next")
    assert (await room.card(f"pause {until}")).text == f"No digest until {written}. Alerts go on."
    assert f"Next: {written}," in (await room.card("status")).text
    assert (await room.card("resume")).text == f"Resumed. {NEXT}"


async def test_pauses_that_make_no_sense(room: Room) -> None:
    assert (await room.mistake("pause 2026-12-01"))[0].startswith("A pause until a date is for digests")
    await room.card("digest on start:next")
    text, example = await room.mistake("pause 2026-11-23")
    assert text == "Mon 23 Nov 2026 is not in the future."
    assert (await room.card(example)).tone == "answer"
    assert (await room.mistake("pause someday"))[0] == "“someday” is not a date."


async def test_status(room: Room) -> None:
    card = await room.card("status")
    assert card.text == "The digest is off here; “digest on” shows what it would be."
    await room.card("digest on start:now")
    card = await room.card("status")
    assert card.text.startswith(NEXT)
    rows = {item.title: item.text for item in card.items}
    assert rows["arXiv"] == "Switched off."
    assert rows["Tue 24 Nov"] == "On its way."
    assert card.footer == ("1 message waiting: 1 pending.", "18 papers stored.")
    await room.deliver()
    card = await room.card("status")
    assert {item.title: item.text for item in card.items}["Tue 24 Nov"] == "Posted."
    assert card.footer == ("No message is waiting.", "18 papers stored.")


async def test_status_tells_of_a_source_in_trouble(room: Room) -> None:
    state = await room.stores.source_states.get_state("huggingface")
    until = room.now + timedelta(minutes=30)
    await room.stores.source_states.save_state(
        replace(state, failures=5, open_until=until, error=to_reason("no answer within 20 s."))
    )
    rows = {item.title: item.text for item in (await room.card("status")).items}
    assert rows["Hugging Face"] == "Not asked until Tue 24 Nov 09:30, after 5 failures in a row. No answer yet."
    await room.stores.source_states.save_state(
        replace(state, failures=2, succeeded=NOW, error=to_reason("no answer within 20 s."))
    )
    rows = {item.title: item.text for item in (await room.card("status")).items}
    assert rows["Hugging Face"] == "2 failures in a row: no answer within 20 s. Last answer Tue 24 Nov 09:00."


async def test_status_tells_whoever_decides_of_the_other_channels_that_fell_silent(room: Room) -> None:
    gone, paused, shut = replace(NLP, id="gone"), replace(NLP, id="paused"), to_reason("it is shut")
    for channel, reason in ((NLP, shut), (gone, Reason("channel.deleted")), (paused, shut)):
        await room.card("digest on start:next", channel=channel)
        await room.stores.channels.retire(channel, reason)
    await room.card("pause", channel=paused)
    for number in range(6):
        bobs = replace(BOBS, id=f"bob{number}")
        await room.stores.channels.save_preferences(bobs, Preferences(on=True), room.now)
        await room.stores.channels.retire(bobs, Reason("person.direct_messages_closed"))
    boss = replace(ADA, is_admin=True)

    async def others(**about: Any) -> list[tuple[str, str]]:
        items = (await room.card("status", **about)).items
        return [(item.title, item.text) for item in items if item.section == "Other channels"]

    assert await others(person=boss) == [("#nlp-papers", "it is shut.")]
    assert await others() == [], "its name may be private"
    assert await others(person=boss, channel=NLP) == []
    assert await others(person=boss, dry_run=True) == [], "nor is it shared"


async def test_why_it_was_posted(room: Room) -> None:
    await room.card("follow sparse attention where:here")
    await room.card("digest on start:now")
    await room.deliver()
    card = await room.card("why #3")
    assert card.text == (
        "Posted here Tue 24 Nov 09:00, in a digest. "
        "With 38 votes it is number 3 of 12 on the list of Mon 23 Nov; a digest here shows the top 5."
    )
    (row,) = card.items
    assert (row.section, row.title, row.text) == (
        "Topics of #papers", "sparse attention", "Matches: “sparse attention” in its title.",
    )  # fmt: skip


async def test_why_it_was_not(room: Room) -> None:
    await room.card("settings votes:35 topics:speculative -trees")
    await room.card("digest on start:now")
    await room.card("mute 2611.23011")
    card = await room.card("why 2611.23011", person=BOB)
    assert card.text == (
        "Not posted in #papers. It is muted here. It has 29 votes, and a digest here wants at least 35 votes. "
        "The list of Mon 23 Nov was posted without it."
    )
    assert card.items[0].text == "Does not match: “trees” is in its title."


@pytest.mark.parametrize(
    ("paper", "sentence"),
    [
        (
            "2611.23011",
            "Not posted in #papers. The digest is off here. No digest here has covered the list of Mon 23 Nov yet.",
        ),
        (
            "2611.20000",
            "Not posted in #papers. The digest is off here. No digest here has covered the list of Fri 20 Nov yet.",
        ),
    ],
)
async def test_why_when_nothing_was_posted_at_all(room: Room, paper: str, sentence: str) -> None:
    assert (await room.card(f"why {paper}")).text.startswith(sentence)


async def test_undo_goes_back_step_by_step(room: Room) -> None:
    assert (await room.card("undo")).text == "There is nothing to take back here."
    await room.card("digest on start:next")
    await room.card("follow diffusion where:here")
    await room.card("mute 2611.23000")
    await room.card("unfollow diffusion where:here")
    await room.card("unmute 2611.23000")
    texts = [(await room.card("undo")).text for _ in range(6)]
    assert texts == [
        "Taken back: “DreamID-Omni” is muted again. Changed by you on 24 Nov.",
        "Taken back: “diffusion” is followed again. Changed by you on 24 Nov.",
        "Taken back: “DreamID-Omni” is not muted any more. Changed by you on 24 Nov.",
        "Taken back: “diffusion” is not followed any more. Changed by you on 24 Nov.",
        "Taken back: the digest is off again. Changed by you on 24 Nov.",
        "There is nothing to take back here.",
    ]
    assert not (await standing(room)).preferences.on
    assert not await room.stores.follows.list_for_channel(PAPERS)
    assert not await room.stores.mutes_and_saves.list_mutes([(await standing(room)).channel_id])


async def test_undo_moves_a_digest_back_that_was_put_off(room: Room) -> None:
    await room.card("digest on start:next")
    usual = (await standing(room)).next_run
    await room.card("pause 2026-12-01")
    put_off = (await standing(room)).next_run
    assert (await room.card("undo")).text.startswith("Taken back: the next digest comes as before. ")
    assert (await standing(room)).next_run == usual
    await room.card("pause 2026-12-01")
    await room.card("resume")
    await room.card("undo")
    assert (await standing(room)).next_run == put_off


async def test_undo_tells_of_pauses_and_switches(room: Room) -> None:
    await room.card("digest on start:next")
    for line, said in (
        ("pause", "nothing is paused any more"),
        ("settings repeats:yes", "“Repeats” is off again"),
        ("digest off", "the digest is on again"),
    ):
        await room.card(line)
        assert (await room.card("undo")).text == f"Taken back: {said}. Changed by you on 24 Nov."


async def test_undo_gives_a_follow_back_with_its_history(room: Room) -> None:
    await room.card("follow diffusion where:here alerts:yes")
    (before,) = await room.stores.follows.list_for_channel(PAPERS)
    room.later(days=5)
    await room.card("unfollow diffusion where:here")
    await room.card("undo")
    (after,) = await room.stores.follows.list_for_channel(PAPERS)
    assert (after.followed_since, after.alerts, after.added_by.id) == (before.followed_since, True, "ada")


async def test_the_log(room: Room) -> None:
    assert (await room.card("log")).text == "Nothing was changed in #papers yet."
    await room.card("settings number:3")
    await room.card("undo")
    (row,) = (await room.card("log")).items
    assert (row.title, row.notes) == ("sets number 5 → 3", ("Tue 24 Nov 09:00", "by you", "taken back"))


async def test_an_undo_button_takes_back_its_own_change_and_no_older_one(room: Room) -> None:
    await room.card("digest on start:next")
    await room.card("settings number:3")
    saved = await room.card("settings number:7", now=room.now + timedelta(minutes=1))
    undo = next(action for action in saved.actions if action.command == "undo")
    assert (await room.press(undo)).text.startswith("Taken back:")
    again = await room.press(undo)
    assert again.tone == "mistake"
    assert "was taken back already" in again.text
    assert (await room.stores.channels.get_or_create(PAPERS, room.now)).preferences.number == 3


async def test_a_change_that_is_not_about_time_leaves_a_digest_that_waits(room: Room) -> None:
    await room.card("digest on start:next")
    standing = await room.stores.channels.get_or_create(PAPERS, room.now)
    again = room.now + timedelta(minutes=10)
    await room.stores.digests.postpone_digests([(standing, room.now, again)])
    await room.card("settings number:3")
    await room.card("undo")
    held = await room.stores.channels.get_or_create(PAPERS, room.now)
    assert (held.next_run, held.due) == (again, room.now)


async def test_a_pause_until_a_day_that_is_gone_is_refused(room: Room) -> None:
    await room.card("digest on start:next")
    assert "is not in the future" in (await room.mistake("pause yesterday"))[0]
