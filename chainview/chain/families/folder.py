"""A folder opened as a family of recorded actors: who they are, and which file holds the chain of each."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chainview.chain.families.division.divided import divided
from chainview.chain.families.division.division import Division
from chainview.chain.families.index import INDEX, MOST_MEMBERS, OTHER_INDEX, Entry, Index, read_index
from chainview.chain.families.member import Member
from chainview.chain.files.formats import NATIVE, detect
from chainview.chain.files.native.layout import MAGIC
from chainview.chain.files.theater.store import stored_chain
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.locations import chains_folder
from chainview.system.files.text_file import read_regular
from chainview.system.wording import plural, some_of

_NEAR = 1 << 16
_NUMBERS = re.compile(r"(\d{1,18})")
_OWN = re.compile(r"\d+-.*\.chain(?:\.rescued(?:-\d+)?)?")
"""The chains that chainview writes into the folder of a family, also where one had to be written again."""
_HASH = re.compile(rb"""^EVENT [0-9a-f]|^hash:[ \t]|["']hash["']\s*:|"data_hex"|"current_hash\"""", re.MULTILINE)
"""What no chain is without, and other notes and lists seldom have."""
_NAMED, _MOST_REMARKS, _LONGEST_TOLD = 6, 20, 60


@dataclass(frozen=True, slots=True)
class RecordedFamily:
    """The actors whose chains lie in a folder, in the order of its index, else of their files' names."""

    folder: Path
    members: tuple[Member, ...]
    remarks: tuple[str, ...] = ()
    """What is amiss with the index, and with the folder, and how far it is known who is who, in sentences."""
    division: Division | None = None
    """What the folder was divided from, where that is a file, or standard input, with the chains of several actors."""

    @property
    def where(self) -> str:
        """What sentences call it: the folder, or the file that was divided."""
        return str(self.folder) if self.division is None else self.division.name

    @property
    def choice(self) -> str:
        """What to do to have a single one of its chains, for a sentence."""
        if self.division is None:
            return f"give one of {self.files} in {self.folder}"
        known = some_of([f"{each.number} {each.name}" for each in self.members], _NAMED)
        return f"--actor chooses one of its actors, which are {known}"

    @property
    def files(self) -> str:
        """The names of the members' files, of very many the first ones, for a sentence."""
        return some_of([member.file.name for member in self.members], _NAMED)

    def told(self, sentence: str) -> str:
        """A sentence that names a file of it, with what was divided in the place of its own folder."""
        return sentence if self.division is None else sentence.replace(f"{self.folder}{os.sep}", f"{self.where}: ")

    def only(self, wanted: Sequence[str]) -> RecordedFamily:
        """Those of its members that are meant by numbers, names, ids or files; raises ChainviewError for an unknown."""
        numbers = set[int]()
        for text in wanted:
            meant = {each.number for each in self.members if text in (each.name, each.entry.id, each.file.name)}
            meant |= {each.number for each in self.members if str(each.number) == text} if not meant else set()
            if not meant:
                known = some_of([f"{each.number} {each.name}" for each in self.members], _NAMED)
                raise ChainviewError(f"there is no actor {text[:_LONGEST_TOLD]!r} in {self.where}: there are {known}")
            numbers |= meant
        return replace(self, members=tuple([each for each in self.members if each.number in numbers]))


def find_family(path: str | Path, *, read_chains: bool = True) -> RecordedFamily | None:
    """The family in a folder, or in a file that holds the chains of several actors; None for what is neither.

    `-` is standard input. A content store of Theater is no folder.

    Names and parents that the index does not tell stand in the chains, which take long to read where they are many.

    A bare name that is nothing here is looked for among the kept chains. Raises ChainviewError where the folder can't
    be read, or holds no chain.
    """
    folder = _found(Path(path))
    if folder is None:
        division = divided(path)
        return None if division is None else family_of(division, read_chains=read_chains)
    return None if _is_store(folder) else _family_in(folder, read_chains=read_chains)


def family_of(division: Division, *, read_chains: bool = True) -> RecordedFamily | None:
    """The actors whose chains were divided by now; None where none was."""
    found = _family_in(division.folder, read_chains=read_chains) if len(division) else None
    if found is None:
        return None
    members = tuple([replace(each, held=division) for each in found.members])
    return replace(found, members=members, remarks=(*division.remarks, *found.remarks), division=division)


def refuse_several(path: str | Path) -> None:
    """Raises ChainviewError, which names them, where several chains are given for what takes a single one."""
    family = find_family(path, read_chains=False)
    if family is not None and family.division is None:
        raise ChainviewError(f"{family.where} is a folder of chains, and one is taken here: {family.choice}")
    if family is not None:
        known = some_of([f"{each.number} {each.name}" for each in family.members], _NAMED)
        raise ChainviewError(
            f"{family.where} holds the chains of {plural(len(family.members), 'actor')}, and one is taken here: "
            f"chainview export --actor NAME writes that of one into a file; there are {known}"
        )


def found_again(family: RecordedFamily) -> RecordedFamily | None:
    """A family as it is now, of which no chain is read; raises ChainviewError as `find_family` does."""
    if family.division is not None:
        return family_of(family.division, read_chains=False)
    return find_family(family.folder, read_chains=False)


def _family_in(folder: Path, *, read_chains: bool) -> RecordedFamily | None:
    try:
        index = read_index(folder)
        members, remarks = ([], []) if index is None else _indexed(folder, index)
        if not members:
            members, more = _bare(folder)
            remarks += more
    except OSError as error:
        raise ChainviewError(f"can't read the folder {folder}: {words_of(error)}") from None
    if not members:
        if index is None and stored_chain(folder) is not None:
            return None
        if index is None:
            raise ChainviewError(f"{folder} is a folder without a chain: give a chain file, or a folder with chains")
        why = "".join([f"; {remark}" for remark in remarks[:1]])
        raise ChainviewError(f"{folder} holds the index of a family, {index.name}, and no chain{why}")
    if len(remarks) > _MOST_REMARKS:
        remarks[_MOST_REMARKS:] = [f"and {plural(len(remarks) - _MOST_REMARKS, 'more thing')} of that kind"]
    # Most often there is one chain and no folder, and who is who in one takes long to load.
    from chainview.chain.families.identity.names import named, named_by

    found = named(folder, members) if read_chains else named_by(folder, members, {})
    return RecordedFamily(folder, found.members, (*remarks, *found.remarks))


def _found(path: Path) -> Path | None:
    if str(path) == "-":
        return None
    try:
        if path.is_dir():
            return path
        kept = chains_folder() / path
        return kept if path.name == str(path) and not path.exists() and kept.is_dir() else None
    except (OSError, ValueError):
        return None


def _is_store(folder: Path) -> bool:
    """Whether it is a content store of Theater, or the folder of the heads in one."""
    return ((folder / "events").is_dir() and (folder / "chains").is_dir()) or (
        folder.resolve().name == "chains" and (folder.resolve().parent / "events").is_dir()
    )


def _indexed(folder: Path, index: Index) -> tuple[list[Member], list[str]]:
    """The members that an index names, and those that lie beside them under a name such as chainview gives."""
    members, remarks, known = list[Member](), list(index.remarks), set[str]()
    for entry in index.entries:
        known.add(entry.file)
        if _leads_out(folder, entry.file):
            remarks.append(f"{entry.file} is a link that leads out of the folder: it is left out")
        else:
            members.append(_member(folder, entry, len(members)))
    for name in _names(folder):
        if name not in known and index.name == INDEX and _OWN.fullmatch(name) and not _leads_out(folder, name):
            remarks.append(f"{name} lies in the folder, and {index.name} does not name it")
            members.append(_member(folder, Entry(name), len(members)))
    return members, remarks


def _bare(folder: Path) -> tuple[list[Member], list[str]]:
    """The chains in a folder without an index, by the numbers and letters of their names."""
    names, remarks = [name for name in _names(folder) if name not in (INDEX, OTHER_INDEX)], list[str]()
    if len(names) > MOST_MEMBERS:
        remarks.append(f"{folder} holds {plural(len(names), 'file')}: the first {MOST_MEMBERS:,} are looked at")
    chains = [name for name in names[:MOST_MEMBERS] if _holds_chain(folder / name)]
    leading_out = [name for name in chains if _leads_out(folder, name)]
    remarks += [f"{name} is a link that leads out of the folder: it is left out" for name in leading_out]
    kept = [name for name in chains if name not in leading_out]
    return [_member(folder, Entry(name), number) for number, name in enumerate(kept)], remarks


def _names(folder: Path) -> list[str]:
    """The files in a folder in their natural order, without the hidden ones."""
    names = [entry.name for entry in os.scandir(folder) if not entry.name.startswith(".")]
    return sorted(
        names, key=lambda name: [(len(part), part) if part.isdigit() else (0, part) for part in _NUMBERS.split(name)]
    )


def _member(folder: Path, entry: Entry, number: int) -> Member:
    file, problem = folder / entry.file, ""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            problem = "it is no regular file"
    except FileNotFoundError:
        problem = "the file is missing"
    except (OSError, ValueError) as error:
        problem = f"the file can't be read: {words_of(error) if isinstance(error, OSError) else error}"
    return Member(number, file, entry, problem)


def _leads_out(folder: Path, name: str) -> bool:
    try:
        return (folder / name).is_symlink() and (folder / name).resolve().parent != folder.resolve()
    except (OSError, RuntimeError):
        return True


def _holds_chain(path: Path) -> bool:
    """Whether a file begins as a chain does."""
    try:
        head = read_regular(path, _NEAR)
    except (OSError, ValueError):
        return False
    format = detect(head)
    if format == NATIVE:
        return len(head) >= len(MAGIC) or path.suffix == ".chain"
    return format is not None and (format == "human" or _HASH.search(head) is not None)
