"""`--answers` and `--answers-from` as a person gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import FunctionSignature, TypeDesc
from chainview.pack.values import String
from tests.actor.guests import Guest, declaring
from tests.commands.running import chainview

pytestmark = pytest.mark.once


def asking(folder: Path) -> None:
    """A module that asks a peer which can't be had."""
    guest = Guest().calling("hear", "test:peer/host", "ask", encode(String("how")))
    signature = FunctionSignature("test:peer/host", "ask", (("what", TypeDesc("string")),), (TypeDesc("string"),))
    guest.metadata(declaring(signature)).written(folder, "m.wat")


def test_a_peer_is_played_from_a_file_and_again_from_the_chain(tmp_path: Path) -> None:
    """Events say where their answer is from; once none is left the call fails; a replay needs neither."""
    asking(tmp_path)
    (tmp_path / "peer.txt").write_text('ask("how") = "fine"\n')
    twice = ("record", "m.wat", "--call", "hear()", "--call", "hear()")
    done = chainview(tmp_path, *twice, "--answers", "peer.txt", "-o", "a.chain", "--json")
    assert done.code == 1
    first, second = json.loads(done.out)["calls"]
    assert first["ok"]
    assert "peer.txt has no answer left for test:peer/host.ask" in second["error"]
    assert chainview(tmp_path, "replay", "m.wat", "a.chain").code == 0
    shown = chainview(tmp_path, "show", "a.chain", "2")
    assert "answered from peer.txt, not by a host interface" in shown.out
    assert '"fine"' in shown.out
    again = chainview(
        tmp_path, "record", "m.wat", "--call", "hear()", "--answers-from", "a.chain", "-o", "b.chain", "--json"
    )
    assert (again.code, json.loads(again.out)["calls"][0]["ok"]) == (0, True)
    assert chainview(tmp_path, "replay", "m.wat", "b.chain").code == 0


def test_what_can_not_be_an_answer_is_told_before_anything_is_recorded(tmp_path: Path) -> None:
    """With the line of the file; no chain is left behind."""
    asking(tmp_path)
    (tmp_path / "peer.txt").write_text("# a peer\nask = 5s32\n")
    done = chainview(tmp_path, "record", "m.wat", "--call", "hear()", "--answers", "peer.txt", "-o", "a.chain")
    assert done.code == 2
    assert "peer.txt:2:7: the answer does not fit ask(what: string) -> string: expected string, got s32" in done.err
    assert not (tmp_path / "a.chain").exists()
