"""Who answers the host calls that a person gave answers for: checked first, then used up one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from chainview.actor.answers import Answers, GivenAnswer
from chainview.actor.engine.call_failed import CallFailed
from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.provided import Imported, declared_of_import, default_answers, is_provided, leave_for
from chainview.actor.module import Module, ModuleError
from chainview.actor.rebuild import PastAnswers
from chainview.chain.payload import HostCall
from chainview.pack.declared.check import Misfit
from chainview.pack.declared.metadata import FunctionSignature, TypeDesc
from chainview.pack.declared.named import named_types
from chainview.pack.typed import UNDECLARED, fitted
from chainview.pack.values import Result, Value, types
from chainview.system.wording import some_of


class GivenAnswers:
    """What is left of the answers given to one actor, also once another build of it goes on."""

    def __init__(self, answers: Sequence[Answers]) -> None:
        self._answers = answers
        self._left: dict[Imported, _Left] = {}

    def of(self, module: Module, leave: Leave, *, stub: bool, others: bool = False) -> dict[Imported, Answered]:
        """Who answers the imports that answers were given for.

        Lines answer whatever they name; a chain stands for all that nobody provides, and that the actor has no
        `leave` to use, whether it holds an answer or not. Raises ModuleError for a line that names no import,
        unless it may be for `others`, and for an answer of another type than the module declares.
        """
        imported = [(each.interface, each.function) for each in module.imports]
        for given in self._answers:
            for line in given.lines:
                _refuse_unfit(line, imported, others=others)
        defaults = default_answers(module) if stub else {}
        return {
            key: Answered(".".join(key), self._left.setdefault(key, _Left()).filled(sources), defaults.get(key))
            for key in imported
            if (sources := self._sources(module, key, leave))
        }

    def _sources(self, module: Module, key: Imported, leave: Leave) -> list[Answers]:
        handler = leave_for(*key)
        lacks = not is_provided(*key) or (handler is not None and not leave.allows(handler))
        found = []
        for given in self._answers:
            lines = tuple([_fitted(line, module, key) for line in given.lines if line.names(key)])
            recorded = [each for each in given.recorded if (each.interface, each.function) == key] if lacks else []
            # The actor begins though its chain was never asked for something: a call of that fails once it comes.
            if lines or recorded or (lacks and given.recorded):
                found.append(replace(given, lines=lines, recorded=tuple(recorded)))
        return found


class _Left:
    """What is left for one function."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self._takers: list[Callable[[Value], Value | None]] | None = None

    def filled(self, sources: Iterable[Answers]) -> _Left:
        """With these answers, where nothing was given before."""
        if self._takers is None:
            self._takers = []
            for given in sources:
                for take in (_of_lines(given.lines), _of_chain(given.recorded)):
                    self._takers.append(take)
                    self.sources.append(given.source)
        return self

    def take(self, input: Value) -> tuple[Value, str] | None:
        """The next answer and the name of what it stands in."""
        for take, source in zip(self._takers or (), self.sources, strict=True):
            answer = take(input)
            if answer is not None:
                return answer, source
        return None


def _of_lines(lines: Iterable[GivenAnswer]) -> Callable[[Value], Value | None]:
    """Takes answers for that very input first, then those for any, each in their order; then what always answers."""
    always = [line for line in lines if line.always]
    once = deque(line for line in lines if not line.always)

    def take(input: Value) -> Value | None:
        for exactly in (True, False):
            for line in once:
                if (line.arguments is not None) is exactly and line.fits(input):
                    once.remove(line)
                    return line.answer
        found = [line for line in always if line.fits(input)]
        return max(found, key=lambda line: line.arguments is not None).answer if found else None

    return take


def _of_chain(recorded: Sequence[HostCall]) -> Callable[[Value], Value | None]:
    past = PastAnswers(recorded, version=0)

    def take(input: Value) -> Value | None:
        return past.take(recorded[0].interface, recorded[0].function, input) if recorded else None

    return take


class Answered:
    """Answers a host call by what was given; once nothing is left by a stub's default, else its call fails."""

    def __init__(self, name: str, left: _Left, default: Value | None) -> None:
        self._name, self._left, self._default = name, left, default
        self._mark = ""

    def __call__(self, input: Value) -> Value:
        """The answer, which is used up; raises CallFailed where none is left."""
        taken = self._left.take(input)
        if taken is not None:
            answer, source = taken
            self._mark = f"answered from {source}"
            return answer
        self._mark = ""
        if self._default is None:
            named = some_of(list(dict.fromkeys(self._left.sources)))
            raise CallFailed(f"{named} has no answer left for {self._name}", broken=True)
        return self._default

    def mark(self) -> str:
        """From where the last answer was taken; empty for a default."""
        return self._mark


def _refuse_unfit(line: GivenAnswer, imported: Sequence[Imported], *, others: bool) -> None:
    found = [".".join(key) for key in imported if line.names(key)]
    if len(found) > 1:
        raise ModuleError(f"{line.place}: {line.name} is ambiguous: {some_of(found)}")
    if not found and not others:
        names = some_of([".".join(key) for key in imported]) if imported else "nothing"
        raise ModuleError(f"{line.place}: the module imports no {line.name}: it imports {names}")


def _fitted(line: GivenAnswer, module: Module, key: Imported) -> GivenAnswer:
    """The line with what it leaves out, and what literals can't say, taken from the declared types.

    Raises ModuleError where it does not fit them, and where nothing is declared that says what was left out.
    """
    declared = declared_of_import(module, *key)
    if declared is None:
        arguments = None if line.arguments is None else _each_fitted(line, [UNDECLARED] * len(line.arguments), {})
        return replace(line, answer=_answer(line, UNDECLARED, {}, ""), arguments=arguments)
    named = {desc.name: desc for desc in named_types(module.metadata)} if module.metadata else {}
    result = declared.results[0] if declared.results else TypeDesc("unit")
    answer = _answer(line, result, named, f"the answer does not fit {_shown(declared)}: ")
    if isinstance(answer, Result) and is_provided(*key):
        # The reference's handlers say no more of its types.
        answer = Result(types.STRING, types.STRING, answer.is_ok, answer.value)
    if line.arguments is None:
        return replace(line, answer=answer)
    if len(line.arguments) != len(declared.params):
        raise ModuleError(f"{line.place}: {line.name} is asked with other arguments: {_shown(declared)}")
    wanted = [desc for _, desc in declared.params]
    labels = [f"{name} does not fit {_shown(declared)}: " for name, _ in declared.params]
    return replace(line, answer=answer, arguments=_each_fitted(line, wanted, named, labels))


def _answer(line: GivenAnswer, desc: TypeDesc, named: Mapping[str, TypeDesc], before: str) -> Value:
    answer = fitted(line.answer, desc, named)
    if isinstance(answer, Misfit):
        raise ModuleError(f"{line.place_of_answer(answer.path)}: {before}{answer.reason}")
    return answer


def _each_fitted(
    line: GivenAnswer, wanted: Sequence[TypeDesc], named: Mapping[str, TypeDesc], before: Sequence[str] = ()
) -> tuple[Value, ...]:
    arguments = []
    for index, (value, desc) in enumerate(zip(line.arguments or (), wanted, strict=True)):
        argument = fitted(value, desc, named)
        if isinstance(argument, Misfit):
            place = line.place_of_argument((index, *argument.path))
            raise ModuleError(f"{place}: {before[index] if before else ''}{argument.reason}")
        arguments.append(argument)
    return tuple(arguments)


def _shown(declared: FunctionSignature) -> str:
    params = ", ".join(f"{name}: {desc}" for name, desc in declared.params)
    results = ", ".join(map(str, declared.results))
    return f"{declared.name}({params})" + (f" -> {results}" if results else "")
