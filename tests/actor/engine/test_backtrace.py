"""A trap in the words of the reference's engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from chainview.actor.engine.backtrace import has_line_tables, written_out
from chainview.chain.event import Extras
from chainview.chain.files.entries.entry import Note
from chainview.chain.schema import Schema
from chainview.chain.state_chain import Subscription
from chainview.pack.values import UNIT
from tests.actor.guests import DIVIDE_BY_ZERO, TRAP, Guest
from tests.actor.running import running, sample

HEAD = "Failed to call function '{0}' with input: (): WASM execution error: error while executing at wasm backtrace:\n"
RUST = "_ZN4core9panicking5panic17h0123456789abcdefE"
RUST_V0 = "_RNvCskwGfYPst2Cb_3foo16example_function"


def told(folder: Path, text: str, binary: bytes = b"") -> list[str]:
    """The lines behind the head of the message of a call of `f`."""
    path = folder / "guest.wasm"
    path.write_bytes(bytes(wasmtime.wat2wasm(text)) + binary)
    with running(path) as run:
        error = run.actor.call("f", UNIT).error or ""
    assert error.startswith(HEAD.format("f"))
    return error.removeprefix(HEAD.format("f")).split("\n")


def guest(body: str = "(call $inner)", inner: str = "", module: str = "") -> str:
    """A module whose `f` does this, and whose inner function traps under a name."""
    text = Guest().body("f", f"{body} (i32.const 0)").text
    function = f"(func $inner {f'(@name {chr(34)}{inner}{chr(34)})' if inner else ''} unreachable)"
    return text.replace("(module", f"(module {module}", 1).rstrip().removesuffix(")") + function + ")"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (RUST, "core::panicking::panic::h0123456789abcdef"),
        (RUST_V0, "foo[bb02d9ab3d4a6e1b]::example_function"),
        ("_Z3fooi", "foo(int)"),
        ("plain name!", "plain name!"),
        # The engine takes it for the name of a type of C++.
        ("f", "float"),
    ],
)
def test_functions_have_the_names_that_the_engine_shows(tmp_path: Path, name: str, shown: str) -> None:
    """Names are written out as the reference's engine writes them, whatever language they come from."""
    lines = told(tmp_path, guest(inner=name))
    if name == RUST_V0:
        assert lines[0].rpartition(" - ")[2].endswith("::example_function")
    else:
        assert lines[0].rpartition(" - ")[2] == f"<unknown>!{shown}"


def test_each_frame_has_its_number_its_offset_and_its_module(tmp_path: Path) -> None:
    """Offsets are in hex, padded to six; what has no name is told by its number or as unknown."""
    lines = told(tmp_path, guest(inner="inner", module='$"a module"'))
    assert [line[:7] for line in lines] == ["    0: ", "    1: "]
    assert [line[13:16] for line in lines] == [" - ", " - "]
    assert lines[0].endswith("!inner")
    path = tmp_path / "guest.wasm"
    offsets = [int(line[7:13].strip(), 16) for line in lines]
    assert all(0 < offset < path.stat().st_size for offset in offsets)
    stripped = path.read_bytes()[: path.read_bytes().rindex(b"\x04name") - 2]
    path.write_bytes(stripped)
    with running(path) as run:
        error = run.actor.call("f", UNIT).error or ""
    assert [line[16:] for line in error.split("\n")[1:]] == [
        "<unknown>!<wasm function 3>",
        "<unknown>!<wasm function 2>",
    ]


def test_a_module_with_line_tables_is_noted(tmp_path: Path) -> None:
    """The reference's engine does not read them, and says that it could."""
    section = b"\x00\x0c\x0b.debug_line"
    lines = told(tmp_path, guest(inner="inner"), section)
    assert lines[-1].startswith("note: using the `WASMTIME_BACKTRACE_DETAILS=1` environment variable")
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("section", "has"),
    [
        (b"", False),
        (b"\x00\x05\x04name", False),
        (b"\x00\x0c\x0b.debug_info", True),
        (b"\x00\x05\x04name\x00\x10\x0b.debug_info\x01\x02\x03\x04", True),
        (b"\x00\x0a\x09.debuginf", False),
    ],
)
def test_line_tables_are_found_by_their_sections(section: bytes, has: bool) -> None:
    """A custom section is told by its name, wherever it stands."""
    assert has_line_tables(b"\0asm\1\0\0\0" + section) is has
    assert has_line_tables(b"\0asm\1\0\0\0\x05\x03\x01\x00\x01" + section) is has


def last_extras(items: Subscription) -> Extras:
    """What was kept beside the last event of a call."""
    last = items.take(2)[-1]
    assert not isinstance(last, Note)
    return last[1]


@pytest.mark.parametrize("body", [TRAP, DIVIDE_BY_ZERO])
def test_the_oldest_releases_tell_only_that_the_call_failed(tmp_path: Path, body: str) -> None:
    """Under the schema `bytes` the message is that of 0.3.5; the reason stands beside the event, as in every schema."""
    path = Guest().body("f", body).written(tmp_path)
    for schema in (Schema.BYTES, Schema.VALUES):
        with running(path, schema=schema) as run:
            items = run.chain.subscribe()
            failed = run.actor.call("f", UNIT)
            assert failed.reason.startswith("wasm trap: ")
            assert failed.reason.removeprefix("wasm trap: ") not in (failed.error or "")
            assert (failed.error == "Failed to call function 'f'") is (schema is Schema.BYTES)
            assert last_extras(items).reason == failed.reason


def test_what_the_guest_says_is_told_by_the_message_alone(tmp_path: Path) -> None:
    """Nothing is kept beside an event whose message tells the reason itself."""
    path = Guest().constant("f", b"decode error", status=-1).written(tmp_path)
    with running(path) as run:
        items = run.chain.subscribe()
        failed = run.actor.call("f", UNIT)
        reason = "function 'f' returned error: decode error"
        assert failed.error == f"Failed to call function 'f' with input: (): WASM execution error: {reason}"
        assert failed.reason == reason
        assert last_extras(items).reason == ""


def test_a_sample_traps_as_the_reference_recorded_it() -> None:
    """The frames of the faulty sample are those that Theater 0.3.28 wrote."""
    with running(sample("faulty")) as run:
        run.actor.initialize(None)
        error = run.actor.call("sample:faulty/faulty.trap", UNIT).error
    assert error == (
        "Failed to call function 'sample:faulty/faulty.trap' with input: (Faulty{fine: 0u32}): WASM execution error: "
        "error while executing at wasm backtrace:\n    0: 0xb9f4 - faulty.wasm!sample:faulty/faulty.trap"
    )


def test_only_encoded_names_are_written_out() -> None:
    """What Rust encodes is written out without hashes; a name that C++ would read as a type stays as it is."""
    names = ["f", "_RNvCs9SKEC21LqM4_7pricing8checkout", "t"]
    assert written_out(names) == ["f", "pricing::checkout", "t"]
    assert written_out([]) == []
