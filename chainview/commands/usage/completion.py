"""What may stand in a place of the command line, told from the parsers, kept chains and the module that is named."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chainview.commands.usage.parsers import COMMANDS, Parser, parsers_for
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible

_CALL = "'NAME(ARGS)'"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that may stand there, and what is to be said of it on one line."""

    text: str
    note: str = ""
    open: bool = False
    """Whether more is to be typed behind it, without a blank."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What may stand in a place, and whether a file may."""

    candidates: tuple[Candidate, ...] = ()
    files: bool = False


@dataclass(slots=True)
class _Line:
    """What the words before the cursor say to the parser of their command."""

    values: dict[argparse.Action, str]
    """What was typed last for each argument; nothing for those that take no value."""
    waiting: argparse.Action | None
    """The option whose value is to come."""
    places: Sequence[argparse.Action]
    """The arguments without a name that are to come."""
    options: bool
    """Whether options may still come."""


_Values = Callable[[_Line], Iterable[Candidate]]


def offer(words: Sequence[str]) -> Offer:
    """What may stand in the place of the last of these words, which are those behind the program's name."""
    *before, typed = words
    command = next((word for word in before if not word.startswith("-")), None)
    parsers = parsers_for(() if command is None else (command,))
    if command is None:
        parser, line = parsers.whole, _Line({}, None, (), options=True)
        found = Offer(tuple(Candidate(name, text) for name, text in COMMANDS.items()))
    elif command in parsers.commands:
        parser = parsers.commands[command]
        line = _read(parser, before[before.index(command) + 1 :])
        found = _offer_of(line.waiting or next(iter(line.places), None), line)
    else:
        return Offer()
    if line.options and line.waiting is None and typed.startswith("-") and typed != "-":
        name, equals, value = typed.partition("=")
        action = parser.option(name) if equals else None
        if action is None:
            return _fitting(Offer(tuple(_option_names(parser))), typed)
        found = _offer_of(action, line)
        named = [Candidate(f"{name}={each.text}", each.note, each.open) for each in found.candidates]
        return _fitting(Offer(tuple(named), found.files), f"{name}={value}")
    return _fitting(found, typed)


def _fitting(found: Offer, typed: str) -> Offer:
    """What of an offer begins as it was typed and can be typed, as it would drive a terminal otherwise."""
    fits = [each for each in found.candidates if each.text.startswith(typed) and each.text == visible(each.text)]
    return Offer(tuple([Candidate(each.text, visible(each.note), each.open) for each in fits]), found.files)


def with_twins(found: Offer) -> Iterator[Candidate]:
    """What may stand there, with the whole signature beside a call that is begun.

    A shell that finds one word alone ends it, with a blank or a quote, and of two it takes what they have in common.
    """
    for each in found.candidates:
        yield each
        if each.open and each.note.startswith(each.text):
            yield Candidate(each.note, open=True)


def _read(parser: Parser, words: Sequence[str]) -> _Line:
    places = [action for action in parser.arguments if not action.option_strings]
    line = _Line({}, None, places, options=True)
    for word in words:
        if line.waiting is not None:
            line.values[line.waiting], line.waiting = word, None
        elif line.options and word == "--":
            line.options = False
        elif line.options and word.startswith("-") and word != "-":
            name, equals, value = word.partition("=")
            action = parser.option(name)
            if action is not None:
                line.values[action] = value
                is_whole = bool(equals) or (not name.startswith("--") and len(name) > 2)
                line.waiting = action if action.nargs != 0 and not is_whole else None
        elif places:
            line.values[places[0]] = word
            del places[: 0 if places[0].nargs in ("*", "+", argparse.REMAINDER) else 1]
    return line


def _option_names(parser: Parser) -> Iterator[Candidate]:
    for action in parser.arguments:
        if action.help is not argparse.SUPPRESS:
            for name in action.option_strings:
                yield Candidate(name, action.help or "")


def _offer_of(action: argparse.Action | None, line: _Line) -> Offer:
    if action is None:
        return Offer()
    if action.choices is not None:
        return Offer(tuple(Candidate(str(choice)) for choice in action.choices))
    taken = TAKEN.get(str(action.metavar), Taken())
    return Offer(tuple(taken.values(line)), taken.files)


def _none(line: _Line) -> Iterable[Candidate]:
    return ()


def _chains(line: _Line) -> Iterable[Candidate]:
    """The names of the kept chains and families, newest first."""
    from chainview.chain.families.index import INDEX
    from chainview.system.files.locations import chains_folder

    with suppress(OSError):
        kept = [path for path in chains_folder().iterdir() if path.suffix == ".chain" or (path / INDEX).is_file()]
        for path in sorted(kept, key=lambda path: path.name.rpartition("-")[2], reverse=True):
            yield Candidate(path.name, "kept chain")


def _codes(line: _Line) -> Iterable[Candidate]:
    from chainview.replay.differences.codes import Code

    return [
        *[Candidate(str(code), code.description.title) for code in Code],
        Candidate("filter", "how filters are written"),
        Candidate("suite", "what a chainview.toml says"),
    ]


def _settings(line: _Line) -> Iterable[Candidate]:
    """The settings, and the ids of the actions that keys are given to."""
    from chainview.ui.widgets.key_table import ACTIONS
    from chainview.ui.widgets.settings import MOUSE, THEME

    return [Candidate(THEME), Candidate(MOUSE), *[Candidate(action.id, action.text) for action in ACTIONS]]


def _leaves(line: _Line) -> Iterable[Candidate]:
    from chainview.actor.hosts.provided import may_be_allowed

    return [Candidate(name) for name in may_be_allowed()]


def _calls(line: _Line) -> Iterable[Candidate]:
    """The calls of what the module exports that the line names, and the messages that it takes."""
    from chainview.actor.engine.glance import glance
    from chainview.actor.exports import exports_of, messages_of
    from chainview.actor.manifest import find_target

    named = next((word for action, word in line.values.items() if action.metavar == "ACTOR"), None)
    if named is None:
        return
    try:
        # Shells hand a word over as it was typed.
        module = glance(find_target(os.path.expanduser(named)).module)
    except (ChainviewError, OSError, ValueError):
        return
    for export in () if module is None else (*exports_of(module), *messages_of(module)):
        takes_none = export.params == ()
        yield Candidate(f"{export.name}({')' if takes_none else ''}", export.signature, open=not takes_none)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an argument takes: values that can be told, and whether the name of a file."""

    values: _Values = _none
    files: bool = False


TAKEN: Mapping[str, Taken] = {
    "ACTOR": Taken(files=True),
    "CHAIN": Taken(_chains, files=True),
    "A": Taken(_chains, files=True),
    "B": Taken(_chains, files=True),
    "FILE": Taken(files=True),
    "BUILD": Taken(files=True),
    "PATH": Taken(files=True),
    "GOOD..BAD": Taken(),
    "CMD": Taken(),
    "FOLDER": Taken(_chains, files=True),
    "RULES": Taken(files=True),
    "REPORT": Taken(files=True),
    "CODE": Taken(_codes),
    "SETTING": Taken(_settings),
    _CALL: Taken(_calls),
    "NAME[:LIMIT]": Taken(_leaves),
    "ID": Taken(),
    "DAY": Taken(),
    "NAME": Taken(),
    "TEXT": Taken(),
    "LITERAL": Taken(),
    "TIME": Taken(),
    "SIZE": Taken(),
    "N": Taken(),
    "I/N": Taken(),
    "ADDRESS": Taken(),
    "DIR": Taken(files=True),
    "ROWS": Taken(),
    "RE": Taken(),
    "WORD": Taken(),
    "PATTERN": Taken(),
}
"""What the arguments take, by the word that stands for their value in the help."""


def files_beginning(typed: str) -> list[Candidate]:
    """The files and folders whose path begins as it was typed."""
    head, slash, begun = typed.rpartition("/")
    try:
        found = sorted(Path(head + slash or ".").iterdir())
    except (OSError, ValueError):
        return []
    shown = [path for path in found if path.name.startswith(begun) and (begun or not path.name.startswith("."))]
    texts = [(f"{head}{slash}{path.name}", path.is_dir()) for path in shown if path.name == visible(path.name)]
    return [Candidate(f"{text}/" if is_folder else text, open=is_folder) for text, is_folder in texts]
