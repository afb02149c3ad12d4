"""Replays of actors that were refused memory because their family had no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chainview.actor.hosts.registry.runtime import RUNTIME
from chainview.actor.limits import Limits, too_much_for_family
from chainview.actor.session.session import Session
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, UNIT, Result, String, Tuple, types
from chainview.replay.run.recorded_share import RecordedShare
from chainview.workbench.programs import replay_chain
from tests.actor.guests import INIT, Guest
from tests.actor.session.test_family import by, child, spawning
from tests.waiting import LIMIT

REFUSED = "out of memory: the guest holds 1 MiB and its family 2 MiB of at most 2 MiB"


def growing(pages: int) -> Guest:
    """An actor whose `grow` holds so many pages more, then logs; `log` holds no more."""
    guest, done = Guest(), encode(Result(types.STRING, types.STRING, True, Tuple((S32(1), UNIT))))
    guest.constant(INIT, done)
    for name in ("log", "grow"):
        guest.ignoring(name, RUNTIME.name, "log", encode(String(name)), done)
    guest.bodies["grow"] = f"(drop (memory.grow (i32.const {pages})))" + guest.bodies["grow"]
    return guest


@pytest.mark.once
def test_a_call_that_the_family_had_no_memory_for_fails_again(tmp_path: Path) -> None:
    """Behind the host calls that were recorded of it; a build that holds less by then does not fail, which is told."""
    session = spawning(tmp_path, Limits(memory=2 << 20))
    modules, root = [Guest().constant(INIT, encode(UNIT)), growing(21)], by(session.actor_id)
    _, member = (
        session.family.spawn(root, child(each.text.encode()), lambda end: None).result(LIMIT) for each in modules
    )
    assert isinstance(member, Session)
    failed = [member.call_back(each, UNIT).exception(LIMIT) for each in ("log", "grow")]
    session.close()
    assert failed[0] is None
    assert REFUSED in str(failed[1])
    assert member.chain_path is not None
    assert replay_chain(growing(21).written(tmp_path, "same.wat"), member.chain_path).passes
    assert replay_chain(growing(27).written(tmp_path, "more.wat"), member.chain_path).passes
    less = replay_chain(growing(2).written(tmp_path, "less.wat"), member.chain_path)
    assert [each.recorded for each in less.causes] == [REFUSED]


def test_only_what_a_family_refused_is_refused_again() -> None:
    """In the call that failed for it, once it holds as much as then; else it is not even measured."""
    share, measured = RecordedShare(lambda: REFUSED), list[int]()

    def size(held: int) -> Callable[[], int]:
        return lambda: measured.append(held) or held  # type: ignore[func-returns-value]

    for failure in ("", "out of memory: the guest holds 1 MiB of at most 2 MiB and wanted more"):
        share.begin(failure)
        assert share.hold(size(1 << 31)) == ""
    assert measured == []
    share.begin(REFUSED)
    assert [share.hold(size(held)) for held in (1 << 19, 1 << 20, 3 << 30)] == ["", REFUSED, REFUSED]


@pytest.mark.parametrize(
    ("reason", "held"),
    [
        (REFUSED, 1),
        ("out of memory: the guest holds 2,048 MiB and its family 4,096 MiB of at most 4,000 MiB", 2048),
        ("out of memory: the guest holds 2 MiB of at most 4 MiB and wanted more", None),
        ("interrupted by the user", None),
    ],
)
def test_what_a_refusal_tells_is_known_again(reason: str, held: int | None) -> None:
    """The MiB that the actor held, of none but that."""
    assert too_much_for_family(reason) == held
