"""What the members of a family are called, and whose children they are, where their index does not tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from chainview.chain.families.member import Member
from chainview.chain.families.spawns import Spawn, spawns_in
from chainview.chain.files.opened import open_chain
from chainview.system.errors import ChainviewError
from chainview.system.text_file import UnreadableText, read_toml

_MOST_EVENTS = 100_000
"""Of one chain that are looked through for what it spawned."""
_LEADING_NUMBER = re.compile(r"\d+-(?=.)")
_MOST_MANIFESTS = 100


def named(folder: Path, members: Sequence[Member]) -> list[Member]:
    """The members with their names and their parents.

    A name is the index', that of the chain's header, that of the manifest that the actor was spawned from, for the only
    actor that nobody spawned that of the only manifest that nobody was spawned from, else that of its file.
    """
    if all(member.entry.name for member in members):
        return [replace(member, name=member.entry.name, parent=member.entry.parent) for member in members]
    headers, children = dict[int, str](), dict[str, tuple[Member, Spawn]]()
    for member in members:
        if not member.problem:
            headers[member.number], spawns = _told(member)
            children |= {spawn.child: (member, spawn) for spawn in spawns}
    manifests = _manifests(folder)
    spawned_from = {Path(spawn.manifest).name for _, spawn in children.values()}
    roots = [member for member in members if member.entry.id not in children]
    left = [name for file, name in manifests.items() if file not in spawned_from]
    found = []
    for member in members:
        of = children.get(member.entry.id) if member.entry.id else None
        name = member.entry.name or headers.get(member.number, "")
        if not name and of is not None:
            name = manifests.get(Path(of[1].manifest).name, "")
        if not name and roots == [member] and len(left) == 1:
            name = left[0]
        parent = member.entry.parent or ("" if of is None else of[0].entry.id)
        found.append(replace(member, name=name or _LEADING_NUMBER.sub("", _stem(member.file)), parent=parent))
    return found


def _told(member: Member) -> tuple[str, list[Spawn]]:
    """The name in a chain's header, and what it spawned."""
    try:
        with open_chain(member.file) as opened:
            for extent in opened.steps():
                if extent.events > _MOST_EVENTS:
                    break
            name = "" if opened.header is None else opened.header.actor_name
            return name, list(spawns_in(opened.table))
    except ChainviewError:
        return "", []


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
