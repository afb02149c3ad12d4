"""A family in which nothing runs: its members have what a test gives them, and their calls wait for its answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from chainview.actor.hosts.family import Child, Ended, Member, SpawnFailed, SpawnStage, Way
from chainview.actor.manifest import Target
from chainview.actor.session.family import Family
from chainview.actor.session.host import SessionHost
from chainview.actor.session.mailbox import Callback
from chainview.chain.event import Event, Trigger
from chainview.chain.families.link import LinkKind
from chainview.chain.lifecycle import KILLED, STOPPED, Lifecycle
from chainview.chain.state_chain import StateChain
from chainview.pack.values import Value


class Relative:
    """A member without a module."""

    def __init__(self, family: Relatives, spawned_by: Trigger | None = None, exported: tuple[str, ...] = ()) -> None:
        self.chain = StateChain()
        self.host = SessionHost(self.chain, family=family, spawned_by=spawned_by)
        self.exported = exported
        self.over = Future[Ended]()
        self.stopped = False
        self.ending: Lifecycle | None = None
        self.stopped_by: Trigger | None = None
        self.target = Target(Path("r.wasm"), "relative")

    @property
    def actor_id(self) -> str:
        """Its id."""
        return self.host.actor_id

    @property
    def parent_id(self) -> str | None:
        """Who spawned it."""
        return self.host.parent_id

    @property
    def awaits(self) -> str | None:
        """Whom its call waits for."""
        return self.host.awaits

    def call_back(self, function: str, params: Value, trigger: Trigger | None = None) -> Future[Value]:
        """Leaves a call for the test to answer."""
        return self.host.call_back(function, params, trigger)

    def state_now(self) -> Future[Value]:
        """Leaves a question for the test to answer."""
        return self.host.mailbox.inquire()

    @property
    def recorded(self) -> int:
        """How many events the test appended."""
        return self.chain.count

    def watch(self, told: Callable[[Event, int], None]) -> Callable[[], None]:
        """Tells of what the test appends to its chain."""
        return self.chain.tell(told)

    def stop(self, ending: Lifecycle = STOPPED, trigger: Trigger | None = None) -> None:
        """Is noted."""
        self.stopped, self.ending, self.stopped_by = True, ending, trigger

    def kill(self, trigger: Trigger | None = None) -> None:
        """It ends at once."""
        self.ending = KILLED
        if not self.over.done():
            self.over.set_result(Ended(self.actor_id, Way.STOPPED, ending=KILLED))

    def next_call(self) -> Callback:
        """The call that waits for it."""
        call = self.host.mailbox.take()
        assert isinstance(call, Callback)
        return call


class Relatives(Family):
    """The members by their ids; the next child that is spawned is `next_child`, or fails with `refusal`."""

    def __init__(self) -> None:
        super().__init__()
        self.relatives: dict[str, Relative] = {}
        self.asked: list[Child] = []
        self.refusal: str | None = None
        self.refused_at = SpawnStage.INIT
        self.told: Callable[[Ended], None] | None = None

    def grown(self, parent: Relative | None = None, exported: tuple[str, ...] = ()) -> Relative:
        """One more member."""
        made = Relative(self, None if parent is None else parent.host.trigger(LinkKind.SPAWN), exported)
        self.relatives[made.actor_id] = made
        return made

    def living(self, actor_id: str) -> Relative | None:  # type: ignore[override]
        """The member of that id."""
        return self.relatives.get(actor_id)

    def all_living(self) -> tuple[Relative, ...]:  # type: ignore[override]
        """All members."""
        return tuple(self.relatives.values())

    def stop_all(self, trigger: Trigger | None = None) -> None:
        """Stops each."""
        for each in self.relatives.values():
            each.stop(trigger=trigger)

    def spawn(self, trigger: Trigger, child: Child, on_end: Callable[[Ended], None]) -> Future[Member]:
        """Grows a member, or fails."""
        self.asked.append(child)
        self.told = on_end
        spawned = Future[Member]()
        if self.refusal is not None:
            spawned.set_exception(SpawnFailed(self.refusal, self.refused_at))
        else:
            spawned.set_result(self.grown(self.relatives[trigger.actor]))
        return spawned
