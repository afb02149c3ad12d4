"""What became of a build, in the notes of a chain: a session may go on with another one than it began with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import sha256_in
from chainview.chain.words.notes import BRIEF, BUILD_NOTE
from chainview.pack.cgrf import decode_stored, encode
from chainview.pack.cgrf.limits import OLDEST
from chainview.pack.values import Value
from chainview.system.errors import ChainviewError

_GIVEN_STATE = "actor_state"


class BuildState(StrEnum):
    """What is known of a build, by the name that notes have for it."""

    CHECKING = "checking"
    IDENTICAL = "identical"
    ACCEPTED = "accepted"
    DIVERGED = "diverged"
    BROKEN = "broken"
    TAKEN = "taken"
    WITHDRAWN = "accepted no longer"
    """It runs on, though what it does differently is accepted no longer."""
    KEPT_OUT = "kept out"
    STOPPED = "stopped"

    @property
    def goes_on(self) -> bool:
        """Whether the session goes on with the build."""
        return self in (BuildState.IDENTICAL, BuildState.ACCEPTED, BuildState.TAKEN)


_GOING_ON = frozenset([state.value for state in BuildState if state.goes_on])


@dataclass(frozen=True, slots=True)
class RecordedBuild:
    """A build from whose event at index `start` on a recording was made with it.

    `state` is the state that it was given, None where it went on from the one that the build before it left.
    """

    start: int
    sha256: str
    state: Value | None


def build_note(
    number: int,
    sha256: str,
    state: BuildState,
    text: str,
    given: Value | None,
    version: int = OLDEST,
    brief: Sequence[str] = (),
) -> Note:
    """The note that tells what became of a build; `given` is the state that it goes on from, where that is new.

    `version` is that of the CGRF which the build speaks; `brief` is the text in fewer and fewer words.
    """
    data: dict[str, object] = {"build": number, "sha256": sha256, "state": state.value, "text": text}
    if brief:
        data[BRIEF] = list(brief)
    if given is not None:
        data[_GIVEN_STATE] = encode(given, version)
    return Note(BUILD_NOTE, data)


def recorded_builds(notes: Iterable[Note]) -> list[RecordedBuild]:
    """The builds that a recording went on with, in order; the one it began with is not among them."""
    found = []
    for note in notes:
        sha256, state = sha256_in(note.data.get("sha256")), note.data.get("state")
        if note.kind == BUILD_NOTE and sha256 and isinstance(state, str) and state in _GOING_ON:
            found.append(RecordedBuild(note.after, sha256, _given(note)))
    return found


def _given(note: Note) -> Value | None:
    packed = note.data.get(_GIVEN_STATE)
    if not isinstance(packed, bytes):
        return None
    try:
        return decode_stored(packed)
    except ChainviewError:
        return None
