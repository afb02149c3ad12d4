"""Modules are spoken to, and recorded, in the CGRF version that they speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.actor import Actor
from chainview.actor.engine.loading import load_module
from chainview.actor.exports import exports_of, parse_call
from chainview.actor.interceptors import RecordingInterceptor
from chainview.actor.limits import DEFAULT_LIMITS
from chainview.actor.session.direct import load_actor
from chainview.chain.payload import HostCall, read_payload
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import version_of
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.literal import parse_literal
from chainview.pack.values import U32, UNIT, String, Tuple, Value
from tests.actor.guests import ECHO, TRAP, Guest, declaring
from tests.actor.running import running
from tests.pack.declare import metadata_value
from tests.reference import reference_file

STOCK = TypeDesc("map", args=(TypeDesc("string"), TypeDesc("u32")))
STOCKED = 'map<string, u32>["tea" => 1u32, "milk" => 2u32]'


def echoing(version: int) -> Guest:
    """A package that declares, in that version, an echo of a map."""
    declared = FunctionSignature("", "echo", (("stock", STOCK),), (STOCK,))
    guest = Guest(version=version).particular("echo")
    return guest.metadata(metadata_value(Metadata((), (declared,), {}, {}), guest=True))


def asking(guest: Guest) -> Guest:
    """The guest with an export that asks its host."""
    return guest.calling("ask", "test:x/host", "ask", encode(String("?"), guest.version))


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("schema", [Schema.VALUES, Schema.BYTES])
def test_all_that_is_handed_over_and_recorded_has_the_version_of_the_metadata(
    tmp_path: Path, version: int, schema: Schema
) -> None:
    """Inputs, answers of the host and every payload, errors and shutdown included, have the module's version."""
    with running(asking(echoing(version)).written(tmp_path), schema=schema) as run:
        assert run.loaded.version == version
        assert run.actor.call("echo", Tuple((UNIT, U32(1)))).error
        assert run.actor.call("ask", UNIT).ok
        assert not run.actor.call("absent", UNIT).ok
        run.actor.shut_down()
        assert [version_of(event.payload) for event in run.chain.events] == [version] * 8
        assert run.chain.verify() is None
        assert all(bytes([version ^ 1]) != event.payload[4:5] for event in run.chain.events)
        assert not any(b"CGRF" + bytes([version ^ 1]) in event.payload for event in run.chain.events)


def test_answers_of_the_host_have_the_version_of_the_module(tmp_path: Path) -> None:
    """A guest that returns what its host answered returns bytes of its own version."""
    guest = asking(Guest(version=3).particular("echo"))
    stock = parse_literal(STOCKED)

    def answer(input: Value) -> Value:
        return stock

    with running(guest.written(tmp_path), handlers={("test:x/host", "ask"): answer}) as run:
        assert run.actor.call("ask", UNIT).response == stock
        assert HostCall("test:x/host", "ask", String("?"), stock) in run.payloads()


def test_a_map_is_given_as_a_literal_and_comes_back_in_its_order(tmp_path: Path) -> None:
    """Arguments are checked as maps and sets, and a module of CGRF 3 gives them back as they were."""
    with load_actor(echoing(3).written(tmp_path)) as actor:
        assert actor.call(f"echo({STOCKED})").response == parse_literal(STOCKED)
        with pytest.raises(Exception, match=r"in map\[0\]\.value: expected u32, got u8"):
            actor.call('echo(map<string, u32>["tea" => 1u8])')


def test_what_the_version_does_not_have_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """A map for a module of CGRF 2 is refused as an argument, with the reason."""
    loaded = load_module(Guest().body("f", ECHO).written(tmp_path))
    with pytest.raises(Exception, match="CGRF version 2 has no map"):
        parse_call("f(map<u8, u8>[])", exports_of(loaded))


@pytest.mark.parametrize("version", [2, 3])
def test_without_metadata_a_module_is_asked(tmp_path: Path, version: int) -> None:
    """A module that refuses a version is spoken to in the other, and nothing of its exports runs to find out."""
    guest = Guest(version=version).body("trap", TRAP).returning("constant", UNIT).particular("echo")
    loaded = load_module(guest.written(tmp_path))
    assert loaded.metadata is None
    assert loaded.version == version
    with running(loaded.file.path) as run:
        assert run.actor.call("echo", Tuple((U32(7),))).response == U32(7)


def test_a_module_that_never_looks_at_versions_speaks_the_oldest(tmp_path: Path) -> None:
    """Without metadata and without a refusal the version stays that of recordings made before."""
    assert load_module(Guest().body("echo", ECHO).written(tmp_path)).version == 2


def test_the_asynchronous_convention_speaks_the_newest(tmp_path: Path) -> None:
    """An export `__pack_resume` came after CGRF 3, so its module speaks that."""
    guest = Guest().body("echo", ECHO)
    guest.extra += '(func (export "__pack_resume") (param i32 i32 i32 i32 i32) (result i32) (i32.const 0))'
    assert load_module(guest.written(tmp_path)).version == 3


def test_metadata_of_the_older_version_means_the_older(tmp_path: Path) -> None:
    """The header version of the metadata is the module's."""
    for version in (2, 3):
        guest = Guest(version=version).body("echo", ECHO).metadata(declaring())
        assert load_module(guest.written(tmp_path)).version == version


@pytest.mark.parametrize("release", ["0.22.0", "0.24.1"])
def test_modules_of_today_run(release: str) -> None:
    """A real module of packr-guest 0.22 or 0.24 takes its calls, and its chain is CGRF 3 throughout."""
    module = reference_file(f"lab/modules/lab-{release}.wasm")
    with load_actor(module, state='"5"') as actor:
        assert actor.started is not None
        assert actor.started.ok
        assert actor.call('step(2s32, "x")').ok
        assert actor.call("chat(3u32)").ok
        assert all(version_of(event.payload) == 3 for event in actor.chain.events)
        assert not any(b"CGRF\2" in event.payload for event in actor.chain.events)
        assert isinstance(read_payload(actor.chain.events[1].payload), HostCall)


def test_a_build_that_takes_over_is_recorded_in_its_own_version(tmp_path: Path) -> None:
    """In one chain each module's events have the version that it speaks."""
    with running(Guest(version=2).particular("echo").written(tmp_path, "older.wat")) as run:
        assert run.actor.call("echo", Tuple((U32(1),))).ok
        loaded = load_module(Guest(version=3).particular("echo").written(tmp_path, "newer.wat"))
        following = Actor(loaded, run.chain, RecordingInterceptor(run.chain), {}, DEFAULT_LIMITS)
        assert following.call("echo", Tuple((U32(1),))).ok
        following.close()
        assert [version_of(event.payload) for event in run.chain.events] == [2, 2, 3, 3]
        assert run.chain.verify() is None
