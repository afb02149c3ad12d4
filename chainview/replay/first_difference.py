"""What differs first when a new build makes a recording again, without waiting for the rest of it."""

from __future__ import annotations

from chainview.actor.limits import Limits
from chainview.actor.module import LoadedModule
from chainview.replay.explain import explain
from chainview.replay.recording import Recording
from chainview.replay.tracked import TrackedReplay


def first_difference(recording: Recording, loaded: LoadedModule, limits: Limits) -> str:
    """The sentence about the first difference; the replay ends with the first call that differs.

    Raises Unreplayable for a recording that can't be replayed, ModuleError for a module that does not start.
    """
    tracked = TrackedReplay(recording, loaded, limits=limits)
    for _ in tracked.steps():
        if tracked.first_mismatch is not None:
            break
    tracked.replay.close()
    return explain(tracked).sentence
