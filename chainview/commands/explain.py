"""`chainview explain`: what a code or a word of a report means, with an example; how filters and suites are written."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.streams import emit
from chainview.system.wording import visible

HELP = CommandHelp(
    (
        ("chainview explain", "list all codes"),
        ("chainview explain C1", "the page of one"),
        ("chainview explain consequence", "a word of reports and screens; `words` for all of them"),
        ("chainview explain filter", "how filters are written"),
        ("chainview explain suite", "what a chainview.toml says, and how `chainview test` takes it"),
    ),
    "the page was printed",
)


_WORDS = "words"
TOPICS = ("filter", "suite", _WORDS)
"""What has a page and is no code."""

_HEADING = "## "


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "code",
        metavar="CODE",
        nargs="*",
        help="such as C1, as a report names it, a word of a report such as `consequence`, `words` for all of these, or "
        "`filter` or `suite`; without it, all codes",
    )


def run(args: argparse.Namespace) -> int:
    """Prints the page of a code or a word, or every code with its title; raises ChainviewError for what is neither."""
    asked = " ".join(args.code)
    if asked in TOPICS:
        emit(_topic(asked))
    else:
        emit(_page(asked) if asked else _codes())
    return 0


def _topic(name: str) -> list[str]:
    from importlib.resources import files

    return files("chainview").joinpath("topics", f"{name}.md").read_text(encoding="utf-8").splitlines()


def _page(asked: str) -> list[str]:
    from chainview.replay.differences.codes import Code

    for code in Code:
        if code.lower() == asked.lower():
            return code.text.splitlines()
    words = _words()
    begun = [word for word in words if word.lower().startswith(asked.lower())]
    exact = [word for word in begun if word.lower() == asked.lower()]
    if found := exact or begun:
        return [line for word in found for line in words[word]]
    raise ChainviewError(
        f"there is no code and no word {visible(asked)}: `chainview explain` lists the codes, `chainview explain "
        "words` tells the words"
    )


def _words() -> dict[str, list[str]]:
    """The words that are explained, each with the lines of its part of the page."""
    words: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in _topic(_WORDS):
        if line.startswith(_HEADING):
            lines = []
            for word in line.removeprefix(_HEADING).split(", "):
                words[word] = lines
        lines.append(line)
    return words


def _codes() -> Iterator[str]:
    from chainview.replay.differences.codes import Code

    family = None
    for code in Code:
        if family is not None and code.family is not family:
            yield ""
        family = code.family
        yield f"{code:<4} {code.description.title}"
