"""Which actors of a family are meant, of commands that take its chains."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chainview.chain.families.folder import RecordedFamily


def add_members_option(parser: argparse.ArgumentParser) -> None:
    """`--actor`, which chooses among the actors of a folder, or of a file that holds the chains of several."""
    parser.add_argument(
        "--actor",
        dest="members",
        action="append",
        metavar="NAME",
        help="of several chains: only those of the actors of this name, number or file (repeatable)",
    )


def chosen_members(chain: str, members: Sequence[str] | None) -> tuple[RecordedFamily | None, RecordedFamily | None]:
    """The family that a command is given and what was chosen of it; None for a single chain.

    Raises ChainviewError for an actor that is not there, and where there is nothing to choose among.
    """
    family = found_family(chain)
    if family is None and members is not None:
        raise ChainviewError(f"{chain} is one chain: --actor chooses among those of several")
    return family, family if family is None or members is None else family.only(members)


def found_family(chain: str, *, read_chains: bool = True) -> RecordedFamily | None:
    """The family in a folder or a file, as `find_family` has it; None for a single chain."""
    from chainview.chain.families.division.divided import is_native

    # Most often one chain is given, and families take long to load.
    if is_native(Path(chain)):
        return None
    from chainview.chain.families.folder import find_family

    return find_family(chain, read_chains=read_chains)
