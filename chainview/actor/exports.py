"""A module's exports as a person calls them: short names, signatures, and arguments checked before anything runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field
from difflib import get_close_matches

from chainview.actor.generation import declared_signatures, passes_state, schema_of_module
from chainview.actor.module import Module
from chainview.actor.peer_calls import NO_BYTES, PeerCall, handler_of, peer_calls, spelled
from chainview.chain.payload import INIT
from chainview.chain.schema import Schema
from chainview.pack.cgrf import EncodeError, encode
from chainview.pack.cgrf.limits import OLDEST
from chainview.pack.declared.check import Misfit, mismatch
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.declared.named import coerce_named, named_types
from chainview.pack.literal import LiteralError, parse_arguments, parse_literal
from chainview.pack.literal.outline import place_of
from chainview.pack.typed import UNDECLARED, completed, fitted
from chainview.pack.values import String, Tuple, Value, bytes_value
from chainview.system.errors import ChainviewError
from chainview.system.wording import some_of

_BYTE_ORDER_MARK = "\ufeff"
_PAYLOAD_LEVELS = 4
_MOST_LIKENED = 1000
"""Names that one which is not among them is likened to, at each key that is typed."""


class CallRefused(ChainviewError):
    """A call that does not fit what the module declares; nothing was recorded.

    `reason` is the sentence without the signature that follows it, `at` the place in the typed text that is to blame,
    where it is one.
    """

    def __init__(self, reason: str, signature: str = "", at: int | None = None) -> None:
        super().__init__(f"{reason}: {signature}" if signature else reason)
        self.reason = reason
        self.at = at


@dataclass(frozen=True, slots=True)
class Export:
    """An export that can be called: its symbol, the shortest name that is unambiguous, and what it declares."""

    symbol: str
    name: str
    params: tuple[tuple[str, TypeDesc], ...] | None
    """The arguments a caller gives, the actor's state not among them; None where nothing is declared."""
    results: tuple[TypeDesc, ...]
    state: tuple[str, TypeDesc] | None = None
    """The name and type of the state it takes, where it declares one."""
    named: Mapping[str, TypeDesc] = field(default_factory=dict)
    """The records and variants that the module declares, by name."""
    version: int = OLDEST
    """That of the CGRF in which its arguments are handed over."""
    peer: PeerCall | None = None
    """What it sends, where it is no export but a message in the place of a peer."""

    @property
    def declared(self) -> tuple[tuple[str, TypeDesc], ...]:
        """Every declared parameter, the state among them."""
        return (*((self.state,) if self.state else ()), *(self.params or ()))

    @property
    def signature(self) -> str:
        """Such as `increment(by: s32) -> s32`: what a caller gives and gets, without the state."""
        if self.params is None:
            return f"{self.name}(…)"
        params = ", ".join(f"{name}: {desc}" for name, desc in self.params)
        results = _responses(self.results) if self.state else self.results
        return f"{self.name}({params})" + (" -> " + ", ".join(map(str, results)) if results else "")


@dataclass(frozen=True, slots=True)
class Request:
    """A call that fits: the export's symbol and the arguments as a tuple."""

    symbol: str
    params: Tuple
    is_message: bool = False
    """Whether it reaches the actor as a message of a peer, for which that has to be registered."""


def _responses(results: tuple[TypeDesc, ...]) -> tuple[TypeDesc, ...]:
    """What is left of `result<tuple<state, response>, string>` for the caller."""
    match results:
        case (TypeDesc("result", args=(TypeDesc("tuple", args=(_, *responses)), _)),):
            return tuple(each for each in responses if str(each) != "tuple<>")
    return results


def exports_of(module: Module, schema: Schema | None = None) -> tuple[Export, ...]:
    """The callable exports, in the module's order; by the schema in which it is recorded, else by its generation."""
    short = [_short(symbol) for symbol in module.symbols]
    bearers, signatures = Counter(short), declared_signatures(module)
    takes_state = passes_state(module, schema or schema_of_module(module))
    named = {desc.name: desc for desc in named_types(module.metadata)} if module.metadata else {}
    exports = []
    for symbol, name in zip(module.symbols, short, strict=True):
        declared = signatures.get(symbol)
        shown = name if bearers[name] == 1 else symbol
        if declared is None:
            exports.append(Export(symbol, shown, None, (), version=module.version))
            continue
        state = declared.params[0] if takes_state and declared.params else None
        params = declared.params[1:] if takes_state else declared.params
        exports.append(Export(symbol, shown, params, declared.results, state, named, module.version))
    return tuple(exports)


def messages_of(module: Module) -> tuple[Export, ...]:
    """What a person may send an actor in the place of a peer, called like exports, but for names that an export has."""
    taken = {_short(symbol) for symbol in module.symbols}
    calls = peer_calls(module)
    return tuple(
        Export(name, name, call.params, (), version=module.version, peer=call)
        for name, call in calls.items()
        if name not in taken
    )


def _short(symbol: str) -> str:
    return symbol.rpartition(".")[2]


def read_state(text: str, exports: tuple[Export, ...]) -> Value:
    """The initial state that a literal gives, by the type that init declares; raises CallRefused where it gives none.

    Whether one that says its type itself fits is another question: `check_state` answers it.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    try:
        found = parse_literal(text, loose=True)
    except LiteralError as error:
        raise CallRefused(f"--state {text} can't be read at column {error.at + 1}: {error.reason}") from None
    init = next((each for each in exports if each.symbol == INIT), None)
    name, desc = init.declared[0] if init is not None and init.declared else ("", UNDECLARED)
    named = {} if init is None else init.named
    state = completed(found, desc, named)
    if not isinstance(state, Misfit):
        return coerce_named(state, desc, named)
    if init is None or not name:
        raise CallRefused(f"--state {text} can't be read: {state.reason}")
    raise CallRefused(_unfit_state(init, state.reason))


def check_state(state: Value, exports: tuple[Export, ...]) -> None:
    """Raises CallRefused when an initial state, or a configuration, can't be handed over to what init declares."""
    init = next((each for each in exports if each.symbol == INIT), None)
    if init is None:
        return
    _refuse_unrecordable(_what_begins(init), Tuple((state,)), init)
    if not init.declared:
        return
    reason = mismatch(state, init.declared[0][1])
    if reason is not None:
        raise CallRefused(_unfit_state(init, reason))


def _unfit_state(init: Export, reason: str) -> str:
    name, desc = init.declared[0]
    return f"the {_what_begins(init)} does not fit init({name}: {desc}): {reason}"


def _what_begins(init: Export) -> str:
    return "configuration" if init.state is None else "initial state"


def parse_call(text: str, exports: tuple[Export, ...]) -> Request:
    """The call that `NAME(args)` asks for; raises CallRefused with the reason and the signature.

    NAME may leave out the interface where that is unambiguous. Arguments take the types that are declared for what is
    left out, and for what a literal can't say: suffixes of numbers, variant tags, type names and annotations. A message
    may also be typed as a file of messages has it, such as `send hello`.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    message = message_in(text, exports)
    if message is not None:
        return _sent(text, message, exports)
    name, bracket, _ = text.partition("(")
    export = find_export(name.strip(), exports)
    if not bracket:
        raise CallRefused(f"the call {name.strip()} needs brackets", export.signature, len(text))
    begin = len(name)
    try:
        given = parse_arguments(text[begin:], loose=True)
    except LiteralError as error:
        raise CallRefused(error.reason, export.signature, begin + error.at) from None
    if export.peer is not None:
        given = _as_bytes(given, export.params or ())
    declared = None if export.params is None else _flattened(export.params, given)
    if declared is not None and len(given) > len(declared):
        at = begin + place_of(text[begin:], (len(declared),))
        raise CallRefused(_takes(export, declared, given), export.signature, at)
    arguments = []
    for index, value in enumerate(given):
        label, desc = ("", UNDECLARED) if declared is None else declared[index]
        argument = fitted(value, desc, export.named)
        if isinstance(argument, Misfit):
            reason = f"{label} does not fit: {argument.reason}" if label else argument.reason
            raise CallRefused(reason, export.signature, begin + place_of(text[begin:], (index, *argument.path)))
        arguments.append(argument)
    # What is there and does not fit is told before what is missing: more may still be typed.
    if declared is not None and len(given) < len(declared):
        raise CallRefused(_takes(export, declared, given), export.signature, len(text.rstrip()) - 1)
    return _request(export, tuple(arguments))


def _takes(export: Export, declared: Sized, given: Sized) -> str:
    wanted = "1 argument" if len(declared) == 1 else f"{len(declared)} arguments"
    return f"{export.name} takes {wanted}, not {len(given)}"


def message_in(text: str, exports: Sequence[Export]) -> Export | None:
    """The message that a text sends in plain words; None for one that is a call, or begins as one."""
    way, blank, said = text.strip().partition(" ")
    if not blank or said.lstrip().startswith("("):
        return None
    return next((each for each in exports if each.peer is not None and each.name == way), None)


def _sent(text: str, message: Export, exports: tuple[Export, ...]) -> Request:
    try:
        return parse_call(spelled(text.strip()), exports)
    except ValueError:
        raise CallRefused(NO_BYTES, message.signature) from None
    except CallRefused as refused:
        # What is to blame stands somewhere else in what was typed.
        raise CallRefused(refused.reason, message.signature) from None


def _as_bytes(given: tuple[Value, ...], params: tuple[tuple[str, TypeDesc], ...]) -> tuple[Value, ...]:
    """What a peer sends: a text is the bytes that it has in UTF-8, where bytes are wanted."""
    wants_text = [desc.kind == "string" for _, desc in params]
    return tuple(
        bytes_value(each.value.encode("utf-8", "surrogatepass"))
        if isinstance(each, String) and not (at < len(wants_text) and wants_text[at])
        else each
        for at, each in enumerate(given)
    )


def _request(export: Export, arguments: tuple[Value, ...]) -> Request:
    params = Tuple(arguments)
    _refuse_unrecordable("arguments", params, export)
    if export.peer is not None:
        return Request(export.peer.symbol, export.peer.handed(arguments), is_message=True)
    return Request(export.symbol, params)


def _refuse_unrecordable(what: str, params: Tuple, export: Export) -> None:
    """A payload wraps the params four levels deep, and what can't be written into one must not begin to run."""
    try:
        encode(_wrapped(params, _PAYLOAD_LEVELS), export.version)
    except EncodeError as error:
        raise CallRefused(f"the {what} can't be passed on: {error.sentence}", export.signature) from None


def _wrapped(value: Value, levels: int) -> Value:
    return value if levels == 0 else _wrapped(Tuple((value,)), levels - 1)


def find_export(name: str, exports: tuple[Export, ...]) -> Export:
    """The export of that symbol or unambiguous short name; raises CallRefused naming what there is."""
    exact = [each for each in exports if each.symbol == name]
    short = [each for each in exports if _short(each.symbol) == name]
    found = exact or short
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise CallRefused(f"{name} is ambiguous: {some_of([each.symbol for each in found])}")
    names, (word, blank, _) = [each.name for each in exports], name.partition(" ")
    if blank and word in names:
        raise CallRefused(f"the call {word} needs brackets", find_export(word, exports).signature)
    handler = handler_of(word)
    if handler:
        raise CallRefused(f"the actor takes no {word}: it exports no {handler}")
    near = get_close_matches(word, names, 1) if len(names) <= _MOST_LIKENED else ()
    hint = f"did you mean {near[0]}?" if near else f"there are {some_of(names)}"
    raise CallRefused(f"the module exports no {name or 'function without a name'}: {hint}")


def _flattened(
    params: tuple[tuple[str, TypeDesc], ...], arguments: tuple[Value, ...]
) -> tuple[tuple[str, TypeDesc], ...]:
    """A single declared tuple stands for its items, unless a tuple is given: that is how it travels on the wire."""
    if (
        len(params) == 1
        and params[0][1].kind == "tuple"
        and not (len(arguments) == 1 and isinstance(arguments[0], Tuple))
    ):
        return tuple((f"{params[0][0]}.{index}", desc) for index, desc in enumerate(params[0][1].args))
    return params
