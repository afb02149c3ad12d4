"""A note of a chain file in words."""

from __future__ import annotations

from collections.abc import Iterator

from chainview.chain.event import OUTSIDE, Extras, Trigger
from chainview.chain.files.entries.entry import BOOKMARK, LOG, Note
from chainview.chain.words.spans import Forms, end_cut
from chainview.system.wording import visible

BUILD_NOTE = "build"
BRIEF = "brief"
"""The key behind which a note has its text in fewer and fewer words."""
_LONGEST = 200
_MOST_FORMS = 16


def note_text(note: Note) -> str:
    """A note in one line: what became of a build or an instance, or its kind and what it holds."""
    if note.kind in (BUILD_NOTE, "instance", LOG) and isinstance(note.data.get("text"), str):
        return visible(note.data["text"])
    if note.kind == BOOKMARK and isinstance(note.data.get("event"), int):
        what = "no bookmark any more" if note.data.get("removed") else f"bookmark  {note.data.get('text', '')}"
        return visible(f"event {note.data['event']:,}: {_short(what)}".rstrip())
    held = ", ".join([f"{name} {_short(value)}" for name, value in note.data.items()])
    return visible(f"{note.kind}  {held}" if held else note.kind)


def note_forms(note: Note) -> Forms:
    """A note in fewer and fewer words, for a line that has little room."""
    brief = note.data.get(BRIEF)
    told = [each for each in brief[:_MOST_FORMS] if isinstance(each, str)] if isinstance(brief, list) else []
    return tuple([visible(end_cut(each, _LONGEST)) for each in told]) or (note_text(note),)


def note_facts(note: Note) -> Iterator[tuple[str, str]]:
    """What a note holds beside its text, by name."""
    for name, value in note.data.items():
        if name not in ("text", BRIEF):
            yield visible(name), visible(_short(value))


def stub_words(extras: Extras) -> str:
    """Who answered a host call in the place of a host interface."""
    return f"{extras.reason or 'answered by a stub'}, not by a host interface"


def trigger_words(trigger: Trigger) -> str:
    """What is noted of what brought an event about."""
    if trigger == OUTSIDE:
        return "a person, in the place of another actor"
    return f"{trigger.kind}, event {trigger.event:,} of actor {trigger.actor}"


def _short(value: object) -> str:
    if isinstance(value, bytes):
        return f"{len(value):,} B"
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
