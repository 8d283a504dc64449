"""What is kept: the college's registers, in one private file."""

from scanner.store.gaps import RegisterGap, gaps_of
from scanner.store.registers import Counts, Load, Store
from scanner.store.sheets import Fault, RegistersError

__all__ = ["Counts", "Fault", "Load", "RegisterGap", "RegistersError", "Store", "gaps_of"]
