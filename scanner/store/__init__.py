"""What is kept: the college's registers, in one private file."""

from scanner.store.registers import Counts, Load, Store
from scanner.store.sheets import Fault, RegistersError

__all__ = ["Counts", "Fault", "Load", "RegistersError", "Store"]
