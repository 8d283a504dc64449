"""The exceptions of the house: one base, one subclass a room.

Every error says what happened and, as its hint, what the user can do. None may hold
personal data: no text of a message, no name, no cell of a register.
"""


class StudentXError(Exception):
    """Report a fault that a face turns into one sentence and exit code 1."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(StudentXError):
    """Report a config.toml that cannot be used."""


class RulesError(StudentXError):
    """Report a rule file or pack that cannot be used."""


class FormatError(StudentXError):
    """Report bytes that cannot be read; a face turns it into a Gap."""


class RewriteError(StudentXError):
    """Report a copy that cannot be written faithfully."""


class RecogniserError(StudentXError):
    """Report an engine that cannot be built or that failed on a text."""


class PolicyError(StudentXError):
    """Report a policy that cannot be loaded or decided."""


class WorkerError(StudentXError):
    """Report a document that its process did not survive, or not within its limits."""


class StoreError(StudentXError):
    """Report a store that cannot be opened, read or written."""


class LetterError(StudentXError):
    """Report a letter that cannot be written."""


class GatewayError(StudentXError):
    """Report a gateway that cannot run, or a mail server that breaks the milter protocol."""


def place_of(error: Exception) -> str:
    """Return the module and line where a fault arose: its own words may quote a message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f" in {trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
