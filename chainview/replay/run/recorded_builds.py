"""The builds that a recording was made with: a session may go on with another one, and tells so in a note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chainview.chain.files.entries.note import Note
from chainview.pack.cgrf import decode, encode
from chainview.pack.values import Value
from chainview.system.errors import ChainviewError

BUILD_NOTE = "build"
GOES_ON = frozenset(("identical", "accepted", "taken"))
"""The states of a build in a note with which the session goes on."""
_GIVEN_STATE = "actor_state"


@dataclass(frozen=True, slots=True)
class RecordedBuild:
    """A build from whose event at index `start` on a recording was made with it.

    `state` is the state that it was given, None where it went on from the one that the build before it left.
    """

    start: int
    sha256: str
    state: Value | None


def build_note(number: int, sha256: str, state: str, text: str, given: Value | None) -> Note:
    """The note that tells what became of a build; `given` is the state that it goes on from, where that is new."""
    data: dict[str, object] = {"build": number, "sha256": sha256, "state": state, "text": text}
    if given is not None:
        data[_GIVEN_STATE] = encode(given)
    return Note(BUILD_NOTE, data)


def recorded_builds(notes: Iterable[Note]) -> list[RecordedBuild]:
    """The builds that a recording went on with, in order; the one it began with is not among them."""
    found = []
    for note in notes:
        sha256 = note.data.get("sha256")
        if note.kind == BUILD_NOTE and note.data.get("state") in GOES_ON and isinstance(sha256, str):
            found.append(RecordedBuild(note.after, sha256, _given(note)))
    return found


def _given(note: Note) -> Value | None:
    packed = note.data.get(_GIVEN_STATE)
    if not isinstance(packed, bytes):
        return None
    try:
        return decode(packed)
    except ChainviewError:
        return None
