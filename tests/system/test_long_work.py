"""Long work that is not wanted any more."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from chainview.pack.cgrf import decode, encode
from chainview.pack.values import List, String, Value, types
from chainview.system.long_work import GivenUp, given_up_when, go_on

LONG: Value = List(types.STRING, tuple([String("item")] * 20_000))
PACKED = encode(LONG)


@pytest.mark.parametrize("work", [lambda: encode(LONG), lambda: decode(PACKED)])
def test_reading_and_writing_a_long_value_are_given_up(work: Callable[[], object]) -> None:
    """Both ask every so often, and end in the middle; without anyone who might not want them they go on."""
    looks = iter(range(1000))
    with pytest.raises(GivenUp), given_up_when(lambda: next(looks) == 2):
        work()
    assert next(looks) == 3
    work()


def test_only_the_work_of_its_own_thread_is_given_up() -> None:
    """What one thread does not want, another one may; and what was wanted before is so again afterwards."""
    ended: list[str] = []

    def work() -> None:
        go_on()
        ended.append("worked")

    with given_up_when(lambda: False):
        with given_up_when(lambda: True):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            with pytest.raises(GivenUp):
                go_on()
        go_on()
    assert ended == ["worked"]
