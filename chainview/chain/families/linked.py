"""The links of a recorded family, read from its files, also where only one of them is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chainview.chain.families.folder import RecordedFamily, find_family
from chainview.chain.families.index import INDEX, OTHER_INDEX
from chainview.chain.families.link import Place
from chainview.chain.families.link_words import link_object, link_words
from chainview.chain.families.links import Links
from chainview.chain.families.member import Member
from chainview.chain.files.opened import open_chain
from chainview.system.errors import ChainviewError

_MOST_BYTES: Final = 64 << 20
"""Of all chains of a family that are read for a single event."""


@dataclass(frozen=True, slots=True)
class LinkedFamily:
    """A family whose chains were read for what links them."""

    family: RecordedFamily
    links: Links

    def lines(self, member: Member, index: int) -> list[str]:
        """A line for each link of an event, with its other end."""
        seen, members = Place(member.number, index), self.family.members
        found = []
        for link in self.links.of(seen):
            other = link.target if link.source == seen else link.source
            found.append(f"link    {link_words(link, seen, members[other.actor].name)}")
        return found

    def objects(self, member: Member, index: int) -> list[dict[str, object]]:
        """Each link of an event with both ends, for a program."""
        files = [each.file.name for each in self.family.members]
        return [link_object(link, files) for link in self.links.of(Place(member.number, index))]


def linked(family: RecordedFamily) -> LinkedFamily:
    """A family with the links between its chains; those that can't be read have none."""
    links = Links.between(family.members)
    for member in family.members:
        if member.problem:
            continue
        try:
            with open_chain(member.file) as opened:
                links.read(member.number, opened.load().table)
        except ChainviewError:
            # Whoever shows its events tells why it can't be read.
            continue
    return LinkedFamily(family, links)


def linked_around(path: str | Path) -> tuple[LinkedFamily, Member] | None:
    """The family in whose folder a chain file lies, and who of it that is; None where it is of none, or of a large one.

    It is of one whose index is there; of more than 64 MiB nothing is read.
    """
    file = Path(path)
    try:
        if not any((file.parent / name).is_file() for name in (INDEX, OTHER_INDEX)):
            return None
        family = find_family(file.parent)
        member = next((each for each in family.members if each.file.name == file.name), None) if family else None
        if family is None or member is None or not member.file.samefile(file):
            return None
        size = sum([each.file.stat().st_size for each in family.members if not each.problem])
    except (OSError, ValueError, ChainviewError):
        return None
    return (linked(family), member) if size <= _MOST_BYTES else None
