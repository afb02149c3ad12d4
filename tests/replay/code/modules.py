"""Modules to lay side by side: small ones as text, and built ones of the sample actor `pricing`."""

from __future__ import annotations

from pathlib import Path

import wasmtime

from chainview.replay.code.module_code import ModuleCode

PRICING = Path(__file__).parents[3] / "sample_actors/pricing"


def assembled(text: str) -> ModuleCode:
    """The module of a text."""
    return ModuleCode(bytes(wasmtime.wat2wasm(f"(module {text})")))


def built(fault: str = "") -> ModuleCode:
    """The sample actor, or one of its faults."""
    path = PRICING / (f"faults/{fault}.wasm" if fault else "pricing.wasm")
    return ModuleCode(path.read_bytes())
