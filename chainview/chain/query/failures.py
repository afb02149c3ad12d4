"""Finding events in which something failed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Generator, Iterable, Iterator

from chainview.chain.event import Kind
from chainview.chain.files.entries.entry import Checked
from chainview.chain.payload import HostCall, read_payload
from chainview.chain.query.hits import Hits
from chainview.chain.soundness import LARGE, Soundness, soundness, soundness_steps
from chainview.chain.table import EventTable
from chainview.chain.words.summary import is_failure
from chainview.pack.cgrf.glance import case_bytes, err_before_record

_FAILED = err_before_record(b"host-function-call")
_FAILED_CASE = case_bytes(b"err", 1)
_FAILURES = bytes([1 if kind in (Kind.ERROR, Kind.DAMAGED) else 0 for kind in range(256)])


class FailureFinder(Hits[EventTable]):
    """Finds failed calls, host calls that were answered with an err, damaged stretches, and events that are not sound.

    An event that nobody has checked yet is hashed here, so that a step takes fewer bytes, and a large event many steps.
    """

    counted_at_once = 1 << 16
    longest_stretch = 1 << 17

    def __init__(self, table: EventTable, damaged: Iterable[int] = ()) -> None:
        """`damaged` are the numbers of events at which more is amiss than they tell: a file that ends there."""
        super().__init__(table)
        self._damaged = sorted(damaged)
        self._large: dict[int, bool] = {}
        """Whether large events, by number, are wrong."""
        self._hashing: dict[int, Generator[None, None, Soundness]] = {}

    def ready(self, start: int, stop: int) -> bool:
        """Hashes a piece of a large event that nobody has checked yet; whether there is none."""
        table = self.table
        for index in _places(table.unproved(start, stop), start):
            number, size = table.number(index), table.raw_start(index + 1) - table.raw_start(index)
            if size <= LARGE or number in self._large or table.checked(index) is not Checked.FULL:
                continue
            steps = self._hashing.setdefault(number, soundness_steps(table, index))
            try:
                next(steps)
            except StopIteration as end:
                self._large[number] = end.value.wrong
                del self._hashing[number]
            return False
        return True

    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        table = self.table
        low = table.raw_start(start)
        data = bytes(table.raw[low : table.raw_start(stop)])
        failed = set(_places(table.kinds[start:stop].translate(_FAILURES), start))
        first, last = table.number(start), table.number(stop - 1)
        for number in self._damaged[bisect_left(self._damaged, first) :]:
            if number > last:
                break
            failed.add(start + number - first)
        unproved = _places(table.unproved(start, stop), start)
        failed.update([index for index in unproved if self._wrong(index)])
        suspects = {table.index_at(low + found.start()) for found in _FAILED.finditer(data)}
        at = data.find(_FAILED_CASE)
        while at >= 0:
            suspects.add(table.index_at(low + at))
            at = data.find(_FAILED_CASE, at + 1)
        failed.update([index for index in suspects if self._host_failed(index)])
        return iter(sorted(failed))

    def _wrong(self, index: int) -> bool:
        wrong = self._large.get(self.table.number(index))
        return soundness(self.table, index).wrong if wrong is None else wrong

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
