"""Finding events in which something failed."""

from __future__ import annotations

from collections.abc import Iterator

from chainview.chain.event import Kind
from chainview.chain.payload import HostCall, read_payload
from chainview.chain.query.hits import Hits
from chainview.chain.soundness import soundness
from chainview.chain.table import EventTable
from chainview.chain.words.summary import is_failure
from chainview.pack.cgrf.glance import case_bytes, err_before_record

_FAILED = err_before_record(b"host-function-call")
_FAILED_CASE = case_bytes(b"err", 1)
_FAILURES = bytes([1 if kind in (Kind.ERROR, Kind.DAMAGED) else 0 for kind in range(256)])


class FailureFinder(Hits[EventTable]):
    """Finds failed calls, host calls that were answered with an err, damaged stretches, and events that are not sound.

    An event that nobody has checked yet is hashed here, so that a step takes fewer bytes.
    """

    counted_at_once = 1 << 16
    longest_stretch = 1 << 17

    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        table = self.table
        low = table.raw_start(start)
        data = bytes(table.raw[low : table.raw_start(stop)])
        failed = set(_places(table.kinds[start:stop].translate(_FAILURES), start))
        unproved = _places(table.unproved(start, stop), start)
        failed.update([index for index in unproved if soundness(table, index).wrong])
        suspects = {table.index_at(low + found.start()) for found in _FAILED.finditer(data)}
        at = data.find(_FAILED_CASE)
        while at >= 0:
            suspects.add(table.index_at(low + at))
            at = data.find(_FAILED_CASE, at + 1)
        failed.update([index for index in suspects if self._host_failed(index)])
        return iter(sorted(failed))

    def _host_failed(self, index: int) -> bool:
        if index < 0 or self.table.kinds[index] != Kind.HOST:
            return False
        payload = read_payload(self.table.payload(index))
        return isinstance(payload, HostCall) and is_failure(payload.output)


def _places(mask: bytes | bytearray, start: int) -> Iterator[int]:
    at = mask.find(1)
    while at >= 0:
        yield start + at
        at = mask.find(1, at + 1)
