"""When the core serves, and what it is."""

from __future__ import annotations

import threading
from importlib.resources import files
from pathlib import Path

import pytest
import wasmtime

from chainview.core import serving


def test_the_core_imports_nothing() -> None:
    """Nothing that a host provides can be reached from the core."""
    module = wasmtime.Module(wasmtime.Engine(), files("chainview.core").joinpath("core.wasm").read_bytes())
    assert list(module.imports) == []


def test_a_variable_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """With CHAINVIEW_CORE=off all work is Python's, and a log says so."""
    monkeypatch.setenv(serving.VARIABLE, "off")
    assert serving.event_core() is None
    assert serving.VARIABLE in serving.served()


def test_each_thread_has_an_instance_of_its_own() -> None:
    """Two threads never share the memory of an instance, and one always gets its own again."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(serving.event_core()))
    thread.start()
    thread.join()
    assert found[0] is not None
    assert found[0] is not serving.event_core()
    assert serving.event_core() is serving.event_core()
    assert serving.served() == "the core"


def test_where_it_can_not_be_had_python_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An engine that refuses the core leaves all work to Python, and the log tells why."""
    (tmp_path / "core.wasm").write_bytes(b"no module")
    monkeypatch.setattr(serving, "CORE", tmp_path / "core.wasm")
    monkeypatch.setattr(serving, "_code", None)
    monkeypatch.setattr(serving, "_refused", "")
    monkeypatch.setattr(serving, "_local", threading.local())
    assert serving.event_core() is None
    assert serving.event_core() is None
    assert "can't be had" in serving.served()


def test_a_little_work_does_not_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    """The core is started for large chains alone, unless it is asked for always."""
    monkeypatch.delenv(serving.VARIABLE, raising=False)
    assert not serving.pays(1000)
    assert serving.pays(100_000_000)
    monkeypatch.setenv(serving.VARIABLE, "always")
    assert serving.pays(1)
