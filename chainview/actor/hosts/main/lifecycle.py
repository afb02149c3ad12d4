"""`theater:simple/lifecycle`: sharing the fate of another actor, and being told what it records."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from chainview.actor.generation import LIFECYCLE_INTERFACE
from chainview.actor.hosts.actor_ids import actor_id
from chainview.actor.hosts.answers import Refusal, result_of
from chainview.actor.hosts.call_queue import CallQueue
from chainview.actor.hosts.family import Ended, Way
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.actor.hosts.pattern import Anything, Pattern, pattern_of
from chainview.chain.event import Event, Trigger
from chainview.chain.families.link import LinkKind
from chainview.chain.lifecycle import Cause, Lifecycle, Turn, peer_killed
from chainview.chain.payload import read_payload
from chainview.pack.cgrf import DecodeError, decode
from chainview.pack.values import UNIT, String, Tuple, Value, bytes_value

NAME = LIFECYCLE_INTERFACE
EVENT = "theater:simple/lifecycle-handlers.handle-actor-event"
_MOST_WAITING = 1024
"""Events that wait for an actor before the one that records more has to wait, too."""


class _Waits:
    """Which actor of a family waits for room with which other one, so that none waits for itself in a circle."""

    def __init__(self) -> None:
        self._for: dict[str, str] = {}
        self._lock = threading.Lock()

    def begin(self, waiting: str, awaited: str) -> bool:
        """Whether the one may wait for the other; it does so until `end`."""
        with self._lock:
            at: str | None = awaited
            while at is not None:
                if at == waiting:
                    return False
                at = self._for.get(at)
            self._for[waiting] = awaited
            return True

    def end(self, waiting: str) -> None:
        """It goes on."""
        with self._lock:
            self._for.pop(waiting, None)


@dataclass(slots=True)
class _Ties:
    """What one actor holds of one other: patterns of the events that it is told of, None for a link."""

    held: list[Pattern | None] = field(default_factory=list)
    end: Callable[[], None] | None = None
    """Ends the watch of that one's chain; None where it was no living actor."""


class _Relations:
    """The ties of one actor; its own thread makes and ends them, the threads of the others tell of events."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._queue = CallQueue(host, _MOST_WAITING)
        self._is_told = host.has_export(EVENT)
        self._waits = host.family.shared("waits for room", _Waits)
        self._ties: dict[str, _Ties] = {}
        self._lock = threading.Lock()
        host.at_stop(self._queue.close)
        host.at_end(self._end_all)

    def add(self, subject: str, pattern: Pattern | None) -> None:
        """Ties the actor to another one; None for a link. One that does not live is never heard of."""
        with self._lock:
            ties = self._ties.setdefault(subject, _Ties())
            is_first = not ties.held
            ties.held = [*ties.held, pattern]
        member = self._host.family.living(subject) if is_first else None
        if member is not None:
            # One of the registry's generation records no `terminated`: how it ended is known once it is over.
            member.over.add_done_callback(lambda over: self._is_over(over.result()))
            ties.end = member.watch(partial(self._heard, subject))

    def remove(self, subject: str, *, links: bool) -> None:
        """Ends its links to another one, or what it is told of that."""
        with self._lock:
            ties = self._ties.get(subject)
            if ties is None:
                return
            ties.held = [each for each in ties.held if (each is None) is not links]
            if ties.held:
                return
            del self._ties[subject]
        if ties.end is not None:
            ties.end()

    def _end_all(self) -> None:
        self._queue.close()
        with self._lock:
            ties, self._ties = list(self._ties.values()), {}
        for each in ties:
            if each.end is not None:
                each.end()

    def _heard(self, subject: str, event: Event, number: int) -> None:
        """The other one has recorded an event; on its thread."""
        with self._lock:
            ties = self._ties.get(subject)
            held = [] if ties is None else ties.held
        if not held:
            return
        try:
            value = decode(event.payload)
        except DecodeError:
            return
        for each in held:
            if each is None:
                self._share_fate(subject, event, number)
            elif self._is_told and each.matches(value):
                self._tell(subject, event, number)

    def _is_over(self, end: Ended) -> None:
        with self._lock:
            ties = self._ties.get(end.actor_id)
            is_linked = ties is not None and None in ties.held
        if is_linked and end.way is not Way.COMPLETED:
            self._end_with(end.actor_id, end.events)

    def _share_fate(self, subject: str, event: Event, number: int) -> None:
        said = read_payload(event.payload) if event.event_type == Turn.TERMINATED.value else None
        if isinstance(said, Lifecycle) and said.cause is not Cause.COMPLETED:
            self._end_with(subject, number)

    def _end_with(self, subject: str, number: int) -> None:
        """The actor ends as another one did, by the event of that number."""
        me = self._host.family.living(self._host.actor_id)
        if me is not None:
            me.stop(peer_killed(subject), Trigger(LinkKind.FATE, subject, number))

    def _tell(self, subject: str, event: Event, number: int) -> None:
        params = Tuple((String(subject), String(event.event_type), bytes_value(event.payload)))
        trigger = Trigger(LinkKind.ACTOR_EVENT, subject, number)
        if self._queue.put(EVENT, params, may_wait=False, trigger=trigger):
            return
        if not self._waits.begin(subject, self._host.actor_id):
            self._host.warn(
                f"{_MOST_WAITING:,} events wait for an actor that watches itself, or that others watch which it "
                "watches: it is not told of those that came then"
            )
            return
        try:
            self._queue.put(EVENT, params, trigger=trigger)
        finally:
            self._waits.end(subject)


def _provide(host: Host) -> Mapping[str, Handler]:
    relations = _Relations(host)

    def link(input: Value) -> Value:
        relations.add(_subject(input), None)
        return UNIT

    def unlink(input: Value) -> Value:
        relations.remove(_subject(input), links=True)
        return UNIT

    def monitor(input: Value) -> Value:
        relations.add(_subject(input), Anything())
        return UNIT

    def unmonitor(input: Value) -> Value:
        relations.remove(_subject(input), links=False)
        return UNIT

    def monitor_filtered(input: Value) -> Value:
        match input:
            case Tuple((String() as subject, asked)):
                try:
                    pattern = pattern_of(asked)
                except Refusal as refusal:
                    raise Refusal(f"invalid filter pattern: {refusal}") from None
                relations.add(_subject(subject), pattern)
                return UNIT
            case Tuple((_, _)):
                raise Refusal("expected subject actor id (string)")
        raise Refusal("expected (subject: string, filter: value)")

    answers = {
        "link": link,
        "unlink": unlink,
        "monitor": monitor,
        "unmonitor": unmonitor,
        "monitor-filtered": monitor_filtered,
    }
    return {name: result_of(answer) for name, answer in answers.items()}


def _subject(input: Value) -> str:
    if not isinstance(input, String):
        raise Refusal("expected subject actor id (string)")
    try:
        return actor_id(input.value)
    except ValueError:
        raise Refusal(f"invalid subject actor id: {input.value}") from None


LIFECYCLE = Interface(
    NAME,
    "lifecycle",
    functions(
        NAME,
        """
        link: func(subject: string) -> result<_, string>
        unlink: func(subject: string) -> result<_, string>
        monitor: func(subject: string) -> result<_, string>
        unmonitor: func(subject: string) -> result<_, string>
        monitor-filtered: func(subject: string, filter: value) -> result<_, string>
        """,
    ),
    _provide,
    callbacks=(EVENT,),
)
