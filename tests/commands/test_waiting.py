"""`chainview record` of an actor that waits for what never comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.wat import assembled
from chainview.actor.hosts.main.runtime import NAME as RUNTIME
from chainview.pack.cgrf import encode
from chainview.pack.values import String, Tuple, none, types
from tests.actor.guests import INIT, Guest, declaring
from tests.actor.session.test_fates import DONE
from tests.commands.running import chainview

pytestmark = pytest.mark.once


def test_a_wait_without_end_ends_with_the_recording(tmp_path: Path) -> None:
    """Once its time is over the call is interrupted, which is told, and each chain of the family is whole."""
    asked = Tuple((String("child.toml"), none(types.BOOL), none(types.list_of(types.U8)), none(types.U64)))
    guest = Guest(version=3).returning(INIT, DONE).calling("wait", RUNTIME, "spawn-and-wait", encode(asked, 3))
    (tmp_path / "actor.wasm").write_bytes(assembled(guest.metadata(declaring()).text.encode()))
    (tmp_path / "child.toml").write_text('name = "child"\nversion = "1"\npackage = "actor.wasm"\n')
    asked_for = ("actor.wasm", "--allow", "runtime", "--call", "wait()", "--for", "0.1s", "--timeout", "0.5s")
    done = chainview(tmp_path, "record", *asked_for, "-o", "family", "-q")
    assert done.code == 1
    assert "interrupted" in done.err + done.out
    verified = chainview(tmp_path, "verify", "family")
    assert verified.code == 0
    assert "sound, 2 actors" in verified.out
