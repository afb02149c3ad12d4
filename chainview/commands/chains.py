"""`chainview chains`: lists the kept chains and families of them, and prunes them."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chainview.commands.options.amounts import seconds, size
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.streams import complain, emit, say
from chainview.system.wording import plural

if TYPE_CHECKING:
    from chainview.chain.families.kept_chains import KeptChain, Removal

_UNITS = ("bytes", "kB", "MB", "GB", "TB")

HELP = CommandHelp(
    (
        ("chainview chains", "list the kept chains, newest first"),
        ("chainview chains --prune --older-than 30d --dry-run", "what would go"),
    ),
    "they were listed, or pruned",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
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
    """Lists or prunes the kept chains."""
    from chainview.chain.families.kept_chains import kept_chains, prune
    from chainview.system.locations import chains_folder

    limits = args.older_than is not None or args.max_size is not None
    if args.prune != limits or (args.dry_run and not args.prune):
        raise ChainviewError(
            "pruning takes --prune with --older-than TIME or --max-size SIZE, and --dry-run to only tell"
        )
    folder = chains_folder()
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
        "time": _moment(chain.time_ns, "T") + "Z",
        "actors": len(chain.members) or 1,
        "events": chain.events,
        "bytes": chain.size,
        "closed": chain.closed,
        "live": chain.live,
        "problem": chain.problem or None,
    }


def _moment(time_ns: int, separator: str) -> str:
    try:
        return datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).strftime(f"%Y-%m-%d{separator}%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return f"1970-01-01{separator}00:00:00"


def _table(chains: list[KeptChain]) -> list[str]:
    from chainview.system.wording import visible

    lines = [f"{'begun (UTC)':<19}  {'events':>11}  {'size':>10}  {'state':<8}  actor, file"]
    for chain in chains:
        state = "live" if chain.live else "closed" if chain.closed else "open"
        events = ("unreadable" if chain.problem else "no chain") if chain.events is None else f"{chain.events:,}"
        more = f" and {len(chain.members) - 1:,} more" if len(chain.members) > 1 else ""
        name = visible(f"{chain.actor or '?'}{more}, {chain.path.name}")
        lines.append(f"{_moment(chain.time_ns, ' ')}  {events:>11}  {_size(chain.size):>10}  {state:<8}  {name}")
    return lines


def _size(count: int) -> str:
    amount, unit = float(count), 0
    while amount >= 1000 and unit + 1 < len(_UNITS):
        amount, unit = amount / 1000, unit + 1
    return f"{count} bytes" if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"


def _tell(removal: Removal, *, dry_run: bool) -> None:
    from chainview.system.wording import visible

    verb = "would remove" if dry_run else "removed"
    emit(f"{verb} {visible(str(chain.path))}  {_size(chain.size)}" for chain in removal.gone)
    for chain, reason in removal.kept:
        complain(f"kept {chain.path}: {reason}")
    total = sum([chain.size for chain in removal.gone])
    count = len(removal.gone)
    say(f"{verb} {plural(count, 'chain')}, {_size(total)}")
