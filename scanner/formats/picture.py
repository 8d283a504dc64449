"""Pictures (PNG, JPEG, GIF, BMP, TIFF, WebP): read by OCR where there is one, else refused."""

from __future__ import annotations

import io
import re
import warnings

from scanner.errors import FormatError
from scanner.formats import kinds, ocr
from scanner.formats.nesting import Context
from scanner.formats.splice import Passage, Reading
from scanner.formats.text import file_name
from scanner.model import Document, Message, Part, Segment

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp")
_MARK = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP",
    re.DOTALL,
)
_SMALLEST = 12  # pixels: a picture lower or narrower shows no word
_MOST_FRAMES = 20


def claims(data: bytes, suffix: str) -> int:
    """Claim pictures by their marks."""
    del suffix
    return kinds.SIGNATURE if _MARK.match(data) else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a picture; raises FormatError without OCR, for damage, and when it is too large.

    A picture too small to show a word has no text.
    """
    from PIL import Image, UnidentifiedImageError

    context.picture()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of size: our own limit is below
            with Image.open(io.BytesIO(data)) as image:
                words = _words(image, context.limits.pixels)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise FormatError("a picture that cannot be read") from None
    except Image.DecompressionBombError:
        raise FormatError(f"a picture of more than {context.limits.pixels} pixels") from None
    passages = file_name(name, context)
    if words.strip():
        passages.insert(0, Passage(Segment("picture", words, Part.BODY)))
    document = Document("picture", "image/*", tuple(p.segment for p in passages))
    message = Message((document,) if passages else (), kind="note", path=name)
    return Reading(message, (tuple(passages),) if passages else (), ())


def _words(image: object, most: int) -> str:
    from PIL import Image, ImageSequence

    assert isinstance(image, Image.Image)  # noqa: S101 - Pillow is imported late
    if image.width * image.height > most:
        raise FormatError(f"a picture of more than {most} pixels")
    if min(image.size) < _SMALLEST:
        return ""
    words = [_noted(image)]
    for number, frame in enumerate(ImageSequence.Iterator(image)):
        if number >= _MOST_FRAMES:
            raise FormatError(f"a picture of more than {_MOST_FRAMES} frames")
        words.append(ocr.read(frame.copy()))
    return "\n".join(word for word in words if word.strip())


def _noted(image: object) -> str:
    """Return the texts that a picture carries beside its pixels: comments, EXIF."""
    from PIL import Image

    assert isinstance(image, Image.Image)  # noqa: S101 - Pillow is imported late
    notes = [v for v in image.info.values() if isinstance(v, str)]
    notes += [v for v in image.getexif().values() if isinstance(v, str)]
    if isinstance(comment := image.info.get("comment"), bytes):
        notes.append(comment.decode("utf-8", "replace"))
    return "\n".join(notes)
