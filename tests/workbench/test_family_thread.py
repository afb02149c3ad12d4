"""The replay of a family that is looked at while it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.families.folder import RecordedFamily, find_family
from chainview.chain.families.index import INDEX, Entry
from chainview.replay.explain.rules.rule import rule_for
from chainview.replay.explain.rules.store import append_rule, rules_file
from chainview.workbench.family_replay import FamilyReplay
from chainview.workbench.family_thread import FamilyReplayThread
from chainview.workbench.programs import record_actor
from chainview.workbench.replay_request import ReplayRequest
from chainview.workbench.replay_thread import Stage
from tests.workbench.test_build_watch import actor

pytestmark = pytest.mark.once


def family_of(folder: Path, count: int = 3) -> tuple[ReplayRequest, RecordedFamily]:
    """Actors that log hello, the first one's children the others, and their replay with a build that says goodbye."""
    folder.mkdir()
    module, ids = folder.parent / "old" / "a.wat", [f"id-{number}" for number in range(count)]
    module.parent.mkdir()
    module.write_text(actor("hello"))
    lines = []
    for number in range(count):
        file = f"{number}-a.chain"
        record_actor(module, folder / file, ["f()"])
        lines.append(Entry(file, ids[number], "a", ids[0] if number else "").line)
    (folder / INDEX).write_text("".join(lines))
    build = folder.parent / "new" / "a.wat"
    build.parent.mkdir()
    build.write_text(actor("goodbye"))
    found = find_family(folder)
    assert found is not None
    return ReplayRequest(str(build), str(folder)), found


def test_each_member_is_told_as_it_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What all come to is known at the end, and each can be replayed alone, with the same outcome."""
    monkeypatch.chdir(tmp_path)
    request, family = family_of(tmp_path / "family")
    replay = FamilyReplayThread(request, family)
    assert replay.watched(family.members[0]) is None
    replay.start()
    replay.wait()
    assert (replay.progress.stage, replay.replayed, replay.progress.stopped) == (Stage.DONE, 3, False)
    found = replay.progress.findings
    assert found is not None
    assert found.sentence == "3 of 3 actors diverge, first 0-a.chain"
    alone = replay.watched(family.members[2])
    assert alone is not None
    assert alone.name == "2-a.chain ↔ new/a.wat"
    alone.start()
    alone.wait()
    compared = replay.found(2)
    assert compared is not None
    assert compared.explanation is not None
    assert alone.progress.explanation is not None
    assert alone.progress.explanation.sentence == compared.explanation.sentence
    alone.close()
    replay.close()


def test_what_was_accepted_of_a_member_changes_what_all_come_to(tmp_path: Path) -> None:
    """Its own replay is explained again, and the verdict on the family is said anew."""
    request, family = family_of(tmp_path / "family", 1)
    replay = FamilyReplayThread(request, family)
    replay.start()
    replay.wait()
    (member,) = family.members
    compared = replay.found(0)
    assert compared is not None
    assert compared.explanation is not None
    append_rule(rules_file(member.file), rule_for(compared.explanation.causes[0], "meant"))
    alone = replay.watched(member)
    assert alone is not None
    alone.start()
    alone.wait()
    assert alone.progress.explanation is not None
    before = replay.progress.findings
    replay.judged_again(member, alone.progress.explanation)
    replay.wait()
    alone.close()
    now = replay.progress.findings
    assert before is not None
    assert now is not None
    assert (before.exit_code, now.exit_code) == (1, 0)


def test_a_replay_that_is_stopped_tells_what_it_found(tmp_path: Path) -> None:
    """Members that were not reached are told as left out, and stopping it twice is stopping it."""
    request, family = family_of(tmp_path / "family")
    replay = FamilyReplayThread(request, family)
    replay.stop()
    replay.start()
    replay.wait()
    assert (replay.progress.stage, replay.progress.stopped) == (Stage.DONE, True)
    assert replay.progress.findings is not None
    assert replay.progress.findings.left_out == 3
    assert replay.progress.findings.members[2].problem == "the replay was stopped before it"
    replay.close()


def test_what_can_not_be_used_is_told(tmp_path: Path) -> None:
    """A folder without a module is the sentence that the report would have."""
    request, family = family_of(tmp_path / "family", 1)
    replay = FamilyReplayThread(ReplayRequest(str(tmp_path / "old" / "a.wasm"), request.chain), family)
    replay.start()
    replay.wait()
    assert replay.progress.stage is Stage.FAILED
    assert replay.progress.failure is not None
    assert "there is no file" in replay.progress.failure.sentence


def test_no_more_than_one_file_is_open_for_a_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains that lie side by side in great numbers are opened one at a time, also to follow what differs in them."""
    request, family = family_of(tmp_path / "family")
    replay = FamilyReplay(request, family)
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("this system does not tell which files are open")

    def held() -> int:
        return sum(
            each.is_symlink() and str(tmp_path / "family") in str(each.readlink()) for each in descriptors.iterdir()
        )

    most = max(held() for work in (replay.opening(), replay.steps()) for _ in work)
    assert most <= 1
    found = replay.findings()
    assert (found.exit_code, held()) == (1, 0)
