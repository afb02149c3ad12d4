"""`chainview completion`: prints what makes a shell complete chainview's words, and answers what that asks."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from chainview.commands.usage.help import CommandHelp
from chainview.system.streams import emit

SHELLS = ("bash", "zsh", "fish")
HELP = CommandHelp(
    (
        ('eval "$(chainview completion bash)"', "as a line of ~/.bashrc; it takes bash 4.4 or later"),
        (
            "chainview completion zsh > ~/.zfunc/_chainview",
            "with `fpath+=(~/.zfunc)` before `autoload -Uz compinit && compinit` in ~/.zshrc",
        ),
        ("chainview completion fish > ~/.config/fish/completions/chainview.fish", "once"),
    ),
    "the script was printed",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help="bash, zsh or fish")
    # What the scripts hand over: words, or for bash its line up to the cursor and the characters it breaks words at.
    parser.add_argument("asked", nargs=argparse.REMAINDER, metavar="WORD", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Prints the script, or what may stand in the place of the last of the words that it asks for."""
    if not args.asked:
        emit([_script(args.shell)])
    else:
        emit({"bash": _for_bash, "zsh": _for_zsh, "fish": _for_fish}[args.shell](args.asked[1:]))
    return 0


def _script(shell: str) -> str:
    from importlib.resources import files

    return files("chainview.commands.usage").joinpath(f"completion.{shell}").read_text("utf-8").rstrip("\n")


def _for_bash(words: list[str]) -> Iterator[str]:
    """Of a line and the characters that break words: whether more is to be typed behind what may stand there, and it.

    Bash adds files by itself only where nothing else is found, and quotes nothing else.
    """
    from chainview.commands.usage.completion import Offer, files_beginning, offer, with_twins
    from chainview.commands.usage.shell_words import typed_line

    line, breaks = words
    typed = typed_line(line, breaks)
    found = Offer(files=True) if typed.is_target else offer(typed.words)
    candidates = list(with_twins(found))
    if candidates and found.files:
        candidates += files_beginning(typed.words[-1])
    yield "open" if any(each.open for each in candidates) else "done"
    yield from [typed.replacement(each.text) for each in candidates]


def _for_zsh(words: list[str]) -> Iterator[str]:
    """Whether the name of a file may stand there, and a line each for what may: how it ends, itself, and a note."""
    from chainview.commands.usage.completion import offer

    found = offer(words)
    yield "files" if found.files else ""
    for each in found.candidates:
        yield f"{'open' if each.open else 'done'}\t{each.text}\t{each.note}"


def _for_fish(words: list[str]) -> Iterator[str]:
    """The same without how it ends, of words of which the last has its quotes."""
    from chainview.commands.usage.completion import offer, with_twins
    from chainview.commands.usage.shell_words import typed_line

    found = offer([*words[:-1], typed_line(f"chainview {words[-1]}", "").words[-1]])
    yield "files" if found.files else ""
    for each in with_twins(found):
        yield f"{each.text}\t{each.note}"
