"""The commands and their options; only the module of the command asked for is imported."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import NoReturn

from chainview.system.version import VERSION

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
    "chains": "list the kept chains, and prune them",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Tells what does not fit, with nothing in it that could drive a terminal."""
        from chainview.system.visible import visible

        super().error(visible(message))


def parse(words: list[str]) -> argparse.Namespace:
    """The options of the command asked for: `run` runs it, `refuse` ends with its usage and a sentence.

    Raises SystemExit, with the usage told, for words that fit no command.
    """
    parser = _Parser(
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
            command.set_defaults(run=module.run, command=name, refuse=command.error)
    args, unknown = parser.parse_known_args(words)
    if unknown:
        args.refuse(f"unrecognized arguments: {' '.join(unknown)}")
    return args
