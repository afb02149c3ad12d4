"""The allocator that is given to guests which import `pack:alloc`."""

from __future__ import annotations

from itertools import pairwise

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.engine.allocator import Allocator, AllocatorCode

PAGE = 65536
SIZES = st.one_of(st.integers(1, 64), st.integers(1000, 1100), st.integers(1, 300_000))


class Heap:
    """An allocator at work in a memory of some pages, of which the first `heap` bytes are not its own."""

    def __init__(self, pages: int = 1, heap: int = 40_000, most: int | None = None) -> None:
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        self.memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(pages, most)))
        self.allocator = Allocator(self.store, AllocatorCode(engine))
        self.heap = heap
        self.allocator.begin(self.memory, heap)

    def alloc(self, size: int, align: int = 1) -> int:
        """The address of a new block, 0 where there is none."""
        return int(self.allocator.function("alloc")(self.store, size, align)) & 0xFFFF_FFFF

    def dealloc(self, at: int, size: int, align: int = 1) -> None:
        """Gives a block back."""
        self.allocator.function("dealloc")(self.store, at, size, align)

    @property
    def size(self) -> int:
        """The bytes that the memory has grown to."""
        return self.memory.data_len(self.store)


@given(
    st.lists(st.tuples(st.booleans(), SIZES, st.sampled_from([1, 2, 8, 16, 64, 4096]), st.integers(0, 99)), max_size=60)
)
def test_blocks_that_are_held_never_overlap(steps: list[tuple[bool, int, int, int]]) -> None:
    """Whatever is taken and given back in whichever order, what is held is aligned, in the memory, and apart."""
    heap, held = Heap(), list[tuple[int, int, int]]()
    for takes, size, align, which in steps:
        if takes or not held:
            at = heap.alloc(size, align)
            assert at % align == 0
            assert heap.heap <= at
            assert at + size <= heap.size
            heap.memory.write(heap.store, bytes([len(held) % 255 + 1]) * size, at)
            held.append((at, size, align))
        else:
            heap.dealloc(*held.pop(which % len(held)))
    ordered = sorted(held)
    assert all(at + size <= following for (at, size, _), (following, _, _) in pairwise(ordered))


def test_what_was_given_back_is_used_again() -> None:
    """An actor that lives long does not grow by what it lets go of."""
    heap = Heap()
    blocks = [heap.alloc(size) for size in (24, 5000, 200_000)]
    grown = heap.size
    for _ in range(1000):
        for at, size in zip(blocks, (24, 5000, 200_000), strict=True):
            heap.dealloc(at, size)
        blocks = [heap.alloc(size) for size in (20, 4900, 199_000)]
    assert heap.size == grown


def test_memory_that_another_grew_is_left_alone() -> None:
    """What the guest grew by itself lies between two parts of the heap."""
    heap = Heap()
    heap.alloc(100)
    taken = heap.size
    heap.memory.grow(heap.store, 2)
    at = heap.alloc(PAGE)
    assert at >= taken + 2 * PAGE or at + PAGE <= taken
    assert heap.alloc(10) != 0


@pytest.mark.parametrize("size", [0, -1, 3 * PAGE, 0x7FFF_FFFF])
def test_what_can_not_be_had_is_no_address(size: int) -> None:
    """Nothing, too much, and more than the memory may hold give 0, and the allocator goes on."""
    heap = Heap(most=2)
    assert heap.alloc(size) == 0
    assert heap.alloc(16) != 0


def test_nothing_is_given_before_it_begins() -> None:
    """A guest that allocates while it is still being made traps instead of writing at address 0."""
    engine = wasmtime.Engine()
    allocator = Allocator(wasmtime.Store(engine), AllocatorCode(engine))
    with pytest.raises(wasmtime.Trap):
        allocator.function("alloc")(allocator.store, 8, 1)
