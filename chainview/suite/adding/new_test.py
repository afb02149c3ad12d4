"""A new test of a suite: where its chain will lie, and putting it there, all of it or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from chainview.chain.families.folder import find_family
from chainview.chain.families.index import INDEX, OTHER_INDEX
from chainview.chain.files.formats import NATIVE
from chainview.chain.files.opened import open_chain
from chainview.replay.explain.rules.store import rules_file
from chainview.suite.adding.recorded import (
    SHARED,
    Taken,
    ToAdd,
    checked,
    ended_events,
    ended_so_far,
    family_described,
    module_bytes,
    modules_of,
    put_module,
    taken,
)
from chainview.suite.adding.settings_text import with_chain
from chainview.suite.settings import FILE, MODULES, OfChain, Settings, find_settings, read_settings
from chainview.suite.starting import begin_suite
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.whole_file import whole_file, write_whole
from chainview.system.wording import visible

_CHAINS = "chains"
_WILD = "*?["
_PIECES_A_STEP = 200
_T = TypeVar("_T")
_KEPT_SUFFIXES = (".json", ".jsonl", ".event", ".blocks")
"""What a chain of another format may be called in a suite as it was before."""


@dataclass(frozen=True, slots=True)
class Added:
    """A test that was added: its name in the suite, its file, and what is to be said of it."""

    name: str
    file: Path
    settings: Path
    remarks: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """That it is a test now, and how it is run."""
        return (
            f"{visible(self.name)} is a test of {visible(str(self.settings))}: `chainview test -k {self.word}` runs it"
        )

    @property
    def word(self) -> str:
        """What it is chosen by, as a shell takes it."""
        import shlex

        return shlex.quote(self.file.name)


@dataclass(frozen=True, slots=True)
class NewTest:
    """A test that is to be, of a name that is free; without `settings` a suite is begun in `folder` with it."""

    folder: Path
    settings: Settings | None
    named: str
    description: str = ""
    force: bool = False

    @property
    def path(self) -> Path:
        """Its chain, or its family's folder, without what a file's name ends in."""
        return self.chains / self.named

    @property
    def chains(self) -> Path:
        """The folder of chains: the first that the suite names, else `chains`."""
        for pattern in () if self.settings is None else self.settings.chains:
            folder = self.folder / pattern
            if not any(sign in pattern for sign in _WILD) and (folder.is_dir() or pattern.endswith("/")):
                return Path(os.path.normpath(folder))
        return self.folder / _CHAINS

    def add(self, recorded: ToAdd) -> Added:
        """Puts it into the suite; raises ChainviewError, and then none of it is there."""
        return _exhausted(self.adding(recorded))

    def adding(self, recorded: ToAdd) -> Generator[None, None, Added]:
        """The same in steps."""
        if recorded.chain.is_dir():
            yield
            return self._add_family(recorded)
        with open_chain(recorded.chain) as opened:
            for _ in opened.steps() if recorded.running else checked(opened):
                yield
            found = taken(opened, running=recorded.running)
            suffix = recorded.chain.suffix if recorded.chain.suffix in _KEPT_SUFFIXES else ".chain"
            path = self.path.with_name(self.path.name + (".chain" if found.format == NATIVE else suffix))
            settings = self._begun(recorded.actor or found.module_path)
            remarks = [*self._begins(), *self._keep_modules(settings, found.modules, recorded)]
            told = self._told(settings, path, found.description, recorded.state)
            yield from self._put(settings, path, found, told)
        remarks += self._keep_rules(recorded, path)
        return Added(_name(settings, path), path, settings.file, tuple(remarks))

    def _begun(self, actor: str) -> Settings:
        if self.settings is not None:
            return self.settings
        module = os.path.relpath(Path(actor).absolute(), self.folder).replace(os.sep, "/") if actor else ""
        return read_settings(begin_suite(self.folder, module))

    def _begins(self) -> list[str]:
        return [] if self.settings is not None else [f"a suite begins with it: {self.folder / FILE} is new"]

    def _put(self, settings: Settings, path: Path, found: Taken, told: OfChain) -> Generator[None, None, None]:
        """Writes the chain, and what is said of it, into files that appear when both are whole."""
        _make_folder(path.parent)
        text, is_new = with_chain(settings.file, path, told), not path.exists()
        with whole_file(path, force=self.force) as file:
            for at, piece in enumerate(found.pieces):
                file.write(piece)
                if at % _PIECES_A_STEP == _PIECES_A_STEP - 1:
                    yield
        path.chmod(SHARED)
        try:
            if text is not None:
                _rewrite(settings.file, text)
        except BaseException:
            if is_new:
                path.unlink(missing_ok=True)
            raise

    def _add_family(self, recorded: ToAdd) -> Added:
        folder = recorded.chain
        indexes = [folder / each for each in (INDEX, OTHER_INDEX) if (folder / each).is_file()]
        family = find_family(folder) if indexes else None
        if family is None:
            raise ChainviewError(f"{folder} is no folder of a family: copy it into {self.chains} yourself")
        modules, module_path, has_ended = list[str](), "", not recorded.running
        for member in family.members:
            with open_chain(member.file) as opened:
                if recorded.running:
                    opened.load()
                else:
                    _exhausted(checked(opened))
                has_ended = has_ended or ended_events(opened) > 0
                modules += modules_of(opened)
                module_path = module_path or (opened.header.module_path if opened.header else "")
        if not has_ended:
            raise ChainviewError(f"no call has ended in {folder} yet: there is nothing to test")
        settings = self._begun(recorded.actor or module_path)
        remarks = [*self._begins(), *self._keep_modules(settings, modules, recorded)]
        path, files = self.path, [each.file for each in family.members]
        contents: dict[str, Path | Iterable[bytes]] = {each.name: each for each in (*indexes, *files)}
        if recorded.running:
            # Who is spawned from now on is none of it.
            contents = {each.name: ended_so_far(each) for each in files}
            contents[INDEX] = [replace(each.entry, events=None, head="").line.encode() for each in family.members]
        text = with_chain(settings.file, path, self._told(settings, path, family_described(family), None))
        contents |= {each.name: each for each in map(rules_file, files) if each.is_file()}
        _make_folder(path.parent)
        with _folder_put(contents, path, force=self.force):
            if text is not None:
                _rewrite(settings.file, text)
        return Added(_name(settings, path), path, settings.file, tuple(remarks))

    def _told(self, settings: Settings, path: Path, description: str, state: str | None) -> OfChain:
        """What is said of it: of one that is told of already, nothing else unless it is given."""
        is_told = path in settings.of_chains
        return OfChain(state, self.description or ("" if is_told else description))

    def _keep_modules(self, settings: Settings, wanted: Sequence[str], recorded: ToAdd) -> list[str]:
        """Puts the recorded modules beside the suite, so that the control experiment runs anywhere."""
        folder = settings.modules or settings.folder / MODULES
        missing = list[str]()
        for sha256 in wanted:
            data = module_bytes(sha256, [folder], recorded.actor)
            if data is None:
                missing.append(f"{sha256[:7]}…")
                continue
            _make_folder(folder)
            put_module(folder, sha256, data)
        if missing:
            return [f"the module that it was recorded with ({', '.join(missing)}) is not at hand: {folder} lacks it"]
        return [] if wanted else ["the chain does not say which module it was recorded with"]

    def _keep_rules(self, recorded: ToAdd, path: Path) -> list[str]:
        rules = recorded.rules or rules_file(str(recorded.chain))
        there = rules_file(str(path))
        if not rules.is_file() or (there.exists() and not self.force):
            return []
        write_whole(there, [rules.read_bytes()], force=self.force)
        there.chmod(SHARED)
        return ["what was accepted of it goes along"]


def new_test(folder: Path, named: str, description: str = "", *, force: bool = False) -> NewTest:
    """A test of the suite that is found from a folder upwards, else of one that begins there.

    Raises ChainviewError for a name that can be none, and, without `force`, for one that a test has already.
    """
    parts = named.removesuffix(".chain").split("/")
    if not all(part.strip() and part.isprintable() and not part.startswith(".") for part in parts) or "\\" in named:
        raise ChainviewError(
            f"{visible(named)!r} can't be the name of a test: give one such as checkout, or shop/checkout"
        )
    if len(description.splitlines()) > 1:
        raise ChainviewError("a description is a single line")
    try:
        file = find_settings(folder)
    except ChainviewError:
        test = NewTest(folder.absolute(), None, "/".join(parts), description, force)
    else:
        settings = read_settings(file)
        test = NewTest(settings.folder, settings, "/".join(parts), description, force)
    if not force:
        _require_free(test)
    return test


class TakenName(ChainviewError):
    """There is a test of that name already, at `path`."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} exists already: give another name, or --force to replace it")
        self.path = path


def _require_free(test: NewTest) -> None:
    for suffix in ("", ".chain", *_KEPT_SUFFIXES):
        path = test.path.with_name(test.path.name + suffix)
        if path.exists():
            raise TakenName(path)


def _name(settings: Settings, path: Path) -> str:
    return os.path.relpath(path, settings.folder).replace(os.sep, "/")


def _rewrite(file: Path, text: str) -> None:
    """Writes settings anew, for those who could read them before."""
    mode = file.stat().st_mode & 0o777
    write_whole(file.resolve(), [text.encode()], force=True)
    file.chmod(mode)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ChainviewError(f"can't make the folder {folder}: {words_of(error)}") from None


@contextmanager
def _folder_put(contents: Mapping[str, Path | Iterable[bytes]], path: Path, *, force: bool) -> Iterator[None]:
    """Puts a folder in its place, whose files are copied, or made of pieces.

    Where the block raises, what was there before is there again.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as temporary:
            made, before = Path(temporary, "new"), Path(temporary, "before")
            made.mkdir()
            for name, content in contents.items():
                if isinstance(content, Path):
                    shutil.copyfile(content, made / name)
                else:
                    with (made / name).open("wb") as file:
                        file.writelines(content)
            if force and path.is_dir():
                path.rename(before)
            try:
                made.rename(path)
                yield
            except BaseException:
                if path.exists():
                    path.rename(made)
                if before.exists():
                    before.rename(path)
                raise
    except OSError as error:
        raise ChainviewError(f"can't write the folder {path}: {words_of(error)}") from None


def _exhausted(steps: Generator[None, None, _T]) -> _T:
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            found: _T = ended.value
            return found
