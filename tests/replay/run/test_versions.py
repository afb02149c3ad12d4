"""Replays of a recording in one CGRF version by a module that speaks the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import version_of
from chainview.pack.literal import parse_literal
from chainview.pack.values import U32, UNIT, String, Tuple, Value
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explain import explain
from chainview.replay.run.serving import Mode
from tests.actor.guests import Guest
from tests.replay.recorded import recording_of, replay_of

HOST = "test:x/host"
ANSWERS: dict[tuple[str, str], list[Value]] = {
    (HOST, "ask"): [Tuple((U32(1), String("one"))), String("two")],
    (HOST, "log"): [UNIT],
}
CALLS = (("ask", UNIT), ("echo", Tuple((U32(4), U32(5)))), ("log", UNIT), ("ask", UNIT), ("fails", UNIT))


def guest(folder: Path, version: int, *, asks: str = "?", logs: str = "hello") -> Path:
    """A package that speaks a version: it asks, echoes, logs and fails."""
    built = Guest(version=version).particular("echo")
    built.calling("ask", HOST, "ask", encode(Tuple((String(asks), U32(1))), version))
    built.calling("log", HOST, "log", encode(String(logs), version))
    built.constant("fails", b"no", -1)
    return built.written(folder, f"{version}-{len(asks)}-{len(logs)}.wat")


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.BYTES])
@pytest.mark.parametrize(("recorded", "now"), [(2, 3), (3, 2), (3, 3)])
def test_another_version_alone_is_no_difference(
    tmp_path: Path, recorded: int, now: int, schema: Schema, mode: Mode
) -> None:
    """A build that says the same in another version replays identical, and is said to have done so."""
    recording = recording_of(guest(tmp_path, recorded), *CALLS, schema=schema, answers=ANSWERS)
    assert all(version_of(recording.table.payload(index)) == recorded for index in range(len(recording)))
    replay = replay_of(recording, guest(tmp_path, now), mode)
    assert replay.first_mismatch is None
    assert replay.chain.other_version == (recorded != now)
    assert replay.live_host_calls == 0
    explanation = explain(replay)
    assert explanation.passes
    assert ("another version of the encoding" in explanation.sentence) == (recorded != now)


@pytest.mark.parametrize(("recorded", "now"), [(2, 3), (3, 2)])
def test_an_edit_is_found_where_it_is(tmp_path: Path, recorded: int, now: int) -> None:
    """Of a build that differs in a text and speaks another version, the text is the only cause."""
    recording = recording_of(guest(tmp_path, recorded), *CALLS, answers=ANSWERS)
    replay = replay_of(recording, guest(tmp_path, now, logs="hello you"))
    explanation = explain(replay)
    (cause,) = explanation.causes
    assert cause.code is Code.OTHER_ARGUMENT
    assert cause.recorded == '"hello"'
    assert cause.now == '"hello you"'
    assert explanation.reconverges_at is not None


def test_what_an_older_build_can_not_be_given_fails_its_calls(tmp_path: Path) -> None:
    """A map among recorded params or answers ends the call of a build of CGRF 2 with the reason, and all goes on."""
    stock = parse_literal('map<string, u8>["tea" => 1u8]')
    calls = (("echo", Tuple((stock,))), ("ask", UNIT), ("log", UNIT))
    recording = recording_of(guest(tmp_path, 3), *calls, answers={**ANSWERS, (HOST, "ask"): [stock]})
    replay = replay_of(recording, guest(tmp_path, 2))
    assert [outcome.ok for outcome in replay.outcomes] == [False, False, True]
    assert all("CGRF version 2 has no map" in (outcome.error or "") for outcome in replay.outcomes[:2])
    assert replay.finished
    assert explain(replay).causes[0].code is Code.FAILURE
