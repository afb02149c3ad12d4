"""`chainview replay` as a process: verdicts, exit codes, the JSON object, and inputs that can't be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.actor.guests import Guest, inner_counter
from tests.commands.running import chainview, sample
from tests.replay.explain.test_inner_state import hidden_by_one
from tests.replay.recorded import packed

pytestmark = pytest.mark.once

CALLS = ("--call", "increment(5s32)", "--call", "increment(2s32)", "--call", "get-count()")
KEYS = {
    "chainview",
    "command",
    "mode",
    "verdict",
    "sentence",
    "recording",
    "modules",
    "events",
    "first_mismatch",
    "causes",
    "consequences",
    "reconverges_at",
    "control",
    "edit",
    "remarks",
    "not_tested",
    "accepted",
    "stacks",
    "live_host_calls",
}
FINDING = {
    "event",
    "call",
    "function",
    "code",
    "path",
    "recorded",
    "now",
    "sentence",
    "places",
    "count",
    "stacks",
    "id",
    "seen",
    "relations",
}
LOG = "theater:simple/runtime"


def logging(folder: Path, name: str, *lines: str) -> str:
    """A package whose export `f` logs these lines."""
    from chainview.pack.values import String

    guest = Guest()
    for index, line in enumerate(lines):
        guest.calling(f"part{index}", LOG, "log", packed(String(line)))
    body = "(drop)".join(guest.bodies.pop(f"part{index}") for index in range(len(lines)))
    return str(guest.body("f", body).written(folder, name))


def recorded(folder: Path, actor: str, *words: str) -> str:
    """A chain of that actor."""
    path = str(folder / "c.chain")
    assert chainview(folder, "record", actor, "-q", "-o", path, *words).code == 0
    return path


def changed(folder: Path) -> tuple[str, str]:
    """A module that logs another line, and a chain of the one before."""
    chain = recorded(folder, logging(folder, "then.wat", "a", "b"), "--call", "f()")
    return logging(folder, "now.wat", "a", "x"), chain


def replayed(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and object of a replay."""
    done = chainview(folder, "replay", *words, "--json")
    assert done.err == ""
    return done.code, json.loads(done.out)


def test_an_unchanged_actor_is_identical(tmp_path: Path) -> None:
    """Exit code 0, every event the same, and the whole documented object."""
    chain = recorded(tmp_path, sample("counter"), *CALLS)
    code, told = replayed(tmp_path, sample("counter"), chain)
    assert (code, told["verdict"], told["causes"], told["first_mismatch"]) == (0, "identical", [], None)
    assert told.keys() == KEYS
    assert told["events"]["recorded"] == told["events"]["now"] == told["events"]["same"]
    assert told["live_host_calls"] == 0
    assert told["recording"] == {"state": "whole", "until": told["events"]["recorded"]}


def test_a_changed_actor_diverges_with_the_kept_module_as_control(tmp_path: Path) -> None:
    """Exit code 1; the recorded module is found in the cache, and passes."""
    code, told = replayed(tmp_path, *changed(tmp_path))
    assert (code, told["verdict"], told["control"]) == (1, "diverged", "passed")
    assert told["first_mismatch"].keys() == FINDING
    assert told["first_mismatch"] == told["causes"][0]
    assert (told["causes"][0]["code"], told["causes"][0]["event"]) == ("C1", 3)
    assert (told["causes"][0]["recorded"], told["causes"][0]["now"]) == ('"b"', '"x"')
    assert told["stacks"]["now"]


@pytest.mark.parametrize("mode", ["probe", "strict", "reference"])
def test_every_mode_reports(tmp_path: Path, mode: str) -> None:
    """The mode is in the object, and each finds the place."""
    code, told = replayed(tmp_path, *changed(tmp_path), "--mode", mode)
    assert (code, told["mode"], told["first_mismatch"]["event"]) == (1, mode, 3)


def test_the_text_report_names_code_and_page(tmp_path: Path) -> None:
    """Without --json a short report is printed."""
    done = chainview(tmp_path, "replay", *changed(tmp_path))
    assert done.code == 1
    assert done.out.startswith("DIVERGES at event 3 of 4")
    assert "chainview explain C1" in done.out
    assert len(done.out.splitlines()) <= 12


def test_the_text_report_says_that_no_real_host_function_was_called(tmp_path: Path) -> None:
    """Its counter is in the report of a replay that is identical and of one that differs."""
    now, chain = changed(tmp_path)
    for actor in (str(tmp_path / "then.wat"), now):
        said = chainview(tmp_path, "replay", actor, chain, "--text").out.splitlines()
        assert [line for line in said if line.endswith(" · no real host calls")] in (said[:1], said[-1:])


def test_accepted_differences_pass(tmp_path: Path) -> None:
    """A rule beside the chain, or in the file given, makes the exit code 0."""
    actor, chain = changed(tmp_path)
    rules = "[[accept]]\ncode = 'C1'\nreason = 'a new wording'\n"
    Path(f"{chain}.accept.toml").write_text(rules, encoding="utf-8")
    code, told = replayed(tmp_path, actor, chain)
    assert (code, told["verdict"], len(told["accepted"])) == (0, "accepted", 1)
    none = tmp_path / "none.toml"
    none.write_text("", encoding="utf-8")
    assert replayed(tmp_path, actor, chain, "--accept", str(none))[0] == 1


def test_a_damaged_chain_is_unusable(tmp_path: Path) -> None:
    """A chain that fails its own hashes says nothing about the actor: A1, exit code 1."""
    actor, chain = changed(tmp_path)
    data = bytearray(Path(chain).read_bytes())
    data[len(data) // 2] ^= 1
    Path(chain).write_bytes(bytes(data))
    code, told = replayed(tmp_path, actor, chain, "--mode", "strict")
    assert (code, told["mode"], told["verdict"], told["causes"][0]["code"]) == (1, "strict", "unusable", "A1")


def test_the_recorded_module_can_be_given(tmp_path: Path) -> None:
    """A module file given as the recorded one is the control."""
    actor, chain = changed(tmp_path)
    code, told = replayed(tmp_path, actor, chain, "--recorded-module", str(tmp_path / "then.wat"))
    assert (code, told["control"]) == (1, "passed")
    code, told = replayed(tmp_path, actor, chain, "--recorded-module", actor)
    assert (code, told["control"], told["causes"][0]["code"]) == (1, "diverged", "B1")


@pytest.mark.parametrize(
    "words",
    [
        ("missing.wasm", "{chain}"),
        ("{actor}", "missing.chain"),
        ("{actor}", "{actor}"),
        ("{actor}", "{chain}", "--state", "(((", "--json"),
        ("{actor}", "{chain}", "--accept", "missing.toml"),
        ("{actor}", "{chain}", "--recorded-module", "missing.wasm"),
    ],
)
def test_what_can_not_be_used_ends_with_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A file that is missing or of another kind, a bad literal: one sentence on standard error, exit code 2."""
    actor, chain = changed(tmp_path)
    done = chainview(tmp_path, "replay", *[word.format(actor=actor, chain=chain) for word in words])
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("chainview: ")
    assert "Traceback" not in done.err


def test_the_manifest_says_how_a_chain_began_that_does_not(tmp_path: Path) -> None:
    """A chain without a header is replayed from the manifest's initial state, or from the one given."""
    manifest = tmp_path / "manifest.toml"
    lines = ['name = "counter"', f'package = "{sample("counter")}"', 'initial_state = "41"']
    manifest.write_text("\n".join(lines), encoding="utf-8")
    chain = recorded(tmp_path, str(manifest), *CALLS)
    bare = str(tmp_path / "bare.json")
    assert chainview(tmp_path, "export", chain, "--to", "json", "-o", bare).code == 0
    assert replayed(tmp_path, str(manifest), bare)[0] == 0
    code, told = replayed(tmp_path, sample("counter"), bare)
    assert code == 1
    assert any("the state that it began with" in each for each in told["not_tested"])
    refused = chainview(tmp_path, "replay", str(manifest), chain, "--state", '"7"', "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "c.chain holds the state it began with" in refused.err
    assert replayed(tmp_path, sample("counter"), bare, "--state", '"41"')[0] == 0


def test_a_state_that_is_not_asked_for_is_not_compared(tmp_path: Path) -> None:
    """A module that shows another state differs in that alone, and in nothing where it is not asked."""
    then = inner_counter().written(tmp_path, "then.wat")
    chain = recorded(tmp_path, str(then), "--stub", "--call", "increment(2s32)")
    now = str(hidden_by_one().written(tmp_path, "now.wat"))
    code, report = replayed(tmp_path, now, chain)
    assert (code, report["causes"][0]["code"]) == (1, "C7")
    code, report = replayed(tmp_path, now, chain, "--no-get-state")
    assert (code, report["verdict"]) == (0, "identical")
