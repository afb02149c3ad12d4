"""What stands in a text again and again is read at once, and says what each says by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.files.entries.entry import Again, Cut, Damage, Data, Entry, ReadEvent
from chainview.chain.files.theater import blocks, json_lines, kept, key_lines, key_value
from tests.chain.files.theater.writings import EVENTS, as_block, as_cli_line, as_jsonl, as_keys

pytestmark = pytest.mark.usefixtures("without_the_core")

KEYS = [as_keys(event).encode() for event in EVENTS]
BLOCKS = [as_block(event) for event in EVENTS]
LINES = [as_jsonl(event).encode() for event in EVENTS]
CLI_LINES = [as_cli_line(event).encode() for event in EVENTS]
HASH = b"ab" * 20
OTHER_KEYS = [
    b"hash: \n",
    b"x: \n",
    b"hash: abcdef0\n",
    b"hash: abcdef0\ntype: call\n",
    b"hash: abcdef0\ntype: call\nfunction: f\nparams: none\n",
    b"hash: abcdef0\nparent: abcdef0\ntype: host-call\n",
    b"hash: abcdef0\ntype: call\nfunction:  \nparams: \nfunction: g\n",
    b'type: error\nmessage: "x"\n',
    b"hash: abcdef0\ntype: result\nstate: none\nresponse: some(5)\n\n",
]
OTHER_BLOCKS = [
    b"---\n",
    b"---\nhash:\n",
    b"---\nhash: %b\nparent: root\nsome(5)\n" % HASH,
    b"---\nhash: %b\nparent: %b\nnone\n" % (HASH, HASH),
    b"---\nhash: %b\nparent: root\n[]\n?\n" % HASH,
    b"\r\n",
]
OTHER_LINES = [b"{\n", b"{}\n", b'{"hash":0}\n', b"\r\n", b"[aabbccdd] x\n", b'{"hash":"%b","event_type":""}x\n' % HASH]
READERS: list[tuple[Callable[[Data], Iterator[Entry]], list[bytes], list[bytes]]] = [
    (key_value.read_key_value, KEYS, OTHER_KEYS),
    (blocks.read_blocks, BLOCKS, OTHER_BLOCKS),
    (json_lines.read_jsonl, LINES, OTHER_LINES),
    (json_lines.read_cli_json, CLI_LINES, OTHER_LINES),
]


class _EachByItself(json_lines._Lines):
    def _line(self, text: bytes, start: int, end: int, *, last: bool) -> json_lines._Line | Damage | Cut:
        self._said = None
        return super()._line(text, start, end, last=last)


def one_by_one(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The entries, those of events that are given at once each by itself."""
    for entry in entries:
        if isinstance(entry, Again):
            for number in range(1, entry.count + 1):
                read = entry.read
                yield ReadEvent(read.event, read.end + number * entry.size, read.checked)
        else:
            yield entry


@given(st.sampled_from(READERS), st.data())
def test_a_piece_again_and_again_is_read_as_each_by_itself(
    reader: tuple[Callable[[Data], Iterator[Entry]], list[bytes], list[bytes]], data: st.DataObject
) -> None:
    """Whatever stands between them: events of a chain in order, events in any, and what is none."""
    read, events, others = reader
    piece = st.sampled_from([*events, *others])
    runs = data.draw(st.lists(st.tuples(piece, st.sampled_from([1, 1, 2, 3, 9])), max_size=8))
    text = b"".join([*events[: data.draw(st.integers(0, len(events)))], *[each * count for each, count in runs]])
    found = list(one_by_one(read(text)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_LONGEST_REPEATED", 0)
        patch.setattr(kept, "_LONGEST", -1)
        patch.setattr(key_lines, "_WHOLE", re.compile(rb"(?!)"))
        patch.setattr(json_lines, "_Lines", _EachByItself)
        assert list(read(text)) == found
