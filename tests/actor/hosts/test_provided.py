"""Imports that are, and are not, provided."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.provided import handlers_for, missing_imports, refuse_imports, theater_warnings
from chainview.actor.module import ModuleError
from chainview.actor.session.host import SessionHost
from chainview.chain.state_chain import StateChain
from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import FunctionSignature, TypeDesc
from chainview.pack.values import U64, UNIT
from tests.actor.guests import PLUMBING, Guest, declaring
from tests.actor.running import sample


def test_every_missing_import_is_listed(tmp_path: Path) -> None:
    """Without --stub all functions that nobody provides are named with their interface, and provided ones are not."""
    guest = Guest().calling("a", "test:x/host", "ask", b"").calling("b", "math", "double", b"")
    loaded = load_module(guest.calling("c", "theater:simple/runtime", "log", b"").written(tmp_path))
    assert missing_imports(loaded) == (("test:x/host", "ask"), ("math", "double"))
    with pytest.raises(ModuleError, match=r"test:x/host\.ask, math\.double") as refused:
        refuse_imports(loaded, Leave(), stub=False)
    assert "log" not in refused.value.sentence


def test_a_stub_answers_with_the_default_of_the_declared_type(tmp_path: Path) -> None:
    """--stub answers a declared import with its type's default, and refuses one without metadata by name."""
    guest = Guest().calling("f", "math", "double", encode(UNIT))
    with pytest.raises(ModuleError, match=r"declares no type for its import math\.double"):
        refuse_imports(load_module(guest.written(tmp_path)), Leave(), stub=True)
    guest.metadata(declaring(FunctionSignature("math", "double", (), (TypeDesc("u64"),))))
    loaded = load_module(guest.written(tmp_path))
    refuse_imports(loaded, Leave(), stub=True)
    handlers, stubs = handlers_for(loaded, SessionHost(StateChain()))
    assert handlers["math", "double"](UNIT) == U64(0)
    assert stubs == {("math", "double")}


def test_an_import_of_another_shape_is_named(tmp_path: Path) -> None:
    """An imported function that does not take four i32 is refused with its shape, even with --stub."""
    path = tmp_path / "m.wat"
    path.write_text(
        '(module (import "host" "log" (func (param i32 i32) (result i32)))'
        f'{PLUMBING} (func (export "f") (param i32 i32 i32 i32) (result i32) i32.const 0))'
    )
    with pytest.raises(ModuleError, match=r"host\.log \(i32, i32\) -> \(i32\)"):
        refuse_imports(load_module(path), Leave(), stub=True)


def test_what_theater_would_refuse_is_a_warning(tmp_path: Path) -> None:
    """Missing metadata and missing interface hashes are told; the samples have nothing to be told of."""
    plain = load_module(Guest().returning("f", UNIT).written(tmp_path))
    assert "Theater refuses it" in theater_warnings(plain)[0]
    guest = Guest().calling("f", "theater:simple/runtime", "log", encode(UNIT)).metadata(declaring())
    assert "no interface hash for theater:simple/runtime" in theater_warnings(load_module(guest.written(tmp_path)))[0]
    for name in ("counter", "pulse", "orders", "chatter", "faulty"):
        assert theater_warnings(load_module(sample(name))) == []
