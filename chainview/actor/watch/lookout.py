"""Waiting for what changes on the way to some files: by what the system tells, and by an own look every second."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from chainview.actor.watch.trouble import EVERY_SECOND, WatchTrouble
from chainview.system.files.footprint import Footprint, footprint

LOOK_SECONDS = 1.0
"""How long a change stays unnoticed where the system tells of none."""
_AGAIN_SECONDS = 30.0
"""After how long a system that refused to tell of changes is asked again."""
_PATIENCE_SECONDS = 2.0
"""How long after a change was noticed the system may take to tell of it."""
_STEP_MS, _GROUP_MS, _WAIT_MS = 20, 200, 200


class Lookout:
    """Notices, on one thread, that names lead to other files than before, or that the content of those is another.

    What the system tells makes that quicker, and no more: it is silent about folders that are swapped and on many
    network and shared folders, and may refuse to tell anything. `refused` is why it tells nothing; `unheard` says that
    something changed of which it should have told, and did not.
    """

    def __init__(self, stop: threading.Event, *, looked_at: str) -> None:
        """`looked_at` begins what is said of files that are only noticed by looking."""
        self.refused = ""
        self.unheard = False
        self.heard = False
        """Whether the system told, at the last look, that something changed in the folders."""
        self._stop = stop
        self._looked_at_words = f"{looked_at} looked at every second"
        self._seen: dict[Path, Footprint] = {}
        self._told: Iterator[bool] | None = None
        self._told_already = self._just_begun = False
        self._unheard_since: float | None = None
        self._looked_at = self._begun_at = float("-inf")

    def changed(self, paths: Sequence[Path]) -> bool:
        """Waits for a moment; whether there is reason to read the files at these absolute paths once more."""
        heard = self.heard = self._hear()
        now = time.monotonic()
        if heard:
            self.unheard, self._unheard_since = False, None
        elif self._unheard_since is not None and now - self._unheard_since >= _PATIENCE_SECONDS:
            self.unheard, self._unheard_since = True, None
        known = self._seen.keys() == set(paths)
        if self._stop.is_set() or (known and not heard and now - self._looked_at < LOOK_SECONDS):
            return False
        self._looked_at = now
        before, self._seen = self._seen, {path: footprint(path) for path in paths}
        changes = [
            each.first_change(before[path]) if path in before else each.steps[-1] for path, each in self._seen.items()
        ]
        told_of = () if self._just_begun or heard or not known or self._told is None else self._folders(before)
        to_be_told = [each.first_told(before[path]) for path, each in self._seen.items() if path in before]
        if not self.waits_to_hear and any(step is not None and step.folder in told_of for step in to_be_told):
            self._unheard_since = now
        self._just_begun = False
        ways = [{path: each.way for path, each in seen.items()} for seen in (before, self._seen)]
        if ways[0] != ways[1] or (self._told is None and now - self._begun_at >= _AGAIN_SECONDS):
            self._begun_at = now
            self._begin()
        return any(step is not None for step in changes)

    def close(self) -> None:
        """Listens no more; on the thread that looks."""
        self._told = None

    @property
    def waits_to_hear(self) -> bool:
        """Whether a look has noticed what the system should tell of, and has not yet."""
        return self._unheard_since is not None

    @property
    def trouble(self) -> WatchTrouble:
        """Says so where changes are only noticed by looking every second."""
        if self.refused:
            said = f"the system does not tell of changes ({self.refused}): {self._looked_at_words}"
        elif self.unheard:
            said = f"a change came that the system did not tell of: {self._looked_at_words}"
        else:
            return WatchTrouble()
        return WatchTrouble(EVERY_SECOND, said)

    @staticmethod
    def _folders(seen: dict[Path, Footprint]) -> frozenset[str]:
        return frozenset().union(*[each.folders for each in seen.values()])

    def _hear(self) -> bool:
        """Waits until the system tells that something changed, for a moment at most."""
        if self._told_already:
            self._told_already = False
            return True
        if not self._seen:
            return False
        if self._told is not None:
            try:
                return next(self._told)
            except StopIteration:
                self._told = None
            # The library that listens has errors of its own besides Python's.
            except Exception as error:
                self._refuse(error)
        self._stop.wait(_WAIT_MS / 1000)
        return False

    def _begin(self) -> None:
        """Has the system tell of the folders that matter now."""
        if self.waits_to_hear and self._hear():
            self._unheard_since = None
        self._told = self._tellings(sorted(self._folders(self._seen)))
        try:
            self._told_already = next(self._told)
            self.refused = ""
            # What came before the system began to tell is noticed by one more look.
            self._just_begun, self._looked_at = True, float("-inf")
        except StopIteration:
            self._told = None
        # The library that listens has errors of its own besides Python's.
        except Exception as error:
            self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        self._told = None
        self.refused = str(error).partition(" about [")[0].rstrip(".")

    def _tellings(self, folders: Sequence[str]) -> Iterator[bool]:
        """Whether something changed in one of the folders, at each moment."""
        from watchfiles import watch

        for changes in watch(
            *folders,
            watch_filter=None,
            step=_STEP_MS,
            debounce=_GROUP_MS,
            rust_timeout=_WAIT_MS,
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
            force_polling=False,
            stop_event=self._stop,
        ):
            yield bool(changes)
