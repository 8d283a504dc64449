"""Text in pictures by Tesseract, where the extra ``ocr`` is installed."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import FormatError

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage

_ABSENT = "reading pictures needs the extra ocr (pip install student-x[ocr])"
_SCALE = 200 / 72  # 200 dots per inch
_DATA = "eng.traineddata"


@cache
def _folder() -> str:
    """Return the folder of Tesseract's English data, empty where there is none."""
    places = (
        Path(sys.prefix) / "share" / "tessdata",
        Path("/usr/share/tesseract-ocr/5/tessdata"),
        Path("/usr/share/tessdata"),
        Path("/opt/homebrew/share/tessdata"),
    )
    return next((str(place) for place in places if (place / _DATA).is_file()), "")


def available() -> bool:
    """Tell whether pictures can be read."""
    return importlib.util.find_spec("tesserocr") is not None and bool(_folder())


def read(image: Image) -> str:
    """Return the text that a Pillow image shows; raises FormatError where OCR is absent."""
    if not available():
        raise FormatError(_ABSENT)
    import tesserocr

    try:
        grey = image.convert("L")
        with tesserocr.PyTessBaseAPI(path=_folder(), lang="eng") as engine:
            engine.SetImage(grey)
            engine.SetSourceResolution(200)
            return str(engine.GetUTF8Text())
    except (RuntimeError, OSError, ValueError, SyntaxError):
        raise FormatError("a picture that cannot be read") from None


def read_page(page: PdfPage) -> str:
    """Return the text that a PDF page of pypdfium2 shows."""
    if not available():
        raise FormatError(_ABSENT)
    return read(page.render(scale=_SCALE, grayscale=True).to_pil())
