"""Long work that is not wanted any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from chainview.pack.cgrf import decode, encode
from chainview.pack.values import List, String, Value, types
from chainview.system.long_work import GivenUp, OutOfTime, Turns, given_up_when, go_on, wait_for, within
from tests.waiting import LIMIT

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


def test_what_is_there_is_not_waited_for_and_the_rest_as_whoever_wants_it_waits() -> None:
    """A future that is done is given as it is; one that is not is waited for, and may be given up."""
    done, other = Future[int](), Future[int]()
    done.set_result(1)

    def wait(awaited: Future[int], seconds: float | None) -> None:
        if awaited is not other or other.cancelled():
            raise GivenUp
        other.set_result(2)

    with given_up_when(lambda: False, wait):
        assert wait_for(done) == 1
        assert wait_for(other) == 2
        with pytest.raises(GivenUp):
            wait_for(Future[int]())
    threading.Timer(0.01, (later := Future[int]()).set_result, (3,)).start()
    assert wait_for(later) == 3


def test_a_wait_may_have_an_end() -> None:
    """What is not done by then is a TimeoutError, whoever waits."""
    with pytest.raises(TimeoutError):
        wait_for(Future[int](), 0.001)
    with given_up_when(lambda: False, lambda awaited, seconds: None), pytest.raises(TimeoutError):
        wait_for(Future[int](), 1e30)


def test_work_takes_turns_but_not_while_it_waits() -> None:
    """What waits lets others work; what gets no turn in its time works beside them all the same."""
    turns, awaited, went_on = Turns(1, 60.0), Future[None](), threading.Event()

    def other() -> None:
        with turns.taken():
            awaited.set_result(None)
        went_on.set()

    thread = threading.Thread(target=other, daemon=True)
    with turns.taken():
        thread.start()
        wait_for(awaited)
    assert went_on.wait(LIMIT)
    impatient = Turns(1, 0.0)
    with impatient.taken():
        done = threading.Event()

        def beside() -> None:
            with impatient.taken():
                done.set()

        threading.Thread(target=beside, daemon=True).start()
        assert done.wait(LIMIT)
    with impatient.taken():
        assert wait_for(awaited) is None


def test_work_that_takes_longer_than_it_may_is_given_up() -> None:
    """Which is told apart from work that is not wanted; afterwards there is as much time as before."""
    with within(3600.0):
        go_on()
        with pytest.raises(OutOfTime), within(0.0):
            go_on()
        go_on()
    with given_up_when(lambda: True), pytest.raises(GivenUp), within(0.0):
        go_on()
    go_on()
