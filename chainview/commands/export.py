"""`chainview export`: writes a chain, or each chain of a family, in another format."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.members import add_members_option, chosen_members
from chainview.commands.options.paths import name, path
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError, words_of
from chainview.system.streams import complain, emit_bytes, say
from chainview.system.wording import plural, visible, visible_json

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.index import Entry
    from chainview.chain.families.member import Member
    from chainview.chain.files.exporters import Excerpt
    from chainview.chain.files.opened import OpenedChain

_PAGE = "html"
_FORMATS = {
    "msgpack": "chainview's own chain file",
    "json": "Theater's JSON array, all of the chain",
    "theater": "the JSON array as far as Theater's own replay takes it to its end",
    "event": "Theater's EVENT text",
    "blocks": "Theater's --- blocks",
    _PAGE: "one page to look at in a browser (of a replay: chainview replay --html FILE)",
}


_SUFFIXES = {name: f".{name}" for name in _FORMATS} | {"msgpack": ".chain", "theater": ".json"}
"""What the names of a family's files end in."""
_NOT_FOR_TERMINALS = ("msgpack", "event", _PAGE)
"""The formats that hold payloads as raw bytes, and what a browser is to read."""

HELP = CommandHelp(
    (
        ("chainview export c.chain --to json -o c.json", "Theater's JSON array"),
        ("chainview export c.chain --to theater -o replayable.json", "as far as Theater's own replay takes it"),
        ("chainview export c.chain --to html -o c.html", "a page to look at in a browser, and to send to others"),
        ("chainview export session/ --to event -o events/", "each chain of a family"),
    ),
    "the chain was written",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    formats = "; ".join([f"{name}: {text}" for name, text in _FORMATS.items()])
    parser.add_argument(
        "chain", type=name, metavar="CHAIN", help="a chain file of any format, or a folder of them; - is standard input"
    )
    parser.add_argument("--to", dest="format", choices=sorted(_FORMATS), required=True, help=formats)
    parser.add_argument(
        "-o",
        "--output",
        type=path,
        metavar="FILE",
        help="write here (default: standard output), a family into this folder",
    )
    add_members_option(parser)
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> int:
    """Writes the chain; what the format can't hold is told on standard error."""
    family, chosen = chosen_members(args.chain, args.members)
    if family is not None and chosen is not None:
        return _export_family(args, chosen)
    _check_output(args)
    count, sentences = _exported(args, args.chain, args.output)
    for sentence in sentences:
        complain(sentence)
    if args.output is not None:
        say(f"{'the page is' if args.format == _PAGE else plural(count, 'event')} in {args.output}")
    return 0


def _exported(args: argparse.Namespace, chain: str | Path, output: Path | None) -> tuple[int, list[str]]:
    """Writes one chain; how many events were written, and what is to be said of it."""
    from chainview.chain.files.exporters import WRITERS, Losses, all_of
    from chainview.chain.files.opened import open_chain
    from chainview.chain.files.verification import file_sentences
    from chainview.system.files.whole_file import write_whole

    losses = Losses()
    with open_chain(chain) as opened:
        opened.load()
        excerpt, remarks = all_of(opened), list[str]()
        if args.format == "theater":
            excerpt, remarks = _replayable(opened, excerpt)
        made = _page(opened) if args.format == _PAGE else WRITERS[args.format](excerpt, losses)
        pieces = _unless_changed(made, opened)
        if output is not None:
            write_whole(output, pieces, force=args.force)
        else:
            emit_bytes(_for_terminal(pieces, args.format) if sys.stdout.isatty() else pieces)
        return len(excerpt.numbers), [*remarks, *losses.sentences(), *file_sentences(opened)]


def _page(opened: OpenedChain) -> Iterator[bytes]:
    from chainview.pages.chain_page import chain_page

    return chain_page(opened)


def _export_family(args: argparse.Namespace, family: RecordedFamily) -> int:
    """Writes each member's chain into a folder, and the index beside them; 2 when one of them can't be written."""
    from chainview.chain.families.index import INDEX
    from chainview.system.files.whole_file import write_whole

    folder = _output_folder(args, family)
    for remark in family.remarks:
        complain(remark)
    lines, outputs, events, code = list[str](), set[Path](), 0, 0
    inferred = {member.entry.id for member in family.members if member.id_basis is not None}
    for member in family.members:
        output = folder / f"{member.file.stem}{_SUFFIXES[args.format]}"
        if output in outputs:
            output = folder / f"{member.file.name}{_SUFFIXES[args.format]}"
        outputs.add(output)
        try:
            if member.problem:
                raise ChainviewError(member.problem)
            count, sentences = _exported(args, member.file, output)
        except ChainviewError as error:
            complain(f"{member.title} is left out: {error.sentence}")
            outputs.discard(output)
            code = 2
            continue
        for sentence in sentences:
            complain(f"{member.title}: {sentence}")
        lines.append(_entry(member, output, inferred).line)
        events += count
    if lines and args.format == _PAGE:
        from chainview.pages.page import list_page

        write_whole(folder / "index.html", list_page(family.where, sorted(outputs)), force=args.force)
    elif lines:
        write_whole(folder / INDEX, ("".join(lines).encode(),), force=args.force)
    amounts = [(len(lines), "page")] if args.format == _PAGE else [(len(lines), "actor"), (events, "event")]
    say(f"{', '.join([plural(*amount) for amount in amounts])} in the folder {folder}")
    return code


def _entry(member: Member, output: Path, inferred: set[str]) -> Entry:
    """The member's entry in an index of what was written, which holds no id that is only inferred."""
    from chainview.chain.families.index import Entry

    id, parent = [each if each not in inferred else "" for each in (member.entry.id, member.parent)]
    return Entry(output.name, id, member.name, parent, member.entry.module_sha256)


def _output_folder(args: argparse.Namespace, family: RecordedFamily) -> Path:
    """The folder to write a family into, made where it was missing; raises ChainviewError where that can't be."""
    folder: Path | None = args.output
    if folder is None or str(folder) == "-":
        raise ChainviewError(f"{args.chain} is a family of chains, which go into a folder: give -o FOLDER")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.samefile(family.folder):
            raise ChainviewError(f"{folder} is the folder of the family itself: give another one")
        if any(folder.iterdir()) and not args.force:
            raise ChainviewError(f"{folder} is not empty: give another folder, or --force to replace what is in it")
    except OSError as error:
        raise ChainviewError(f"can't make the folder {folder}: {words_of(error)}") from None
    return folder


def _unless_changed(pieces: Iterator[bytes], opened: OpenedChain) -> Iterator[bytes]:
    """The pieces; raises ChainviewError behind them where the chain was changed meanwhile."""
    yield from pieces
    opened.require_unchanged()


def _replayable(opened: OpenedChain, whole: Excerpt) -> tuple[Excerpt, list[str]]:
    """What Theater's replay takes of a chain, with what is to be said of that."""
    from chainview.chain.files.theater.replayable import replayable
    from chainview.chain.files.verification import verify
    from chainview.replay.run.build_notes import recorded_builds

    soundness = verify(opened)
    if not soundness.sound:
        problem = soundness.problems[0]
        raise ChainviewError(f"no replay of a chain that is not sound comes to its end: {problem.message}")
    if not opened.holds_payloads:
        raise ChainviewError(f"no replay of {opened.path} comes to its end: it holds types and hashes, and no payloads")
    builds = [build.start for build in recorded_builds(opened.notes)]
    found = replayable(opened.table, opened.schema, opened.header, builds)
    return replace(whole, numbers=range(1, found.count + 1)), list(found.remarks)


def _for_terminal(pieces: Iterator[bytes], format: str) -> Iterator[bytes]:
    """The text with nothing in it that could drive a terminal; raises ChainviewError for what holds raw bytes."""
    if format in _NOT_FOR_TERMINALS:
        raise ChainviewError(f"{_FORMATS[format]} is no text for a terminal: give -o FILE, or redirect the output")
    return (_visible(piece.decode("utf-8", "replace"), format).encode() for piece in pieces)


def _visible(text: str, format: str) -> str:
    if format != "blocks":
        return visible_json(text)
    return "\n".join([visible(line) for line in text.split("\n")])


def _check_output(args: argparse.Namespace) -> None:
    """Raises ChainviewError for a file that is no file, or the chain itself."""
    output: Path | None = args.output
    if output is None:
        return
    if str(output) == "-":
        raise ChainviewError("without -o the chain goes to standard output: leave out -o -")
    chain = Path(args.chain)
    if output.exists() and chain.exists() and output.samefile(chain):
        raise ChainviewError(f"{output} is the chain itself: give another name")
