"""What was found in one file, as it travels between processes and into the memory."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from scanner.errors import FormatError
from scanner.model import Gap
from scanner.reports.audited import Observation


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in one file.

    digest: of its bytes, b"" when they could not be read; unchanged: the digest is the one
    known, and nothing was judged. personal: a student can be recognised in it. approved: it
    lies in a folder for records. copy: the name of the anonymised copy that was written.
    """

    digest: bytes = b""
    unchanged: bool = False
    kind: str = ""
    personal: bool = False
    approved: bool = False
    observations: tuple[Observation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    copy: str = ""


def unexamined(error: FormatError) -> Examined:
    """Return what is known of a file that could not be read: that it could not."""
    return Examined(gaps=(Gap("document", error.message),))


def keyed(key: bytes, *words: str) -> str:
    """Return a keyed hash of words: who lacks the key can neither read nor guess them."""
    text = "\0".join(words).encode("utf-8", "surrogatepass")
    return hmac.digest(key, text, "sha256").hex()[:32]
