"""`chainview explain`: what a code means, with an example and what to do; and how filters are written."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.streams import emit
from chainview.system.wording import visible

if TYPE_CHECKING:
    from chainview.replay.differences.codes import Code

HELP = CommandHelp(
    (
        ("chainview explain", "list all codes"),
        ("chainview explain C1", "the page of one"),
        ("chainview explain filter", "how filters are written"),
    ),
    "the page was printed",
)


TOPICS = ("filter",)
"""What has a page and is no code."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "code", metavar="CODE", nargs="?", help="such as C1, as a report names it, or `filter`; without it, all codes"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the page of a code, or every code with its title; raises ChainviewError for what is none."""
    if args.code in TOPICS:
        emit(_topic(args.code))
    else:
        emit(_codes() if args.code is None else _page(_found(args.code)))
    return 0


def _topic(name: str) -> list[str]:
    from importlib.resources import files

    return files("chainview").joinpath("topics", f"{name}.md").read_text(encoding="utf-8").splitlines()


def _found(text: str) -> Code:
    from chainview.replay.differences.codes import Code

    for code in Code:
        if code.lower() == text.lower():
            return code
    raise ChainviewError(f"there is no code {visible(text)}: `chainview explain` lists them")


def _codes() -> Iterator[str]:
    from chainview.replay.differences.codes import Code

    family = None
    for code in Code:
        if family is not None and code.family is not family:
            yield ""
        family = code.family
        yield f"{code:<4} {code.description.title}"


def _page(code: Code) -> list[str]:
    return code.text.splitlines()
