"""Opening a chain: by what it holds, step by step, and in one sentence when it can't be."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import Extent, open_chain
from chainview.chain.files.verification import verify
from chainview.chain.schema import Schema
from chainview.chain.soundness import HashState, soundness
from chainview.chain.state_chain import linked
from chainview.system.errors import ChainviewError
from tests.chain import samples
from tests.chain.files.theater.writings import WHOLE, events_of

pytestmark = pytest.mark.once

EVENTS = samples.events(30)


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"hello, world\n",
        b"\x00asm\x01\x00\x00\x00",
        b"{}",
        b'{"name": "x"}',
        b"[1, 2, 3]",
        b'["a"]',
        b"\x7fELF" + bytes(100),
        b"---title: x\n",
        b"EVENT tonight\n",
        b'"' + b"a" * 40 + b'"',
        b"\n\n\n",
        b"\xff" * 50,
    ],
)
def test_what_is_no_chain_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    """A file of something else is refused, naming it and what was looked for."""
    path = tmp_path / "something.chain"
    path.write_bytes(data)
    with pytest.raises(ChainviewError) as caught:
        open_chain(path)
    assert str(path) in caught.value.sentence
    assert "is no chain" in caught.value.sentence
    assert caught.value.exit_code == 2


def test_what_can_not_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """A missing file, an empty file, a folder and a name that can't be are each refused in their own sentence."""
    (tmp_path / "empty").touch()
    for path, words in (("missing", "no file"), ("empty", "is empty"), ("", "is a folder"), ("a\0b", "can't be")):
        with pytest.raises(ChainviewError, match=words):
            open_chain(tmp_path / path if path else tmp_path)


def test_an_unreadable_file_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system does not let us read is refused with the reason."""

    def refuse(path: Path, mode: str) -> io.BytesIO:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ChainviewError, match=r"can't read .*permission denied"):
        open_chain(tmp_path / "secret.chain")


def test_indexing_goes_on_as_it_is_advanced(tmp_path: Path) -> None:
    """Steps read so many events each, tell how far they are, and can be left off and taken up again."""
    path = tmp_path / "x.chain"
    path.write_bytes(samples.native(EVENTS))
    with open_chain(path) as opened:
        assert len(opened.table) == 0
        steps = opened.steps(10)
        first = next(steps)
        assert first.events == len(opened.table) == 9
        assert 0 < first.done_bytes < first.total_bytes == path.stat().st_size
        assert opened.header == samples.header()
        rest = list(opened.steps(10))
        assert rest[-1] == Extent(first.total_bytes, first.total_bytes, 30)
        assert list(opened.steps()) == []


@pytest.mark.parametrize("name", WHOLE)
def test_standard_input_is_read_like_a_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain of any format is read from standard input."""
    word, write = WHOLE[name]

    class Input:
        buffer = io.BytesIO(write(EVENTS))

    monkeypatch.setattr(sys, "stdin", Input)
    with open_chain("-") as opened:
        opened.load()
        assert (opened.format, opened.path, events_of(opened)) == (word, "standard input", EVENTS)


def test_standard_input_that_is_no_chain_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless input that does not begin like a chain is refused after its beginning."""

    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            buffer[:] = bytes(len(buffer))
            return len(buffer)

    class Input:
        buffer = io.BufferedReader(Endless())

    monkeypatch.setattr(sys, "stdin", Input)
    with pytest.raises(ChainviewError, match="standard input is no chain"):
        open_chain("-")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_read(tmp_path: Path) -> None:
    """A chain that comes through a named pipe is read."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    data = samples.native(EVENTS)
    writer = threading.Thread(target=lambda: path.write_bytes(data))
    writer.start()
    with open_chain(path) as opened:
        assert events_of(opened.load()) == EVENTS
    writer.join()


def test_a_file_that_grows_in_pieces_is_followed(tmp_path: Path) -> None:
    """A native file written in pieces of any size gives each event once, whole, and nothing of a half one."""
    path = tmp_path / "x.chain"
    data = samples.native(EVENTS)
    path.write_bytes(data[:200])
    with open_chain(path) as opened, path.open("ab", buffering=0) as file:
        opened.load()
        for start in range(200, len(data), 333):
            before = len(opened.table)
            file.write(data[start : start + 333])
            assert opened.grow() == len(opened.table) - before
            assert events_of(opened) == EVENTS[: len(opened.table)]
        assert len(opened.table) == 30
        assert verify(opened).sound


def test_a_file_that_shrinks_is_told(tmp_path: Path) -> None:
    """A followed file that becomes shorter is an error in one sentence."""
    path = tmp_path / "x.chain"
    path.write_bytes(samples.native(EVENTS))
    with open_chain(path) as opened:
        opened.load()
        os.truncate(path, 100)
        with pytest.raises(ChainviewError, match="became shorter"):
            opened.grow()


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_of_any_format_that_shrinks_while_it_is_read_is_told(name: str, tmp_path: Path) -> None:
    """Whatever format it has, a chain that is cut short before all is read ends reading in one sentence."""
    path = tmp_path / "file"
    data = WHOLE[name][1](samples.events(400))
    path.write_bytes(data * (1 + (4 << 20) // len(data)) if name == "objects" else data)
    with open_chain(path) as opened:
        next(opened.steps(10))
        os.truncate(path, len(data) // 3)
        with pytest.raises(ChainviewError, match="file became shorter while it was being read: open it again"):
            opened.load().require_unchanged()


def test_what_is_wrong_with_a_file_that_changed_meanwhile_is_that_it_changed(tmp_path: Path) -> None:
    """A sentence that was made of what two files hold is no answer, unlike one about a file that is as it was."""
    path = tmp_path / "x.chain"
    path.write_bytes(samples.native(samples.events(400)))

    def ask(*, shorten: bool) -> None:
        with open_chain(path) as opened:
            next(opened.steps(10))
            if shorten:
                os.truncate(path, 5000)
            raise ChainviewError("there is no event 400")

    with pytest.raises(ChainviewError, match="there is no event 400"):
        ask(shorten=False)
    with pytest.raises(ChainviewError, match="became shorter while it was being read"):
        ask(shorten=True)


def test_a_chain_whose_file_is_gone_under_it_still_shows_what_it_can(tmp_path: Path) -> None:
    """For a screen each event is still there, and one whose payload is lost is wrong, not an error."""
    path, events = tmp_path / "x.chain", samples.events(200)
    path.write_bytes(samples.native(events))
    with open_chain(path) as opened:
        opened.load().tolerate()
        os.truncate(path, 2000)
        # Which pieces of the file are still held in memory depends on who read it last, Python or the core.
        held = [opened.table.payload(index) == event.payload for index, event in enumerate(events)]
        found = [soundness(opened.table, index).hash for index in range(200)]
        assert found == [HashState.RIGHT if each else HashState.WRONG for each in held]
        assert held[2]
        assert held.count(False) > 100
        assert "became shorter" in str(opened.change())


def test_other_formats_do_not_grow(tmp_path: Path) -> None:
    """What is appended to a file of another format is not looked for."""
    path = tmp_path / "x.json"
    path.write_bytes(WHOLE["objects"][1](EVENTS))
    with open_chain(path) as opened:
        opened.load()
        with path.open("ab") as file:
            file.write(b"more")
        assert opened.grow() == 0


def test_a_schema_is_told_from_the_payloads(tmp_path: Path) -> None:
    """Without a header a native file's schema is told from what its payloads look like."""
    path = tmp_path / "x.chain"
    for schema in (Schema.VALUES, Schema.BYTES):
        events = samples.events(6, schema)
        path.write_bytes(b"\x93\xa9chainview\x80\xce" + bytes(4) + b"".join(map(pack_event, events)))
        with open_chain(path) as opened:
            assert opened.load().schema is schema
    path.write_bytes(pack_header(samples.header(Schema.LIFECYCLE)))
    with open_chain(path) as opened:
        assert opened.load().schema is Schema.LIFECYCLE


DEEP = b'[{"hash":' + b"[" * 100_000
TEXTS = {name: write(EVENTS[:6]) for name, (_, write) in WHOLE.items() if name != "native"}


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A file of any text format with stretches changed, removed or repeated."""
    data = bytearray(TEXTS[draw(st.sampled_from(sorted(TEXTS)))])
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 40))
        insert = draw(
            st.binary(max_size=20) | st.sampled_from([b'{"', b'"', b"[[[[", b"}]", b"\n---\n", b"1e999", b"\\"])
        )
        data[at : at + draw(st.sampled_from([0, length]))] = insert
    return bytes(data)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(changed())
@example(DEEP)
@example(b'[{"hash":"' * 20_000)
@example(b'{"hash":"' * 20_000)
@example(b'[{"a":' * 20_000)
@example(b'[{"hash":[],"parent_hash":null,"event_type":"\\ud800\\udfff\\u0000","data":[]}]')
@example(b'[{"hash":[],"parent_hash":null,"event_type":"x","data":[256,-1,1.5]}]')
@example(b'[{"hash":[' + b"9" * 10_000 + b"]}]")
@example(b"---\nhash: " + b"a" * 40 + b"\nparent: root\n" + b"(" * 50_000 + b"\n")
@example(b"---\nhash: " + b"a" * 40 + b"\nparent: root\nraw: 99999999999999999999 bytes\n")
@example(b"EVENT " + b"a" * 40 + b"\n" + b"0" * 40 + b"\nx\n999999999999999999\n\n")
@example(b"EVENT " + b"a" * 40 + b"\n" * 1000)
@example(b'{"data_hex": "zz", "type": 5}\n{"data_hex": "00", "type": "x", "seq": "y"}')
def test_hostile_texts_are_read_without_an_exception(tmp_path: Path, data: bytes) -> None:
    """Whatever is done to a text format, opening and checking it ends, in a verdict or in one sentence."""
    if not data:
        return
    (tmp_path / "file").write_bytes(data)
    with suppress(ChainviewError), open_chain(tmp_path / "file") as opened:
        verdict = verify(opened)
        assert verdict.events == len(opened.table)
        for index in range(len(opened.table)):
            opened.table.event(index)


def test_blocks_that_never_fit_take_bounded_work(tmp_path: Path) -> None:
    """Blocks of many open choices and wrong hashes are read with bounded work."""
    cases = ", ".join([f"t{number}::c" for number in range(9)])
    block = f"---\nhash: {'a' * 40}\nparent: root\nx::y({cases})\n"
    (tmp_path / "file").write_text(block * 60)
    with open_chain(tmp_path / "file") as opened:
        assert len(opened.load().table) == 60
        assert {problem.kind for problem in verify(opened).problems} == {"payload", "link"}


def test_large_json_is_read_object_by_object(tmp_path: Path) -> None:
    """An array with events larger than a window of text, and with text that is no ASCII, reads back."""
    parts = [("é😀" * 50, b"\xff" * 400_000), ("wasm", b""), ("x" * 70_000, bytes(range(256)) * 10)]
    events = list(linked(parts * 2))
    (tmp_path / "file").write_bytes(WHOLE["array"][1](events))
    with open_chain(tmp_path / "file") as opened:
        assert verify(opened).sound
        assert events_of(opened) == events
    stored = json.loads((tmp_path / "file").read_text())
    (tmp_path / "file").write_text(json.dumps(stored, ensure_ascii=False, indent=1), encoding="utf-8")
    with open_chain(tmp_path / "file") as opened:
        assert events_of(opened.load()) == events


def test_a_kept_chain_opens_by_its_bare_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without a folder that is no file here is looked for among the kept chains; a file here comes first."""
    kept, here = tmp_path / "kept", tmp_path / "here"
    kept.mkdir()
    here.mkdir()
    samples.write_native(kept / "a.chain", 5)
    monkeypatch.setattr("chainview.system.files.locations.chains_folder", lambda: kept)
    monkeypatch.chdir(here)
    with open_chain("a.chain") as opened:
        assert opened.path == str(kept / "a.chain")
    samples.write_native(here / "a.chain", 3)
    with open_chain("a.chain") as opened:
        opened.load()
        assert len(opened.table) == 3
    with pytest.raises(ChainviewError, match=r"there is no file b\.chain"):
        open_chain("b.chain")


def test_a_pipe_that_nobody_writes_to_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe with a name is a chain while someone writes one into it, and a sentence where nobody does."""
    monkeypatch.setattr("chainview.chain.files.opened._PIPE_SECONDS", 0.01)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ChainviewError, match="is a pipe that nobody writes to"):
        open_chain(pipe)


def test_a_pipe_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What gives more than any chain is not copied until the disk is full."""
    monkeypatch.setattr("chainview.chain.files.opened._MOST_PIPED", 1 << 10)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"[{}" * 1000)))
    with pytest.raises(ChainviewError, match="write it to a file, and open that"):
        open_chain("-")


def test_a_standard_input_that_refuses_to_wait_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that others made non-blocking has not ended while nothing comes, and all of its chain is read."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    data = samples.native(EVENTS)
    left = [data[len(data) // 2 :], data[: len(data) // 2]]

    def come(*words: object) -> None:
        os.write(writer, left.pop())
        if not left:
            os.close(writer)

    with open(reader, "rb") as stream:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(stream))
        monkeypatch.setattr("chainview.chain.files.opened.select.select", come)
        with open_chain("-") as opened:
            assert events_of(opened.load()) == EVENTS


def test_what_a_full_disk_does_to_a_pipe_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary file that can't be made, or written on, is named as that, with what to do."""

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(samples.native(EVENTS))))
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(ChainviewError, match="can't keep what standard input gives in a temporary file: no space left"):
        open_chain("-")


@pytest.mark.parametrize(
    ("ending", "told"), [(b"\r\n", "ends its lines in CRLF"), (b"\r", "in CR"), (b"\n  ", "with blanks")]
)
def test_an_event_text_that_a_program_for_text_changed_is_named(tmp_path: Path, ending: bytes, told: str) -> None:
    """Line ends that were converted, and lines that were indented, are told as that and not as an end that is cut."""
    path = tmp_path / "a.event"
    path.write_bytes(WHOLE["event text"][1](samples.events(3)).replace(b"\n", ending))
    with pytest.raises(ChainviewError, match=told) as refused:
        open_chain(path)
    assert "take the file itself once more" in refused.value.sentence
