"""A module as its sections say it: functions with their instructions, the table, and what its memory begins with."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from dataclasses import dataclass

from chainview.actor.engine.instructions import UnknownCode, behind, number_at
from chainview.actor.engine.sections import SectionReader, sections

CUSTOM, TYPES, IMPORTS, FUNCTIONS, MEMORY, GLOBALS, ELEMENTS, CODE, DATA, DATA_COUNT = 0, 1, 2, 3, 5, 6, 9, 10, 11, 12
CALL, CALL_INDIRECT, CONST, PAGE = 0x10, 0x11, 0x41, 0x10000
LOCALS, GLOBAL_USES, MEMORY_USES = range(0x20, 0x23), range(0x23, 0x25), range(0x28, 0x3F)
_FILLED_IN = 5
"""The bytes of a number that the linker filled in: a place in the memory, or in the table."""
_ADDRESSES = re.compile(rb"(?=(?:\x41|[\x28-\x3e][\x00-\x04])([\x80-\xff]{4}[\x00-\x7f]))")
_PLACES = re.compile(rb"(\x41|[\x28-\x3e][\x00-\x04])([\x80-\xff]{4}[\x00-\x7f])")
_ALIGNMENT = 16
"""Where what begins as zeros lies behind the rest of the memory's beginning."""
_PLACE_IN_SOURCE = struct.Struct("<4I")
"""Where the name of a source lies, how long it is, and a line and a column of it."""
_SOURCES = b".rs"
_LONGEST_NAME = 1024
_NAMES, _FUNCTION_NAMES = "name", 1
_HASHES = re.compile(r"17h[0-9a-f]{16}(?=E)|Cs[0-9A-Za-z]+_")
"""What a compiler of Rust puts into a name: another hash where a crate is built with other features."""
_OF_LIBRARY = re.compile(r"_ZN\d+(?:core|alloc|std)(?=\d)|_R.*?(?:4core|5alloc|3std)\d")
"""The names that Rust gives to functions of its library, also where code of an actor is written into them."""
_LIBRARY_TRAIT = re.compile(r"_ZN\d+_\$LT\$(?:core|alloc|std)\.\..*?\$u20\$as\$u20\$(?:core|alloc|std)\.\.")
_OF_LINKER = re.compile(r"\.llvm\.\d+$")
"""What the linker puts behind a name, another number in each build."""


class UnreadableCode(Exception):
    """A module is made otherwise than what is known here."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Bytes that the memory holds from an address on when the module starts."""

    address: int
    data: bytes

    @property
    def stop(self) -> int:
        """Where what lies behind it begins."""
        return self.address + len(self.data)


@dataclass(frozen=True, slots=True)
class Body:
    """The code of a function: the types of its parameters and locals, and its instructions, each in its bytes."""

    params: bytes
    locals: bytes
    instructions: tuple[bytes, ...]


class ModuleCode:
    """A module that brings its memory along; raises UnreadableCode for others, and for what is not known here."""

    def __init__(self, module: bytes) -> None:
        self.module = module
        self.types: list[bytes] = []
        self.imports: list[str] = []
        """The imported functions, by their names."""
        self.function_types: list[int] = []
        """The type of each function, the imported ones first."""
        self.bodies: list[tuple[int, int]] = []
        self.names: dict[int, str] = {}
        self.table: dict[int, int] = {}
        self.segments: list[Segment] = []
        self.globals = self.pages = 0
        self.marks: dict[int, set[int]] = {}
        """Places in the memory that globals hold for good, as the linker tells where it ends, with their numbers."""
        try:
            for kind, reader in sections(module):
                self._read(kind, reader)
        except (IndexError, UnknownCode, UnicodeDecodeError):
            raise UnreadableCode from None
        self._marks = self._addresses_told()

    @property
    def functions(self) -> range:
        """The functions that have code, as calls number them."""
        return range(len(self.imports), len(self.function_types))

    @property
    def code_size(self) -> int:
        """The bytes of code of all functions."""
        return self.bodies[-1][1] - self.bodies[0][0] if self.bodies else 0

    @property
    def beside_code(self) -> tuple[list[str], list[tuple[int, bytes]]]:
        """What makes a module beside the code of its functions: what names these, and the other sections."""
        parts = [(kind, self.module[part.place : part.stop]) for kind, part in sections(self.module)]
        keys = [self.key(function) for function in range(len(self.function_types))]
        return keys, [(kind, part) for kind, part in parts if kind not in (CODE, CUSTOM)]

    def type_of(self, function: int) -> bytes:
        """The type of a function, in its bytes."""
        return self.types[self.function_types[function]]

    def key(self, function: int) -> str:
        """What names a function in each build; empty where nothing does."""
        if function < len(self.imports):
            return self.imports[function]
        return _OF_LINKER.sub("", self.names.get(function, ""))

    def raw(self, function: int) -> bytes:
        """The bytes of a function's code."""
        start, stop = self.bodies[function - len(self.imports)]
        return self.module[start:stop]

    def body(self, function: int) -> Body:
        """The code of a function, instruction by instruction."""
        start, stop = self.bodies[function - len(self.imports)]
        params = self._params(function)
        own = bytearray()
        try:
            groups, at = number_at(self.module, start)
            for _ in range(groups):
                count, at = number_at(self.module, at)
                if count > 50_000 or not 0x6F <= self.module[at] <= 0x7F:
                    raise UnreadableCode
                own += self.module[at : at + 1] * count
                at += 1
            instructions = []
            while at < stop:
                after = behind(self.module, at)
                instructions.append(self.module[at:after])
                at = after
        except (IndexError, UnknownCode):
            raise UnreadableCode from None
        return Body(params, bytes(own), tuple(instructions))

    def address(self, instruction: bytes) -> int | None:
        """The place in the memory that an instruction holds, as the linker writes those; None where it holds none."""
        at = _number_of(instruction)
        if at is None or len(instruction) - at != _FILLED_IN or not self.segments:
            return None
        number = number_at(instruction, at)[0]
        return number if number >= self.segments[0].address else None

    def entry(self, instruction: bytes) -> int | None:
        """The function of a constant that is its place in the table, as the linker writes those; None for others."""
        if instruction[0] != CONST or len(instruction) - 1 != _FILLED_IN:
            return None
        return self.table.get(number_at(instruction, 1)[0])

    def region(self, address: int) -> tuple[int, int]:
        """The segment in which an address lies, or as many as there are where it lies behind all; and where in it."""
        for at, segment in enumerate(self.segments):
            if segment.address <= address < segment.stop:
                return at, address - segment.address
        return len(self.segments), address - self.zeros

    @property
    def zeros(self) -> int:
        """Where what begins as zeros lies in the memory."""
        return -(-self.segments[-1].stop // _ALIGNMENT) * _ALIGNMENT

    @property
    def is_linked(self) -> bool:
        """Whether it holds addresses as the linker writes them, so that they can be told from numbers."""
        return bool(self._marks)

    def told(self, address: int, longest: int) -> bytes:
        """What stands in the first segment from an address on, up to the next place that something refers to."""
        segment = self.segments[0]
        at = bisect_right(self._marks, address)
        stop = self._marks[at] if at < len(self._marks) else segment.stop
        begin = address - segment.address
        return segment.data[begin : min(begin + longest, stop - segment.address)]

    def source_at(self, address: int) -> str | None:
        """The source of which a line and a column stand at an address, as Rust tells where it stops; else None."""
        segment = self.segments[0]
        begin = address - segment.address
        if begin < 0 or begin + _PLACE_IN_SOURCE.size > len(segment.data):
            return None
        place, length, line, column = _PLACE_IN_SOURCE.unpack_from(segment.data, begin)
        begin = place - segment.address
        name = segment.data[begin : begin + length] if begin >= 0 and length < _LONGEST_NAME else b""
        if not (line and column and len(name) == length and name.endswith(_SOURCES)):
            return None
        return name.decode("utf-8", "replace")

    def _addresses_told(self) -> list[int]:
        """The addresses in the code, and the words of what the memory begins with that may be such, in order."""
        if not self.segments or not self.bodies:
            return []
        found = _ADDRESSES.finditer(self.module, self.bodies[0][0], self.bodies[-1][1])
        told = {number_at(match[1], 0)[0] for match in found}
        if told:
            told.update(*map(words_of, self.segments))
        return sorted([each for each in told if self.segments[0].address <= each < self.segments[-1].stop])

    def _params(self, function: int) -> bytes:
        form = self.type_of(function)
        count, at = number_at(form, 1)
        return form[at : at + count]

    def _read(self, kind: int, reader: SectionReader) -> None:
        if kind == TYPES:
            self._read_types(reader)
        elif kind == IMPORTS:
            self._read_imports(reader)
        elif kind == FUNCTIONS:
            self.function_types += [reader.number() for _ in range(reader.number())]
        elif kind == MEMORY:
            if reader.number() != 1 or reader.byte() > 1:
                raise UnreadableCode
            self.pages = reader.number()
        elif kind == GLOBALS:
            self._read_globals(reader)
        elif kind == ELEMENTS:
            self._read_table(reader)
        elif kind == CODE:
            for _ in range(reader.number()):
                part = reader.part()
                self.bodies.append((part.place, part.stop))
        elif kind == DATA:
            self._read_segments(reader)
        elif kind == CUSTOM and reader.name() == _NAMES:
            self._read_names(reader)

    def _read_types(self, reader: SectionReader) -> None:
        for _ in range(reader.number()):
            begin = reader.place
            if reader.byte() != 0x60:
                raise UnreadableCode
            for _ in range(2):
                for _ in range(reader.number()):
                    if not 0x6F <= reader.byte() <= 0x7F:
                        raise UnreadableCode
            self.types.append(self.module[begin : reader.place])

    def _read_imports(self, reader: SectionReader) -> None:
        for _ in range(reader.number()):
            name = f"{reader.name()}/{reader.name()}"
            if reader.byte() != 0:
                raise UnreadableCode
            self.imports.append(name)
            self.function_types.append(reader.number())

    def _read_globals(self, reader: SectionReader) -> None:
        self.globals = reader.number()
        for at in range(self.globals):
            reader.byte()
            is_kept, begins = reader.byte() == 0, reader.byte()
            if begins != CONST:
                return
            value = reader.number()
            if is_kept:
                self.marks.setdefault(value, set()).add(at)
            if reader.byte() != 0x0B:
                raise UnreadableCode

    def _read_table(self, reader: SectionReader) -> None:
        for _ in range(reader.number()):
            if reader.byte() != 0:
                raise UnreadableCode
            first = _address(reader)
            for at in range(reader.number()):
                self.table[first + at] = reader.number()

    def _read_segments(self, reader: SectionReader) -> None:
        for _ in range(reader.number()):
            if reader.byte() != 0:
                raise UnreadableCode
            address = _address(reader)
            part = reader.part()
            self.segments.append(Segment(address, self.module[part.place : part.stop]))
        self.segments.sort(key=lambda segment: segment.address)

    def _read_names(self, reader: SectionReader) -> None:
        while reader.left:
            kind, part = reader.byte(), reader.part()
            if kind == _FUNCTION_NAMES:
                self.names = {part.number(): part.name() for _ in range(part.number())}


def without_places(code: bytes) -> tuple[bytes, list[int]]:
    """The code without the places that the linker wrote into it, and these in order."""
    return _PLACES.sub(rb"\1", code), [number_at(match[2], 0)[0] for match in _PLACES.finditer(code)]


def plain_name(name: str) -> str:
    """The name of a function without the hashes that its compiler put into it."""
    return _HASHES.sub("", name)


def is_path(name: str) -> bool:
    """Whether the name of a function tells where it is in a source of Rust."""
    return name.startswith(("_ZN", "_R"))


def is_of_library(name: str) -> bool:
    """Whether a function is one of the library of its language."""
    return _OF_LIBRARY.match(name) is not None or is_library_trait(name)


def is_library_trait(name: str) -> bool:
    """Whether a function is what the library does for one of its own types by one of its own traits."""
    return _LIBRARY_TRAIT.match(name) is not None


def words_of(segment: Segment) -> list[int]:
    """The numbers in a segment that stand where an address may."""
    begin = -segment.address % 4
    whole = len(segment.data) - (len(segment.data) - begin) % 4
    return [each[0] for each in struct.iter_unpack("<I", segment.data[begin:whole])]


def _number_of(instruction: bytes) -> int | None:
    """Where in an instruction the number stands that may be an address."""
    if instruction[0] == CONST:
        return 1
    return number_at(instruction, 1)[1] if instruction[0] in MEMORY_USES else None


def _address(reader: SectionReader) -> int:
    """The constant that tells where something begins."""
    if reader.byte() != CONST:
        raise UnreadableCode
    number = reader.number()
    if reader.byte() != 0x0B:
        raise UnreadableCode
    return number
