"""What the members of a family are called, who they are and whose children, where their index does not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from chainview.chain.families.identity.hearsay import Hearsay, hearsay_in
from chainview.chain.families.identity.identities import identities
from chainview.chain.families.link import Basis
from chainview.chain.families.member import Member
from chainview.chain.families.spawns import Spawn, spawns_in
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.system.errors import ChainviewError
from chainview.system.files.text_file import UnreadableText, parse_toml, read_toml
from chainview.system.wording import plural

_MOST_EVENTS = 100_000
"""Of one chain that are looked through for what it spawned."""
_LEADING_NUMBER = re.compile(r"\d+-(?=.)")
_MOST_MANIFESTS = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What a chain tells of its actor: name and id in its header, empty where it has none, and what it spawned."""

    name: str = ""
    id: str = ""
    spawns: tuple[Spawn, ...] = ()
    hearsay: Hearsay = field(default_factory=Hearsay)
    """What it says of ids, where neither an index nor its header tells its own."""


@dataclass(frozen=True, slots=True)
class Named:
    """The members with their names, ids and parents; `remarks` say how far those are inferred."""

    members: tuple[Member, ...]
    remarks: tuple[str, ...] = ()


def named(folder: Path, members: Sequence[Member]) -> Named:
    """The members with their names and their parents, for which chains are read where the index does not tell all."""
    told = dict[int, Told]()
    if not all(member.entry.name and member.entry.id for member in members):
        told = {member.number: _told(member, members) for member in members if not member.problem}
    return named_by(folder, members, told, whole=True)


def named_by(folder: Path, members: Sequence[Member], told: Mapping[int, Told], *, whole: bool = False) -> Named:
    """The members with their names and their parents, as far as the index tells and what the chains of some told.

    Where nothing more will be told, which is `whole`, ids that nothing tells are inferred. A name is the index', that
    of the chain's header, that of the manifest that the actor was spawned from, for the only actor that nobody spawned
    that of the only manifest that nobody was spawned from, else that of its file.
    """
    if all(member.entry.name and member.entry.id for member in members):
        return Named(tuple([replace(each, name=each.entry.name, parent=each.entry.parent) for each in members]))
    members, remarks = _identified(members, told), tuple[str, ...]()
    if whole:
        members, remarks = _inferred(members, told)
    children = dict[str, tuple[Member, Spawn]]()
    for member in members:
        if member.number in told:
            children |= {spawn.child: (member, spawn) for spawn in told[member.number].spawns}
    manifests = _manifests(folder) if told else {}
    spawned_from = {Path(spawn.manifest).name for _, spawn in children.values()}
    roots = [member for member in members if member.entry.id not in children]
    left = [name for file, name in manifests.items() if file not in spawned_from]
    found = []
    for member in members:
        of = children.get(member.entry.id) if member.entry.id else None
        name = member.entry.name or told.get(member.number, Told()).name
        if not name and of is not None:
            name = _name_in(of[1].manifest) or manifests.get(Path(of[1].manifest).name, "")
        if not name and roots == [member] and len(left) == 1:
            name = left[0]
        parent = member.entry.parent or ("" if of is None else of[0].entry.id)
        name = name or _LEADING_NUMBER.sub("", _stem(member.file))
        found.append(replace(member, name=name, parent=parent, spawned_by=None if of is None else of[0].number))
    return Named(tuple(found), remarks)


def _identified(members: Sequence[Member], told: Mapping[int, Told]) -> list[Member]:
    """The members with the ids that their chains tell, where the index tells none; of two of an id neither has it."""
    known = {member.entry.id for member in members}
    ids = Counter(told[member.number].id for member in members if not member.entry.id and member.number in told)
    found = []
    for member in members:
        id = member.entry.id or (told[member.number].id if member.number in told else "")
        id = member.entry.id if id in known or ids[id] > 1 else id
        found.append(replace(member, entry=replace(member.entry, id=id)))
    return found


def _inferred(members: Sequence[Member], told: Mapping[int, Told]) -> tuple[list[Member], tuple[str, ...]]:
    """The members with the ids that are inferred where nothing tells them, and how far they are."""
    readable = [member for member in members if member.number in told]
    said = [told[member.number].hearsay for member in readable]
    known = {place: member.entry.id for place, member in enumerate(readable) if member.entry.id}
    found = identities(said, known, [_LEADING_NUMBER.sub("", _stem(member.file)) for member in readable])
    by_number = {readable[place].number: id for place, id in found.ids.items()}
    inferred = []
    for member in members:
        id, basis = by_number.get(member.number, (member.entry.id, member.id_basis))
        inferred.append(replace(member, entry=replace(member.entry, id=id), id_basis=basis))
    linked = all(each.entry.id for each in inferred) or any(each.given or each.told or each.spawned for each in said)
    return inferred, tuple(_remarks(inferred, found.unmet, linked=linked))


def _remarks(members: Sequence[Member], unmet: int, *, linked: bool) -> Iterator[str]:
    """How far it is known which chain is of which actor, where that is not told."""
    by_order = sum(each.id_basis is Basis.UNSURE for each in members)
    if len(members) > 1 and any(each.id_basis is not None for each in members):
        how = f", of {by_order:,} from their order alone" if by_order else ""
        yield f"no index tells whose each chain is: it is inferred from what they say{how}"
    if unmet and not all(each.entry.id for each in members):
        yield f"{plural(unmet, 'spawned actor')} can't be told among these chains, nor what is linked to them"
    elif len(members) > 1 and not (linked or any(each.entry.name for each in members)):
        yield "no index, and no chain says anything of another one: no links are known"


def told_in(opened: OpenedChain, members: Sequence[Member]) -> Told:
    """What a chain of one of the members tells that was read, as far as it was."""
    name, id = ("", "") if opened.header is None else (opened.header.actor_name, opened.header.actor_id)
    hearsay = Hearsay() if id or all(each.entry.id for each in members) else hearsay_in(opened.table)
    return Told(name, id, tuple(spawns_in(opened.table)), hearsay)


def _told(member: Member, members: Sequence[Member]) -> Told:
    try:
        with open_chain(member.file) as opened:
            for extent in opened.steps():
                if extent.events > _MOST_EVENTS:
                    break
            return told_in(opened, members)
    except ChainviewError:
        return Told()


def _manifests(folder: Path) -> Mapping[str, str]:
    """The names in the manifests of a folder, by their files' names."""
    names = dict[str, str]()
    for file in sorted(folder.glob("*.toml"))[:_MOST_MANIFESTS]:
        try:
            manifest = read_toml(file)
        except UnreadableText:
            continue
        name = manifest.get("name")
        if isinstance(name, str) and name and isinstance(manifest.get("package"), str):
            names[file.name] = name
    return names


def _name_in(manifest: str) -> str:
    """The name in a manifest that was handed over as its text; empty for the name of a file."""
    try:
        name = parse_toml(manifest).get("name") if "\n" in manifest or "=" in manifest else None
    except UnreadableText:
        return ""
    return name if isinstance(name, str) else ""


def _stem(file: Path) -> str:
    return file.name.partition(".chain")[0] if ".chain" in file.name else file.stem
