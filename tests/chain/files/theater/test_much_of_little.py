"""Files that hold very much of what says little cost a moment and little memory, and are told for what they are."""

from __future__ import annotations

import tracemalloc

import pytest

from chainview.chain.files.entries.entry import Damage, ReadEvent
from chainview.chain.files.theater.blocks import readings
from chainview.chain.files.theater.event_text import read_human_text
from chainview.chain.files.theater.json_lines import read_jsonl
from chainview.chain.files.theater.recovery import Recovery
from chainview.chain.json_payload import JsonPayloadError, json_value

HASH = b"ab" * 20
LINE = b'{"hash":"%b","parent_hash":null,"event_type":"x","data":"00"}\n' % HASH


class Counted(bytes):
    """Bytes that count how often something is looked for in them."""

    searches = 0

    def find(self, *given: object) -> int:
        """Counts, and finds."""
        self.searches += 1
        return super().find(*given)  # type: ignore[arg-type]


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b" \t\n"])
def test_blank_lines_are_passed_over_at_once(blank: bytes) -> None:
    """However many: what stands behind them is read where it stands."""
    data = Counted(LINE + blank * 50_000 + b"  " + LINE + blank * 50_000)
    found = list(read_jsonl(data))
    assert [isinstance(each, ReadEvent) for each in found] == [True, True]
    assert isinstance(found[1], ReadEvent)
    assert found[1].end == len(LINE) * 2 + len(blank) * 50_000 + 2
    assert data.searches < 50


@pytest.mark.parametrize("piece", ["\\u{1}", "some(", "a\\\\"])
def test_a_literal_that_is_none_is_not_held_many_times(piece: str) -> None:
    """One too long to be read with other types is not given any."""
    text = '"' + piece * ((2 << 20) // len(piece))
    tracemalloc.start()
    try:
        assert list(readings(text, Recovery(len(text)))) == []
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(text)


def test_a_dump_for_people_without_an_event_is_damaged() -> None:
    """Lines with hashes that no fields follow hold no event, and are no sound chain of none."""
    data = b"EVENT [x] %b\n" % HASH * 3
    assert list(read_human_text(data)) == [Damage(0, len(data), "event")]


def test_a_json_payload_of_very_many_numbers_is_not_made_into_values() -> None:
    """Each would take many times what it takes in the file."""
    with pytest.raises(JsonPayloadError, match="more parts than can be shown"):
        json_value(b'{"category":"x","a":[' + b"0," * 200_000 + b"0]}")
    json_value(b'{"category":"x","a":[' + b"0," * 1_000 + b"0]}")
