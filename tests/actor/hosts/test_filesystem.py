"""Files and folders of an actor: what each function answers and does, and where it can't reach."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chainview.actor.hosts.leave import Leave, leave_of
from chainview.actor.hosts.main.filesystem import FILESYSTEM, NAME
from chainview.actor.session.host import SessionHost
from chainview.chain.state_chain import StateChain
from chainview.pack.values import U8, U64, UNIT, Bool, List, Record, Result, String, Tuple, Value, Variant, bytes_value
from chainview.pack.values import types as pack_types
from tests.actor.hosts.test_registry import ok
from tests.actor.hosts.test_store import files_up_to

Ask = Callable[[str, Value], Value]
CASES = [
    "not-found",
    "permission-denied",
    "already-exists",
    "not-a-directory",
    "is-a-directory",
    "invalid-path",
    "io-error",
]


def allowed(folder: Path, **table: Any) -> SessionHost:
    """The host of an actor whose manifest names that folder."""
    return SessionHost(StateChain(), leave_of({"filesystem": {"path": str(folder), **table}}, ()))


def asking(host: SessionHost) -> Ask:
    """How the actor of a host asks it."""
    functions = FILESYSTEM.provide(host)
    return lambda name, input: functions[name](input)


def err(case: str, message: str) -> Result:
    """An err of the interface's own variant."""
    value = Variant("filesystem-error", case, CASES.index(case), (String(message),))
    return Result(pack_types.STRING, pack_types.STRING, False, value)


def content(path: str, data: bytes) -> Value:
    """A path and bytes as a guest hands them over."""
    return Tuple((String(path), bytes_value(data)))


def entries(answer: Value) -> set[tuple[str, bool]]:
    """The names that were listed, and whether each is a folder."""
    assert isinstance(answer, Result)
    assert isinstance(answer.value, List)
    assert answer.value.elem == pack_types.record_named("dir-entry")
    found = set()
    for each in answer.value.items:
        assert isinstance(each, Record)
        assert each.type_name == "dir-entry"
        (_, name), (_, is_dir) = each.fields
        assert isinstance(name, String)
        assert isinstance(is_dir, Bool)
        found.add((name.value, is_dir.value))
    return found


def test_the_interface_is_the_main_branchs() -> None:
    """It is declared as `filesystem.pact` of the main branch has it."""
    assert {each.interface for each in FILESYSTEM.signatures} == {NAME}
    assert [each.text.replace("filesystem-error", "E") for each in FILESYSTEM.signatures] == [
        "read-file(path: string) -> result<list<u8>, E>",
        "exists(path: string) -> result<bool, E>",
        "list-dir(path: string) -> result<list<dir-entry>, E>",
        "metadata(path: string) -> result<file-metadata, E>",
        "write-file(path: string, content: list<u8>) -> result<bool, E>",
        "append-file(path: string, content: list<u8>) -> result<bool, E>",
        "delete-file(path: string) -> result<bool, E>",
        "create-dir(path: string) -> result<bool, E>",
        "remove-dir(path: string) -> result<bool, E>",
    ]


def test_files_and_folders_are_real(tmp_path: Path) -> None:
    """What is written lies below the folder, which is made where it is missing; what is read is what lies there."""
    root = tmp_path / "root"
    ask = asking(allowed(root))
    assert ask("exists", String("")) == ok(Bool(True))
    assert ask("create-dir", String("a/b")) == ask("create-dir", String("a/b")) == ok(UNIT)
    assert ask("write-file", content("./a//f", b"one")) == ok(UNIT)
    assert ask("append-file", content("a/f", b" two")) == ask("append-file", content("a/g", b"new")) == ok(UNIT)
    assert (root / "a/f").read_bytes() == b"one two"
    assert ask("read-file", Tuple((String("a/f"),))) == ok(bytes_value(b"one two"))
    assert ask("write-file", content("a/f", b"x")) == ok(UNIT)
    assert ask("write-file", Tuple((String("a/h"), List(pack_types.U8, (U8(104),))))) == ok(UNIT)
    assert (root / "a/h").read_bytes() == b"h"
    assert entries(ask("list-dir", String("a"))) == {("b", True), ("f", False), ("g", False), ("h", False)}
    assert entries(ask("list-dir", String("a/b"))) == set()
    (root / "a/f").chmod(0o400)
    fields = (("size", U64(1)), ("is-dir", Bool(False)), ("read-only", Bool(True)))
    assert ask("metadata", String("a/f")) == ok(Record("file-metadata", fields))
    assert ask("delete-file", String("a/f")) == ok(UNIT)
    assert ask("exists", String("a/f")) == ok(Bool(False))
    assert ask("remove-dir", String("a")) == ok(UNIT)
    assert list(root.iterdir()) == []


def test_a_file_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    """Written anew it is replaced at once, and is still what it was for others."""
    ask = asking(allowed(tmp_path))
    (tmp_path / "f").write_bytes(b"before")
    (tmp_path / "f").chmod(0o640)
    (tmp_path / "l").symlink_to("f")
    assert ask("write-file", content("l", b"after")) == ok(UNIT)
    assert (tmp_path / "l").is_symlink()
    assert (tmp_path / "f").read_bytes() == b"after"
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["f", "l"]


@pytest.mark.parametrize(
    ("function", "input", "said"),
    [
        ("read-file", UNIT, "expected string for path"),
        ("list-dir", Tuple((U64(1),)), "expected string for path"),
        ("write-file", String("a"), "expected tuple (path, content)"),
        ("write-file", Tuple((U64(1), bytes_value(b""))), "expected string for path"),
        ("append-file", Tuple((String("a"), String("b"))), "expected list<u8> for content"),
    ],
)
def test_an_input_of_another_shape_is_an_error_value(tmp_path: Path, function: str, input: Value, said: str) -> None:
    """The handler's own words are answered as an invalid path."""
    assert asking(allowed(tmp_path))(function, input) == err("invalid-path", said)


@pytest.mark.parametrize(
    ("function", "path", "case", "said"),
    [
        ("read-file", "none", "not-found", "none: No such file or directory (os error 2)"),
        ("read-file", "folder", "is-a-directory", "folder: Is a directory (os error 21)"),
        ("read-file", "file/x", "not-a-directory", "file/x: Not a directory (os error 20)"),
        ("read-file", "pipe", "io-error", "pipe: it is no regular file"),
        ("read-file", "a\0b", "io-error", "a\0b: file name contained an unexpected NUL byte"),
        ("exists", "file/x", "not-a-directory", "file/x: Not a directory (os error 20)"),
        ("exists", "n" * 300, "io-error", "n" * 300 + ": File name too long (os error 36)"),
        ("list-dir", "file", "not-a-directory", "file: Not a directory (os error 20)"),
        ("metadata", "none", "not-found", "none: No such file or directory (os error 2)"),
        ("write-file", "none/f", "not-found", "none/f: No such file or directory (os error 2)"),
        ("write-file", "folder", "is-a-directory", "folder: Is a directory (os error 21)"),
        ("append-file", "folder", "is-a-directory", "folder: Is a directory (os error 21)"),
        ("delete-file", "none", "not-found", "none: No such file or directory (os error 2)"),
        ("create-dir", "file", "already-exists", "file: File exists (os error 17)"),
        ("create-dir", "file/x/y", "not-a-directory", "file/x/y: Not a directory (os error 20)"),
        ("remove-dir", "file", "not-a-directory", "file: Not a directory (os error 20)"),
        ("remove-dir", "none", "not-found", "none: No such file or directory (os error 2)"),
    ],
)
def test_errors_of_the_system_are_told_by_their_kind(
    tmp_path: Path, function: str, path: str, case: str, said: str
) -> None:
    """Each with the path as the actor named it, and Rust's words for the error."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    input = content(path, b"x") if function in ("write-file", "append-file") else String(path)
    assert asking(allowed(tmp_path))(function, input) == err(case, said)


@pytest.mark.parametrize("function", ["write-file", "append-file"])
def test_nothing_is_written_into_a_pipe(tmp_path: Path, function: str) -> None:
    """Though somebody reads from it: it is no file."""
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        answer = asking(allowed(tmp_path))(function, content("pipe", b"x"))
    finally:
        os.close(reading)
    assert answer == err("io-error", "pipe: it is no regular file")


def test_folders_in_folders_without_end_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more of them than Python goes down."""

    def deeper(path: str) -> None:
        raise RecursionError

    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(shutil, "rmtree", deeper)
    answer = asking(allowed(tmp_path))("remove-dir", String("folder"))
    assert answer == err("io-error", "folder: File name too long (os error 36)")


def test_what_does_not_fit_on_the_disk_leaves_what_was_there(tmp_path: Path) -> None:
    """Neither a file that is written anew nor one that is added to is half-written."""
    ask = asking(allowed(tmp_path))
    (tmp_path / "f").write_bytes(b"before")
    with files_up_to(10_000):
        for function in ("write-file", "append-file"):
            full = err("io-error", "f: File too large (os error 27)")
            assert ask(function, content("f", bytes(50_000))) == full
    assert (tmp_path / "f").read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["f"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("../out", "escapes the sandbox root via '..'"),
        ("in/../../out", "escapes the sandbox root via '..'"),
        ("in/..", "escapes the sandbox root via '..'"),
        ("/etc/passwd", "must be relative to the sandbox root"),
        ("linked/f", "escapes the sandbox root"),
        ("linked", "escapes the sandbox root"),
        ("file", "escapes the sandbox root"),
    ],
)
def test_nothing_leads_out_of_the_folder(tmp_path: Path, path: str, said: str) -> None:
    """Neither `..` nor a whole path nor a link, whatever the function; links within are followed."""
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    (outside / "f").write_bytes(b"secret")
    (root / "in").mkdir(parents=True)
    (root / "linked").symlink_to(outside)
    (root / "file").symlink_to(outside / "f")
    (root / "same").symlink_to("in")
    host = allowed(root)
    ask = asking(host)
    for function in FILESYSTEM.functions():
        input = content(path, b"x") if function in ("write-file", "append-file") else String(path)
        assert ask(function, input) == err("invalid-path", f"path '{path}' {said}")
    assert [each.read_bytes() for each in outside.iterdir()] == [b"secret"]
    assert ask("write-file", content("same/f", b"x")) == ok(UNIT)
    assert host.warnings == (f"filesystem: what leads out of {root} is refused to the actor",)


def test_a_removed_folder_takes_no_linked_one_with_it(tmp_path: Path) -> None:
    """A link is removed, not what it leads to."""
    root = tmp_path / "root"
    (root / "in/deep").mkdir(parents=True)
    (root / "same").symlink_to("in")
    (root / "in/out").symlink_to(tmp_path)
    ask = asking(allowed(root))
    assert ask("remove-dir", String("same")) == ok(UNIT)
    assert (root / "in/deep").exists()
    assert ask("remove-dir", String("in")) == ok(UNIT)
    assert list(tmp_path.iterdir()) == [root]


def test_a_limit_holds_whatever_the_manifest_says(tmp_path: Path) -> None:
    """Without a path of the manifest the first limit is the folder; a path beyond every limit is refused."""
    here, there = tmp_path / "here", tmp_path / "there"
    limited = SessionHost(StateChain(), Leave({}, {"filesystem": (str(here),)}))
    assert asking(limited)("write-file", content("f", b"x")) == ok(UNIT)
    assert (here / "f").exists()
    beyond = SessionHost(StateChain(), Leave({"filesystem": {"path": str(there)}}, {"filesystem": (str(here),)}))
    assert asking(beyond)("write-file", content("f", b"x")) == err(
        "permission-denied", "path 'f' is outside the allowed-paths"
    )
    assert not there.exists()
    assert beyond.warnings


def test_without_a_path_the_folder_belongs_to_the_chain(tmp_path: Path) -> None:
    """Also where the manifest asks for a new one."""
    host = allowed(tmp_path / "named", new_dir=True)
    host.chain_file = tmp_path / "c.chain"
    assert asking(host)("write-file", content("f", b"x")) == ok(UNIT)
    assert (tmp_path / "c.filesystem/f").exists()
    assert not (tmp_path / "named").exists()
