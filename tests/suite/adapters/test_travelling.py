"""A test that travels to where none of its files lie."""

from __future__ import annotations

import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from chainview.suite.adapters.travelling import Packing, differing_versions, judged_here, packed
from chainview.suite.case import Case, Outcome
from chainview.system.errors import ChainviewError
from tests.suite.folders import PRICING


def test_a_test_is_judged_without_its_files(tmp_path: Path) -> None:
    """By what travelled: chain, module, rules and the recorded module; what is told names nothing of the place."""
    folder = tmp_path / "home"
    (folder / "modules").mkdir(parents=True)
    chain, module = folder / "s.chain", folder / "m.wasm"
    shutil.copy(PRICING / "workloads" / "short.chain", chain)
    shutil.copy(PRICING / "faults" / "changed-field.wasm", module)
    shutil.copy(PRICING / "pricing.wasm", folder / "modules")
    case = Case("s", str(chain), str(module), modules=str(folder / "modules"))
    packing = Packing()
    parcel, contents = packed(case, packing)
    (folder / "s.chain.accept.toml").write_text('[[accept]]\ncode = "C1"\n')
    accepting, more = packed(case, packing)
    shutil.rmtree(folder)
    found = judged_here(parcel, list(contents), list(contents.values()))
    assert (found.outcome, found.code, "/tmp" in found.text) == (Outcome.DIFFERS, "C1", False)
    assert judged_here(accepting, list(more), list(more.values())).outcome is Outcome.ACCEPTED
    other = judged_here(replace(parcel, versions=("0", "0")), list(contents), list(contents.values()))
    assert (other.outcome, "versions differ" in other.text) == (Outcome.ERROR, True)
    with pytest.raises(ChainviewError):
        packed(case, packing)
    assert "the worker x has chainview 1 and wasmtime 2" in differing_versions(("0", "0"), {"the worker x": ("1", "2")})


def test_modules_are_read_as_seldom_as_they_change(tmp_path: Path) -> None:
    """However many tests need them; one built anew travels anew, and none does that is not the chain's own."""
    for name in ("m.wasm", "modules/a.wasm", "modules/b.wasm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    wanted = sha256(b"modules/a.wasm").hexdigest()
    (tmp_path / "c.chain").write_text(f"made by {wanted}")
    case = Case("c", str(tmp_path / "c.chain"), str(tmp_path / "m.wasm"), modules=str(tmp_path / "modules"))
    packing = Packing()
    parcel, contents = packed(case, packing)
    assert sorted(parcel.files) == ["actor/m.wasm", "chain/c.chain", "modules/a.wasm"]
    again, more = packed(case, packing)
    assert again == parcel
    assert all(more[digest] is contents[digest] for digest in (wanted, parcel.files["actor/m.wasm"]))
    (tmp_path / "m.wasm").write_bytes(b"built anew")
    anew, most = packed(case, packing)
    assert most[anew.files["actor/m.wasm"]] == b"built anew"
