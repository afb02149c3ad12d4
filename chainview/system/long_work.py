"""Long work that is given up in the middle once it is not wanted any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

PIECE: Final = 4096
"""How many small steps long work takes between two looks at whether it is still wanted."""


class GivenUp(Exception):
    """The work is not wanted any more; what it was to make is not there."""


class _Wish(threading.local):
    over: Callable[[], bool] | None = None


_wish = _Wish()


@contextmanager
def given_up_when(over: Callable[[], bool]) -> Iterator[None]:
    """Lets `go_on` raise GivenUp in this thread once `over` says so."""
    before, _wish.over = _wish.over, over
    try:
        yield
    finally:
        _wish.over = before


def go_on() -> None:
    """What long work asks before each of its pieces: raises GivenUp where it is not wanted any more."""
    over = _wish.over
    if over is not None and over():
        raise GivenUp
