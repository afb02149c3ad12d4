"""What a build command says, as it is shown and counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chainview.workbench.rebuilding.build_output import MOST_LINES, BuildOutput

CARGO = """\x1b[1m\x1b[32m   Compiling\x1b[0m thiserror v1.0.0
error[E0308]: mismatched types
  --> src/lib.rs:7:9
   |
warning: unused variable: `x`
error: cannot find macro `foo` in this scope
 --> src/other.rs:3:5
error: could not compile `counter` (lib) due to 2 previous errors; 1 warning emitted
"""


def of(text: str | bytes) -> BuildOutput:
    """What comes of an output on one stream."""
    output = BuildOutput()
    output.add(text if isinstance(text, bytes) else text.encode())
    output.end()
    return output


def message(level: str, text: str, file: str = "src/lib.rs", line: int = 7, **more: Any) -> str:
    """A line as cargo writes it with --message-format=json."""
    spans = [{"file_name": "src/used.rs", "line_start": 1, "is_primary": False}]
    spans.append({"file_name": file, "line_start": line, "is_primary": True})
    rendered = f"{level}: {text}\n  --> {file}:{line}:9\n\n"
    told = {"message": text, "level": level, "spans": spans if file else [], "rendered": rendered}
    return json.dumps({"reason": "compiler-message", "message": told, **more}) + "\n"


def test_errors_as_rustc_prints_them_are_counted_with_their_places() -> None:
    """Colours are taken out, a crate's name is no error, and what only counts errors is none."""
    output = of(CARGO)
    assert (output.errors, output.warnings) == (2, 1)
    assert output.lines[0] == "   Compiling thiserror v1.0.0"
    assert output.first_error == 1
    assert output.first_error_says == "error[E0308]: mismatched types"
    assert [(each.says, each.file, each.line) for each in output.places] == [
        ("error[E0308]: mismatched types", "src/lib.rs", 7),
        ("error: cannot find macro `foo` in this scope", "src/other.rs", 3),
    ]


def test_messages_of_cargo_are_shown_as_it_would_print_them(tmp_path: Path) -> None:
    """What is for programs alone is not shown; a file is found from the folder of the workspace."""
    (tmp_path / "crate" / "src").mkdir(parents=True)
    source = tmp_path / "crate" / "src" / "lib.rs"
    source.touch()
    manifest: dict[str, Any] = {"manifest_path": str(tmp_path / "crate" / "inner" / "Cargo.toml")}
    text = json.dumps({"reason": "compiler-artifact", "fresh": True}) + "\n"
    text += message("warning", "unused") + message("error", "mismatched types", **manifest)
    text += message("error", "aborting due to 1 previous error", "") + '{"reason":"build-finished","success":false}\n'
    output = of(text + "error: could not compile `counter` (lib) due to 1 previous error\n")
    assert (output.errors, output.warnings) == (1, 1)
    shown = [line for line in output.lines if line]
    assert shown == [
        "warning: unused",
        "  --> src/lib.rs:7:9",
        "error: mismatched types",
        "  --> src/lib.rs:7:9",
        "error: aborting due to 1 previous error",
        "  --> :7:9",
        "error: could not compile `counter` (lib) due to 1 previous error",
    ]
    assert output.lines[output.first_error or 0] == "error: mismatched types"
    (place,) = output.places
    assert (place.path(tmp_path), place.line) == (source, 7)


def test_what_looks_like_a_message_and_is_none_is_a_line() -> None:
    """JSON of others, halves of it, and fields of other shapes are shown as they are, or passed over."""
    strange = ['{"reason": 7}', '{"reason"', "{}", "[" * 5000, '{"a": 1}']
    passed = ['{"reason":"compiler-message","message":"text"}', '{"reason":"x"}']
    odd = json.dumps({"reason": "compiler-message", "message": {"level": 3, "spans": [7, {"is_primary": True}]}})
    output = of("\n".join([*strange, *passed, odd]))
    assert output.lines == [*strange, "3:"]
    assert output.errors == 0


def test_compilers_that_put_the_place_in_front_are_understood() -> None:
    """As those of C do."""
    output = of("cc -c a.c\na.c: In function main:\na.c:3:5: error: expected ;\nb.c:9: fatal error: no such file\n")
    assert output.errors == 2
    assert [(each.file, each.line) for each in output.places] == [("a.c", 3), ("b.c", 9)]
    assert output.first_error == 2


def test_without_a_compiler_the_first_line_that_speaks_of_an_error_is_the_first() -> None:
    """Names that hold the word are none."""
    output = of("   Compiling error-chain v0.1\nthiserror is fine\nmake: *** [all] Error 2\n")
    assert output.errors == 0
    assert output.first_error_says == "make: *** [all] Error 2"
    assert of("all is well\n").first_error is None
    assert of("").first_error_says == ""


def test_a_line_is_what_it_wrote_over_itself_last() -> None:
    """As a terminal shows it at the end."""
    assert of("10%\r50%\r100%\r\nother\tone\nlast").lines == ["100%", "other   one", "last"]


def test_of_very_many_lines_those_around_the_first_error_stay() -> None:
    """And the last ones; what is let go is told by number."""
    output = BuildOutput()
    for number in range(3 * MOST_LINES):
        output.add(f"line {number}\n".encode())
    output.add(b"error: here\n")
    for number in range(3 * MOST_LINES):
        output.add(f"then {number}\n".encode())
    lines = output.lines
    assert len(lines) <= MOST_LINES + 2
    at = output.first_error
    assert at is not None
    assert lines[at - 1 : at + 2] == [f"line {3 * MOST_LINES - 1}", "error: here", "then 0"]
    assert lines[0].startswith("… 14,800 earlier lines not shown")
    assert lines[-1] == f"then {3 * MOST_LINES - 1}"
    assert sum("not shown" in line for line in lines) == 2


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_any_bytes_are_shown_and_bounded(pieces: list[bytes]) -> None:
    """However they are cut, nothing raises, and no control sequence of colours is left."""
    output = BuildOutput()
    for data in pieces:
        output.add(data)
        output.add(b"\x1b[31mred\x1b[0m \x1b]0;title\x07\n")
    output.end()
    assert not any("\x1b[31m" in line or "\x1b]0;title" in line for line in output.lines)
    assert output.first_error is None or output.first_error < len(output.lines)


@given(st.text(max_size=200), st.integers(1, 50))
def test_a_text_is_the_same_in_whatever_pieces_it_comes(text: str, size: int) -> None:
    """Lines do not depend on how much of them is read at once."""
    data = text.encode("utf-8", "replace")
    output = BuildOutput()
    for start in range(0, len(data), size):
        output.add(data[start : start + size])
    output.end()
    assert output.lines == of(data).lines
