"""`chainview record` of an actor that waits for what never comes."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path

import pytest

from chainview.actor.engine.wat import assembled
from chainview.actor.hosts.main.runtime import NAME as RUNTIME
from chainview.pack.cgrf import encode
from chainview.pack.values import String, Tuple, none, types
from tests.actor.guests import INIT, Guest, declaring
from tests.actor.session.test_fates import DONE
from tests.commands.running import COMMAND, chainview, environment, sample
from tests.waiting import LIMIT

pytestmark = pytest.mark.once


def test_where_an_actor_listens_is_told_while_it_does(tmp_path: Path) -> None:
    """The port that the system chose is on standard error once, in time to be connected to, and with no events too."""
    words = ("record", sample("switchboard"), "--allow", "tcp", "--state", '"127.0.0.1:0"', "-q", "-o", "s.chain")
    recording = subprocess.Popen([*COMMAND, *words], cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.PIPE)
    assert recording.stderr is not None
    told = recording.stderr.readline()
    port = re.fullmatch(rb"chainview: switchboard listens on 127\.0\.0\.1:(\d+)\n", told)
    assert port is not None, told
    with socket.create_connection(("127.0.0.1", int(port[1])), LIMIT) as peer:
        assert peer.recv(1)
    recording.terminate()
    assert b"listens" not in recording.communicate(timeout=LIMIT)[1]
    assert recording.returncode == 0


def test_a_wait_without_end_ends_with_the_recording(tmp_path: Path) -> None:
    """Once its time is over the call is interrupted, which is told, and each chain of the family is whole.

    What a call may take is no time that it may wait.
    """
    asked = Tuple((String("child.toml"), none(types.BOOL), none(types.list_of(types.U8)), none(types.U64)))
    guest = Guest(version=3).returning(INIT, DONE).calling("wait", RUNTIME, "spawn-and-wait", encode(asked, 3))
    (tmp_path / "actor.wasm").write_bytes(assembled(guest.metadata(declaring()).text.encode()))
    (tmp_path / "child.toml").write_text('name = "child"\nversion = "1"\npackage = "actor.wasm"\n')
    asked_for = ("actor.wasm", "--allow", "runtime", "--call", "wait()", "--for", "0.1s", "--timeout", "1h")
    done = chainview(tmp_path, "record", *asked_for, "-o", "family", "-q")
    assert done.code == 1
    assert "chainview: wait still waited when the recording was over, and was interrupted\n" in done.err
    verified = chainview(tmp_path, "verify", "family")
    assert verified.code == 0
    assert "sound, 2 actors" in verified.out
