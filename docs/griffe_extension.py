"""What griffe cannot read in the sources by itself, for the API's reference.

The constructor of an attrs class is in no source, and what a tracker is told is a TypedDict beside
such a class. Both get a constructor here, with the types that stand in the source and the defaults
that the class has when it runs. The names in docstrings become links.
"""

import functools
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
import griffe

from video_tracker.tracker.options import Options, OptionsGiven

OPTIONS = f"{OptionsGiven.__module__}.{OptionsGiven.__name__}"
SELF = griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)


ROLE: Final = re.compile(r":(?:class|func|meth|mod|attr|data|exc|obj):`(~?)([\w.]+)`")
"""How a docstring names what is documented elsewhere."""


class Reference(griffe.Extension):
    """Gives each class the constructor that it has when it runs, and each name its link."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Called by griffe when it has read the package."""
        for each in _all(pkg):
            if each.docstring is not None:
                each.docstring.value = ROLE.sub(
                    functools.partial(_link, each), each.docstring.value
                )
        for found in (each for each in _all(pkg) if isinstance(each, griffe.Class)):
            running = _running(found)
            if "__init__" in found.members:
                _spell_out(found.members["__init__"])
            elif running is not None and attrs.has(running) and "__init__" in vars(running):
                found.set_member("__init__", _constructor(found, running))


def _all(parent: griffe.Object) -> Iterator[griffe.Object]:
    """A module or class, and whatever is written in it."""
    yield parent
    for member in parent.members.values():
        if isinstance(member, griffe.Object):
            yield from _all(member)


def _link(within: griffe.Object, role: re.Match[str]) -> str:
    name = role[2]
    shown = name.rpartition(".")[2] if role[1] else name
    target = _named(within, name)
    path = name if target is None else target.canonical_path
    return f"[`{shown}`][{path}]"


def _named(within: griffe.Object, name: str) -> griffe.Object | griffe.Alias | None:
    """What a docstring names: a member of its class, or whatever its module knows by that name."""
    first, *rest = name.split(".")
    if first == within.package.name:
        found: griffe.Object | griffe.Alias = within.package
    elif first in within.all_members:
        found = within.all_members[first]
    else:
        try:
            found = within.modules_collection[within.resolve(first)]
        except (KeyError, griffe.GriffeError):
            return None
    for each in rest:
        if each not in found.all_members:
            return None
        found = found.all_members[each]
    return found


def _running(found: griffe.Class) -> type | None:
    """The class itself, unless it cannot be had: one within a function, or of an absent extra."""
    try:
        module: Any = importlib.import_module(found.module.path)
        names = found.path.removeprefix(f"{found.module.path}.").split(".")
        running = functools.reduce(getattr, names, module)
    except (AttributeError, ImportError):
        return None
    return running if isinstance(running, type) else None


def _constructor(found: griffe.Class, running: type) -> griffe.Function:
    declared = {
        name: member
        for each in (*reversed(found.mro()), found)
        for name, member in each.members.items()
        if isinstance(member, griffe.Attribute)
    }
    given = [field for field in attrs.fields(running) if field.init]
    parameters = [
        griffe.Parameter(
            field.alias or field.name,
            annotation=declared[field.name].annotation,
            kind=_kind(field.kw_only),
            default=shown_default(field),
        )
        for field in sorted(given, key=lambda field: field.kw_only)
    ]
    return griffe.Function(
        "__init__", parent=found, parameters=griffe.Parameters(SELF, *parameters), returns="None"
    )


def _kind(by_name: bool) -> griffe.ParameterKind:
    kinds = griffe.ParameterKind
    return kinds.keyword_only if by_name else kinds.positional_or_keyword


def shown_default(field: "attrs.Attribute[Any]") -> str | None:
    """A field's default as a caller would write it; None for a field that must be given."""
    value = field.default
    if value is attrs.NOTHING:
        return None
    if isinstance(value, attrs.Factory):  # type: ignore[arg-type]
        if value.takes_self:
            return "..."
        value = value.factory()
    if isinstance(value, Mapping):
        value = dict(value)
    if inspect.isroutine(value) or isinstance(value, type):
        return value.__name__
    if isinstance(value, int) and value >= 10_000:
        return f"{value:_}"
    return repr(value)


def _spell_out(constructor: griffe.Object | griffe.Alias) -> None:
    """Put the options of a tracker in the place of ``**given: Unpack[OptionsGiven]``."""
    if not isinstance(constructor, griffe.Function):
        return
    spread = next(
        (each for each in constructor.parameters if str(each.annotation) == "Unpack[OptionsGiven]"),
        None,
    )
    if spread is None:
        return
    options = constructor.package[OPTIONS.removeprefix("video_tracker.")]
    kept = [each for each in constructor.parameters if each is not spread]
    named = [
        griffe.Parameter(
            field.name,
            annotation=options.members[field.name].annotation,
            kind=griffe.ParameterKind.keyword_only,
            default=shown_default(field),
        )
        for field in attrs.fields(Options)
    ]
    constructor.parameters = griffe.Parameters(*kept, *named)
