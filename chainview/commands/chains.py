"""`chainview chains`: lists the kept chains and families of them, or those of a folder, and prunes the kept ones."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.amounts import seconds, size
from chainview.commands.options.paths import name
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.streams import complain, emit, say
from chainview.system.wording import moment, plural, size_words

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.kept_chains import KeptChain, Removal

HELP = CommandHelp(
    (
        ("chainview chains", "list the kept chains, newest first"),
        ("chainview chains session/", "list the actors of a session, each with its chain"),
        ("chainview chains --prune --older-than 30d --dry-run", "what would go"),
    ),
    "they were listed, or pruned",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "folder",
        type=name,
        metavar="FOLDER",
        nargs="?",
        help="the folder of a session, or any other with chains (default: the kept)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--prune", action="store_true", help="remove chains, oldest first")
    parser.add_argument(
        "--older-than", type=seconds, metavar="TIME", help="with --prune: not written for this long, as 30d"
    )
    parser.add_argument(
        "--max-size", type=size, metavar="SIZE", help="with --prune: until all together take at most this"
    )
    parser.add_argument("--dry-run", action="store_true", help="with --prune: only tell what would go")


def run(args: argparse.Namespace) -> int:
    """Lists the kept chains, or those of a folder, or prunes the kept ones."""
    from chainview.chain.families.kept_chains import kept_chains, prune
    from chainview.system.files.locations import chains_folder

    limits = args.older_than is not None or args.max_size is not None
    if args.prune != limits or (args.dry_run and not args.prune):
        raise ChainviewError(
            "pruning takes --prune with --older-than TIME or --max-size SIZE, and --dry-run to only tell"
        )
    if args.folder is not None and args.prune:
        raise ChainviewError("pruning is of the kept chains: leave out FOLDER, and remove another folder yourself")
    folder = chains_folder() if args.folder is None else Path(args.folder)
    family = None if args.folder is None else _family(folder)
    if family is not None:
        return _list_family(family, as_json=args.json)
    chains = kept_chains(folder)
    removal = None
    if args.prune:
        removal = prune(chains, older_than=args.older_than, max_size=args.max_size, dry_run=args.dry_run)
        if not args.dry_run:
            chains = [chain for chain in chains if chain not in removal.gone]
    if args.json:
        emit([json.dumps(_object(str(folder), chains, removal, dry_run=args.dry_run))])
    elif removal is not None:
        _tell(removal, dry_run=args.dry_run)
    elif chains:
        emit(_table(chains))
        for chain in chains:
            if chain.problem:
                complain(f"{chain.path}: {chain.problem}")
    else:
        say(f"no chains are kept in {folder}")
    return 0


def _family(folder: Path) -> RecordedFamily | None:
    """The family in a folder; None for a folder in which families and chains of several sessions lie."""
    from chainview.chain.families.folder import find_family
    from chainview.chain.families.index import INDEX, OTHER_INDEX
    from chainview.chain.families.kept_chains import kept_chains
    from chainview.system.files.locations import chains_folder

    indexed = any((folder / name).exists() for name in (INDEX, OTHER_INDEX))
    if folder.is_dir() and not indexed:
        holds_families = any(chain.members for chain in kept_chains(folder))
        if holds_families or (chains_folder().is_dir() and folder.samefile(chains_folder())):
            return None
    family = find_family(folder)
    if family is None and folder.is_dir():
        raise ChainviewError(
            f"{folder} is a content store of Theater, whose chains have no files: chainview open {folder}"
        )
    if family is None:
        raise ChainviewError(
            f"{folder} is no folder: a single chain is told of by chainview verify {folder}"
            if folder.exists()
            else f"there is no folder {folder}, here or among the kept chains"
        )
    return family


def _list_family(family: RecordedFamily, *, as_json: bool) -> int:
    from chainview.commands.reporting.family_listing import family_listing, family_table, listed_members
    from chainview.commands.reporting.long_wait import on_a_thread

    listed = on_a_thread(lambda: listed_members(family), lambda: f"reading {plural(len(family.members), 'chain')}")
    emit([json.dumps(family_listing(family, listed))] if as_json else family_table(family, listed))
    return 0


def _object(folder: str, chains: list[KeptChain], removal: Removal | None, *, dry_run: bool) -> dict[str, object]:
    report: dict[str, object] = {
        "chainview": 1,
        "command": "chains",
        "folder": folder,
        "chains": [_chain_object(chain) for chain in chains],
    }
    if removal is not None:
        report["dry_run"] = dry_run
        report["removed"] = [str(chain.path) for chain in removal.gone]
        report["refused"] = [{"path": str(chain.path), "reason": reason} for chain, reason in removal.kept]
    return report


def _chain_object(chain: KeptChain) -> dict[str, object]:
    return {
        "path": str(chain.path),
        "actor": chain.actor,
        "time": moment(chain.time_ns),
        "actors": len(chain.members) or 1,
        "events": chain.events,
        "bytes": chain.size,
        "closed": chain.closed,
        "live": chain.live,
        "problem": chain.problem or None,
    }


def _table(chains: list[KeptChain]) -> list[str]:
    from chainview.system.wording import visible

    lines = [f"{'begun (UTC)':<19}  {'events':>11}  {'size':>10}  {'state':<8}  actor, file"]
    for chain in chains:
        state = "live" if chain.live else "closed" if chain.closed else "open"
        events = ("unreadable" if chain.problem else "no chain") if chain.events is None else f"{chain.events:,}"
        more = f" and {len(chain.members) - 1:,} more" if len(chain.members) > 1 else ""
        name = visible(f"{chain.actor or '?'}{more}, {chain.path.name}")
        lines.append(
            f"{moment(chain.time_ns, ' ')[:-1]}  {events:>11}  {size_words(chain.size):>10}  {state:<8}  {name}"
        )
    return lines


def _tell(removal: Removal, *, dry_run: bool) -> None:
    from chainview.system.wording import visible

    verb = "would remove" if dry_run else "removed"
    emit(f"{verb} {visible(str(chain.path))}  {size_words(chain.size)}" for chain in removal.gone)
    for chain, reason in removal.kept:
        complain(f"kept {chain.path}: {reason}")
    total = sum([chain.size for chain in removal.gone])
    count = len(removal.gone)
    say(f"{verb} {plural(count, 'chain')}, {size_words(total)}")
