"""What a module is given beside its host functions, by the memory model that it was built for.

A plain module brings all of it along. Guests of packr-guest 0.8 to 0.10 import their allocator; parts of a composite
import their memory, too; and position-independent ones import where in it they lie, as the loader of packr 0.8 said it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import wasmtime

from chainview.actor.engine.allocator import Allocator, AllocatorCode
from chainview.actor.engine.binding import Exports, Extern, export_function, is_i32_function
from chainview.actor.engine.sections import Dylink, read_dylink
from chainview.actor.module import ModuleError, ModuleFile

ALLOCATOR = "pack:alloc"
_ALLOCATOR_SHAPES = {"alloc": (2, 1), "dealloc": (3, 0)}
_BASE = 0x10000
"""Where a position-independent module begins, as in packr's loader: above the slots for results and answers."""
_STACK_SIZE = 0x100000
_UNKNOWN_SIZE = Dylink(0x100000, 4096, ())
"""What a position-independent module gets that does not tell its size."""
_FIRST_SLOT = 1
"""Slot 0 of a table stays empty: a pointer to its function would be null."""
_PAGE = 0x10000
_TABLE = "__indirect_function_table"
_PLACES = frozenset({"__stack_pointer", "__memory_base", "__table_base"})
_DATA_POINTERS, _FUNCTION_POINTERS = "GOT.mem", "GOT.func"
_HEAP_BASE, _HEAP_END = "__heap_base", "__heap_end"
_STARTERS = ("__wasm_apply_data_relocs", "__wasm_call_ctors")


@dataclass(frozen=True, slots=True)
class Linkage:
    """What one module imports that is no host function, all of which can be given."""

    module: wasmtime.Module
    allocator: AllocatorCode | None
    position: Dylink | None
    """What a position-independent module says of its size; None for one that lies where it was built for."""
    imports: tuple[tuple[str, str, object], ...]
    """Module, name and type of each import: the binding makes them anew whenever it is asked."""
    exports: frozenset[str]
    """The names of all that the module exports."""
    imports_memory: bool

    @property
    def is_empty(self) -> bool:
        """Whether the module brings its memory and its allocator along."""
        return self.allocator is None and not self.imports_memory

    @property
    def data_size(self) -> int:
        """The bytes that its data take, rounded up to where a stack may end."""
        size = self.position.memory if self.position else 0
        return (size + 15) & ~15

    @property
    def stack_top(self) -> int:
        """Where the stack of a position-independent module begins, and behind it the heap."""
        return _BASE + self.data_size + _STACK_SIZE


def is_allocator(module: str, name: str, kind: object) -> bool:
    """Whether an import is one of the functions of `pack:alloc`, which is no host call and never recorded."""
    if module != ALLOCATOR or not isinstance(kind, wasmtime.FuncType) or name not in _ALLOCATOR_SHAPES:
        return False
    return is_i32_function(kind, *_ALLOCATOR_SHAPES[name])


def linkage_of(
    file: ModuleFile, engine: wasmtime.Engine, module: wasmtime.Module, exports: Mapping[str, object]
) -> Linkage:
    """What a module with exports of these types is to be given.

    Raises ModuleError, naming its kind, where no host can give it to it alone.
    """
    imports = [(each.module, each.name or "", each.type) for each in module.imports]
    memories = [kind for _, _, kind in imports if isinstance(kind, wasmtime.MemoryType)]
    kinds = [*memories, *(kind for kind in exports.values() if isinstance(kind, wasmtime.MemoryType))]
    if any(kind.is_shared for kind in kinds):
        raise ModuleError(
            f"{file.path} shares its memory between threads, and a Pack guest has only one: build it without `+atomics`"
        )
    if any(kind.is_64 for kind in kinds):
        raise ModuleError(f"{file.path} has a 64-bit memory: build it for wasm32-unknown-unknown")
    is_positioned = any(isinstance(kind, wasmtime.GlobalType) for _, _, kind in imports)
    position = (read_dylink(file.data) or _UNKNOWN_SIZE) if is_positioned else None
    has_table = any(isinstance(kind, wasmtime.TableType) for _, _, kind in imports)
    lacking = [f"{each[0]}.{each[1]}" for each in imports if not _can_be_given(*each, exports, has_table=has_table)]
    lacking += position.needed if position else ()
    if lacking or len(memories) > 1:
        needed = ", ".join(lacking) if lacking else f"{len(memories)} memories"
        raise ModuleError(
            f"{file.path} is a part of a program that can't run alone, for it needs {needed}: compose it with "
            "the other parts (`packr compose`, `packr build` of packr 0.10) or build it with packr-guest 0.11 or later"
        )
    allocates = any(is_allocator(*each) for each in imports)
    allocator = AllocatorCode(engine) if allocates else None
    return Linkage(module, allocator, position, tuple(imports), frozenset(exports), imports_memory=bool(memories))


def _can_be_given(module: str, name: str, kind: object, exports: Mapping[str, object], *, has_table: bool) -> bool:
    if isinstance(kind, wasmtime.FuncType | wasmtime.MemoryType):
        return True
    if isinstance(kind, wasmtime.TableType):
        return name == _TABLE and str(kind.element) == "funcref"
    if not isinstance(kind, wasmtime.GlobalType) or str(kind.content) != "i32":
        return False
    if module in (_DATA_POINTERS, _FUNCTION_POINTERS) and not kind.mutable:
        return False
    if module == _DATA_POINTERS:
        return name in (_HEAP_BASE, _HEAP_END) or isinstance(exports.get(name), wasmtime.GlobalType)
    if module == _FUNCTION_POINTERS:
        return has_table and isinstance(exports.get(name), wasmtime.FuncType)
    return module == "env" and name in _PLACES


class Given:
    """What one instance of a module is given: `externs` at once, by the import's names, and the rest by `settle`."""

    def __init__(self, store: wasmtime.Store, linkage: Linkage) -> None:
        self.externs: dict[tuple[str, str], Extern] = {}
        self._store, self._linkage = store, linkage
        self._memory: wasmtime.Memory | None = None
        self._table: wasmtime.Table | None = None
        self._pointers: list[tuple[str, str, wasmtime.Global]] = []
        self._allocator = Allocator(store, linkage.allocator) if linkage.allocator else None
        for of, name, kind in linkage.imports:
            extern = self._made(of, name, kind)
            if extern is not None:
                self.externs[of, name] = extern

    def settle(self, exports: Exports) -> wasmtime.Memory:
        """Gives an instance what could not be known before it was made, and starts it; its memory.

        Runs guest code, which may trap.
        """
        memory = exports.get("memory") or self._memory
        assert isinstance(memory, wasmtime.Memory)
        heap = self._heap(exports, memory)
        for kind, name, pointer in self._pointers:
            pointer.set_value(self._store, wasmtime.Val.i32(self._address(kind, name, exports, memory, heap)))
        if self._allocator is not None:
            self._allocator.begin(memory, heap)
        for name in [each for each in _STARTERS if each in self._linkage.exports]:
            start = export_function(self._store, exports, name, 0, 0)
            if start is not None:
                start()
        return memory

    def _made(self, module: str, name: str, kind: object) -> Extern | None:
        store, linkage = self._store, self._linkage
        if isinstance(kind, wasmtime.MemoryType):
            self._memory = wasmtime.Memory(store, wasmtime.MemoryType(self._pages(kind.limits)))
            return self._memory
        if isinstance(kind, wasmtime.TableType):
            slots = _FIRST_SLOT + (linkage.position.table if linkage.position else 0)
            limits = wasmtime.Limits(max(kind.limits.min, slots), kind.limits.max)
            self._table = wasmtime.Table(store, wasmtime.TableType(kind.element, limits), None)
            return self._table
        if isinstance(kind, wasmtime.GlobalType):
            made = wasmtime.Global(store, kind, wasmtime.Val.i32(self._place(name)))
            if module in (_DATA_POINTERS, _FUNCTION_POINTERS):
                self._pointers.append((module, name, made))
            return made
        if self._allocator is not None and is_allocator(module, name, kind):
            return self._allocator.function(name)
        return None

    def _pages(self, limits: wasmtime.Limits) -> wasmtime.Limits:
        least = -(-self._linkage.stack_top // _PAGE) if self._linkage.position else 0
        return wasmtime.Limits(max(limits.min, least), limits.max)

    def _place(self, name: str) -> int:
        places = {"__stack_pointer": self._linkage.stack_top, "__memory_base": _BASE, "__table_base": _FIRST_SLOT}
        return places.get(name, 0)

    def _heap(self, exports: Exports, memory: wasmtime.Memory) -> int:
        if self._linkage.position:
            return self._linkage.stack_top
        told, size = self._exported_number(exports, _HEAP_BASE), memory.data_len(self._store)
        return told if told is not None and 0 < told <= size else size

    def _address(self, kind: str, name: str, exports: Exports, memory: wasmtime.Memory, heap: int) -> int:
        if kind == _FUNCTION_POINTERS:
            assert self._table is not None
            return self._table.grow(self._store, 1, exports.get(name))
        # What packr-guest exports under these names only makes the linker content: the heap is its host's to place.
        if name == _HEAP_BASE:
            return heap
        if name == _HEAP_END:
            return memory.data_len(self._store)
        return _BASE + (self._exported_number(exports, name) or 0)

    def _exported_number(self, exports: Exports, name: str) -> int | None:
        exported = exports.get(name) if name in self._linkage.exports else None
        if not isinstance(exported, wasmtime.Global):
            return None
        value = exported.value(self._store)
        return value & 0xFFFF_FFFF if isinstance(value, int) else None
