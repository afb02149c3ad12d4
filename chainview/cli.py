"""The entry point: looks up the command asked for, runs it, and turns what goes wrong into a sentence and an exit code.

Only the module of that command is imported.
"""

# What takes long to import is imported once the signals are taken: a ^C until then is a traceback.
from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

from chainview.system.errors import EXIT_INTERRUPTED, ChainviewError, Terminated, limit_met, words_of
from chainview.system.signals import interruption

if TYPE_CHECKING:
    import argparse

COMMANDS = {
    "run": "run an actor and watch its chain grow on a live screen",
    "record": "run an actor without a screen: print its events, write its chain",
    "replay": "re-execute a recorded chain and explain what differs",
    "diff": "compare two recorded chains",
    "open": "open a recorded chain on the screen",
    "show": "print the events of a chain, or one of them in full",
    "verify": "check every hash and link of a chain",
    "export": "write a chain in another format",
    "inspect": "tell what a module exports, imports and declares",
    "explain": "tell what a code such as C1 means, and what to do",
    "chains": "list the kept chains, and prune them",
}
"""Each command's name, which is that of its module, and what it does."""


class Command(Protocol):
    """The shape of a command's module."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, args: argparse.Namespace) -> int: ...


def main(argv: list[str] | None = None) -> int:
    """Runs one command and returns its exit code; never lets a traceback reach the user."""
    try:
        interruption.listen()
        code = _run(sys.argv[1:] if argv is None else argv)
    except (KeyboardInterrupt, Terminated):
        code = _interrupted()
    interruption.ignore()
    return code


def _run(words: list[str]) -> int:
    from chainview.system import streams

    streams.make_usable()
    try:
        args = _parsed(words)
        code: int = args.run(args)
        if interruption.number is not None:
            return _interrupted()
        streams.flush()
    except SystemExit as ended:
        return _told(ended)
    except ChainviewError as error:
        return _fail(error)
    except BrokenPipeError:
        streams.silence(1)
        return _fail(ChainviewError("interrupted: standard output was closed before all was told", EXIT_INTERRUPTED))
    except RecursionError:
        return _fail(ChainviewError("this input is nested too deeply for chainview"))
    except OSError as error:
        if limit := limit_met(error):
            return _fail(limit)
        where = f" {error.filename}" if error.filename else ""
        return _fail(ChainviewError(f"can't use{where or ' a file'}: {words_of(error)}"))
    # The last resort: a defect of ours ends in a sentence too, unless its traceback is asked for.
    except Exception as error:
        return _unforeseen(error)
    return code


def _unforeseen(error: Exception) -> int:
    """A limit of the system for which Python has no error of its own, else a defect of ours."""
    if limit := limit_met(error):
        return _fail(limit)
    if os.environ.get("CHAINVIEW_DEBUG"):
        raise error
    kind = type(error).__name__
    return _fail(ChainviewError(f"a defect of chainview itself ({kind}: {error}); CHAINVIEW_DEBUG=1 shows where", 70))


def _parsed(words: list[str]) -> argparse.Namespace:
    """The options of the command asked for: `run` runs it, `refuse` ends with its usage and a sentence.

    Raises SystemExit, with the usage told, for words that fit no command.
    """
    import argparse

    from chainview.system.streams import as_talk
    from chainview.system.version import VERSION
    from chainview.system.wording import visible

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            """Tells what does not fit, with nothing in it that could drive a terminal, and no more than is read."""
            super().error(as_talk(visible(message)))

    parser = Parser(
        prog="chainview",
        description="Run WebAssembly actors, watch their hash-linked chains grow, read and check recorded ones.",
        epilog="chainview COMMAND --help tells the options of a command.",
    )
    parser.add_argument("--version", action="version", version=f"chainview {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    asked = next((word for word in words if not word.startswith("-")), None)
    for name, text in COMMANDS.items():
        subparser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == asked:
            command = find_command(name)
            command.configure(subparser)
            subparser.set_defaults(run=command.run, refuse=subparser.error)
    args, unknown = parser.parse_known_args(words)
    if unknown:
        args.refuse(f"unrecognized arguments: {' '.join(unknown)}")
    return args


def find_command(name: str) -> Command:
    """The module of a command, imported now."""
    from importlib import import_module

    return cast("Command", import_module(f"chainview.commands.{name}"))


def _told(ended: SystemExit) -> int:
    """Help or usage was told; its reader may have gone."""
    from chainview.system import streams

    try:
        streams.flush()
    except ChainviewError as error:
        return _fail(error)
    return ended.code if isinstance(ended.code, int) else 0


def _fail(error: ChainviewError) -> int:
    from chainview.system.streams import complain

    complain(error.sentence)
    return error.exit_code


def _interrupted() -> int:
    """What is buffered is dropped: nobody may read it, and the signals that could end the wait are ignored now."""
    interruption.ignore()
    from chainview.system import streams

    streams.make_usable()
    streams.silence(1)
    streams.complain(f"interrupted: {interruption.name or 'SIGINT'} came before the command was done")
    return EXIT_INTERRUPTED
