"""Chains that hold types and hashes and no payloads, as Theater's command line prints them: one verdict everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Event
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import LINKS_RIGHT, PAYLOADS_NOT_HELD, verify
from chainview.replay.differences.codes import Code
from chainview.ui.feeds.file_feed import FileFeed
from chainview.ui.lines.status import Badge
from chainview.workbench.chain_diff import diff_chains
from chainview.workbench.programs import record_actor
from tests.chain import samples
from tests.chain.files.theater.writings import as_cli_line
from tests.commands.running import finished_here, sample
from tests.waiting import eventually

EVENTS = samples.events(9)


def printed(path: Path, events: list[Event], actor: str = "a-1") -> str:
    """A file of the lines that are printed of these events."""
    path.write_text("".join(as_cli_line(event, actor) for event in events))
    return str(path)


def printed_of(chain: str, path: Path) -> str:
    """A file of the lines that are printed of a chain."""
    with open_chain(chain) as opened:
        return printed(path, list(opened))


def test_the_verdict_is_that_links_are_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 where every link is right, which `checked` tells a script; a wrong link is damage as ever."""
    chain = printed(tmp_path / "c.jsonl", EVENTS)
    done = finished_here(capsys, "verify", chain)
    assert done.code == 0
    assert done.out.splitlines()[0] == f"{chain}: {LINKS_RIGHT}"
    told = json.loads(finished_here(capsys, "verify", chain, "--json").out)
    assert (told["sound"], told["checked"], told["problems"]) == (True, "link", [])
    without_one = printed(tmp_path / "d.jsonl", [*EVENTS[:4], *EVENTS[5:]])
    told = json.loads(finished_here(capsys, "verify", without_one, "--json").out)
    assert (told["sound"], told["checked"]) == (False, "link")
    assert [(each["event"], each["kind"]) for each in told["problems"]] == [(5, "link")]
    assert finished_here(capsys, "verify", without_one).code == 1


def test_an_event_without_payload_among_others_is_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a format keeps payloads, a missing one leaves the chain not sound."""
    path = tmp_path / "c.jsonl"
    lines = [
        {"hash": each.hash.hex(), "parent_hash": each.parent and each.parent.hex(), "event_type": each.event_type}
        | {"data": each.payload.hex()}
        for each in EVENTS
    ]
    lines[3]["data"] = ""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = finished_here(capsys, "verify", str(path), "--json")
    told = json.loads(done.out)
    assert (done.code, told["sound"], told["checked"]) == (1, False, "full")
    assert [each["event"] for each in told["problems"]] == [4]


def test_every_report_says_that_payloads_are_not_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Showing, figures, pages and lists say it in the same words, and nothing of it is told as wrong."""
    folder = tmp_path / "family"
    folder.mkdir()
    chain = printed(folder / "0.jsonl", EVENTS)
    printed(folder / "1.jsonl", EVENTS[:5], "a-2")
    for words in (("show", chain), ("show", chain, "2")):
        done = finished_here(capsys, *words)
        assert (done.code, PAYLOADS_NOT_HELD in done.err) == (0, True)
    assert PAYLOADS_NOT_HELD in finished_here(capsys, "stats", chain).out
    assert json.loads(finished_here(capsys, "stats", chain, "--json").out)["remarks"] == [PAYLOADS_NOT_HELD]
    page = finished_here(capsys, "export", chain, "--to", "html").out
    assert LINKS_RIGHT in page
    assert 'class="bad"' not in page
    listed = json.loads(finished_here(capsys, "chains", str(folder), "--json").out)["members"]
    assert {each["state"] for each in listed} <= {"links right", "ended"}
    assert finished_here(capsys, "verify", str(folder)).out.startswith(f"{folder}: {LINKS_RIGHT}, 2 actors")


def test_screens_say_the_same_while_it_grows_and_at_its_end(tmp_path: Path) -> None:
    """The status line has the verdict from the first event on, and the tree of actors in short."""
    path = tmp_path / "c.jsonl"
    printed(path, EVENTS[:3])
    with open_chain(path) as opened:
        feed = FileFeed(opened, grows=True)
        eventually(lambda: _taken(feed).figures().sound[0] == LINKS_RIGHT, lambda: feed.figures().sound)
        printed(path, EVENTS)
        eventually(lambda: _taken(feed).figures().events == len(EVENTS), lambda: feed.figures().events)
        feed.finish_growing()
        eventually(lambda: _taken(feed).figures().sound == (LINKS_RIGHT, "good"), lambda: feed.figures().sound)
        feed.close()
    assert Badge.LINKS_RIGHT.role == Badge.SOUND.role


def _taken(feed: FileFeed) -> FileFeed:
    feed.take()
    return feed


def test_two_chains_are_compared_by_what_is_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same hashes are the same events; the first with another is named, and that its payload is not held."""
    one, other = str(tmp_path / "a.chain"), str(tmp_path / "b.chain")
    record_actor(sample("counter"), one, ["increment(5s32)"])
    record_actor(sample("counter"), other, ["increment(6s32)"])
    lines, others = printed_of(one, tmp_path / "a.jsonl"), printed_of(other, tmp_path / "b.jsonl")
    for same in ((lines, lines), (lines, one), (one, lines)):
        done = finished_here(capsys, "diff", *same)
        assert (done.code, done.out.startswith("identical: 7 events")) == (0, True)
    for pair in ((lines, others), (one, others), (lines, other)):
        done = finished_here(capsys, "diff", *pair, "--json")
        told = json.loads(done.out)
        assert (done.code, told["events"]["same"]) == (1, 3)
        assert [(each["code"], each["event"]) for each in told["causes"]] == [("A5", 4)]


def test_no_replay_is_made_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A replay, and an export for Theater's, refuse it with a sentence that says why."""
    chain = printed(tmp_path / "c.jsonl", EVENTS)
    for words in (("replay", sample("counter"), chain), ("export", chain, "--to", "theater")):
        done = finished_here(capsys, *words)
        assert (done.code, done.out) == (2, "")
        assert "no payloads" in done.err


@given(st.data())
def test_the_first_difference_is_where_hashes_or_types_part(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Of any two beginnings of a chain with a type changed, the first event that is not the same is named."""
    folder = tmp_path_factory.mktemp("pair")
    lengths = [data.draw(st.integers(1, len(EVENTS))) for _ in range(2)]
    sides = [list(EVENTS[:length]) for length in lengths]
    changed = data.draw(st.none() | st.integers(0, lengths[1] - 1))
    if changed is not None:
        event = sides[1][changed]
        sides[1][changed] = Event(event.hash, event.parent, event.event_type + "!", event.payload)
    found = diff_chains(*[printed(folder / name, side) for name, side in zip("ab", sides, strict=True)])
    places = [changed] if changed is not None and changed < lengths[0] else []
    places += [min(lengths)] if lengths[0] != lengths[1] else []
    first = min(places, default=None)
    if first is None:
        assert found.passes
        return
    assert not found.passes
    assert (found.same, found.causes[0].event) == (first, first + 1)
    assert found.causes[0].code == (Code.LENGTH if first == min(lengths) else Code.NOT_HELD)
    assert len(found.rows) == len(found.labels) == max(lengths)


def test_a_program_can_ask_how_far_it_was_checked(tmp_path: Path) -> None:
    """A verification tells its verdict, and whether payloads are held."""
    with open_chain(printed(tmp_path / "c.jsonl", EVENTS)) as opened:
        found = verify(opened)
    assert (found.sound, found.payloads_held, found.checked, found.verdict) == (True, False, "link", LINKS_RIGHT)
