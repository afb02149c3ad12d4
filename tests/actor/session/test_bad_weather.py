"""Families in bad weather: nothing that actors do to themselves or each other leaves one that can't be ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.wat import assembled
from chainview.actor.hosts.main import lifecycle
from chainview.actor.hosts.main.runtime import NAME as RUNTIME
from chainview.actor.limits import Limits
from chainview.actor.session.session import Session
from chainview.chain.failure import INTERRUPTED
from chainview.chain.lifecycle import STOPPED
from chainview.chain.payload import CallError, HostCall
from chainview.pack.cgrf import encode
from chainview.pack.values import Result, String, Tuple, Variant, none, types
from tests.actor.guests import INIT, SELF, Guest, declaring
from tests.actor.session.test_fates import actor, asked, grown, said, troupe
from tests.waiting import LIMIT, eventually

pytestmark = pytest.mark.once

WAITED = Tuple((String("child.toml"), none(types.BOOL), none(types.list_of(types.U8)), none(types.U64)))
"""What `spawn-and-wait` is asked for without a time-out."""


def answered(member: Session, function: str) -> list[object]:
    """What a host function answered a member, each time."""
    return [each.output for each in said(member) if isinstance(each, HostCall) and each.function == function]


def failure_in(answer: object) -> tuple[str, str]:
    """The case and the text of a spawn that failed."""
    assert isinstance(answer, Result)
    assert isinstance(answer.value, Variant)
    (failure,) = answer.value.payload
    assert isinstance(failure, Variant)
    (text,) = failure.payload
    assert isinstance(text, String)
    return failure.case, text.value


def test_a_spawn_loop_is_told_to_the_one_that_spawns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is answered an error once there are as many as may be; all end with the session."""
    with troupe(tmp_path, monkeypatch, Limits(actors=4)) as root:
        for _ in range(6):
            asked(root, "spawn")
        assert len(root.family.members) == 4
    answers = answered(root, "spawn")
    assert [each.is_ok for each in answers if isinstance(each, Result)] == [True] * 3 + [False] * 3
    assert failure_in(answers[-1]) == ("internal", "the family has 4 living actors, the most it may")
    assert root.news == ("the limit of 4 living actors is reached: --max-actors raises it",)
    assert all(member.over.done() for member in root.family.members)


def test_a_bomb_of_children_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children that spawn children and wait for them are interrupted all together, however many there are."""
    with troupe(tmp_path, monkeypatch, Limits(actors=12)) as root:
        bomb = actor().calling(INIT, RUNTIME, "spawn-and-wait", encode(WAITED, 3))
        (tmp_path / "actor.wasm").write_bytes(assembled(bomb.text.encode()))
        root.call("spawn()")
        eventually(lambda: len(root.family.members) == 12)
    assert all(member.over.done() for member in root.family.members)


def test_a_child_that_traps_in_init_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that spawned it goes on; the chain of the child ends as failed."""
    with troupe(tmp_path, monkeypatch) as root:
        trapping = Guest(version=3).body(INIT, "unreachable").ignoring("log", SELF, "log", b"", b"")
        (tmp_path / "actor.wasm").write_bytes(assembled(trapping.metadata(declaring()).text.encode()))
        asked(root, "spawn")
        asked(root, "log")
        assert not root.over.done()
    case, text = failure_in(answered(root, "spawn")[0])
    assert case == "init-failed"
    assert text.startswith("Internal error: Event[")


def test_an_actor_that_monitors_itself_can_be_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call that tells it of an event makes more of them: it goes on and on, and ends when it is to."""
    monkeypatch.setattr(lifecycle, "_MOST_WAITING", 8)
    with troupe(tmp_path, monkeypatch) as root:
        asked(root, "monitor", root)
        eventually(lambda: any("watches itself" in each for each in root.warnings))
        root.stop()
        assert root.over.result(LIMIT).ending is STOPPED


def test_actors_that_monitor_each_other_can_be_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither holds the other up for ever, and both end with the session."""
    monkeypatch.setattr(lifecycle, "_MOST_WAITING", 8)
    with troupe(tmp_path, monkeypatch) as root:
        other = grown(root)
        asked(other, "monitor", root)
        asked(root, "monitor", other)
        eventually(lambda: root.chain.count > 200 and other.chain.count > 200)
    assert [said(member)[-1] for member in (root, other)] == [STOPPED, STOPPED]


def test_actors_that_wait_for_each_other_are_told_and_can_be_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status of each names the other, the person is told once, and either call can be given up."""
    with troupe(tmp_path, monkeypatch) as root:
        other = grown(root)
        for one, another in ((root, other), (other, root)):
            one.pause()
            one.call(f'ask("{another.actor_id}")')
        for each in (root, other):
            each.resume()
        eventually(
            lambda: (
                (root.status().awaited, other.status().awaited)
                == (
                    "child, which waits for it",
                    "root, which waits for it",
                )
            )
        )
        assert any("neither goes on" in each for each in (*root.warnings, *other.warnings))
        assert root.interrupt()
        eventually(lambda: root.status().awaited == other.status().awaited == "")
    assert any(isinstance(each, CallError) and INTERRUPTED in each.message for each in said(root))


def test_a_request_that_nobody_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call waits as long as the other one does not take its turn, says for whom, and ends with the session."""
    with troupe(tmp_path, monkeypatch) as root:
        other = grown(root)
        other.pause()
        root.call(f'ask("{other.actor_id}")')
        eventually(lambda: root.status().awaited == "child")
    assert root.over.done()
    assert said(root)[-1] == STOPPED


def test_a_thousand_calls_wait_and_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted while they wait, and made in their order."""
    with troupe(tmp_path, monkeypatch) as root:
        root.pause()
        made = [root.call_back("log", String(str(number))) for number in range(1000)]
        assert root.status().waiting == 1000
        root.resume()
        made[-1].result(LIMIT)
        assert all(each.done() for each in made)
        left = [root.call_back("log", String("late")) for _ in range(1000)]
    assert all(each.done() for each in left)
