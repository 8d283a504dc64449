"""presidio and spaCy, imported without what is never used of them: importing this is enough.

Presidio's own recognisers and spaCy's command line bring HTTP clients, telephone books and
hundreds of modules more: four tenths of a second of every start, and nothing that a process
which reads confidences should hold. While the libraries are imported, stand-ins take the place
of these parts; whoever imports a part later gets the real one.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

_LIBRARIES = ("spacy", "presidio_analyzer")
_UNUSED = ("spacy.cli", "spacy.cli.info", "presidio_analyzer.predefined_recognizers")


class _Unused:
    """What stands for a name of an unused part: nothing is one, and none is made."""

    def __new__(cls, *_: object, **__: object) -> _Unused:
        raise TypeError("this part is left out")


class _StandIn(ModuleType):
    """A module in which every name is a class of its own."""

    __path__ = []  # noqa: RUF012 - a package: parts of it may be asked for

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (_Unused,), {})


def _import_libraries() -> None:
    """Import them; as they are where the stand-ins do not do, or something uses them already."""
    before = set(sys.modules)
    if before.isdisjoint(_LIBRARIES):
        sys.modules.update({name: _StandIn(name) for name in _UNUSED})
        try:
            for name in _LIBRARIES:
                import_module(name)
        except Exception:  # another version, that wants more of them: then all of it
            for name in set(sys.modules) - before:
                if name.partition(".")[0] in _LIBRARIES:
                    del sys.modules[name]
        for name in _UNUSED:
            if isinstance(sys.modules.get(name), _StandIn):
                del sys.modules[name]
    for name in _LIBRARIES:
        import_module(name)


_import_libraries()
