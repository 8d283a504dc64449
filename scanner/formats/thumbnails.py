"""Previews inside office files: small pictures of the first page, blank in a copy."""

from __future__ import annotations

import base64
import re

# At most 256 points wide: nothing but large headings could be read, and those are read as text.
PREVIEW = re.compile(r"(?:docProps|Thumbnails)/thumbnail\.(?:jpe?g|png|emf|wmf)", re.IGNORECASE)
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
)
_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////"
    "//////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAA"
    "AAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z"
)


def blank(name: str) -> bytes:
    """Return what stands in a copy in place of the preview of that name, empty for other parts."""
    if not PREVIEW.fullmatch(name):
        return b""
    return _PNG if name.lower().endswith("png") else _JPEG
