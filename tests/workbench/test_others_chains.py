"""Chains of the main branch that others recorded: captures that join late, and the spellings that names had."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.event import MODULE_EVENT, Event
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.lifecycle import SPAWNED, encode_lifecycle
from chainview.chain.payload import INIT, encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.query.search import Finder
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, UNIT, Option, Record, String, Tuple, Value, Variant, types
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Verdict
from chainview.workbench.programs import replay_chain
from tests.actor.guests import SELF, inner_counter
from tests.chain.files.theater.writings import as_capture

Part = tuple[str, bytes]
NOTHING = Tuple((Option(types.list_of(types.U8), None),))


def n(number: int) -> Tuple:
    """The params of a call with a number."""
    return Tuple((S32(number),))


def kebab(case: str, tag: int, *held: Value) -> Part:
    """A turn as the main branch wrote it for some days."""
    turn = Variant("actor-lifecycle-event", case, tag, held)
    return case, encode(Variant("chain-event-payload", "lifecycle", 3, (turn,)), 3)


def kebab_result(function: str, response: Value) -> bytes:
    """A result of those days: kebab-case names, and no state."""
    record = Record("wasm-result", (("function-name", String(function)), ("response", response)))
    event = Variant("wasm-event-data", "wasm-result", 1, (record,))
    return encode(Variant("chain-event-payload", "wasm", 1, (event,)), 3)


def incremented(by: int, to: int, *, old: bool = False) -> list[Part]:
    """The events of a call of `increment`, in the newest spelling or in the one before."""
    schema = Schema.VALUES if old else Schema.LIFECYCLE
    result = kebab_result("increment", S32(to)) if old else encode_result(schema, "increment", UNIT, S32(to), 3)
    return [
        (MODULE_EVENT, encode_call(schema, "increment", n(by), 3)),
        (f"{SELF}/log", encode_host_call(SELF, "log", String("added"), UNIT, 3, schema)),
        (MODULE_EVENT, result),
    ]


def captured(folder: Path, parts: list[Part], first: int = 0) -> Path:
    """A capture of these events."""
    path = folder / "capture.jsonl"
    events = [Event(b"", None, event_type, payload) for event_type, payload in parts]
    path.write_text("".join([as_capture(event, seq) for seq, event in enumerate(events, first)]))
    return path


def test_a_capture_that_joined_right_after_init_is_replayed(tmp_path: Path) -> None:
    """Init is called without being recorded, its host calls answered by defaults, and the calls come back the same."""
    path = captured(tmp_path, [("spawned", encode_lifecycle(SPAWNED)), *incremented(2, 2), *incremented(3, 5)], 7)
    with open_chain(path) as opened:
        found = verify(opened)
        assert (found.sound, found.joined_late, found.schema) == (False, True, "lifecycle")
        assert Finder(opened.table, "spawned").seek(-1).run() == 0
    explanation = replay_chain(inner_counter().written(tmp_path), path)
    assert explanation.verdict is Verdict.IDENTICAL
    assert explanation.recorded_events == 7


def test_what_a_late_capture_lacks_is_told(tmp_path: Path) -> None:
    """A capture that joined after other calls differs by what they left, and the report says what it does without."""
    path = captured(tmp_path, [*incremented(2, 12), *incremented(3, 15)])
    explanation = replay_chain(inner_counter().written(tmp_path), path)
    assert explanation.verdict is Verdict.DIVERGED
    assert [cause.code for cause in explanation.causes] == [Code.OTHER_RESPONSE]
    assert explanation.not_tested[0].startswith("what came before event 1: recording began after it")


def test_a_capture_with_a_hole_is_no_late_one(tmp_path: Path) -> None:
    """Events that are missing in the middle leave nothing to go by: the recording is damaged."""
    parts = [*incremented(2, 2), *incremented(3, 5)]
    lines = captured(tmp_path, parts).read_text().splitlines(keepends=True)
    path = tmp_path / "hole.jsonl"
    path.write_text("".join(lines[:1] + lines[2:]))
    assert replay_chain(inner_counter().written(tmp_path), path).verdict is Verdict.UNUSABLE


@pytest.mark.parametrize("lacks_init", [False, True])
def test_the_spelling_of_some_days_is_replayed_as_the_same(lacks_init: bool, tmp_path: Path) -> None:
    """Kebab-case names and bare turns are no difference to a module that says the same, whatever else differs later."""
    init = [
        (MODULE_EVENT, encode_call(Schema.VALUES, INIT, NOTHING, 3)),
        (MODULE_EVENT, kebab_result(INIT, UNIT)),
        kebab("spawned", 0),
    ]
    refused = [
        (MODULE_EVENT, encode_call(Schema.VALUES, "refuse", n(1), 3)),
        (MODULE_EVENT, encode_error("refuse", "Function returned error: no", 3)),
    ]
    stopped = kebab("terminated", 3, Variant("termination-cause", "stopped", 2, ()))
    calls = [*incremented(2, 2, old=True), *refused, *incremented(4, 7, old=True)]
    parts = [*([] if lacks_init else init), *calls, stopped]
    path = captured(tmp_path, parts)
    with open_chain(path) as opened:
        assert verify(opened).sound is not lacks_init
        assert opened.schema is Schema.LIFECYCLE
    assert replay_chain(inner_counter().written(tmp_path), path).verdict is Verdict.IDENTICAL
    changed = replay_chain(inner_counter(step=1).written(tmp_path, "changed.wat"), path)
    assert [(cause.code, cause.path) for cause in changed.causes] == [(Code.OTHER_RESPONSE, "response")]


def test_chains_of_two_actors_in_one_capture_are_numbered_together(tmp_path: Path) -> None:
    """The numbers of a supervisor go on over all of its children: what another one did between is no hole."""
    mine = [Event(b"", None, *part) for part in incremented(2, 2)]
    lines = [as_capture(mine[0], 0), as_capture(mine[0], 1, "c-2"), as_capture(mine[1], 2), as_capture(mine[2], 3)]
    path = tmp_path / "two.jsonl"
    path.write_text("".join(lines))
    with open_chain(path) as opened:
        assert verify(opened).joined_late
        assert len(opened.table) == 3
