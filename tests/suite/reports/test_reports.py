"""What a suite came to, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainview.suite.case import Outcome, Result
from chainview.suite.last_run import failed_last, keep_failed
from chainview.suite.reports.json_report import suite_object
from chainview.suite.reports.summary import SuiteSummary
from chainview.suite.reports.text_report import progress_text, suite_text
from chainview.system.files.locations import suites_folder

PASSED = Result("chains/a.chain", Outcome.PASSED, 1200)
OPEN = Result("chains/open.chain", Outcome.PASSED, 4, in_call=True)
DIFFERS = Result(
    "chains/b.chain", Outcome.DIFFERS, 55, ("total is 5, not 6, as it was", "total 6 → 5", "total"), "WHY\n  so", "C6"
)
CRASHED = Result("chains/\x1b[2J.chain", Outcome.CRASHED, says=("it was ended by SIGKILL",), text="it was ended")


def test_the_report_is_a_table_with_what_does_not_pass_explained_below() -> None:
    """Nothing in it drives a terminal; a chain that ends inside a call is told, and so is what was not begun."""
    summary = SuiteSummary(
        (PASSED, DIFFERS, CRASHED, OPEN), ("x", "y"), ("no chains, and passed over: x",), seconds=1.25
    )
    assert list(suite_text(summary)) == [
        "chain                   events  verdict  cause",
        "chains/a.chain           1,200  passed",
        "chains/b.chain              55  DIFFERS  total is 5, not 6, as it was",
        "chains/\\u{1b}[2J.chain       -  CRASHED  it was ended by SIGKILL",
        "chains/open.chain            4  passed   its last call was not recorded to its end",
        "",
        "chains/b.chain: differs",
        "  WHY",
        "    so",
        "",
        "chains/\\u{1b}[2J.chain: crashed",
        "  it was ended",
        "",
        "note: no chains, and passed over: x",
        "note: 1 recording ends before the last call was over; it passes as far as it goes",
        "2 passed, 1 differs, 1 crashed, 2 not begun: 4 chains, 1,259 events · no real host calls · 1.2 s",
    ]
    assert summary.exit_code == 1


def test_one_chain_and_none_are_counted_as_people_say_it() -> None:
    """A share of a suite to which no chain falls passes."""
    assert SuiteSummary((DIFFERS,)).sentence == "1 differs: 1 chain, 55 events"
    assert SuiteSummary((DIFFERS, DIFFERS)).sentence == "2 differ: 2 chains, 110 events"
    assert (SuiteSummary(()).sentence, SuiteSummary(()).exit_code) == ("nothing to replay: 0 chains, 0 events", 0)


@pytest.mark.parametrize(
    ("width", "said"), [(61, "total is 5, not 6, as it was"), (50, "total 6 → 5"), (1, "total 6 → 5")]
)
def test_a_cause_is_told_in_the_words_that_have_room(width: int, said: str) -> None:
    """Never less than a few, however narrow the terminal is."""
    assert list(suite_text(SuiteSummary((DIFFERS,)), width))[1].endswith(f"DIFFERS  {said}")


def test_a_description_is_told_with_what_differs() -> None:
    """Behind its name; several chains that end inside a call are counted."""
    described = Result("a", Outcome.ERROR, says=("no",), text="no", description="the shop in March")
    lines = list(suite_text(SuiteSummary((described, OPEN, OPEN))))
    assert "a: error · the shop in March" in lines
    assert "note: 2 recordings end before the last call was over; they pass as far as they go" in lines


def test_programs_read_one_object() -> None:
    """With all results, whatever they are."""
    found = json.loads(json.dumps(suite_object(SuiteSummary((PASSED, DIFFERS), ("later",), ("r",), "a.wasm", 1.0))))
    assert (found["chainview"], found["command"], found["passes"], found["left_out"]) == (1, "test", False, ["later"])
    assert found["counts"] == {"passed": 1, "differs": 1}
    assert [(each["name"], each["cause"], each["code"]) for each in found["tests"]] == [
        ("chains/a.chain", None, None),
        ("chains/b.chain", "total is 5, not 6, as it was", "C6"),
    ]
    assert SuiteSummary((PASSED,)).exit_code == 0


def test_progress_is_a_bar() -> None:
    """And words beside it."""
    assert progress_text(0, 4, 0, 8) == "[        ] 0 of 4 chains"
    assert progress_text(3, 4, 1, 8) == "[######  ] 3 of 4 chains · 1 failure"


def test_what_failed_last_is_known_the_next_time(tmp_path: Path) -> None:
    """Of what did not run meanwhile too; each suite has its own, in a private folder."""
    one, other = tmp_path / "one.toml", tmp_path / "other.toml"
    assert failed_last(one) == frozenset()
    keep_failed(one, (PASSED, DIFFERS, CRASHED))
    assert failed_last(one) == {DIFFERS.name, CRASHED.name}
    assert failed_last(other) == frozenset()
    keep_failed(one, (Result(DIFFERS.name, Outcome.ACCEPTED),))
    assert failed_last(one) == {CRASHED.name}
    assert suites_folder().stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", [b"", b"{", b"5", b"\xff", b"[" * 100_000])
def test_what_is_kept_and_damaged_is_as_if_it_were_not_there(tmp_path: Path, damage: bytes) -> None:
    """And is written anew."""
    file = tmp_path / "suite.toml"
    keep_failed(file, (DIFFERS,))
    kept = max(suites_folder().glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    kept.write_bytes(damage)
    assert failed_last(file) == frozenset()
    keep_failed(file, (DIFFERS,))
    assert failed_last(file) == {DIFFERS.name}


def test_a_cache_that_cant_be_written_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is not known the next time, and that is all."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    keep_failed(tmp_path / "suite.toml", (DIFFERS,))
    assert failed_last(tmp_path / "suite.toml") == frozenset()


def test_only_so_much_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("chainview.suite.last_run._MOST_KEPT", 3)
    for number in range(6):
        keep_failed(tmp_path / f"{number}.toml", (DIFFERS,))
    assert len(list(suites_folder().glob("*.json"))) == 3
    assert failed_last(tmp_path / "5.toml") == {DIFFERS.name}
