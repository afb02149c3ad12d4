"""Reading the engine's trap messages: the reason without addresses, and the guest's stack."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chainview.chain.event import Frame

_FRAME = re.compile(r"^\s+\d+:\s+(?:0x(?P<offset>[0-9a-f]+)\s+-\s+)?(?P<function>.*)$")
_INLINED = re.compile(r"^\s+-\s+(?P<function>.+)$")
_PLACE = re.compile(r"^\s+at\s+(?P<place>.+?)(?::\d+)?$")
SERVED_MODULE = "chainview-served"
"""The name of modules of our own that may stand between a guest and its host, of which stacks tell nothing."""
_ENCODED = re.compile(r"_{1,4}Z|ZN|_{0,2}R[A-Z]|_GLOBAL_")
"""How names begin that Rust and C++ encode."""
_HASH = re.compile(r"::h[0-9a-f]{16}$|\[[0-9a-f]{6,}\]")
_LINE_END = r"\n"
_PROBES = frozenset({"look", "<wasm function 0>"})
_REASON = re.compile(r"^\s*(?:\d+:\s*)?wasm trap: (?P<reason>.*)$", re.MULTILINE)
_NAMELESS = re.compile(r"^\s+\d+:\s+0x(?P<offset>[0-9a-f]+)\s+-\s+[^!]*!<wasm function \d+>$")
_IDLE_LOOP = b"\x03\x40\x0c\x00"
"""A loop whose body only begins it again."""
_ONLY_UNREACHABLE = b"\x03\x00\x00\x0b"
"""A function's size and body that has no locals and only traps."""
_ALLOCATION = re.compile(r"rust_oom|alloc_error|rg_oom|capacity_overflow|handle_error")


def frames_of(text: str) -> tuple[Frame, ...]:
    """The frames of a backtrace, innermost first, with `file:line` where the module has line tables.

    A function that was inlined into another one is a frame of its own.
    """
    frames: list[Frame] = []
    for line in text.split("\n"):
        if (place := _PLACE.match(line)) and frames:
            frames[-1] = replace(frames[-1], place=place["place"])
        elif frame := _FRAME.match(line):
            if is_own(frame["function"]):
                continue
            frames.append(Frame(_function_name(frame["function"]), offset=int(frame["offset"] or "0", 16)))
        elif frames and (inlined := _INLINED.match(line)):
            frames.append(Frame(_function_name(inlined["function"])))
        elif line.startswith("Caused by"):
            break
    return tuple(frames)


def is_own(shown: str) -> bool:
    """Whether a frame's function is one of our own modules."""
    return shown.startswith(f"{SERVED_MODULE}!")


def with_own_names(text: str, names: Sequence[tuple[str | None, str | None]]) -> str:
    """A backtrace whose functions have their own names, given with those of their modules, innermost first.

    The engine reads every name as one that C++ made of a type, so that `t` becomes `unsigned short`. What Rust and C++
    did encode stays written out, and so does what line tables tell, which have names of their own. A name of several
    lines is written in one, so that it is not read as what the engine says.
    """
    for part in {part for each in names for part in each if part and "\n" in part}:
        text = text.replace(part, part.replace("\n", _LINE_END))
    names = [(_in_a_line(module), _in_a_line(name)) for module, name in names]
    lines, at = text.split("\n"), 0
    for number, line in enumerate(lines):
        frame = _FRAME.match(line)
        if frame is None or at >= len(names):
            continue
        module, name = names[at]
        at += 1
        told = number + 1 < len(lines) and (_PLACE.match(lines[number + 1]) or _INLINED.match(lines[number + 1]))
        shown = f"{module or '<unknown>'}!"
        if name and not told and not is_encoded(name) and frame["function"].startswith(shown):
            lines[number] = f"{line[: frame.start('function')]}{shown}{name}"
    return "\n".join(lines)


def _in_a_line(name: str | None) -> str | None:
    return name if name is None else name.replace("\n", _LINE_END)


def guest_frames(text: str) -> tuple[Frame, ...]:
    """The frames of the guest in a backtrace that a stack probe made, whose own frame comes first."""
    frames = frames_of(text)
    return frames[1:] if frames and frames[0].function in _PROBES else frames


def is_encoded(name: str) -> bool:
    """Whether a name is one that Rust or C++ encodes."""
    return _ENCODED.match(name) is not None


def without_hashes(name: str) -> str:
    """A name that is written out without the hashes that its compiler put into it."""
    return _HASH.sub("", name).strip()


def _function_name(text: str) -> str:
    return without_hashes(text.partition("!")[2] or text)


def trap_reason(text: str) -> str:
    """Why it trapped, in the engine's words without addresses."""
    # The engine's words come last: what stands before them may be a name.
    found = _REASON.findall(text)
    if found:
        return str(found[-1]).strip()
    return text.rpartition("Caused by:")[2].strip().split("\n")[0] or "unknown"


def seems_panicked(text: str, module: bytes, *, probed: bool) -> bool:
    """Whether a backtrace of a module without names ends where that of a Rust guest does that panicked.

    That is in a loop that does nothing, or in a function that only traps: only names tell a panic for certain, but
    hardly anything else is compiled to either. `probed` says that the first frame is a stack probe's.
    """
    frames = [line for line in text.split("\n") if (frame := _FRAME.match(line)) and not is_own(frame["function"])]
    frames = frames[probed:]
    nameless = _NAMELESS.match(frames[0]) if frames else None
    if nameless is None:
        return False
    at = int(nameless["offset"], 16)
    return module[at : at + len(_IDLE_LOOP)] == _IDLE_LOOP or _ONLY_UNREACHABLE in module[max(at - 2, 0) : at + 3]


def in_allocation_error(frames: tuple[Frame, ...]) -> bool:
    """Whether the panic came from an allocation that failed."""
    return any(_ALLOCATION.search(frame.function) for frame in frames)
