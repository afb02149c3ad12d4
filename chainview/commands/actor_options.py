"""The options that `run` and `record` share, and what they say about an actor."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.errors import ChainviewError

if TYPE_CHECKING:
    from chainview.actor.launch import Options

SCHEMAS = ("values", "bytes")
_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def add_actor_options(parser: argparse.ArgumentParser) -> None:
    """Adds what says which actor is run, how it starts, and what it may use."""
    parser.add_argument("actor", metavar="ACTOR", help="a .wasm or .wat module, or a Theater manifest.toml")
    parser.add_argument("--state", metavar="LITERAL", help="the initial state, in place of the manifest's text")
    parser.add_argument(
        "--call",
        action="append",
        default=[],
        metavar="'NAME(ARGS)'",
        help="a call to make after init (repeatable)",
    )
    parser.add_argument("--calls", metavar="FILE", help="a file of calls, one a line, # begins a comment")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the chain file (default: the kept chains)")
    parser.add_argument("--force", action="store_true", help="replace an existing chain file")
    parser.add_argument("--schema", choices=SCHEMAS, default="values", help="the shape of payloads (default: values)")
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=30.0,
        metavar="TIME",
        help="how long a call may take (default: 30s)",
    )
    parser.add_argument(
        "--max-memory",
        type=size,
        default=512 << 20,
        metavar="SIZE",
        help="memory the actor may hold (default: 512M)",
    )
    parser.add_argument("--fuel", action="store_true", help="measure the work between events (slower)")
    parser.add_argument(
        "--stub", action="store_true", help="answer imports that nobody provides with their type's default"
    )
    parser.add_argument(
        "--stop-on-error", action="store_true", help="end the actor after a failed call, as Theater does"
    )


def read_options(args: argparse.Namespace) -> Options:
    """The options as a session takes them; raises ChainviewError for a file of calls that can't be read."""
    from chainview.actor.instance import Limits
    from chainview.actor.launch import Options
    from chainview.actor.manifest import find_target
    from chainview.chain.payload import Schema

    return Options(
        target=find_target(args.actor),
        schema=Schema(args.schema),
        state=args.state,
        calls=(*args.call, *_calls_in(args.calls)),
        limits=Limits(timeout=args.timeout, memory=args.max_memory, fuel=args.fuel),
        stub=args.stub,
        stop_on_error=args.stop_on_error,
        output=args.output,
        force=args.force,
    )


def _calls_in(path: str | None) -> list[str]:
    if path is None:
        return []
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ChainviewError(f"can't read the calls in {path}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise ChainviewError(f"the file of calls {path} is no text: one NAME(ARGS) a line was looked for") from None
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def size(text: str) -> int:
    """A number of bytes such as `512M`; raises argparse's error for anything else, or for nothing."""
    number, unit = text.lower().removesuffix("ib").removesuffix("b"), 1
    if number and number[-1] in _UNITS:
        number, unit = number[:-1], _UNITS[number[-1]]
    try:
        value = int(float(number) * unit)
    except (ValueError, OverflowError):
        value = 0
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is no size: such as 512M or 2G")
    return value


def seconds(text: str) -> float:
    """A time such as `10s`, `500ms` or `2m`, in seconds; a bare number is seconds."""
    for suffix, factor in sorted(_SECONDS.items(), key=lambda unit: -len(unit[0])):
        if text.endswith(suffix):
            number, unit = text[: -len(suffix)], factor
            break
    else:
        number, unit = text, 1.0
    try:
        value = float(number) * unit
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is no time: such as 10s, 500ms or 2m")
    return value
