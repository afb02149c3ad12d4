"""Files that hold little else than damage, in every format."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from chainview.chain.files.entries.damages import TOLD_APART, Damages
from chainview.chain.files.entries.entry import Damage, Note
from chainview.chain.files.native.layout import pack_event, pack_header, pack_note
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import file_sentences, verify
from tests.chain import samples
from tests.chain.files.native.test_native_file import entry_of
from tests.chain.files.theater.writings import as_json

_SIZE = 1 << 18
_LEAST = 6 << 20
"""What reading a file of any size may take."""
_ODD_ENTRY = entry_of("E", 1, 2, 3, 4, 5)
_NOTE = pack_note(Note("x", {}))
_HEADER = pack_header(samples.header())
_LINE = b'{"hash":"a","event_type":"x"}\n'


def _much(piece: bytes, share: int = 1) -> bytes:
    return piece * (_SIZE // share // len(piece))


JUNK = {
    "array": b"[" + _much(b"{},") + b"{}]",
    "values": b"[" + _much(b"{},") + b"1]",
    "state chain": b'{"events":[' + _much(b"{},") + b'{}],"current_hash":null}',
    "braces": b'{"hash":[],"event_type":"x"}\n' + _much(b"{\n"),
    "open objects": b"[" + _much(b'{"a":'),
    "open lists": b'[{"a":' + _much(b"["),
    "parts": b'[{"a":[' + _much(b"[],") + b"0]}]",
    "wrong events": b"[" + _much(b'{"hash":[0],"a":1},') + b"0]",
    "lines": _LINE + _much(b"{}\n"),
    "broken lines": _LINE + _much(b"{\n"),
    "captures": b'{"data_hex":"","type":"x"}\n' + _much(b"{}\n"),
    "blocks": _much(b"---\n"),
    "odd entries": _HEADER + _much(_ODD_ENTRY),
    "notes": _HEADER + _much(_NOTE),
    "notes and damage": _HEADER + _much(_NOTE + b"\xc1", 16),
    "cut entries": _HEADER + _much(b"\x97\xa1E", 8),
    "an entry of many parts": _HEADER + entry_of("E", samples.events(1)[0].hash, None, "t", b"", [[[]] * 60000] * 5),
}


@pytest.mark.once
@pytest.mark.parametrize("name", JUNK)
def test_damage_takes_no_more_than_a_few_times_its_size(tmp_path: Path, name: str) -> None:
    """However a file is made of what is no event, verifying it holds at most 8 times its size, and tells it in runs."""
    path = tmp_path / "junk"
    path.write_bytes(JUNK[name])
    with open_chain(path) as chain:
        tracemalloc.start()
        try:
            verdict = verify(chain)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 8 * len(JUNK[name]) + _LEAST
        assert len(verdict.problems) + verdict.problems_left_out < _SIZE // 8
        assert len(file_sentences(chain)) < 30


def test_an_event_is_found_behind_any_damage(tmp_path: Path) -> None:
    """Behind more damage than is told one by one the next events of a file are read as ever."""
    events = samples.events(2)
    rest = b",".join([json.dumps(as_json(event)).encode() for event in events])
    for junk in (b"{},", b"{", b"[1],", b'{"hash":[1]},', b"0,"):
        path = tmp_path / "chain"
        path.write_bytes(b"[{}," + _much(junk)[:20_000] + rest + b"]")
        with open_chain(path) as chain:
            assert [event.hash for event in chain][-len(events) + 1 :] == [event.hash for event in events[1:]], junk


def test_damaged_stretches_in_a_row_are_one_behind_the_first() -> None:
    """The first stretches in a row are told one by one, and all that follow them as one, up to the next event."""
    damages = Damages()
    apart = [damages.add(at, Damage(at, at + 1, "event"), follows=True) for at in range(3 * TOLD_APART)]
    assert apart.count(True) == TOLD_APART
    assert damages[-1][1].end == 3 * TOLD_APART
    assert damages.add(TOLD_APART, Damage(999, 1000, "event"), follows=False)
    assert [each for _, each in damages[-1:]] == [Damage(999, 1000, "event")]


def test_notes_are_held_up_to_a_number_and_the_rest_is_counted(tmp_path: Path) -> None:
    """Of very many notes the first are held, and how many were left out is said."""
    path = tmp_path / "chain"
    event = samples.events(1)[0]
    path.write_bytes(_HEADER + _NOTE * 30_000 + pack_event(event))
    with open_chain(path) as chain:
        verdict = verify(chain)
        assert (verdict.sound, verdict.events) == (True, 1)
        assert len(chain.notes) + chain.notes_left_out == 30_000
        assert any("left out" in remark for remark in verdict.remarks)
