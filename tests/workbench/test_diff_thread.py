"""Two chains compared for a screen, and whether a module has changed."""

from __future__ import annotations

import os
from pathlib import Path

from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import linked
from chainview.replay.explain.rules.rule import rule_for
from chainview.workbench.diff_thread import DiffThread
from chainview.workbench.module_look import ModuleLook
from chainview.workbench.replay_thread import Stage
from tests.chain import samples
from tests.ui.app_driver import few_calls
from tests.ui.samples import log


def chains(tmp_path: Path) -> tuple[str, str]:
    """Two chains of which the second logs something else."""
    for name, text in (("a", "one"), ("b", "another")):
        parts = [*few_calls()[:1], log(text), *few_calls()[2:]]
        (tmp_path / f"{name}.chain").write_bytes(samples.native(list(linked(parts))))
    return str(tmp_path / "a.chain"), str(tmp_path / "b.chain")


def test_both_chains_are_at_hand_with_what_differs(tmp_path: Path) -> None:
    """Once it is done the tables of both sides are full, and the explanation is that of the report."""
    diff = DiffThread(*chains(tmp_path))
    diff.start()
    diff.wait()
    assert diff.progress.stage is Stage.DONE
    assert diff.begun is not None
    assert diff.now is not None
    assert (len(diff.begun.table), len(diff.now)) == (15, 15)
    explanation = diff.progress.explanation
    assert explanation is not None
    assert explanation.causes
    assert not explanation.passes
    diff.accept(rule_for(explanation.causes[0], "for the test"))
    diff.wait()
    again = diff.progress.explanation
    assert again is not None
    assert len(again.accepted) == 1
    diff.close()


def test_what_becomes_of_either_chain_is_told(tmp_path: Path) -> None:
    """The recorded one, and the other one, which is named so."""
    one, other = chains(tmp_path)
    diff = DiffThread(one, other)
    diff.start()
    diff.wait()
    assert diff.change == ""
    os.truncate(other, 9)
    assert diff.change == "the other chain became shorter: open it again"
    os.unlink(one)
    assert diff.change == "the recorded chain was removed or renamed"
    diff.close()


def test_a_chain_that_can_not_be_opened_is_told(tmp_path: Path) -> None:
    """The failure names the file, whichever side it is."""
    one, other = chains(tmp_path)
    for pair in ((one, "nothere.chain"), ("nothere.chain", other)):
        diff = DiffThread(*pair)
        diff.start()
        diff.wait()
        assert diff.progress.stage is Stage.FAILED
        assert diff.progress.failure is not None
        assert "nothere.chain" in diff.progress.failure.sentence
        diff.close()
    with open_chain(one) as opened:
        assert len(list(opened)) == 15


def test_a_module_has_changed_once_it_stays_as_it_is(tmp_path: Path) -> None:
    """One that is still being written is waited for, and the same change is told once; one that is gone is none."""
    module = tmp_path / "a.wasm"
    module.write_bytes(b"one")
    look = ModuleLook(str(module))
    assert not look.has_changed()
    module.write_bytes(b"two and")
    assert not look.has_changed()
    module.write_bytes(b"two and more")
    assert not look.has_changed()
    assert look.has_changed()
    assert not look.has_changed()
    os.unlink(module)
    assert not look.has_changed()
    assert not look.lost
    assert not look.has_changed()
    assert look.lost == f"there is no file {module}"
    module.write_bytes(b"three")
    assert not look.has_changed()
    assert not look.lost
    assert look.has_changed()
