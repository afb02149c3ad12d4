"""The content store: what it answers, what it keeps on the disk, and where it can't reach."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.leave import Leave, leave_of
from chainview.actor.hosts.provided import theater_warnings
from chainview.actor.hosts.registry.store import NAME, STORE
from chainview.actor.session.family import Family
from chainview.actor.session.host import SessionHost
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import HostCall, read_payload
from chainview.chain.state_chain import StateChain
from chainview.pack.values import (
    U8,
    U16,
    U64,
    UNIT,
    Bool,
    List,
    Option,
    Result,
    String,
    Tuple,
    Value,
    bytes_value,
    types,
)
from chainview.system.errors import ChainviewError
from tests.actor.hosts.test_registry import err, ok
from tests.reference import reference_file

HELLO = sha1(b"hello").hexdigest()


def allowed(folder: Path | str, **table: Any) -> SessionHost:
    """The host of an actor that may use the store of a folder."""
    return SessionHost(StateChain(), leave_of({"store": {"type": "store", "base_path": str(folder), **table}}, ()))


def store_of(folder: Path | str) -> Mapping[str, Handler]:
    """The functions of a store in that folder."""
    return STORE.provide(allowed(folder))


def asked(*texts: str | bytes) -> Tuple:
    """Texts and bytes as a guest hands them over."""
    return Tuple(tuple(String(each) if isinstance(each, str) else bytes_value(each) for each in texts))


def strings(*texts: str) -> Result:
    """An ok of a list of texts."""
    return ok(List(types.STRING, tuple(map(String, texts))))


def test_the_interface_is_the_reference_one() -> None:
    """A module that others built finds what it imports of it under the hash that it declares."""
    loaded = load_module(reference_file("lab/families/tickets/tickets_handler.wasm"))
    assert not [each for each in theater_warnings(loaded) if NAME in each]
    assert any(each.interface == NAME for each in loaded.imports)


def test_the_reference_was_answered_the_same(tmp_path: Path) -> None:
    """What a server in use asked its store, recorded by the real Theater: each answer is the same value here."""
    store, asked_for = store_of(tmp_path), 0
    for number in range(6):
        with open_chain(reference_file(f"lab/families/tickets/{number}.json")) as chain:
            for call in map(read_payload, [event.payload for event in chain]):
                if isinstance(call, HostCall) and call.interface == NAME and call.input is not None:
                    assert store[call.function](call.input) == call.output
                    asked_for += 1
    assert asked_for > 30


def test_content_and_labels_lie_on_the_disk_as_theater_has_them(tmp_path: Path) -> None:
    """Content stands under its SHA-1, and a label is a file with a hash; each function answers as the handler does."""
    store = store_of(tmp_path)
    assert store["exists"](asked("s", HELLO)) == ok(Bool(False))
    assert store["list-all-content"](String("s")) == store["list-labels"](String("s")) == strings()
    assert store["store"](asked("s", b"hello")) == ok(String(HELLO))
    assert store["store"](asked("s", b"hello")) == ok(String(HELLO))
    assert (tmp_path / "s/data" / HELLO).read_bytes() == b"hello"
    assert store["exists"](asked("s", HELLO)) == ok(Bool(True))
    assert store["get"](asked("s", HELLO)) == ok(bytes_value(b"hello"))
    assert store["label"](asked("s", "greeting", HELLO)) == ok(UNIT)
    assert (tmp_path / "s/labels/greeting").read_text() == HELLO
    assert store["get-by-label"](asked("s", "greeting")) == ok(Option(types.STRING, String(HELLO)))
    assert store["get-by-label"](asked("s", "none")) == ok(Option(types.STRING, None))
    other = sha1(b"world!").hexdigest()
    assert store["store-at-label"](asked("s", "in/a/folder", b"world!")) == ok(String(other))
    assert store["replace-at-label"](asked("s", "in/a/folder", HELLO)) == ok(UNIT)
    assert (tmp_path / "s/labels/in/a/folder").read_text() == HELLO
    assert store["replace-content-at-label"](asked("s", "greeting", b"world!")) == ok(String(other))
    assert store["calculate-total-size"](Tuple((String("s"),))) == ok(U64(11))
    listed = store["list-all-content"](Tuple((String("s"),)))
    assert isinstance(listed, Result)
    assert isinstance(listed.value, List)
    assert {str(each) for each in listed.value.items} == {str(String(HELLO)), str(String(other))}
    assert store["remove-label"](asked("s", "greeting")) == store["remove-label"](asked("s", "greeting")) == ok(UNIT)
    assert store["list-labels"](String("s")) == strings("in/a/folder")
    assert sorted(each.name for each in (tmp_path / "s").iterdir()) == ["data", "labels"]


def test_a_store_is_new_or_the_configured_one(tmp_path: Path) -> None:
    """`new` answers an id of its own each time, and makes nothing; with `store_id` it is that one."""
    store = store_of(tmp_path)
    assert store["new"](UNIT) != store["new"](String("whatever"))
    assert not any(tmp_path.iterdir())
    assert STORE.provide(allowed(tmp_path, store_id="shared"))["new"](UNIT) == ok(String("shared"))
    with pytest.raises(ChainviewError, match='type "store" has a store_id that is no text'):
        STORE.provide(allowed(tmp_path, store_id=1))


def refuses(answer: Value) -> bool:
    """Whether an answer is an err."""
    return isinstance(answer, Result) and not answer.is_ok


ID, HASH, LABEL = ("Expected string for store_id", "Expected string for content-ref", "Expected string for label")
CONTENT = "Expected list<u8> for content"
TWO, LABELLED = "Expected tuple (store_id, content_ref)", "Expected tuple (store_id, label, content_ref)"


@pytest.mark.parametrize(
    ("function", "input", "said"),
    [
        ("store", String("s"), "Expected tuple (store_id, content)"),
        ("store", Tuple((U64(1), bytes_value(b""))), ID),
        ("store", asked("s", "text"), CONTENT),
        ("get", asked("s"), TWO),
        ("get", Tuple((U64(1), String("h"))), ID),
        ("exists", asked("s", b"h"), HASH),
        ("label", asked("s", "l"), LABELLED),
        ("label", asked("s", b"l", "h"), LABEL),
        ("replace-at-label", asked("s", "l", b"h"), HASH),
        ("get-by-label", UNIT, "Expected tuple (store_id, label)"),
        ("remove-label", asked("s", b"l"), LABEL),
        ("store-at-label", asked("s", "l"), "Expected tuple (store_id, label, content)"),
        ("replace-content-at-label", asked("s", "l", "text"), CONTENT),
        ("list-all-content", UNIT, ID),
        ("list-labels", Tuple((U64(1),)), ID),
        ("calculate-total-size", U64(1), ID),
    ],
)
def test_an_input_of_another_shape_is_an_error_value(function: str, input: Value, said: str) -> None:
    """The handler's own words are answered, and nothing is touched."""
    assert store_of("nowhere")[function](input) == err(said)


def test_elements_that_are_no_bytes_count_for_nothing(tmp_path: Path) -> None:
    """A list of other things is taken as the bytes in it, as Theater does."""
    store = store_of(tmp_path)
    mixed = List(types.U16, (U16(300), U8(104)))
    answered = store["store"](Tuple((String("s"), mixed)))
    assert answered == ok(String(sha1(b"h").hexdigest()))


def test_what_is_not_there_is_told_in_the_words_of_the_reference(tmp_path: Path) -> None:
    """Errors of the system have Theater's frame and nothing else; paths are written as Rust does."""
    store, odd = store_of(tmp_path / 'a"b'), asked("s", "no\nsuch")
    path = str(tmp_path).replace("\\", "\\\\") + '/a\\"b/s/data/no\\nsuch'
    assert store["get"](odd) == err(f'Failed to read content at path: "{path}"')
    assert store["label"](asked("s", "l", "h")) == err("Content does not exist: h")
    assert store["replace-at-label"](asked("s", "l", "h")) == err("Content does not exist: h")
    store = store_of(tmp_path)
    store["store-at-label"](asked("s", "l", b"hello"))
    assert store["label"](asked("s", "l/below", HELLO)) == err("Failed to create label parent directories")
    assert store["store-at-label"](asked("s", "", b"hello")) == err("Failed to write label file")
    assert store["get-by-label"](asked("s", "")) == err("Failed to read label file")
    assert store["remove-label"](asked("s", "")) == err("Failed to remove label file")
    (tmp_path / "s/labels/l").write_bytes(b"\xff")
    assert store["get-by-label"](asked("s", "l")) == err("Failed to read label file")
    (tmp_path / "s/labels/l").write_bytes(b" \n")
    assert store["get-by-label"](asked("s", "l")) == ok(Option(types.STRING, None))
    (tmp_path / "file").write_bytes(b"")
    assert store["store-at-label"](asked("file", "l", b"x")) == err("Failed to create parent directories")
    (tmp_path / "t").mkdir()
    for name in ("data", "labels"):
        (tmp_path / "t" / name).write_bytes(b"")
    assert store["list-all-content"](String("t")) == err("Failed to read data directory")
    assert store["calculate-total-size"](String("t")) == err("Failed to read data directory")
    assert store["list-labels"](String("t")) == err(f'Failed to read directory: "{tmp_path}/t/labels"')


@contextmanager
def limited(what: int, most: int) -> Iterator[None]:
    """Lets the system give this process no more of something."""
    before = resource.getrlimit(what)
    resource.setrlimit(what, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


def files_up_to(size: int) -> AbstractContextManager[None]:
    """Lets no file of this process grow beyond that size, as on a full disk."""
    return limited(resource.RLIMIT_FSIZE, size)


def no_more_files() -> AbstractContextManager[None]:
    """Lets this process open nothing beside what is open."""
    free = os.dup(0)
    os.close(free)
    return limited(resource.RLIMIT_NOFILE, free)


def test_a_file_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    """In the frames that Theater has for content, for labels, and for folders that can't be read."""
    store = store_of(tmp_path)
    store["store-at-label"](asked("s", "l", b"hello"))
    with no_more_files():
        made = store["store-at-label"](asked("s", "l", b"new"))
        labelled = store["label"](asked("s", "l", HELLO))
        listed = [store[name](String("s")) for name in ("list-all-content", "list-labels")]
    assert made == err("Failed to create content file")
    assert labelled == err("Failed to write label file")
    assert listed == [err("Failed to read data directory"), err(f'Failed to read directory: "{tmp_path}/s/labels"')]


def test_what_does_not_fit_on_the_disk_is_not_there(tmp_path: Path) -> None:
    """Theater's `store` answers the hash even so: then a person is told; nothing half-written is left."""
    host = allowed(tmp_path)
    store, content = STORE.provide(host), bytes(50_000)
    with files_up_to(10_000):
        assert store["store-at-label"](asked("s", "l", content)) == err("Failed to write content")
        assert not host.warnings
        assert store["store"](asked("s", content)) == ok(String(sha1(content).hexdigest()))
    assert host.warnings == (
        "store: the actor was told that its content is kept, and it is not: " + os.strerror(errno.EFBIG).lower(),
    )
    assert store["list-all-content"](String("s")) == strings()
    assert [each.name for each in (tmp_path / "s").iterdir()] == ["data"]


OUT = ["../out", "/tmp/out", "a/../../out", ".."]


@pytest.mark.parametrize("out", OUT)
def test_nothing_leads_out_of_the_folder(tmp_path: Path, out: str) -> None:
    """Neither an id nor a label nor a hash: each function answers its own error, and a person is told once."""
    folder = tmp_path / "in"
    (folder / "s/data").mkdir(parents=True)
    (folder / "s/labels").mkdir()
    before = sorted(tmp_path.rglob("*"))
    host = allowed(folder)
    store = STORE.provide(host)
    assert store["exists"](asked("s", out)) == ok(Bool(False))
    assert refuses(store["get"](asked(out, "h")))
    assert refuses(store["get"](asked("s", out)))
    assert store["store-at-label"](asked(out, "l", b"x")) == err("Failed to create parent directories")
    assert store["label"](asked("s", "l", out)) == err(f"Content does not exist: {out}")
    assert store["get-by-label"](asked("s", out)) == err("Failed to read label file")
    assert store["remove-label"](asked("s", out)) == err("Failed to remove label file")
    assert store["list-all-content"](String(out)) == err("Failed to read data directory")
    assert refuses(store["list-labels"](String(out)))
    assert sorted(tmp_path.rglob("*")) == before
    assert store["store-at-label"](asked("s", out, b"x")) == err("Failed to create label parent directories")
    assert not (tmp_path / "out").exists()
    assert host.warnings == (f"store: what leads out of {folder} is refused to the actor",)
    assert store["store"](asked(out, b"x")) == ok(String(sha1(b"x").hexdigest()))


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    """What lies behind a link to elsewhere is neither read nor written; links within are followed."""
    outside, folder = tmp_path / "outside", tmp_path / "in"
    (outside / "data").mkdir(parents=True)
    (outside / "data" / HELLO).write_bytes(b"hello")
    (folder / "s/labels").mkdir(parents=True)
    (folder / "linked").symlink_to(outside)
    (folder / "s/data").symlink_to(outside / "data")
    (folder / "s/labels/l").symlink_to(outside / "data" / HELLO)
    (folder / "same").symlink_to(folder / "s")
    store = store_of(folder)
    for id in ("linked", "s", "same"):
        assert store["exists"](asked(id, HELLO)) == ok(Bool(False))
        assert refuses(store["get"](asked(id, HELLO)))
    assert store["get-by-label"](asked("same", "l")) == err("Failed to read label file")
    assert store["store-at-label"](asked("s", "m", b"x")) == err("Failed to create parent directories")
    assert sorted(each.name for each in outside.rglob("*")) == sorted(["data", HELLO])


def test_a_limit_holds_whatever_the_manifest_says(tmp_path: Path) -> None:
    """Without `base_path` the first limit is the folder; a `base_path` beyond every limit is refused."""
    here, there = tmp_path / "here", tmp_path / "there"
    limited = SessionHost(StateChain(), Leave({}, {"store": (str(here),)}))
    assert STORE.provide(limited)["store-at-label"](asked("s", "l", b"hello")) == ok(String(HELLO))
    assert (here / "s/data" / HELLO).exists()
    beyond = SessionHost(StateChain(), Leave({"store": {"base_path": str(there)}}, {"store": (str(here),)}))
    assert STORE.provide(beyond)["store-at-label"](asked("s", "l", b"x")) == err("Failed to create parent directories")
    assert not there.exists()
    assert beyond.warnings


def test_a_store_without_a_path_belongs_to_the_chain(tmp_path: Path) -> None:
    """It lies beside the chain's file, for its user alone, or is gone with the session where no file is kept."""
    host = SessionHost(StateChain(), leave_of({}, ["store"]))
    store = STORE.provide(host)
    host.chain_file = tmp_path / "c.chain"
    assert store["store"](asked("s", b"hello")) == ok(String(HELLO))
    assert (tmp_path / "c.store/s/data" / HELLO).read_bytes() == b"hello"
    assert (tmp_path / "c.store").stat().st_mode & 0o077 == 0
    unkept = SessionHost(StateChain(), leave_of({}, ["store"]))
    store = STORE.provide(unkept)
    store["store"](asked("s", b"hello"))
    assert store["exists"](asked("s", HELLO)) == ok(Bool(True))
    unkept.close()
    assert store["exists"](asked("s", HELLO)) == ok(Bool(False))


def test_a_family_has_one_store(tmp_path: Path) -> None:
    """What one actor stored another one gets by the store's id, as in Theater, where all have one place."""
    family = Family()
    family.folder = tmp_path
    one, other = (SessionHost(StateChain(), leave_of({}, ["store"]), family) for _ in range(2))
    assert STORE.provide(one)["store-at-label"](asked("s", "l", b"hello")) == ok(String(HELLO))
    assert STORE.provide(other)["get-by-label"](asked("s", "l")) == ok(Option(types.STRING, String(HELLO)))
    assert (tmp_path / "store/s/data" / HELLO).exists()


def test_a_label_of_very_many_folders_is_listed(tmp_path: Path) -> None:
    """Deeper than anybody goes; what is deeper still, or longer, is told as an error, at once."""
    store, deep = store_of(tmp_path), "a/" * 200 + "b"
    assert store["store-at-label"](asked("s", deep, b"hello")) == ok(String(HELLO))
    assert store["list-labels"](String("s")) == strings(deep)
    deeper = err("Failed to create label parent directories")
    assert store["store-at-label"](asked("s", "a/" * 300 + "b", b"hello")) == deeper
    for odd in ("a" * 300, "a" * 5000, "a\0b"):
        assert store["store-at-label"](asked("s", odd, b"hello")) == err("Failed to write label file")
        assert store["get-by-label"](asked("s", odd)) == ok(Option(types.STRING, None))
        assert store["remove-label"](asked("s", odd)) == ok(UNIT)
        assert store["exists"](asked("s", odd)) == ok(Bool(False))
        assert store["store-at-label"](asked(odd, "l", b"x")) == err("Failed to create parent directories")
