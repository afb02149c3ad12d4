"""`theater:simple/store`: content by its SHA-1 and labels that name content, on the disk as Theater has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha1
from uuid import uuid4

from chainview.actor.hosts.answers import Refusal, bytes_of, result_of
from chainview.actor.hosts.content_store import ContentStore, folder_of
from chainview.actor.hosts.interface import FOLDER, Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.pack.values import U64, UNIT, Bool, List, Option, String, Tuple, Value, bytes_value, types
from chainview.system.errors import words_of

NAME = "theater:simple/store"


def _text(value: Value, what: str) -> str:
    match value:
        case String(text):
            return text
    raise Refusal(f"Expected string for {what}")


def _items(input: Value, *named: str) -> tuple[Value, ...]:
    match input:
        case Tuple(items) if len(items) == len(named):
            return items
    raise Refusal(f"Expected tuple ({', '.join(named)})")


def _content(value: Value) -> bytes:
    content = bytes_of(value)
    if content is None:
        raise Refusal("Expected list<u8> for content")
    return content


def _strings(texts: list[str]) -> Value:
    return List(types.STRING, tuple(map(String, texts)))


def _provide(host: Host) -> Mapping[str, Handler]:
    folder = folder_of(host)
    configured_id = host.leave.text("store", "store_id")

    def of_id(input: Value) -> ContentStore:
        match input:
            case Tuple((only,)):
                return ContentStore(folder, _text(only, "store_id"))
        return ContentStore(folder, _text(input, "store_id"))

    def of_hash(input: Value) -> tuple[ContentStore, str]:
        id, hash = _items(input, "store_id", "content_ref")
        return ContentStore(folder, _text(id, "store_id")), _text(hash, "content-ref")

    def of_label(input: Value) -> tuple[ContentStore, str]:
        id, label = _items(input, "store_id", "label")
        return ContentStore(folder, _text(id, "store_id")), _text(label, "label")

    def of_label_and_hash(input: Value) -> tuple[ContentStore, str, str]:
        id, label, hash = _items(input, "store_id", "label", "content_ref")
        return ContentStore(folder, _text(id, "store_id")), _text(label, "label"), _text(hash, "content-ref")

    def new(input: Value) -> Value:
        return String(str(uuid4()) if configured_id is None else configured_id)

    def store(input: Value) -> Value:
        id, given = _items(input, "store_id", "content")
        kept, content = ContentStore(folder, _text(id, "store_id")), _content(given)
        try:
            return String(kept.put(content))
        except Refusal as refusal:
            # Theater's `store` answers with the hash whatever became of the content.
            why = refusal.__cause__
            reason = words_of(why) if isinstance(why, OSError) else str(refusal)
            host.warn(f"store: the actor was told that its content is kept, and it is not: {reason}")
            return String(sha1(content, usedforsecurity=False).hexdigest())

    def get(input: Value) -> Value:
        kept, hash = of_hash(input)
        return bytes_value(kept.get(hash))

    def exists(input: Value) -> Value:
        kept, hash = of_hash(input)
        return Bool(kept.has(hash))

    def label(input: Value) -> Value:
        kept, name, hash = of_label_and_hash(input)
        kept.label(name, hash)
        return UNIT

    def get_by_label(input: Value) -> Value:
        kept, name = of_label(input)
        hash = kept.labelled(name)
        return Option(types.STRING, None if hash is None else String(hash))

    def remove_label(input: Value) -> Value:
        kept, name = of_label(input)
        kept.remove_label(name)
        return UNIT

    def store_at_label(input: Value) -> Value:
        id, given_label, given = _items(input, "store_id", "label", "content")
        kept = ContentStore(folder, _text(id, "store_id"))
        name, content = _text(given_label, "label"), _content(given)
        hash = kept.put(content)
        kept.set_label(name, hash)
        return String(hash)

    def list_all_content(input: Value) -> Value:
        return _strings(of_id(input).hashes())

    def calculate_total_size(input: Value) -> Value:
        return U64(of_id(input).size())

    def list_labels(input: Value) -> Value:
        return _strings(of_id(input).labels())

    answers: Mapping[str, Callable[[Value], Value]] = {
        "new": new,
        "store": store,
        "get": get,
        "exists": exists,
        "label": label,
        "get-by-label": get_by_label,
        "remove-label": remove_label,
        "store-at-label": store_at_label,
        "replace-content-at-label": store_at_label,
        "replace-at-label": label,
        "list-all-content": list_all_content,
        "calculate-total-size": calculate_total_size,
        "list-labels": list_labels,
    }
    return {name: result_of(answer) for name, answer in answers.items()}


STORE = Interface(
    NAME,
    "store",
    functions(
        NAME,
        """
        new: func() -> result<string, string>
        store: func(store-id: string, content: list<u8>) -> result<string, string>
        get: func(store-id: string, content-ref: string) -> result<list<u8>, string>
        exists: func(store-id: string, content-ref: string) -> result<bool, string>
        label: func(store-id: string, label: string, content-ref: string) -> result<_, string>
        get-by-label: func(store-id: string, label: string) -> result<option<string>, string>
        remove-label: func(store-id: string, label: string) -> result<_, string>
        store-at-label: func(store-id: string, label: string, content: list<u8>) -> result<string, string>
        replace-content-at-label: func(store-id: string, label: string, content: list<u8>) -> result<string, string>
        replace-at-label: func(store-id: string, label: string, content-ref: string) -> result<_, string>
        list-all-content: func(store-id: string) -> result<list<string>, string>
        calculate-total-size: func(store-id: string) -> result<u64, string>
        list-labels: func(store-id: string) -> result<list<string>, string>
        """,
    ),
    _provide,
    reaches_outside=True,
    limit=FOLDER,
)
