"""Work that is not done in time."""

from __future__ import annotations

import re
import threading

import pytest

from chainview.system.time_limit import OutOfTime, time_limit


def test_an_expression_that_never_ends_is_ended() -> None:
    """Matching is ended in its middle, and what comes after it has no limit any more."""
    with pytest.raises(OutOfTime), time_limit(0.02):
        re.search("(a+)+$", "a" * 60 + "!")
    assert sum(range(200_000)) > 0
    with time_limit(60), time_limit(0.001):
        assert sum(range(200_000)) > 0


def test_other_threads_have_no_limit() -> None:
    """A thread works on: signals reach the main one alone."""
    done = []

    def work() -> None:
        with time_limit(0.001):
            done.append(sum(range(200_000)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done
