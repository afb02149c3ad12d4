"""Links in words, and as the objects that commands print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from chainview.chain.families.link import Basis, Link, LinkKind, Place, Unfit
from chainview.chain.families.links import Links
from chainview.system.wording import plural, visible

_MOST_TOLD: Final = 20
_FROM: Final = {
    LinkKind.SEND: "handled by",
    LinkKind.REQUEST: "handled by",
    LinkKind.REPLY: "reply to",
    LinkKind.CHANNEL: "opened at",
    LinkKind.MESSAGE: "handled by",
    LinkKind.CLOSE: "told to",
    LinkKind.SPAWN: "init of",
    LinkKind.RPC: "call of",
    LinkKind.TRANSFER: "taken by",
    LinkKind.CHILD_EVENT: "told to its supervisor",
    LinkKind.CHILD_END: "told to its supervisor",
    LinkKind.ACTOR_EVENT: "told to",
    LinkKind.SPAWN_NOTICE: "told to",
    LinkKind.STOP: "end of",
    LinkKind.FATE: "ends with it:",
}
"""What the other end of a link is to the one where it begins."""
_TO: Final = {
    LinkKind.SEND: "sent by",
    LinkKind.REQUEST: "asked by",
    LinkKind.REPLY: "reply of",
    LinkKind.CHANNEL: "opened by",
    LinkKind.MESSAGE: "sent by",
    LinkKind.CLOSE: "closed by",
    LinkKind.SPAWN: "spawned by",
    LinkKind.RPC: "called by",
    LinkKind.TRANSFER: "handed over by",
    LinkKind.CHILD_EVENT: "event of",
    LinkKind.CHILD_END: "end of",
    LinkKind.ACTOR_EVENT: "event of",
    LinkKind.SPAWN_NOTICE: "spawn of",
    LinkKind.STOP: "ended by",
    LinkKind.FATE: "shares the end of",
}
"""What the other end of a link is to the one where it ends."""


def link_words(link: Link, seen: Place, other: str) -> str:
    """A link from the event that is looked at to the other end, whose actor is called `other`."""
    begins = link.source == seen
    place = link.target if begins else link.source
    words = _FROM[link.kind] if begins else _TO[link.kind]
    return f"{words} {place.actor} {visible(other)}, event {place.index + 1:,}{_doubt(link)}"


def _doubt(link: Link) -> str:
    """How a link is known, where it was not noted."""
    whys = [f"by order: {plural(link.alike, 'other')} like it"] if link.alike else []
    whys += ["whose chain that is, is told by order"] if link.guessed else []
    whys += ["what is noted does not fit"] if link.contradicted else []
    return "" if link.basis is Basis.NOTED else f" ({', '.join([link.basis.value, *whys])})"


def link_object(link: Link, files: Sequence[str]) -> dict[str, object]:
    """A link with both of its ends; `files` are those of the members by their numbers."""
    return {
        "kind": link.kind.value,
        "basis": link.basis.value,
        "alike": link.alike,
        "source": _end_object(link.source, files),
        "target": _end_object(link.target, files),
    }


def _end_object(place: Place, files: Sequence[str]) -> dict[str, object]:
    return {"member": place.actor, "file": files[place.actor], "event": place.index + 1}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many links there are between the chains of a family, by how they are known, and what is noted and wrong."""

    counts: Counter[Basis]
    unfit: tuple[str, ...] = ()
    """In sentences, of very many the first ones."""
    more_unfit: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it for a person; nothing where there is nothing to tell."""
        found = self.counts.total()
        if not found and not self.unfit:
            return ()
        kinds = [f"{self.counts[basis]:,} {basis.value}" for basis in Basis if self.counts[basis]]
        head = (f"{plural(found, 'link')} between its chains: {', '.join(kinds)}",) if found else ()
        more = (f"and {plural(self.more_unfit, 'more event')} of which what is noted does not fit",)
        return (*head, *self.unfit, *(more if self.more_unfit else ()))

    def as_object(self) -> dict[str, object]:
        """The object of a report."""
        return {
            "found": self.counts.total(),
            "noted": self.counts[Basis.NOTED],
            "inferred": self.counts[Basis.INFERRED],
            "not_sure": self.counts[Basis.UNSURE],
            "unfit": len(self.unfit) + self.more_unfit,
            "remarks": list(self.unfit),
        }


def tallied(links: Links, files: Sequence[str]) -> Tally:
    """What there is between the chains of a family, which were all read; `files` are theirs by number."""
    unfit = links.unfit()
    told = tuple([_unfit_words(each, files) for each in islice(unfit, _MOST_TOLD)])
    return Tally(Counter(link.basis for link in links.every()), told, sum(1 for _ in unfit))


def _unfit_words(unfit: Unfit, files: Sequence[str]) -> str:
    trigger, number = unfit.trigger, unfit.number
    whose = f"actor {trigger.actor}" if number is None else files[number]
    where = f"{files[unfit.place.actor]}, event {unfit.place.index + 1:,}"
    return f"{where} is noted as {trigger.kind} by event {trigger.event:,} of {whose}: {unfit.why}"
