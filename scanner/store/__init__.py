"""What is kept: the college's registers, in one private file.

Names load their modules when they are asked for: who only looks whether the file changed
must not wait for SQLAlchemy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scanner.store.gaps import RegisterGap, gaps_of
    from scanner.store.registers import Counts, Load, Store
    from scanner.store.sheets import Fault, RegistersError

__all__ = [
    "FILE",
    "Counts",
    "Fault",
    "Load",
    "RegisterGap",
    "RegistersError",
    "Store",
    "gaps_of",
]

FILE = "store.db"  # its name in the home folder

_MODULES = {
    "Counts": "registers",
    "Fault": "sheets",
    "Load": "registers",
    "RegisterGap": "gaps",
    "RegistersError": "sheets",
    "Store": "registers",
    "gaps_of": "gaps",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for (PEP 562)
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
