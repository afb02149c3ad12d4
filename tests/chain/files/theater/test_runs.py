"""What the core makes of blocks that follow each other is what is read of them one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Event
from chainview.chain.files.opened import open_chain
from chainview.chain.files.theater import blocks as blocks_module
from chainview.chain.files.theater import recovery
from chainview.chain.files.theater.runs import Runs
from chainview.chain.files.verification import verify
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.core import serving
from chainview.pack.literal import parse_literal
from chainview.pack.values import S8, S64, U8, U64, UNIT, List, Option, String, Tuple, Value, bytes_value, types
from chainview.system.errors import ChainviewError
from tests.chain.files.theater.writings import as_block, as_jsonl, as_keys

TEXTS = st.text(st.sampled_from('ab "\\\0:-\u00e9\U0001f600[]{}(),u8'), max_size=8)
LEAVES: st.SearchStrategy[Value] = st.one_of(
    st.integers(-(2**63), 2**63 - 1).map(S64),
    st.integers(-128, 127).map(S8),
    st.integers(0, 2**64 - 1).map(U64),
    TEXTS.map(String),
    st.binary(max_size=5).map(bytes_value),
    st.sampled_from([None, U8(3)]).map(lambda each: Option(types.U8, each)),
    st.just(List(types.STRING, ())),
)
VALUES: st.SearchStrategy[Value] = st.tuples(LEAVES, LEAVES).map(Tuple)
SAID = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["f", "a:b/c.go", "wasm-event-data", "shutdown"]) | TEXTS, VALUES),
    max_size=12,
)
FORMATS: dict[str, Callable[[list[Event]], bytes]] = {
    "blocks": lambda events: b"".join(map(as_block, events)),
    "keys": lambda events: "".join(map(as_keys, events)).encode(),
    "jsonl": lambda events: "".join(map(as_jsonl, events)).encode(),
}


def events_that_say(said: Sequence[tuple[int, str, Value]]) -> list[Event]:
    """A chain of a call, a host call, an error or a result for each, five times, so that shapes come again."""
    events = []
    for kind, name, value in list(said) * 5:
        match kind:
            case 0:
                events.append(("wasm", encode_call(Schema.VALUES, name, value)))
            case 1:
                events.append((f"{name}/d", encode_host_call(name, "d", value, UNIT)))
            case 2:
                events.append(("wasm", encode_error(name, name)))
            case _:
                events.append(("wasm", encode_result(Schema.VALUES, name, value, value)))
    return list(linked(events))


def read(path: Path, served: str) -> object:
    """All that is told of a file, where the core serves as the variable says; why, where it is no chain."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(serving.VARIABLE, served)
        try:
            with open_chain(path) as opened:
                verdict, table = verify(opened), opened.table
                every = range(len(table))
                calls = [table.call_of(index) for index in every]
                events = [table.event(index) for index in every]
                return verdict, events, bytes(table.kinds), calls, opened.schema, list(opened.damages)
        except ChainviewError as error:
            return str(error)


@given(
    said=SAID,
    name=st.sampled_from(sorted(FORMATS)),
    damage=st.none() | st.tuples(st.integers(0), st.binary(max_size=3)),
)
def test_blocks_are_told_alike_with_the_core_and_without(
    tmp_path_factory: pytest.TempPathFactory,
    said: list[tuple[int, str, Value]],
    name: str,
    damage: tuple[int, bytes] | None,
) -> None:
    """Whatever events say, and wherever a file is damaged, the core and its twin read the same of it."""
    data = FORMATS[name](events_that_say(said))
    if damage is not None and data:
        at = damage[0] % len(data)
        data = data[:at] + damage[1] + data[at + len(damage[1]) :]
    path = tmp_path_factory.mktemp("runs") / "file"
    path.write_bytes(data)
    assert read(path, "always") == read(path, "off")


LINKS = st.sampled_from(
    [
        "hash: 000000%d\nparent: 000000%d\n",
        "hash: 000000%d%d00\n",
        "hash: 000000%dA\nparent: 000000%dff\n",
        "hash: x%d%d\n",
        "hash: %d%d\n\n",
    ]
)
LINES = st.sampled_from(
    [
        "type: call\nfunction: %s\nparams: (%du8)\n",
        'type: host-call\ninterface: "a"\nfunction: %s\ninput: %du8\n',
        "type: host-call\ninterface: a b\nfunction: %s\ninput: ()\noutput: %ds8\n",
        "type: result\nfunction: %s\nstate: none\nresponse: %du64\n",
        "type: result\nfunction: %s\nresponse: %du64\n",
        "type: error\nfunction: %s\nmessage: bad %d\n",
        'type: error\nfunction: %s\nmessage: "a \\n%d"\n',
        "type: call\nfunction: %s%d\n\n",
        "type: call\nfunction: %s\nparams: x(%d\n",
        "type: call\nparams: none\nx: %s%d\n",
        "type: host-call\nfunction: %s\ninput: y%d{a: 1u8}\nnone: 5\n\nb: \n",
        "type: host-call\nfunction: %s\ninput: y%d{a: 1u8}\nnote: \udcff\n",
        "note: \udcff%s%d\n",
        "%s%d\n",
        "",
    ]
)
NAMED = st.sampled_from(["f", "shutdown", 'a"b', "\u00e9", " x ", "a:b/c.d"])
LOST = st.lists(st.tuples(LINKS, st.integers(0, 9), st.integers(0, 9), LINES, NAMED), max_size=10)


@given(
    blocks=LOST,
    times=st.integers(1, 6),
    first=st.sampled_from(["hash: 1234567\n", "hash: x\n", ""]),
    in_vain=st.integers(1, 40),
    tried_of=st.sampled_from([1, 2, 5]),
)
def test_blocks_of_keys_whose_hashes_are_lost_are_told_alike(
    tmp_path_factory: pytest.TempPathFactory,
    blocks: list[tuple[str, int, int, str, str]],
    times: int,
    first: str,
    in_vain: int,
    tried_of: int,
) -> None:
    """Whatever is left out of them, and whichever follow each other, by the core and by its twin."""
    each = [links % (at, of) + (lines % (name, of) if lines else "") for links, at, of, lines, name in blocks]
    path = tmp_path_factory.mktemp("lost") / "file"
    path.write_bytes((first + "".join(each * times)).encode("utf-8", "surrogateescape"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(recovery, "MOST_IN_VAIN", in_vain)
        patched.setattr(recovery, "TRIED_OF", tried_of)
        assert read(path, "always") == read(path, "off")


ODD_BLOCKS = st.sampled_from(
    [
        b"---\n",
        b"---\nhash:\n",
        b"---\nhash: 12\n",
        b"---\nno block\n\n",
        b"--- \n",
        b"\r\n",
        b"\n",
        b"x\n",
        *[
            b"---\nhash: %040x\nparent: %b\n%b\n" % (at, parent, said)
            for at, (parent, said) in enumerate(
                (parent, said)
                for parent in (b"root", b"%040x" % 1)
                for said in (
                    b"x%d{a: 1u8}" % len(parent),
                    b"y{a: [], b: none}",
                    b'"\\n"',
                    b"\xff",
                    b"300u8",
                    b"raw: 5 bytes",
                    b"raw: 5 byte",
                    b'host-function-call{interface: "a:b", function: "c", x: none}',
                    b'wasm-call{function-name: "f", params: (1u8, "tea")}',
                    b"(",
                    b"",
                )
            )
        ],
    ]
)


@given(
    said=SAID,
    odd=st.lists(st.tuples(st.integers(0), ODD_BLOCKS, st.integers(1, 12)), max_size=6),
    in_vain=st.integers(1, 6),
    tried_of=st.sampled_from([1, 2, 5]),
    wrong=st.booleans(),
)
def test_blocks_that_do_not_come_out_are_told_alike(
    tmp_path_factory: pytest.TempPathFactory,
    said: list[tuple[int, str, Value]],
    odd: list[tuple[int, bytes, int]],
    in_vain: int,
    tried_of: int,
    wrong: bool,
) -> None:
    """Whatever stands between blocks, or says what was not hashed, the core and its twin make the same of it."""
    blocks = [as_block(event) for event in events_that_say(said)]
    if wrong:
        blocks = [block.replace(b"1s64", b"2s64") for block in blocks]
    for at, other, times in odd:
        place = at % (len(blocks) + 1)
        blocks[place:place] = [other] * times if times < 8 else []
        if times >= 8:
            blocks = [each for block in blocks for each in (block, other)]
    path = tmp_path_factory.mktemp("odd") / "file"
    path.write_bytes(b"".join(blocks))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(recovery, "MOST_IN_VAIN", in_vain)
        patched.setattr(recovery, "TRIED_OF", tried_of)
        patched.setattr(blocks_module, "TOLD_APART", 3)
        assert read(path, "always") == read(path, "off")


def test_blocks_without_end_that_do_not_come_out_are_not_all_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind very many only few are read, each is told, and what comes out behind them is proved as ever."""
    monkeypatch.setattr(recovery, "MOST_IN_VAIN", 50)
    read_so_far: list[str] = []

    def counted(text: str) -> Value:
        read_so_far.append(text)
        return parse_literal(text)

    monkeypatch.setattr(blocks_module, "parse_literal", counted)
    said = events_that_say([(0, "f", S64(number)) for number in range(40)])
    wrong = [b"---\nhash: %040x\nparent: root\nx%d{a: 1u8}\n" % (at, at) for at in range(1000)]
    path = tmp_path / "file"
    path.write_bytes(b"".join(map(as_block, said)) + b"".join(wrong) + b"".join(map(as_block, said)))
    with open_chain(path) as opened:
        verdict = verify(opened)
        assert verdict.events == 2 * len(said) + len(wrong)
        assert opened.table.payload(len(opened.table) - 1) == said[-1].payload
        assert [opened.table.checked(len(opened.table) - 1 - at).word for at in range(3)] == ["full"] * 3
    assert len(read_so_far) < 100


@pytest.mark.parametrize("name", ["blocks", "keys"])
@pytest.mark.parametrize("served", ["always", "off"])
def test_texts_with_escapes_keep_their_payloads_however_many_do_not_come_out(
    name: str, served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mould can be made of them, so that nothing but reading each tells what it says."""
    monkeypatch.setattr(recovery, "MOST_IN_VAIN", 4)
    monkeypatch.setenv(serving.VARIABLE, served)
    said = events_that_say([(0, "log", String(f"line {number}\n")) for number in range(20)])
    wrong = [replace(event, hash=b"%020d" % at) for at, event in enumerate(said)]
    path = tmp_path / "file"
    path.write_bytes(b"hash: 1234567\n" * (name == "keys") + FORMATS[name](wrong))
    with open_chain(path) as opened:
        table = opened.load().table
        first = len(table) - len(said)
        assert [table.payload(first + at) for at in range(len(said))] == [event.payload for event in said]


def test_types_of_lost_blocks_are_told_whatever_stands_in_lines_that_say_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where those are no UTF-8, in blocks that are passed over."""
    monkeypatch.setattr(recovery, "MOST_IN_VAIN", 50)
    block = b"hash: %07x\nparent: %07x\ntype: host-call\ninterface: a\nfunction: b\ninput: x%d{a: 1u8}\nnote: \xff\n"
    path = tmp_path / "file"
    path.write_bytes(b"".join(block % (at + 2, at + 1, at) for at in range(300)))
    assert read(path, "always") == read(path, "off")
    with open_chain(path) as opened:
        assert set(opened.load().table.type_names) == {"a/b"}


@pytest.mark.parametrize("name", ["blocks", "keys", "lost keys"])
def test_most_blocks_of_a_large_file_are_made_in_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a sound file whose events differ in what their leaves say and in names nearly all are made many at once."""
    made: list[int] = []
    after = Runs.after

    def counted(self: Runs, last: bytes | None, at: int, tried_of: int = 0) -> object:
        run = after(self, last, at, tried_of)
        made.append(0 if run is None else run.made.count)
        return run

    monkeypatch.setattr(Runs, "after", counted)
    monkeypatch.setenv(serving.VARIABLE, "always")
    said = [(kind, f"f{number}", Tuple((S64(number), String("tea")))) for number in range(400) for kind in range(4)]
    path = tmp_path / "file"
    is_lost, format = name.startswith("lost"), name.rpartition(" ")[2]
    path.write_bytes(b"hash: 1234567\n" * is_lost + FORMATS[format](events_that_say(said)))
    with open_chain(path) as opened:
        assert verify(opened).sound is not is_lost
        assert sum(made) > len(opened.table) * 9 // 10


def test_lines_of_json_that_say_the_same_are_read_by_one_mould(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines whose hashes stand behind what they say, as Theater writes them, need no value decoded but the first."""
    from chainview.chain.files.theater import json_lines

    events = events_that_say([(0, "f", S64(number)) for number in range(4)])
    written = re.sub(r'^\{("hash": .*?), ("data": .*)\}$', r"{\2, \1}", FORMATS["jsonl"](events).decode(), flags=re.M)
    asked: list[object] = []
    encodings = json_lines._encodings

    def counted(stored: object) -> Iterator[bytes]:
        asked.append(stored)
        return encodings(stored)

    monkeypatch.setattr(json_lines, "_encodings", counted)
    path = tmp_path / "file.jsonl"
    path.write_text(written)
    with open_chain(path) as opened:
        assert verify(opened).sound
    assert len(asked) == 1
