"""A Pack module as data: its file, what it exports, imports and declares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from chainview.chain.event import Frame
from chainview.chain.payload import INIT
from chainview.pack.declared.metadata import Metadata
from chainview.system.errors import ChainviewError


class ModuleError(ChainviewError):
    """The file is no module that can be run here; the sentence says what it is and what is needed.

    `stack` is that of the guest where it failed as it started.
    """

    def __init__(self, sentence: str, stack: tuple[Frame, ...] = ()) -> None:
        super().__init__(sentence)
        self.stack = stack


class ImportsRefused(ModuleError):
    """The module imports what it does not get."""


class ModuleKind(StrEnum):
    """What a Pack module is: an actor has an init, a package is called with its arguments alone."""

    ACTOR = "actor"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported function; `callable` says whether it has the shape of the Pack calling convention."""

    interface: str
    function: str
    callable: bool
    shape: str


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A module's bytes as they were read, with the name they go by and their SHA-256 in hex."""

    path: Path
    name: str
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Module:
    """What a module says of itself; `symbols` are the exports that follow the Pack calling convention, in its order.

    `version` is that of the CGRF it speaks: all that is handed over to it, and recorded of it, is in that.
    `asynchronous` modules are entered again with the answer to each of their host calls. One of January 2026 knows no
    arrays: it can't read lists of numbers.
    """

    file: ModuleFile
    symbols: tuple[str, ...]
    imports: tuple[Import, ...]
    metadata: Metadata | None
    version: int
    asynchronous: bool
    knows_arrays: bool
    self_contained: bool
    """Whether it brings its memory and its allocator along, as no guest of packr-guest 0.8 to 0.10 does by itself."""

    @property
    def kind(self) -> ModuleKind:
        """An actor when it exports an init."""
        return ModuleKind.ACTOR if INIT in self.symbols else ModuleKind.PACKAGE

    @property
    def declared_interfaces(self) -> tuple[str, ...]:
        """The interfaces that it declares to export, in its order."""
        return () if self.metadata is None else tuple(self.metadata.export_hashes)
