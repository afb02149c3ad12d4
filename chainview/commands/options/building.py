"""The options that have a screen build the actor that it runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.paths import path
from chainview.system.errors import ChainviewError
from chainview.system.files.working_folder import here

if TYPE_CHECKING:
    from chainview.workbench.rebuilding.suite_run import SuiteRun
    from chainview.workbench.rebuilding.workshop import Workshop

_CRATE = "Cargo.toml"


def add_build_options(parser: argparse.ArgumentParser) -> None:
    """Adds what builds the module, and of which sources."""
    parser.add_argument(
        "--build",
        metavar="CMD",
        help="build by this shell command when sources are saved, and at first where the module is missing or old",
    )
    parser.add_argument(
        "--src",
        action="append",
        type=path,
        default=[],
        metavar="DIR",
        help="a folder of sources (repeatable; default: that of the Cargo.toml above the module, or above this folder)",
    )


def builds(args: argparse.Namespace) -> bool:
    """Whether the actor is built here; raises ChainviewError for options that say nothing together."""
    if args.build is None and args.src:
        raise ChainviewError("--src is of --build, the command that is run when sources are saved")
    if args.build is not None and not args.build.strip():
        raise ChainviewError("--build needs a command, such as --build 'cargo build --release'")
    return args.build is not None


def workshop(args: argparse.Namespace) -> Workshop:
    """What goes on beside the actor; raises ChainviewError where nobody knows which sources it is built of."""
    from chainview.workbench.rebuilding.workshop import Workshop

    if not builds(args):
        return Workshop(suite=lambda: _suite(args.actor))
    from chainview.workbench.rebuilding.builder import Builder

    module = _module_of(args.actor)
    folders = _folders(args.src, module())
    return Workshop(lambda told: Builder(args.build, folders, module, told), lambda: _suite(args.actor))


def _suite(actor: str) -> SuiteRun:
    from chainview.suite.beside_a_run import suite_beside

    return suite_beside(actor, here())


def _module_of(actor: str) -> Callable[[], Path | None]:
    """What tells the module by now: a manifest may come to name another one."""
    from chainview.actor.manifest import read_manifest

    path = Path(actor)

    def module() -> Path | None:
        if path.suffix != ".toml":
            return path
        try:
            return read_manifest(path, built=False).module
        except ChainviewError:
            return None

    return module


def _folders(given: Sequence[Path], module: Path | None) -> Sequence[Path]:
    """The folders that are watched."""
    for folder in given:
        if not folder.is_dir():
            raise ChainviewError(f"--src {folder}: there is no such folder")
    if given:
        return given
    working = here()
    beginnings = (working,) if module is None else (module.absolute().parent, working)
    above = [folder for beginning in beginnings for folder in (beginning, *beginning.parents)]
    crate = next((folder for folder in above if (folder / _CRATE).is_file()), None)
    if crate is None:
        raise ChainviewError(
            f"--build needs --src DIR, the folder of the sources: there is no {_CRATE} above {working}"
        )
    return (crate,)
