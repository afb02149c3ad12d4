"""Recording host calls that have no effect but their event, inside wasm: hashed there, and written to the chain file.

The recorder is a module of its own, because it imports what the core must not have: an output and the clocks of WASI,
which the engine provides itself. It lives in the store of the guest whose calls it records, which imports none of that.
Its output is the file: what is written to a file that WASI opens, the engine hands to another thread each time.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from struct import Struct
from typing import Final, cast

import wasmtime

from chainview.core.compiled import compiled
from chainview.core.instance import Instance

RECORDER: Final = Path(__file__).with_name("recorder.wasm")
LARGEST_INPUT: Final = 1 << 14
"""Bytes of an input that is recorded here."""
_ROOM = 1 << 17
"""Bytes of entries that are held until they are taken."""
_TEXT_ROOM = 4 * LARGEST_INPUT + (1 << 14)
_STATE: Final = Struct("<2I20s7I")
_SPAN: Final = Struct("<2I")


@dataclass(frozen=True, slots=True)
class Form:
    """What the events of one import have in common: parts of their payload, of their entry, and of what is hashed."""

    asked: bytes
    """What an input begins with that is a text alone."""
    head: bytes
    answer: bytes
    tail: bytes
    event_type: bytes
    """As it stands in an entry."""
    text_before: bytes
    text_behind: bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entries that were written since they were taken last, and what stands in the file behind them."""

    entries: bytes
    count: int
    head: bytes
    was_cut: bool
    """Whether a part of one more entry may lie behind them, which is none."""


class RecordingCore:
    """A recorder on one file; raises WasmtimeError or OSError where it can't be had."""

    def __init__(self, engine: wasmtime.Engine, store: wasmtime.Store, path: Path, forms: Sequence[Form]) -> None:
        self._descriptor = os.open(path, os.O_WRONLY)
        weakref.finalize(self, os.close, self._descriptor)
        store.set_wasi(_writing_to(self._descriptor))
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        module = compiled(engine, RECORDER.read_bytes(), "recorder")
        self._core = Instance(store, linker.instantiate(store, module))
        self.memory, self.function = self._core.memory, self._core.function("record")
        """What another instance calls with the recorder, the number of a form, and the size of the input."""
        self.at = self._core.reserve(_STATE.size)
        self.input_at = self._core.reserve(LARGEST_INPUT)
        """Where the input is put first."""
        self._text = self._core.reserve(_TEXT_ROOM + 4 * max([len(each.head) + len(each.tail) for each in forms]))
        self._entries = self._core.reserve(_ROOM)
        self._forms = self._placed(b"".join([self._spans(each) for each in forms]))

    def _placed(self, data: bytes) -> int:
        place = self._core.reserve(len(data))
        self._core.write(place, data)
        return place

    def _spans(self, form: Form) -> bytes:
        return b"".join([_SPAN.pack(self._placed(part), len(part)) for part in astuple(form)])

    def begin(self, head: bytes, offset: int) -> None:
        """From now on it records, behind an event with this hash and from this place of the file on."""
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        shared = self._entries, self._forms, self.input_at, self._text
        self._core.write(self.at, _STATE.pack(1, 0, head, 0, 0, _ROOM, *shared))

    @property
    def is_busy(self) -> bool:
        """Whether it is recording a call at this moment, so that nothing of it can be taken."""
        return bool(_STATE.unpack(self._core.read(self.at, _STATE.size))[1])

    def end(self) -> Recorded:
        """From now on it records nothing; what it has recorded so far."""
        state = _STATE.unpack(self._core.read(self.at, _STATE.size))
        self._core.write(self.at, bytes(_STATE.size))
        is_on, is_busy, head, count, used = state[:5]
        return Recorded(self._core.read(self._entries, used), count, head, was_cut=bool(is_busy) or not is_on)


def _writing_to(descriptor: int) -> wasmtime.WasiConfig:
    """A WASI whose standard output is that file.

    What the engine opens as its output it empties, so that is a file for the purpose, whose descriptor then becomes one
    more of the file that is meant. The engine closes it with the WASI.
    """
    wasi = wasmtime.WasiConfig()
    with tempfile.NamedTemporaryFile() as purpose:
        # The binding takes bytes too, as its types do not say; a name that is no Unicode the engine refuses.
        wasi.stdout_file = cast("str", os.fsencode(purpose.name))
        os.dup2(descriptor, _other_descriptor(purpose.fileno()), inheritable=False)
    return wasi


def _other_descriptor(descriptor: int) -> int:
    """The other descriptor of this process that leads to the same file; raises OSError where there is none."""
    same = os.fstat(descriptor)
    for number in map(int, os.listdir("/dev/fd")):
        # The one that lists them is closed by now.
        with suppress(OSError):
            if number != descriptor and os.path.samestat(os.fstat(number), same):
                return number
    raise OSError("the engine's output is not among the open files")
