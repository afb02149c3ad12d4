"""The command line: finds the command, imports it alone, and turns what goes wrong into a sentence and an exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from importlib import import_module
from types import FrameType
from typing import NoReturn

from chainview.errors import ChainviewError, Terminated
from chainview.version import VERSION

COMMANDS = {
    "run": "run an actor and watch its chain grow on a live screen",
    "record": "run an actor without a screen: print its events, write its chain",
    "open": "open a recorded chain on the screen",
    "show": "print the events of a chain, or one of them in full",
    "verify": "check every hash and link of a chain",
    "export": "write a chain in another format",
    "inspect": "tell what a module exports, imports and declares",
    "chains": "list the kept chains, and prune them",
}
INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Runs one command and returns its exit code; never lets a traceback reach the user."""
    words = sys.argv[1:] if argv is None else argv
    _use_utf8()
    _end_on_signals()
    try:
        args = _parser(words).parse_args(words)
        code: int = args.run(args)
        sys.stdout.flush()
    except ChainviewError as error:
        return _fail(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Terminated:
        return 0
    except BrokenPipeError:
        # The reader went away, which is its right; what Python would flush at exit must not complain about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except RecursionError:
        return _fail(ChainviewError("this input is nested too deeply for chainview"))
    except MemoryError:
        return _fail(ChainviewError("out of memory: the input is larger than this machine can hold"))
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        return _fail(ChainviewError(f"can't use{where or ' a file'}: {(error.strerror or str(error)).lower()}"))
    # The last resort: a defect of ours ends in a sentence too, unless its traceback is asked for.
    except Exception as error:
        if os.environ.get("CHAINVIEW_DEBUG"):
            raise
        kind = type(error).__name__
        return _fail(ChainviewError(f"a defect of chainview itself ({kind}: {error}); CHAINVIEW_DEBUG=1 shows where", 70))
    return code


def _fail(error: ChainviewError) -> int:
    try:
        print(f"chainview: {error.sentence}", file=sys.stderr)
    except OSError:
        return error.exit_code
    return error.exit_code


def _use_utf8() -> None:
    """A C locale would make every glyph an error; bytes that are no text pass through escaped."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _end_on_signals() -> None:
    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise Terminated

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)


def _parser(words: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="chainview",
        description="Run WebAssembly actors, watch their hash-linked chains grow, read and check recorded ones.",
        epilog="chainview COMMAND --help tells the options of a command.",
    )
    parser.add_argument("--version", action="version", version=f"chainview {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    asked = next((word for word in words if not word.startswith("-")), None)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == asked:
            module = import_module(f"chainview.commands.{name}")
            module.configure(command)
            command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
