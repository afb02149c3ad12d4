"""`chainview open`: opens a recorded chain on the screen."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from chainview.commands.options.members import found_family
from chainview.commands.options.paths import name
from chainview.commands.options.screen import add_screen_options, read_screen_options
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError

if TYPE_CHECKING:
    from chainview.chain.families.kept_chains import KeptChain
    from chainview.ui.terminal import ScreenOptions

HELP = CommandHelp(
    (
        ("chainview open", "choose one of the kept chains"),
        ("chainview open c.chain", "look at a chain; one that is kept opens by its bare name"),
        ("chainview open counter", "the newest kept chain of that actor; --last is the newest of all"),
        ("chainview open c.chain --follow", "while another program writes it"),
        ("theater spawn m.toml --events --events-format json | chainview open -", "what the real Theater records"),
    ),
    "the screen was quit",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "chain",
        type=name,
        metavar="CHAIN",
        nargs="?",
        help="a chain of any format, a folder of chains, or the name of an actor whose newest kept chain is meant; "
        "- is standard input (default: choose one of the kept chains)",
    )
    parser.add_argument("--last", action="store_true", help="open the newest of the kept chains, or of that actor's")
    parser.add_argument("--follow", action="store_true", help="show what another program appends to it meanwhile")
    add_screen_options(parser)


def run(args: argparse.Namespace) -> int:
    """Shows the chain until the user quits."""
    from chainview.ui.terminal import require_terminal, watch_pipe

    options = read_screen_options(args)
    if args.chain == "-":
        return watch_pipe(options)
    if args.chain is None and not args.last:
        require_terminal("chainview chains")
        return _browse(options, follow=args.follow)
    if args.last or _may_be_actor(args.chain):
        return _watch(_newest(args.chain, last=args.last), options, follow=args.follow)
    return _watch(args.chain, options, follow=args.follow)


def _watch(chain: str, options: ScreenOptions, *, follow: bool) -> int:
    """Shows a chain, or a folder of chains, until the user leaves it."""
    from chainview.chain.files.opened import open_chain
    from chainview.ui.terminal import require_terminal, watch_file, watch_folder, watch_followed

    # What is not there is told before what shows no screen.
    instead = f"chainview show {quote(chain)}"
    family = found_family(chain, read_chains=False)
    if family is not None and (family.division is None or not follow):
        require_terminal(instead)
        return watch_folder(family, options, follow=follow)
    with ExitStack() as refused:
        opened = refused.enter_context(open_chain(chain))
        require_terminal(instead)
        if follow and not opened.can_grow:
            raise ChainviewError(
                f"--follow needs a format that grows, and {chain} is {opened.format}, written as a whole: "
                "leave out --follow"
            )
        if follow:
            from chainview.chain.families.division.whose import DIVISIBLE

            if opened.format in DIVISIBLE:
                return watch_followed(opened.path, options)
        refused.pop_all()
    return watch_file(opened, options, follow=follow)


def _browse(options: ScreenOptions, *, follow: bool) -> int:
    """Shows kept chains that are chosen, one after the other, until the user leaves one of them or the list."""
    from chainview.chain.families.kept_chains import kept_chains
    from chainview.system.files.locations import chains_folder
    from chainview.ui.picker.kept_source import PickerPlace
    from chainview.ui.terminal import WENT_BACK, choose_chain

    place, folder = PickerPlace(), chains_folder()
    while True:
        chains = kept_chains(folder)
        if not chains:
            raise ChainviewError(f"no chains are kept in {folder}: chainview run and record keep them there")
        chosen = choose_chain(chains, options, place, folder)
        if chosen is None:
            return 0
        code = _watch(str(chosen.path), replace(options, returns=True), follow=follow)
        if code != WENT_BACK:
            return code


def _may_be_actor(name: str) -> bool:
    """Whether there is no chain of that name here, nor among the kept ones; a folder may be an actor's source."""
    from chainview.system.files.locations import chains_folder

    path = Path(name)
    if path.is_dir():
        from chainview.chain.families.folder import find_family

        try:
            find_family(path, read_chains=False)
        except ChainviewError:
            return True
        return False
    return not os.path.lexists(path) and not (path.name == name and os.path.lexists(chains_folder() / name))


def _newest(name: str | None, *, last: bool) -> str:
    """The path of the newest kept chain, or of the newest of an actor.

    A name that is no actor's is left as it is, so that what is wrong with it is told.
    """
    from chainview.chain.families.kept_chains import kept_chains
    from chainview.system.files.locations import chains_folder

    folder = chains_folder()
    chains = [chain for chain in kept_chains(folder) if name is None or _is_of(chain, name)]
    if not chains:
        if name is None:
            raise ChainviewError(f"no chains are kept in {folder}: chainview run and record keep them there")
        if last:
            raise ChainviewError(f"no kept chain is of an actor {name}: chainview chains lists them")
        return name
    return str(chains[0].path)


def _is_of(chain: KeptChain, name: str) -> bool:
    """Whether a chain is of the actor of a name, with the suffix of its module or without."""
    return name in (chain.actor, Path(chain.actor).stem)
