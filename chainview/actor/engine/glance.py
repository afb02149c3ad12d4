"""A module at a glance: what its sections and its type metadata say, without compiling it and without running it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import repeat
from pathlib import Path

from chainview.actor.engine.sections import SectionReader, sections
from chainview.actor.module import Import, Module, ModuleFile
from chainview.pack.cgrf.limits import MAGIC, OLDEST
from chainview.pack.declared.metadata import Metadata, MetadataError, parse_metadata

_LARGEST = 64 << 20
"""The most bytes that are looked at: what is larger is no actor that somebody waits for."""
_TYPES, _IMPORTS, _FUNCTIONS, _EXPORTS = 1, 2, 3, 7
_FUNCTION, _TABLE, _GLOBAL = 0, 1, 3
_FUNCTION_TYPE, _I32 = 0x60, 0x7F
_PACK_SHAPE = ((_I32,) * 4, (_I32,))
_PLUMBING = "__pack_"
_MOST_TRIED = 64
"""The places that are tried where metadata may begin."""

_Shape = tuple[tuple[int, ...], tuple[int, ...]]


def glance(path: Path) -> Module | None:
    """What a module exports, imports and declares; None for what is no binary module, or none that can be read so.

    Without metadata in its data nothing is known of its types and of the CGRF it speaks.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return None
    data = path.read_bytes()
    if path.suffix == ".wat":
        data = _assembled(data)
    if not data.startswith(b"\0asm\1\0\0\0"):
        return None
    try:
        return _Glance(data).module(path)
    except IndexError:
        return None


def _assembled(text: bytes) -> bytes:
    """The module that a text is; only this takes the engine. Nothing where it is none."""
    from chainview.actor.engine.wat import NoWat, assembled

    try:
        return assembled(text)
    except NoWat:
        return b""


class _Glance:
    """Reads the sections that say what a module exports and imports; raises IndexError for a broken one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sections = dict(sections(data))

    def module(self, path: Path) -> Module:
        """The module."""
        shapes = list(self._shapes())
        imported = list(self._imports(shapes))
        kinds = [shape for _, shape in imported] + [shapes[each.number()] for each in self._entries(_FUNCTIONS)]
        exported = {name: kinds[index] for name, index in self._exports()}
        symbols = [name for name, shape in exported.items() if shape == _PACK_SHAPE and not name.startswith(_PLUMBING)]
        metadata = self._metadata()
        return Module(
            file=ModuleFile(path, path.name, self._data, hashlib.sha256(self._data).hexdigest()),
            symbols=tuple(symbols),
            imports=tuple(each for each, _ in imported),
            metadata=metadata,
            version=metadata.version if metadata else OLDEST,
            asynchronous="__pack_resume" in exported,
            knows_arrays=True,
            self_contained=True,
        )

    def _entries(self, kind: int) -> Iterator[SectionReader]:
        """The section of a kind, once for each of its entries."""
        section = self._sections.get(kind)
        if section is not None:
            yield from repeat(section, section.number())

    def _shapes(self) -> Iterator[_Shape]:
        for section in self._entries(_TYPES):
            if section.byte() != _FUNCTION_TYPE:
                raise IndexError("a type that is no function's")
            yield _types(section), _types(section)

    def _imports(self, shapes: list[_Shape]) -> Iterator[tuple[Import, _Shape]]:
        for section in self._entries(_IMPORTS):
            interface, name, kind = section.name(), section.name(), section.byte()
            if kind == _FUNCTION:
                shape = shapes[section.number()]
                yield Import(interface, name, shape == _PACK_SHAPE, ""), shape
            else:
                _pass_over(section, kind)

    def _exports(self) -> Iterator[tuple[str, int]]:
        for section in self._entries(_EXPORTS):
            name, kind, index = section.name(), section.byte(), section.number()
            if kind == _FUNCTION:
                yield name, index

    def _metadata(self) -> Metadata | None:
        """The first metadata that lies in the module's data."""
        at = -1
        for _ in range(_MOST_TRIED):
            at = self._data.find(MAGIC, at + 1)
            if at < 0:
                break
            with suppress(MetadataError):
                return parse_metadata(self._data[at:])
        return None


def _types(section: SectionReader) -> tuple[int, ...]:
    return tuple([section.byte() for _ in range(section.number())])


def _pass_over(section: SectionReader, kind: int) -> None:
    """Passes over what is imported that is no function."""
    if kind == _GLOBAL:
        section.byte(), section.byte()
        return
    if kind == _TABLE:
        section.byte()
    flags = section.number()
    section.number()
    if flags & 1:
        section.number()
