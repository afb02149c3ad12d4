"""The prompts: calls, find, filter, go to, save."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.ui.feeds.sources import FileSource
from chainview.ui.find.go_to import Wanted, hash_matches, parse_wanted
from chainview.ui.live.call_prompt import MOST_KEPT, CallHistory, completed
from tests.chain.unsound import WRONG
from tests.ui.app_driver import Driven, PlayedSession, drive, drive_live, few_calls

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the history of calls out of the user's own."""
    monkeypatch.setattr("chainview.ui.live.actor_actions.history_file", lambda: tmp_path / "calls")


def test_a_call_is_typed_completed_checked_and_queued(tmp_path: Path) -> None:
    """c asks for a call, tab completes the name, the signature is shown, enter queues it and the history keeps it."""

    async def script(driven: Driven) -> None:
        await driven.press("c")
        prompt = driven.screen.prompt
        assert prompt is not None
        assert "get-count" in prompt.candidates.text
        await driven.type("inc")
        await driven.press("tab")
        assert prompt.input.value == "increment("
        assert "increment(by: s32) -> result<s32, string>" in driven.line("prompt-note")
        await driven.type("3s32)")
        assert "fits" in driven.line("prompt-note")
        await driven.press("enter")
        assert prompt.purpose is None

    session = drive_live(script)
    assert session.called == ["increment(3s32)"]
    assert (tmp_path / "calls").read_text(encoding="utf-8") == "increment(3s32)\n"


def test_a_call_that_does_not_fit_is_refused_with_the_reason() -> None:
    """What does not fit is not queued; the reason is beneath, and the text stays to be mended."""

    async def script(driven: Driven) -> None:
        await driven.press("c")
        await driven.type("nothing()")
        await driven.press("enter")
        prompt = driven.screen.prompt
        assert prompt is not None
        assert prompt.purpose is not None
        assert prompt.input.value == "nothing()"
        assert "nothing() does not fit" in driven.line("prompt-note")

    assert drive_live(script).called == []


def test_leaving_the_call_prompt_keeps_the_text() -> None:
    """Escape closes the prompt; the next c finds what was typed."""

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("c")
        await driven.type("get")
        await driven.press("escape")
        assert prompt.purpose is None
        await driven.press("c")
        assert prompt.input.value == "get"

    drive_live(script)


def test_keys_typed_right_after_the_prompts_key_are_text() -> None:
    """Keys that arrive in one go with the key that opens the prompt never do what they do outside of it."""

    async def script(driven: Driven) -> None:
        await driven.pilot.press("slash", *"qps")
        await driven.flush()
        prompt = driven.screen.prompt
        assert prompt is not None
        assert prompt.input.value == "qps"
        assert driven.app.is_running

    assert not drive_live(script, few_calls()).paused


def test_calls_typed_before_come_back_with_up_and_down(tmp_path: Path) -> None:
    """Up and down step through the calls of this and earlier runs, and back to what was being typed."""
    CallHistory(tmp_path / "calls").add("get-count()")

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("c")
        await driven.type("inc")
        await driven.press("up")
        assert prompt.input.value == "get-count()"
        await driven.press("down")
        assert prompt.input.value == "inc"

    drive_live(script)


def test_history_keeps_the_newest_lines_once_and_privately(tmp_path: Path) -> None:
    """A call typed again moves to the end, old ones go, and nobody else can read the file."""
    path = tmp_path / "state" / "calls"
    history = CallHistory(path)
    for number in range(MOST_KEPT + 5):
        history.add(f"call({number})")
    history.add("call(10)")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == MOST_KEPT
    assert lines[-1] == "call(10)"
    assert lines.count("call(10)") == 1
    assert path.stat().st_mode & 0o077 == 0


def test_find_goes_to_hits_and_counts_them() -> None:
    """/ highlights while typing, enter goes to the first hit, n and N to the others, and the line says which it is."""

    async def script(driven: Driven) -> None:
        await driven.press("g", "slash")
        await driven.type("adding")
        await driven.press("enter")
        tree = driven.screen.chain_tree
        assert tree.cursor == 4
        await driven.press("n")
        assert tree.cursor == 8
        assert "2/3" in driven.line("line")
        await driven.press("N")
        assert tree.cursor == 4

    drive_live(script, few_calls())


def test_a_wrong_expression_is_said_and_changes_nothing() -> None:
    """A pattern that is none is named beneath the prompt."""

    async def script(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("[")
        await driven.press("enter")
        prompt = driven.screen.prompt
        assert prompt is not None
        assert prompt.purpose is not None
        assert driven.line("prompt-note").strip()

    drive_live(script, few_calls())


def test_a_filter_hides_the_rest_and_can_be_switched_without_losing_the_event() -> None:
    """& shows what matches with its count, F shows everything and the matches again, on the same event."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        await driven.press("g", "j", "ampersand")
        await driven.type("kind:host")
        await driven.press("enter")
        await driven.flush()
        assert tree.filter_count == (7, 15)
        assert "7 of 15" in driven.line("line")
        assert tree.cursor == 1
        await driven.press("F")
        assert tree.filter_count is None
        assert tree.cursor == 1
        assert "off" in driven.line("line")
        await driven.press("F")
        assert tree.filter_count == (7, 15)

    drive_live(script, few_calls())


def test_go_to_takes_numbers_steps_and_hashes() -> None:
    """: goes to a number, some events on, and to the start of a hash; what is none is said."""

    async def script(driven: Driven) -> None:
        tree = driven.screen.chain_tree
        for text, index in (("7", 6), ("+2", 8), ("-1", 7), (tree.table.hash(11).hex()[:9], 11)):  # type: ignore[union-attr]
            await driven.press("colon")
            await driven.type(text)
            await driven.press("enter")
            await driven.flush()
            assert tree.cursor == index
        await driven.press("colon")
        await driven.type("999")
        await driven.press("enter")
        assert "there is no event 999" in driven.line("prompt-note")

    drive_live(script, few_calls())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2,407", Wanted(number=2407)),
        ("#12", Wanted(number=12)),
        ("+5", Wanted(step=5)),
        ("9f2e", Wanted(hash_prefix="9f2e")),
        ("4107", Wanted(number=4107, hash_prefix="4107")),
        ("x", None),
        ("", None),
    ],
)
def test_what_can_be_gone_to(text: str, wanted: Wanted | None) -> None:
    """Numbers, steps and hashes are told apart; digits may be a number and a hash."""
    assert parse_wanted(text) == wanted


def test_hashes_are_found_by_any_number_of_digits() -> None:
    """An odd number of digits finds an event as well as an even one."""
    session = PlayedSession()
    session.record(few_calls())
    from chainview.ui.feeds.live_feed import LiveFeed

    feed = LiveFeed(session)
    session.record(few_calls())
    feed.take()
    hash_ = feed.table.hash(5)
    assert hash_ is not None
    for digits in (6, 7, 40):
        found = [index for index in hash_matches(feed.table, hash_.hex()[:digits]) if index is not None]
        assert found == [5]


def test_saving_a_call_gives_a_chain_that_can_be_opened(tmp_path: Path) -> None:
    """s saves the call under the cursor to a chain file; the same name again is refused."""
    path = tmp_path / "one.chain"

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("g", "s")
        assert prompt.input.value == "counter-1-call-1.chain"
        for _ in range(2):
            prompt.input.value = str(path)
            await driven.press("enter")
            await driven.flush()
            if prompt.purpose is None:
                await driven.press("s")
        assert "exists already" in driven.line("prompt-note")

    drive_live(script, few_calls())
    with open_chain(path) as opened:
        assert len(opened.load().table) == 3
        assert verify(opened).sound


def test_saving_as_json_writes_theaters_array(tmp_path: Path) -> None:
    """A name that ends in .json gives the JSON array that Theater reads, of what was chosen with tab."""
    path = tmp_path / "all.json"

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("s", "tab")
        assert prompt.purpose is not None
        assert prompt.purpose.label == "save chain to"
        prompt.input.value = str(path)
        await driven.press("enter")
        await driven.flush()

    drive_live(script, few_calls())
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert [set(event) for event in stored] == [{"hash", "parent_hash", "event_type", "data"}] * 15
    with open_chain(path) as opened:
        assert verify(opened.load()).sound


def test_saving_leaves_out_what_can_not_be_read(tmp_path: Path) -> None:
    """Damaged rows are left out of what is saved, and their number is said."""
    (tmp_path / "in").write_bytes(WRONG["unreadable"])
    path = tmp_path / "out.json"

    async def script(driven: Driven) -> None:
        await driven.until(lambda: len(driven.screen.chain_tree.table) == 11)
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("s", "tab")
        prompt.input.value = str(path)
        await driven.press("enter")
        await driven.until(path.exists)
        assert f"saved 10 events to {path}; 1 that can't be read were left out" in driven.said()

    drive(FileSource(open_chain(tmp_path / "in")), script)
    assert len(json.loads(path.read_bytes())) == 10


def test_an_event_that_json_can_not_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event type that is no Unicode is saved in a chain file, and refused by name as JSON, where nothing is left."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    refusal = "event 2 has a type that is no Unicode, which JSON can't hold: use a chain file (msgpack)"
    odd = [*few_calls(0)[:1], ("odd\udcff", b"")]

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        for name in ("all.json", "all.chain"):
            await driven.press("s")
            while prompt.purpose is not None and prompt.purpose.label != "save chain to":
                await driven.press("tab")
            prompt.input.value = str(tmp_path / name)
            await driven.press("enter")
            await driven.flush()
            if name == "all.json":
                assert refusal in driven.said()
        await driven.press("G", "y")
        assert driven.said()[-1] == refusal

    drive_live(script, odd)
    assert [path.name for path in tmp_path.iterdir()] == ["all.chain"]
    with open_chain(tmp_path / "all.chain") as opened:
        assert verify(opened).sound
        assert opened.table.event_type(1) == "odd\udcff"


def test_copies_say_what_and_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """y copies the event as JSON and Y its hash, and a message says so."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    copied: list[str] = []

    async def script(driven: Driven) -> None:
        monkeypatch.setattr(driven.app, "copy_to_clipboard", copied.append)
        await driven.press("g", "y")
        assert any(text.startswith("copied event 1 as JSON") and "characters" in text for text in driven.said())
        await driven.press("Y")

    drive_live(script, few_calls())
    event = json.loads(copied[0])
    assert bytes(event["hash"]).hex() == copied[1]


def test_completion_goes_as_far_as_it_is_clear() -> None:
    """Tab gives the common beginning of several names, and one name its bracket."""
    exports = PlayedSession().exports()
    assert completed(exports, "g") == "get-"
    assert completed(exports, "get-c") == "get-count()"
    assert completed(exports, "history") == "get-history()"
    assert completed(exports, "increment(3") == "increment(3"
