"""One package in every memory model that packr's releases built, as WebAssembly text."""

from __future__ import annotations

from chainview.pack.cgrf import encode
from chainview.pack.values import String

INTERFACE = "test:x/host"
SAID = "hello"
_SHAPE = "(param $in i32) (param $len i32) (param $out i32) (param $outlen i32) (result i32)"
_PACKED = encode(String(SAID))
_DATA = "".join(f"\\{byte:02x}" for byte in _PACKED)
_SAY = f'(import "{INTERFACE}" "say" (func $say (param i32 i32 i32 i32) (result i32)))'
_ALLOC = """
  (import "pack:alloc" "alloc" (func $take (param i32 i32) (result i32)))
  (import "pack:alloc" "dealloc" (func $give (param i32 i32 i32)))"""
_TAKING = """
  (func $alloc (export "__pack_alloc") (param i32) (result i32) (call $take (local.get 0) (i32.const 1)))
  (func (export "__pack_free") (param i32 i32) (call $give (local.get 0) (local.get 1) (i32.const 1)))"""
_BUMPING = """
  (global $heap (mut i32) (i32.const 131072))
  (func $alloc (export "__pack_alloc") (param i32) (result i32)
    (global.get $heap)
    (global.set $heap (i32.add (global.get $heap) (local.get 0))))
  (func (export "__pack_free") (param i32 i32))"""


def _exports(address: str) -> str:
    """An echo that answers with a copy, and a call of the host with what lies at an address."""
    return f"""
  (func (export "echo") {_SHAPE} (local $at i32)
    (local.set $at (call $alloc (local.get $len)))
    (memory.copy (local.get $at) (local.get $in) (local.get $len))
    (i32.store (local.get $out) (local.get $at))
    (i32.store (local.get $outlen) (local.get $len))
    (i32.const 0))
  (func (export "say") {_SHAPE}
    (call $say {address} (i32.const {len(_PACKED)}) (local.get $out) (local.get $outlen)))"""


_FIXED = f"""{_exports("(i32.const 70000)")} (data (i32.const 70000) "{_DATA}")"""
_POSITIONED = f"""
  (@custom "dylink.0" (before first) "\\01\\04\\20\\00\\01\\00")
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table 1 funcref))
  (import "env" "__stack_pointer" (global $stack (mut i32)))
  (import "env" "__memory_base" (global $base i32))
  (import "env" "__table_base" (global $slots i32))
  (import "GOT.mem" "said" (global $said (mut i32)))
  (import "GOT.mem" "__heap_base" (global $heap (mut i32)))
  (import "GOT.func" "shout" (global $shout (mut i32)))
  {_ALLOC} {_SAY}
  (global (export "said") i32 (i32.const 16))
  (global (export "__heap_base") i32 (i32.const 3))
  (func $pointer (result i32) (i32.load (global.get $base)))
  (func (export "shout") (result i32) (i32.const 7))
  (func (export "__wasm_apply_data_relocs")
    (i32.store (global.get $base) (i32.add (global.get $base) (i32.const 16))))
  (func (export "__wasm_call_ctors")
    (if (i32.ne (global.get $said) (call $pointer)) (then unreachable))
    (if (i32.ne (global.get $heap) (global.get $stack)) (then unreachable))
    (if (i32.ne (call_indirect (result i32) (global.get $shout)) (i32.const 7)) (then unreachable))
    (if (i32.ne (call_indirect (result i32) (global.get $slots)) (global.get $said)) (then unreachable)))
  {_TAKING} {_exports("(call_indirect (result i32) (global.get $slots))")}
  (elem (global.get $slots) func $pointer)
  (data (global.get $base) "\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00{_DATA}")"""

MODELS = {
    "plain": f'(module {_SAY} (memory (export "memory") 4) {_BUMPING} {_FIXED})',
    "imported allocator": f'(module {_ALLOC} {_SAY} (memory (export "memory") 2) {_TAKING} {_FIXED})',
    "imported memory": f'(module (import "env" "memory" (memory 4)) {_SAY} {_BUMPING} {_FIXED})',
    "imported memory, exported too": (
        f'(module (import "env" "memory" (memory 4)) (export "memory" (memory 0)) {_SAY} {_BUMPING} {_FIXED})'
    ),
    "fixed base": f'(module (import "env" "memory" (memory 2)) {_ALLOC} {_SAY} {_TAKING} {_FIXED})',
    "fixed base, bounded": (
        f'(module (import "env" "memory" (memory 2 2)) {_ALLOC} {_SAY} {_TAKING} {_FIXED} '
        '(global (export "__heap_base") i32 (i32.const 80000)))'
    ),
    "position-independent": f"(module {_POSITIONED})",
    "several memories": f'(module {_SAY} (memory (export "memory") 4) (memory 1) {_BUMPING} {_FIXED})',
}
