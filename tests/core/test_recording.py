"""The module that records inside wasm."""

from __future__ import annotations

from importlib.resources import files

import wasmtime


def test_it_reaches_for_its_output_and_the_clocks() -> None:
    """Of a host it imports what writes to its output, which is the chain file, and the time, from WASI alone."""
    module = wasmtime.Module(wasmtime.Engine(), files("chainview.core").joinpath("recorder.wasm").read_bytes())
    imported = {(each.module, each.name) for each in module.imports}
    assert imported == {("wasi_snapshot_preview1", name) for name in ("clock_time_get", "fd_write")}
