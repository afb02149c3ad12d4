"""A thread that looks again and again, and says so once it no longer does."""

from __future__ import annotations

import threading
from collections.abc import Callable

from chainview.actor.watch.lookout import Lookout
from chainview.actor.watch.trouble import ENDED, WatchTrouble


class Watching:
    """Does `step` on a thread of its own until it is closed; each step waits by `lookout` for a moment.

    `subject` begins what is said of the watch, as in "the module is", and `advice` ends what is said of one that an
    error ended.
    """

    def __init__(self, step: Callable[[], None], name: str, subject: str, advice: str = "") -> None:
        self._step, self._subject, self._advice = step, subject, advice
        self._stop = threading.Event()
        self.lookout = Lookout(self._stop, looked_at=subject)
        self.ended = WatchTrouble()
        """What ended it, unasked."""
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def close(self) -> None:
        """Looks no more; what a step is at is still done. Safe to repeat."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(5)

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                self._step()
        # The one place where an unforeseen error becomes a message: a dead watch must not look like one that waits.
        except Exception as error:
            said = f"{self._subject} no longer watched ({type(error).__name__}: {error}){self._advice}"
            self.ended = WatchTrouble(ENDED, said)
        finally:
            self.lookout.close()
