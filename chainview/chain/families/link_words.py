"""A link in words, and as the object that commands print."""

from __future__ import annotations

from typing import Final

from chainview.chain.families.link import Basis, Link, LinkKind, Place
from chainview.system.wording import plural, visible

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
    whys += ["what is noted does not fit"] if link.contradicted else []
    return "" if link.basis is Basis.NOTED else f" ({', '.join([link.basis.value, *whys])})"


def link_object(link: Link, files: list[str]) -> dict[str, object]:
    """A link with both of its ends; `files` are those of the members by their numbers."""
    return {
        "kind": link.kind.value,
        "basis": link.basis.value,
        "alike": link.alike,
        "source": _end_object(link.source, files),
        "target": _end_object(link.target, files),
    }


def _end_object(place: Place, files: list[str]) -> dict[str, object]:
    return {"member": place.actor, "file": files[place.actor], "event": place.index + 1}
