"""The manual page, made from the same parsers as the help, in the language of man."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from chainview.commands.usage.parsers import COMMANDS, Parsers, find_command, parsers_for
from chainview.system.version import VERSION

_HEAD = f""".TH CHAINVIEW 1 "" "chainview {VERSION}" "User Commands"
.SH NAME
chainview \\- run WebAssembly actors, watch their hash-linked chains grow, read and check recorded ones
.SH SYNOPSIS
.B chainview
.I COMMAND
.RI [ OPTIONS "] \\&..."
.br
.B chainview
.BR \\-\\-help | \\-\\-version
.SH DESCRIPTION
chainview runs a WebAssembly actor and shows its
.IR chain ,
the hash-linked log of every call into the actor and every call it makes to its host, as it grows and as it is kept on
disk. When a new build behaves differently, it re-executes the recorded chain, names the first event that differs, and
says why."""
_ENVIRONMENT = (
    (
        "CHAINVIEW_THEME, CHAINVIEW_MOUSE, CHAINVIEW_KEYS_FOLD_ALL ...",
        "hold over the settings file: \\fBchainview config\\fR lists every setting, and its variable is its id in "
        "capitals, with _ in the place of a dot.",
    ),
    ("CHAINVIEW_CORE", "off: large chains are read, checked and answered from in Python alone, not inside wasm."),
    ("CHAINVIEW_DEBUG", "when set, a defect of chainview itself ends with its traceback."),
    ("NO_COLOR", "when set, the screens use the terminal's own colours."),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME", "where settings, kept chains and kept modules lie."),
)
_FILES = (
    ("~/.config/chainview/config.toml", "the settings."),
    ("~/.local/state/chainview/chains", "the kept chains: those that were written without \\fB\\-o\\fR."),
    ("~/.cache/chainview/modules", "the modules that chains were recorded with."),
)


def manual() -> str:
    """The page, in roff."""
    return "\n".join([_HEAD, *_commands(parsers_for(COMMANDS)), *_tail()])


def _commands(parsers: Parsers) -> Iterator[str]:
    yield ".SH COMMANDS"
    for name, text in COMMANDS.items():
        arguments = [each for each in parsers.commands[name].arguments if each.help is not argparse.SUPPRESS]
        places = [each for each in arguments if not each.option_strings]
        yield f".SS {name}"
        yield f'.BI "chainview {name} " "[OPTIONS]{"".join([f" {_place(each)}" for each in places])}"'
        yield ".PP"
        yield _line(f"{text[0].upper()}{text[1:]}.")
        for each in (*places, *[each for each in arguments if each.option_strings and each.dest != "help"]):
            yield ".TP"
            yield _term(each)
            yield _line(each.help or "")
        yield from _examples(name)


def _place(action: argparse.Action) -> str:
    word = _text(_value(action))
    if action.nargs == "*":
        return f"[{word} ...]"
    return f"[{word}]" if action.nargs == "?" else word


def _value(action: argparse.Action) -> str:
    if action.metavar is None and action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return "" if action.nargs == 0 else str(action.metavar or action.dest.upper())


def _term(action: argparse.Action) -> str:
    names = ", ".join([f"\\fB{_text(name)}\\fR" for name in action.option_strings])
    value = f"\\fI{_text(_value(action))}\\fR" if action.nargs != 0 else ""
    return f"{names} {value}".strip()


def _examples(name: str) -> Iterator[str]:
    help_ = find_command(name).HELP
    yield ".PP"
    yield "Examples:"
    for line, does in help_.examples:
        yield from (".TP", f"\\fB{_text(line)}\\fR", _line(does))
    yield from (".PP", "Exit codes:")
    for code, text in help_.exit_codes:
        yield from (".TP", f"\\fB{code}\\fR", _line(text))


def _tail() -> Iterator[str]:
    for heading, entries in (("ENVIRONMENT", _ENVIRONMENT), ("FILES", _FILES)):
        yield f".SH {heading}"
        for term, text in entries:
            yield from (".TP", f"\\fB{_text(term)}\\fR", text)
    yield ".SH SEE ALSO"
    yield "\\fBchainview explain\\fR has a page for each code that a report names."


def _line(text: str) -> str:
    """A line of text; one that begins with a mark of roff's would be taken for a request."""
    return f"\\&{_text(text)}" if text.startswith((".", "'")) else _text(text)


def _text(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
