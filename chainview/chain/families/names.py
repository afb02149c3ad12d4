"""What the members of a family are called, and whose children they are, where their index does not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chainview.chain.families.member import Member
from chainview.chain.families.spawns import Spawn, spawns_in
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.system.errors import ChainviewError
from chainview.system.text_file import UnreadableText, read_toml

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


def named(folder: Path, members: Sequence[Member]) -> list[Member]:
    """The members with their names and their parents, for which chains are read where the index does not tell all."""
    told = dict[int, Told]()
    if not all(member.entry.name for member in members):
        told = {member.number: _told(member) for member in members if not member.problem}
    return named_by(folder, members, told)


def named_by(folder: Path, members: Sequence[Member], told: Mapping[int, Told]) -> list[Member]:
    """The members with their names and their parents, as far as the index tells and what the chains of some told.

    A name is the index', that of the chain's header, that of the manifest that the actor was spawned from, for the only
    actor that nobody spawned that of the only manifest that nobody was spawned from, else that of its file.
    """
    if all(member.entry.name for member in members):
        return [replace(member, name=member.entry.name, parent=member.entry.parent) for member in members]
    members = _identified(members, told)
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
            name = manifests.get(Path(of[1].manifest).name, "")
        if not name and roots == [member] and len(left) == 1:
            name = left[0]
        parent = member.entry.parent or ("" if of is None else of[0].entry.id)
        found.append(replace(member, name=name or _LEADING_NUMBER.sub("", _stem(member.file)), parent=parent))
    return found


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


def told_in(opened: OpenedChain) -> Told:
    """What a chain tells of its actor that was read, as far as it was."""
    name, id = ("", "") if opened.header is None else (opened.header.actor_name, opened.header.actor_id)
    return Told(name, id, tuple(spawns_in(opened.table)))


def _told(member: Member) -> Told:
    try:
        with open_chain(member.file) as opened:
            for extent in opened.steps():
                if extent.events > _MOST_EVENTS:
                    break
            return told_in(opened)
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


def _stem(file: Path) -> str:
    return file.name.partition(".chain")[0] if ".chain" in file.name else file.stem
