"""Each host interface that does something: recorded with its real effect, replayed closed and identical."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path

from chainview.actor.hosts.main import filesystem, http_client
from chainview.actor.hosts.registry import assembler, store, terminal
from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.standard_terminal import StandardTerminal
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import Call, read_payload
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, UNIT, Option, Record, Result, String, Tuple, Variant, bytes_value, types
from tests.actor.guests import ECHO, Guest
from tests.actor.hosts.test_http_client import request
from tests.actor.hosts.test_registry import err, ok
from tests.actor.hosts.web_server import answer, web_server
from tests.workbench.effects import answers_of, manifest_of


def test_a_store_keeps_what_an_actor_stores(tmp_path: Path) -> None:
    """What was stored lies in the folder; a replay does not touch it."""
    put = encode(Tuple((String("s"), String("l"), bytes_value(b"hello"))))
    guest = Guest().calling("put", store.NAME, "store-at-label", put)
    guest.calling("ask", store.NAME, "get-by-label", encode(Tuple((String("s"), String("l")))))
    manifest = manifest_of(tmp_path, guest, f'type = "store"\nbase_path = "{tmp_path}/kept"')
    hash = sha1(b"hello").hexdigest()
    options = Options(find_target(str(manifest)), calls=("put()", "ask()"), output=tmp_path / "c.chain")
    answers, _ = answers_of(options)
    assert answers == [ok(String(hash)), ok(Option(types.STRING, String(hash)))]
    assert (tmp_path / "kept/s/data" / hash).read_bytes() == b"hello"


def test_an_assembler_makes_a_module_of_a_text(tmp_path: Path) -> None:
    """It needs no leave."""
    guest = Guest().calling("make", assembler.NAME, "wat-to-wasm", encode(String("(module)")))
    guest.calling("ask", assembler.NAME, "wat-to-wasm", encode(UNIT))
    options = Options(find_target(str(guest.written(tmp_path))), calls=("make()", "ask()"), output=tmp_path / "c.chain")
    assert answers_of(options)[0] == [ok(bytes_value(b"\0asm\x01\0\0\0")), err("expected string argument")]


def test_a_file_of_an_actor_is_written_and_read(tmp_path: Path) -> None:
    """Answers of the main branch are annotated by what is there; a replay reads no file."""
    guest = Guest(version=3)
    put, path = Tuple((String("f"), bytes_value(b"hello"))), encode(String("f"), 3)
    guest.calling("put", filesystem.NAME, "write-file", encode(put, 3))
    guest.calling("get", filesystem.NAME, "read-file", path).calling("gone", filesystem.NAME, "remove-dir", path)
    manifest = manifest_of(tmp_path, guest, f'type = "filesystem"\npath = "{tmp_path}/files"')
    calls = ("put()", "get()", "gone()")
    options = Options(find_target(str(manifest)), schema=Schema.LIFECYCLE, calls=calls, output=tmp_path / "c.chain")
    unit = types.tuple_of(())
    no_folder = Variant("filesystem-error", "not-a-directory", 3, (String("f: Not a directory (os error 20)"),))
    assert answers_of(options)[0] == [
        Result(unit, unit, True, UNIT),
        Result(types.list_of(types.U8), unit, True, bytes_value(b"hello")),
        Result(unit, types.variant_named("filesystem-error"), False, no_folder),
    ]
    assert (tmp_path / "files/f").read_bytes() == b"hello"


def test_a_web_server_is_asked(tmp_path: Path) -> None:
    """Once, by the recording; its answer has the types of the main branch."""
    with web_server() as server:
        server.answers["/"] = answer("200 OK", b"hello")
        guest = Guest(version=3).calling("ask", http_client.NAME, "request", encode(request(server.at("/")), 3))
        manifest = manifest_of(tmp_path, guest, 'type = "http-client"\nallowed_hosts = ["127.0.0.1"]')
        options = Options(
            find_target(str(manifest)), schema=Schema.LIFECYCLE, calls=("ask()",), output=tmp_path / "c.chain"
        )
        ((answered,), _) = answers_of(options)
    assert isinstance(answered, Result)
    assert (answered.ok, answered.err) == (types.record_named("http-response"), types.tuple_of(()))
    assert isinstance(answered.value, Record)
    assert answered.value.get("body") == Option(types.list_of(types.U8), bytes_value(b"hello"))
    assert len(server.seen) == 1


def test_a_terminal_is_written_to_and_read(tmp_path: Path) -> None:
    """What came in is a call of the actor in the chain; a replay makes it again, and neither reads nor writes."""
    guest = Guest().calling("say", terminal.NAME, "write-stdout", encode(bytes_value(b"hello\n")))
    guest.calling("hear", terminal.NAME, "enable-input", encode(UNIT)).body(terminal.INPUT, ECHO)
    (tmp_path / "typed").write_bytes(b"ping")
    with (tmp_path / "typed").open("rb") as reads, (tmp_path / "shown").open("wb") as writes:
        options = Options(
            find_target(str(manifest_of(tmp_path, guest, 'type = "terminal"'))),
            calls=("say()", "hear()"),
            output=tmp_path / "c.chain",
            terminal=StandardTerminal(reads.fileno(), writes.fileno()),
        )
        assert answers_of(options)[0] == [ok(U64(6)), ok(UNIT)]
    assert (tmp_path / "shown").read_bytes() == b"hello\n"
    with open_chain(tmp_path / "c.chain") as chain:
        called = [each for each in map(read_payload, (event.payload for event in chain)) if isinstance(each, Call)]
    assert (called[-1].function, called[-1].params) == (terminal.INPUT, bytes_value(b"ping"))
