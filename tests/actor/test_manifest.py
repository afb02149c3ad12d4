"""Theater manifests that name a module."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.manifest import find_target
from chainview.system.errors import ChainviewError

MANIFEST = 'name = "pulse"\nversion = "0.1"\npackage = "p.wasm"\n'


def test_a_manifest_points_at_its_module(tmp_path: Path) -> None:
    """Name, package beside the manifest, and initial state are taken; unknown handlers are only told."""
    (tmp_path / "p.wasm").write_bytes(b"")
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(
        MANIFEST + 'initial_state = "seed-7"\n[[handler]]\ntype = "podman"\n[[handler]]\ntype = "timer"\n'
    )
    target = find_target(str(manifest))
    assert (target.name, target.module, target.initial_state) == ("pulse", tmp_path / "p.wasm", "seed-7")
    assert len(target.warnings) == 1
    assert "podman" in target.warnings[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "no valid TOML"),
        (f"a = {'1' * 100_000}", "holds a number that is too long"),
        (f"a{'.a' * 50_000} = 1", "holds a name of a hundred parts or more"),
        ('version = "1"\npackage = "p.wasm"', "has no name"),
        ('name = "a"', "has no package"),
        ('name = "a"\npackage = "missing.wasm"', "build it first"),
        ('name = "a"\npackage = "store://x/hash/y"', "only a file on this machine"),
        ('name = "a"\ncomponent = "p.wasm"', "names a `component`, as Theater's did until January 2026"),
        ('name = "a"\ncomponent_path = "p.wasm"', "build the actor as a Pack module"),
        ('[package]\nname = "a"', "is a manifest of cargo"),
        ("[workspace]\nmembers = []", "is a manifest of cargo"),
        ('name = "a"\npackage = "p.wasm"\ninitial_state = 5', "initial_state that is no text"),
    ],
)
def test_a_manifest_that_can_not_be_used_says_why(tmp_path: Path, text: str, says: str) -> None:
    """Each way a manifest can be wrong is one sentence that names the file."""
    (tmp_path / "p.wasm").write_bytes(b"")
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(text)
    with pytest.raises(ChainviewError, match=says) as refused:
        find_target(str(manifest))
    assert str(manifest) in refused.value.sentence


def test_a_manifest_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """As editors on Windows write it."""
    (tmp_path / "p.wasm").write_bytes(b"")
    (tmp_path / "m.toml").write_text(MANIFEST, encoding="utf-8-sig")
    assert find_target(str(tmp_path / "m.toml")).name == "pulse"


def test_a_manifest_of_another_encoding_is_named(tmp_path: Path) -> None:
    """UTF-16 is said to be that, not told by its first byte."""
    (tmp_path / "m.toml").write_text(MANIFEST, encoding="utf-16")
    with pytest.raises(ChainviewError, match="is no manifest but text in UTF-16"):
        find_target(str(tmp_path / "m.toml"))
