"""Guests written by hand as WebAssembly text, for tests that need a module of an exact shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.values import S32, UNIT, Result, String, Value, types
from tests.pack.declare import metadata_value

INIT = "theater:simple/actor.init"
UNIT_TYPE = types.tuple_of(())
_DATA_AT = 32768
_HEAP_AT = 131072

PLUMBING = f"""
  (memory (export "memory") 4)
  (global $heap (mut i32) (i32.const {_HEAP_AT}))
  (func $alloc (export "__pack_alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $heap))
    (global.set $heap (i32.add (global.get $heap) (local.get $size)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
      (if (i32.eq (i32.const -1) (memory.grow (i32.add (i32.const 1)
            (i32.shr_u (local.get $size) (i32.const 16)))))
        (then (global.set $heap (local.get $at)) (return (i32.const 0)))))
    (local.get $at))
  (func (export "__pack_free") (param i32 i32))
"""

TRAP = "unreachable"
SPIN = "(loop $again (br $again)) (i32.const 0)"
DIVIDE_BY_ZERO = "(i32.div_s (local.get $in) (i32.sub (local.get $in) (local.get $in)))"
OUT_OF_BOUNDS = "(i32.load (i32.const -8))"
ECHO = """
    (i32.store (local.get $out) (local.get $in))
    (i32.store (local.get $outlen) (local.get $len))
    (i32.const 0)"""


RETURN_ANSWER = ECHO
"""What an asynchronous guest does that returns the answer to its host call."""


@dataclass
class Guest:
    """Builds the text of a module: bodies of exports, imports, and the constants that they use."""

    bodies: dict[str, str] = field(default_factory=dict)
    imports: list[tuple[str, str]] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    extra: str = ""
    version: int = 2
    """The CGRF version of what it returns and declares."""

    def constant(self, name: str, packed: bytes, status: int = 0) -> Guest:
        """An export that returns these bytes with that status."""
        at = self._place(packed)
        self.bodies[name] = f"""
    (i32.store (local.get $out) (i32.const {at}))
    (i32.store (local.get $outlen) (i32.const {len(packed)}))
    (i32.const {status})"""
        return self

    def returning(self, name: str, value: Value) -> Guest:
        """An export that returns this value."""
        return self.constant(name, encode(value, self.version))

    def particular(self, name: str) -> Guest:
        """An export that echoes a value of its own version, and refuses every other as packr-guest does."""
        refusal = b'decode error: InvalidEncoding("Unsupported version")'
        at = self._place(refusal)
        self.bodies[name] = f"""
    (if (i32.ne (i32.load8_u offset=4 (local.get $in)) (i32.const {self.version})) (then
      (i32.store (local.get $out) (i32.const {at}))
      (i32.store (local.get $outlen) (i32.const {len(refusal)}))
      (return (i32.const -1)))){ECHO}"""
        return self

    def body(self, name: str, text: str) -> Guest:
        """An export with this body, which leaves its status on the stack."""
        self.bodies[name] = text
        return self

    def calling(self, name: str, interface: str, function: str, packed: bytes) -> Guest:
        """An export that calls an import with these bytes and returns what it was answered."""
        at, index = self._place(packed), self._import(interface, function)
        self.bodies[name] = f"""
    (call $import{index} (i32.const {at}) (i32.const {len(packed)}) (local.get $out) (local.get $outlen))"""
        return self

    def ignoring(self, name: str, interface: str, function: str, packed: bytes, result: bytes) -> Guest:
        """An export that calls an import with these bytes and returns other, constant ones."""
        at, index = self._place(packed), self._import(interface, function)
        self.constant(name, result)
        call = f"""
    (drop (call $import{index} (i32.const {at}) (i32.const {len(packed)}) (local.get $out) (local.get $outlen)))"""
        self.bodies[name] = call + self.bodies[name]
        return self

    def parking(self, name: str, interface: str, function: str, packed: bytes) -> Guest:
        """An asynchronous export that calls an import with these bytes and parks until that is completed."""
        at, index = self._place(packed), self._import(interface, function)
        self.bodies[name] = f"""
    (global.set $status (call $import{index}
      (i32.const {at}) (i32.const {len(packed)}) (local.get $out) (local.get $outlen)))
    (global.set $completion (i32.load (local.get $out)))
    (if (i32.ne (global.get $status) (i32.const 1)) (then unreachable))
    (i32.const 1)"""
        return self

    def resumed(self, body: str = RETURN_ANSWER) -> Guest:
        """An asynchronous guest that does this when a host call is completed: it returns the answer, if not told."""
        self.version = 3
        self.extra += f"""
  (global $status (mut i32) (i32.const 0))
  (global $completion (mut i32) (i32.const -1))
  (func $resume (export "__pack_resume")
    (param $id i32) (param $in i32) (param $len i32) (param $out i32) (param $outlen i32) (result i32)
    (if (i32.ne (local.get $id) (global.get $completion)) (then unreachable)) {body})"""
        return self

    def metadata(self, value: Value) -> Guest:
        """Embeds type metadata."""
        packed = encode(value, self.version)
        at = self._place(packed)
        self.extra += f"""
  (func (export "__pack_types") (param $out i32) (param $outlen i32) (result i32)
    (i32.store (local.get $out) (i32.const {at}))
    (i32.store (local.get $outlen) (i32.const {len(packed)}))
    (i32.const 0))"""
        return self

    @property
    def text(self) -> str:
        """The module as WebAssembly text."""
        shape = "(param $in i32) (param $len i32) (param $out i32) (param $outlen i32) (result i32)"
        imports = "".join(
            f'\n  (import "{interface}" "{function}" (func $import{index} (param i32 i32 i32 i32) (result i32)))'
            for index, (interface, function) in enumerate(self.imports)
        )
        functions = "".join(
            f'\n  (func ${index} (export "{name}") {shape} {body})'
            for index, (name, body) in enumerate(self.bodies.items())
        )
        data, at = "", _DATA_AT
        for packed in self.data:
            data += f'\n  (data (i32.const {at}) "{_escaped(packed)}")'
            at += len(packed)
        return f"(module{imports}{PLUMBING}{functions}{self.extra}{data})"

    def written(self, folder: Path, name: str = "guest.wat") -> Path:
        """The path of the module, written as text."""
        path = folder / name
        path.write_text(self.text, encoding="utf-8")
        return path

    def _place(self, packed: bytes) -> int:
        at = _DATA_AT + sum(map(len, self.data))
        self.data.append(packed)
        return at

    def _import(self, interface: str, function: str) -> int:
        if (interface, function) not in self.imports:
            self.imports.append((interface, function))
        return self.imports.index((interface, function))


def _escaped(packed: bytes) -> str:
    return "".join(f"\\{byte:02x}" for byte in packed)


def declaring(*imports: FunctionSignature) -> Value:
    """Metadata that declares these imports, and no hashes."""
    return metadata_value(Metadata(imports, (), {}, {}), guest=True)


def package(bodies: Mapping[str, str]) -> Guest:
    """A guest whose exports have these bodies."""
    return Guest(bodies=dict(bodies))


GET_STATE = "theater:simple/actor.get-state"
SELF = "theater:simple/self"
_S32, _STRING = TypeDesc("s32"), TypeDesc("string")


def inner_counter(
    *, step: int = 0, shown: str = "", get_state: bool = True, logs: bool = True, configured: bool = True
) -> Guest:
    """An actor of the main branch whose state, an s32 from 0 on, is inside the module.

    `increment(n)` adds n and `step`, logs, and answers the sum; `refuse(n)` adds n and answers an err, `boom(n)` adds n
    and traps, `ask(n)` adds n and asks a host that nobody provides. `shown` is the body of `get-state` in place of the
    one that shows the number.
    """
    guest = Guest(version=3)
    number = guest._place(encode(S32(0), 3))
    at = number + 24
    add = f"""
    (i32.store (i32.const {at}) (i32.add (i32.const {step})
      (i32.add (i32.load (i32.const {at})) (i32.load offset=24 (local.get $in)))))"""
    show = f"""
    (i32.store (local.get $out) (i32.const {number}))
    (i32.store (local.get $outlen) (i32.const 28))
    (i32.const 0)"""
    guest.returning(INIT, Result(UNIT_TYPE, types.STRING, True, UNIT))
    text = guest._place(encode(String("added"), 3))
    log = f"""
    (drop (call $import0 (i32.const {text}) (i32.const 33) (local.get $out) (local.get $outlen)))"""
    if logs:
        guest._import(SELF, "log")
    guest.body("increment", add + (log if logs else "") + show)
    guest.constant("refuse", encode(Result(types.S32, types.STRING, False, String("no")), 3))
    guest.bodies["refuse"] = add + guest.bodies["refuse"]
    guest.body("boom", add + TRAP)
    guest.ignoring("ask", "test:x/host", "ask", encode(UNIT, 3), encode(UNIT, 3))
    guest.bodies["ask"] = add + guest.bodies["ask"]
    if get_state:
        guest.body(GET_STATE, shown or show)
    taken = (("n", _S32),)
    exports = (
        FunctionSignature(
            "theater:simple/actor",
            "init",
            (("config", TypeDesc("value")),) if configured else (),
            (TypeDesc("result", args=(TypeDesc("bool"), _STRING)),),
        ),
        FunctionSignature("", "increment", taken, (_S32,)),
        FunctionSignature("", "refuse", taken, (TypeDesc("result", args=(_S32, _STRING)),)),
        FunctionSignature("", "boom", taken, ()),
        FunctionSignature("", "ask", taken, ()),
        *((FunctionSignature("theater:simple/actor", "get-state", (), (TypeDesc("value"),)),) if get_state else ()),
    )
    imports = (
        FunctionSignature("test:x/host", "ask", (), ()),
        *((FunctionSignature(SELF, "log", (("message", _STRING),), ()),) if logs else ()),
    )
    return guest.metadata(metadata_value(Metadata(imports, exports, {}, {}), guest=True))
