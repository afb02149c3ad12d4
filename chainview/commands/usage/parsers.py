"""The parsers of the command line: the one source of help, completion and the manual page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from importlib import import_module
from typing import Any, NamedTuple, NoReturn, Protocol, cast

from chainview.commands.usage.help import CommandHelp
from chainview.system.streams import as_talk, emit, emit_bytes
from chainview.system.version import VERSION
from chainview.system.wording import visible

COMMANDS = {
    "run": "run an actor and watch its chain grow on a live screen",
    "record": "run an actor without a screen: print its events, write its chain",
    "replay": "re-execute a recorded chain and explain what differs",
    "test": "replay all chains of a suite, and tell which of them differ",
    "shrink": "find the shortest chain that still differs in the same way",
    "bisect": "find the first of many builds, or commits, by which a recorded chain differs",
    "diff": "compare two recorded chains",
    "open": "open a recorded chain on the screen",
    "show": "print the events of a chain, or one of them in full",
    "verify": "check every hash and link of a chain",
    "stats": "tell where the time and the bytes of a chain went, by function",
    "export": "write a chain in another format",
    "inspect": "tell what a module exports, imports and declares",
    "accept": "list, add and remove the rules by which differences are accepted",
    "explain": "tell what a code such as C1 means, and what to do",
    "chains": "list the kept chains, or those of a folder, and prune the kept ones",
    "config": "show the settings, every key's among them, and check them",
    "completion": "print the completion for a shell",
    "man": "show the manual page",
}
"""Each command's name, which is that of its module, and what it does."""


class Command(Protocol):
    """The shape of a command's module."""

    HELP: CommandHelp

    def configure(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, args: argparse.Namespace) -> int: ...


class Parser(argparse.ArgumentParser):
    """A parser that knows what was added to it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, formatter_class=argparse.RawDescriptionHelpFormatter)

    @property
    def arguments(self) -> list[argparse.Action]:
        """What it takes, in the order in which that was added, by whatever group."""
        return list(self._actions)

    def option(self, name: str) -> argparse.Action | None:
        """The option of that name, or that begins so; of a short one that its value follows at once."""
        names = {each: action for action in self.arguments for each in action.option_strings}
        if name in names or not name.startswith("--"):
            return names.get(name) or names.get(name[:2])
        begun = {action for each, action in names.items() if each.startswith(name)}
        return begun.pop() if len(begun) == 1 else None

    def error(self, message: str) -> NoReturn:
        """Tells what does not fit, with nothing in it that could drive a terminal, and no more than is read."""
        super().error(as_talk(visible(message)))

    def _print_message(self, message: str, file: Any = None) -> None:
        # The library's own passes over help that can't be written.
        if file is sys.stdout:
            emit_bytes([message.encode()])
        else:
            super()._print_message(message, file)

    def misspelled(self, message: str, word: str, known: Collection[str]) -> NoReturn:
        """Tells of a word that is none of those that are known, with the one that is likely meant."""
        like = _like(word, known)
        more = f": did you mean {like}?" if like else f": {self.prog} --help lists what there is"
        self.exit(2, as_talk(f"{self.prog}: error: {visible(message)}{more}\n"))


def _like(word: str, known: Collection[str]) -> str:
    """The one of those that a word is likely to mean: the nearest, or the only option that a letter begins."""
    # Loaded where a line is refused.
    from difflib import get_close_matches

    begun = [each for each in known if each.startswith(f"-{word}")] if len(word) == len("-x") else []
    near = begun if len(begun) == 1 else get_close_matches(word, known, 1)
    return near[0] if near else ""


class _Version(argparse.Action):
    """Tells the version; the action of the library lays it out as help, which loads much."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        emit([f"{parser.prog} {VERSION}"])
        parser.exit()


class Parsers(NamedTuple):
    """The parser of the whole line, and of each command; those of commands that were not asked for are empty."""

    whole: Parser
    commands: dict[str, Parser]


def find_command(name: str) -> Command:
    """The module of a command, imported now."""
    return cast("Command", import_module(f"chainview.commands.{name}"))


def parsers_for(asked: Collection[str]) -> Parsers:
    """The parsers, with the options of the commands asked for, whose modules alone are imported."""
    whole = Parser(
        prog="chainview",
        description="Run WebAssembly actors, watch their hash-linked chains grow, read and check recorded ones.",
        epilog="chainview COMMAND --help tells the options of a command.",
    )
    whole.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    # Without `prog` a usage is laid out to find it.
    under = whole.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser, prog=whole.prog)
    commands = {}
    for name, text in COMMANDS.items():
        commands[name] = parser = under.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name in asked:
            command = find_command(name)
            command.configure(parser)
            parser.epilog = command.HELP.text
            parser.set_defaults(run=command.run, refuse=parser.error)
    return Parsers(whole, commands)


def parsed(words: list[str]) -> argparse.Namespace:
    """The options of the command asked for: `run` runs it, `refuse` ends with its usage and a sentence.

    Raises SystemExit, with the usage told, for words that fit no command.
    """
    asked = [word for word in words if not word.startswith("-")][:1]
    parsers = parsers_for(asked)
    if asked and asked[0] not in COMMANDS:
        parsers.whole.misspelled(f"there is no command {asked[0]}", asked[0], COMMANDS)
    args, unknown = parsers.whole.parse_known_args(words)
    given = words[: words.index("--")] if "--" in words else words
    option = next((word.partition("=")[0] for word in unknown if word.startswith("-") and word in given), "")
    if option:
        parser = parsers.commands[asked[0]]
        names = [name for each in parser.arguments for name in each.option_strings]
        parser.misspelled(f"there is no option {option}", option, names)
    if unknown:
        args.refuse(f"unrecognized arguments: {' '.join(unknown)}")
    return args
