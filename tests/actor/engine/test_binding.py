"""Function types as the calling convention has them."""

from __future__ import annotations

import pytest
import wasmtime

from chainview.actor.engine.binding import StackProbe, is_i32_function, probe_code


@pytest.mark.parametrize(
    ("params", "results", "fits"),
    [
        (["i32"] * 4, ["i32"], True),
        (["i32"] * 3, ["i32"], False),
        (["i32"] * 4, [], False),
        (["i32"] * 3 + ["i64"], ["i32"], False),
        (["i32"] * 4, ["f64"], False),
        (["i32"] * 3 + ["externref"], ["i32"], False),
    ],
)
def test_a_function_type_of_i32_alone_is_told(params: list[str], results: list[str], fits: bool) -> None:
    """Counts and types are looked at without an object for each, and no other type passes for an i32."""
    kinds = {
        "i32": wasmtime.ValType.i32,
        "i64": wasmtime.ValType.i64,
        "f64": wasmtime.ValType.f64,
        "externref": wasmtime.ValType.externref,
    }
    kind = wasmtime.FuncType([kinds[name]() for name in params], [kinds[name]() for name in results])
    assert is_i32_function(kind, 4, 1) is fits


@pytest.mark.parametrize(("instances", "frames"), [(1, 1), (0, 0)])
def test_a_store_without_room_for_a_probe_shows_no_stack(instances: int, frames: int) -> None:
    """Who looks in the middle of a call is told of no frames, not of what the engine lacks."""
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    store.set_limits(instances=instances)
    probe = StackProbe(store, probe_code(engine))
    assert len(probe.offsets()) == frames
    assert bool(probe.text()) == bool(frames)
