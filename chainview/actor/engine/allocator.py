"""The allocator that guests of packr-guest 0.8 to 0.10 import as `pack:alloc`, as a small module beside them."""

from __future__ import annotations

import wasmtime

from chainview.actor.engine.binding import Exports

# Blocks are rounded up to a class of sizes and kept in a list for each class once they are given back. A caller of
# pack:alloc tells the size again with each block, so none needs a header. The lists lie where the heap begins.
_ALLOCATOR = """
(module
  (import "guest" "memory" (memory 0))
  (global $lists (mut i32) (i32.const 0))
  (global $next (mut i32) (i32.const 0))
  (global $end (mut i32) (i32.const 0))
  (func $class (param $size i32) (result i32 i32)
    (local $shift i32) (local $steps i32)
    (if (i32.le_u (local.get $size) (i32.const 1024)) (then
      (local.set $steps (i32.shr_u (i32.add (local.get $size) (i32.const 15)) (i32.const 4)))
      (return (local.get $steps) (i32.shl (local.get $steps) (i32.const 4)))))
    (local.set $size (i32.sub (local.get $size) (i32.const 1)))
    (local.set $shift (i32.sub (i32.const 29) (i32.clz (local.get $size))))
    (local.set $steps (i32.shr_u (local.get $size) (local.get $shift)))
    (i32.add
      (i32.mul (i32.sub (local.get $shift) (i32.const 8)) (i32.const 4))
      (i32.add (local.get $steps) (i32.const 61)))
    (i32.shl (i32.add (local.get $steps) (i32.const 1)) (local.get $shift)))
  (func $fresh (param $size i32) (param $align i32) (result i32)
    (local $at i64) (local $stop i64) (local $held i64)
    (local.set $held (i64.shl (i64.extend_i32_u (memory.size)) (i64.const 16)))
    (local.set $at (i64.extend_i32_u (global.get $next)))
    ;; Memory that grew meanwhile belongs to who grew it.
    (if (i64.ne (i64.extend_i32_u (global.get $end)) (local.get $held)) (then
      (if (i64.gt_u
            (i64.add (local.get $at) (i64.extend_i32_u (i32.add (local.get $size) (local.get $align))))
            (i64.extend_i32_u (global.get $end)))
        (then (local.set $at (local.get $held))))))
    (local.set $at (i64.and
      (i64.add (local.get $at) (i64.extend_i32_u (i32.sub (local.get $align) (i32.const 1))))
      (i64.extend_i32_s (i32.sub (i32.const 0) (local.get $align)))))
    (local.set $stop (i64.add (local.get $at) (i64.extend_i32_u (local.get $size))))
    (if (i64.gt_u (local.get $stop) (i64.const 0xffff0000)) (then (return (i32.const 0))))
    (if (i64.gt_u (local.get $stop) (local.get $held)) (then
      (if (i32.eq (i32.const -1) (memory.grow (i32.wrap_i64 (i64.shr_u
            (i64.add (i64.sub (local.get $stop) (local.get $held)) (i64.const 0xffff)) (i64.const 16)))))
        (then (return (i32.const 0))))
      (global.set $end (i32.shl (memory.size) (i32.const 16)))))
    (global.set $next (i32.wrap_i64 (local.get $stop)))
    (i32.wrap_i64 (local.get $at)))
  (func (export "begin") (param $heap i32)
    (global.set $next (local.get $heap))
    (global.set $end (i32.shl (memory.size) (i32.const 16)))
    (global.set $lists (call $fresh (i32.const 1024) (i32.const 16))))
  (func (export "alloc") (param $size i32) (param $align i32) (result i32)
    (local $list i32) (local $at i32)
    (if (i32.or (i32.eqz (global.get $lists)) (i32.le_s (local.get $size) (i32.const 0)))
      (then (return (i32.const 0))))
    (if (i32.gt_u (local.get $align) (i32.const 16))
      (then (return (call $fresh (local.get $size) (local.get $align)))))
    (call $class (local.get $size))
    (local.set $size)
    (local.set $list)
    (local.set $list (i32.add (global.get $lists) (i32.shl (local.get $list) (i32.const 2))))
    (local.set $at (i32.load (local.get $list)))
    (if (i32.eqz (local.get $at)) (then (return (call $fresh (local.get $size) (i32.const 16)))))
    (i32.store (local.get $list) (i32.load (local.get $at)))
    (local.get $at))
  (func (export "dealloc") (param $at i32) (param $size i32) (param $align i32)
    (local $list i32)
    (if (i32.or (i32.eqz (local.get $at)) (i32.gt_u (local.get $align) (i32.const 16))) (then (return)))
    (call $class (local.get $size))
    (drop)
    (local.set $list)
    (local.set $list (i32.add (global.get $lists) (i32.shl (local.get $list) (i32.const 2))))
    (i32.store (local.get $at) (i32.load (local.get $list)))
    (i32.store (local.get $list) (local.get $at))))
"""

# A guest that brings its memory along can only be made once it has its allocator, and the allocator once it has that
# memory: the guest gets these, which reach the allocator through a table that is filled afterwards.
_FORWARD = """
(module
  (type $alloc (func (param i32 i32) (result i32)))
  (type $dealloc (func (param i32 i32 i32)))
  (table (export "table") 2 funcref)
  (func (export "alloc") (param i32 i32) (result i32)
    (call_indirect (type $alloc) (local.get 0) (local.get 1) (i32.const 0)))
  (func (export "dealloc") (param i32 i32 i32)
    (call_indirect (type $dealloc) (local.get 0) (local.get 1) (local.get 2) (i32.const 1))))
"""


class AllocatorCode:
    """The compiled allocator, from which each instance of a guest gets its own."""

    def __init__(self, engine: wasmtime.Engine) -> None:
        self.forward = wasmtime.Module(engine, bytes(wasmtime.wat2wasm(_FORWARD)))
        self.allocator = wasmtime.Module(engine, bytes(wasmtime.wat2wasm(_ALLOCATOR)))


class Allocator:
    """One guest's allocator: its functions can be imported at once, and work from `begin` on."""

    def __init__(self, store: wasmtime.Store, code: AllocatorCode) -> None:
        self.store, self._code = store, code
        self._forward = Exports(store, wasmtime.Instance(store, code.forward, []))

    def function(self, name: str) -> wasmtime.Func:
        """The function that `pack:alloc` has under that name, `alloc` or `dealloc`."""
        return _function(self._forward, name)

    def begin(self, memory: wasmtime.Memory, heap: int) -> None:
        """Hands out what lies behind the address `heap` in a memory, which it grows as needed."""
        exports = Exports(self.store, wasmtime.Instance(self.store, self._code.allocator, [memory]))
        table = self._forward.get("table")
        assert isinstance(table, wasmtime.Table)
        table.set(self.store, 0, _function(exports, "alloc"))
        table.set(self.store, 1, _function(exports, "dealloc"))
        _function(exports, "begin")(self.store, heap)


def _function(exports: Exports, name: str) -> wasmtime.Func:
    function = exports.get(name)
    assert isinstance(function, wasmtime.Func)
    return function
