"""Files that LibreOffice wrote: read whole, written back, and anonymised through the product."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import re
from pathlib import Path

import pytest

from scanner import formats
from scanner.errors import RewriteError
from scanner.formats import ocr, pdfproof
from scanner.formats.limits import Limits
from scanner.formats.splice import Change
from tests.formats.build import edits, reasons, texts
from tests.formats.office import pdf, shown, streamed, unpacked

FOLDER = Path(__file__).parent / "files"
NAME = re.compile(r"Ifeoma|Balewa|\bIfy\b|40117203", re.IGNORECASE)
PACKAGES = ("notes.docx", "notes.odt", "marks.xlsx", "marks.ods", "slides.pptx", "slides.odp")
FILES = (*PACKAGES, "notes.rtf", "notes.pdf", "marks.pdf", "slides.pdf")
KEPT = {
    "notes": "The seminar on basalt is moved to Thursday; the room stays the same.",
    "marks": "Average",
    "slides": "The field trip is in March.",
}
# How often the name stands there, by hand: runs, cells, margins, notes, comments, metadata.
COUNT = {
    "notes.docx": 17,
    "notes.odt": 15,
    "marks.xlsx": 11,
    "marks.ods": 11,
    "slides.pptx": 7,
    "slides.odp": 7,
}


def whole(data: bytes, name: str) -> str:
    return "\n".join(texts(formats.read(data, name)).values())


@pytest.mark.parametrize("name", FILES)
def test_read_whole_and_written_back(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    message = formats.read(data, name)
    assert message.gaps == ()
    assert KEPT[name.split(".")[0]] in whole(data, name).replace("\n", " ")
    assert formats.write(data, name, []) == data


@pytest.mark.parametrize("name", COUNT)
def test_every_place_is_counted(name: str) -> None:
    text = whole((FOLDER / name).read_bytes(), name)
    assert len(re.findall(r"Ifeoma[\s_]Balewa|(?<!Ifeoma.)Balewa", text)) >= COUNT[name]


@pytest.mark.parametrize("name", FILES)
def test_the_copy_names_nobody_and_keeps_the_rest(name: str, scan, college) -> None:
    data = (FOLDER / name).read_bytes()
    (college / name).write_bytes(data)
    done = scan("anonymise", name, "-o", f"copy-{name}", "--today", "2026-11-20")
    assert done.code == 0, done.err
    copy = (college / f"copy-{name}").read_bytes()
    assert (college / name).read_bytes() == data
    text = whole(copy, name)
    assert not NAME.search(text)
    assert KEPT[name.split(".")[0]] in text.replace("\n", " ")
    if name in PACKAGES:
        before, after = unpacked(data), unpacked(copy)
        assert list(before) == list(after)
        assert not any(NAME.search(content.decode("latin-1")) for content in after.values())
        named = [p for p, content in before.items() if NAME.search(content.decode("latin-1"))]
        for part in set(before) - set(named) - {"Thumbnails/thumbnail.png"}:
            if part != "content.xml" and not part.startswith(("word/document", "ppt/slides/")):
                assert hashlib.sha256(before[part]).digest() == hashlib.sha256(after[part]).digest()
    else:
        assert not NAME.search(copy.decode("latin-1"))


@pytest.mark.parametrize("name", PACKAGES)
def test_attached_to_a_mail_it_is_judged_the_same(name: str, scan, college) -> None:
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["To"] = "t.okell@larkfield.example", "x@outside.example"
    mail["Subject"] = "Notes"
    mail.set_content("The notes are attached.\n")
    mail.add_attachment(
        (FOLDER / name).read_bytes(), maintype="application", subtype="octet-stream", filename=name
    )
    (college / "a.eml").write_bytes(mail.as_bytes())
    assert scan("check", "a.eml", "--today", "2026-11-20").code in (10, 12)
    done = scan("anonymise", "a.eml", "-o", "b.eml", "--today", "2026-11-20")
    assert done.code == 0, done.err
    assert not NAME.search(whole((college / "b.eml").read_bytes(), "b.eml"))


def test_pdf_words_stay_where_they_stood() -> None:
    import pypdfium2

    data = (FOLDER / "notes.pdf").read_bytes()
    message = formats.read(data, "notes.pdf")
    copy = formats.write(data, "notes.pdf", edits(message, r"Ifeoma\s+Balewa", "I.B."))

    def places(file: bytes) -> dict[str, tuple[int, ...]]:
        page = pypdfium2.PdfDocument(file)[0].get_textpage()
        text = page.get_text_range().replace("\r", "")
        found = {}
        for word in ("Tuesday", "extension", "Thursday", "Okell", "Geology"):
            searcher = page.search(word)
            index, _ = searcher.get_next()
            found[word] = tuple(round(v) for v in page.get_charbox(index))
        assert text
        return found

    assert places(data) == places(copy)


def test_pdf_residue_is_seen() -> None:
    """The proof itself: a copy that still holds the word in a stream or as text is refused."""
    from scanner.formats.pdfpages import opened, text_of

    data = pdf(shown("Ms Raghunathan left"))
    with opened(data) as document:
        page = text_of(document[0], Limits())
    change = {0: [Change(3, 14, "R.")]}
    assert pdfproof.residue(data, [page], change, set(), Limits()) == {0}
    clean = pdf(shown("Ms R. left"))
    assert pdfproof.residue(clean, [page], change, set(), Limits()) == set()
    marked = pdf("/Span <</ActualText (raghunathan)>> BDC EMC " + shown("Ms R. left"))
    assert pdfproof.residue(marked, [page], change, set(), Limits()) == {0}
    lost = pdf(shown("Ms R."))
    assert pdfproof.residue(lost, [page], change, set(), Limits()) == {0}
    assert pdfproof.residue(data, [page], change, {0}, Limits()) == set()
    with pytest.raises(RewriteError, match="cannot be read"):
        pdfproof.residue(b"%PDF-1.7 x", [page], change, set(), Limits())


FORM = pdf(
    shown("The seminar moves.") + "/X1 Do",
    resources="/XObject<</X1 10 0 R>>",
    objects={
        10: streamed(
            "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>",
            shown("Ms Raghunathan is ill", y=600).encode(),
        )
    },
)


def test_a_page_that_cannot_be_cleaned_becomes_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2

    monkeypatch.setattr(ocr, "available", lambda: False)
    message = formats.read(FORM, "a.pdf")
    copy = formats.write(FORM, "a.pdf", edits(message, "Raghunathan", "R."))
    after = formats.read(copy, "a.pdf")
    assert "picture on the page is not read" in reasons(after)
    assert "".join(texts(after).values()) == "a"
    before = pypdfium2.PdfDocument(FORM)[0].render(scale=2).to_pil().convert("L")
    now = pypdfium2.PdfDocument(copy)[0].render(scale=2).to_pil().convert("L")
    assert before.size == now.size
    band = (0, 0, before.width, 300)  # the line above the name is the same to the eye
    ink = [sum(p < 128 for p in image.crop(band).tobytes()) for image in (before, now)]
    assert abs(ink[0] - ink[1]) < ink[0] * 0.2


needs_ocr = pytest.mark.skipif(
    importlib.util.find_spec("tesserocr") is None or not ocr.available(),
    reason="the extra ocr is not installed",
)


def picture(text: str, size: tuple[int, int] = (900, 120)) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((20, 20), text, fill="black", font=ImageFont.load_default(48))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@needs_ocr
def test_pictures_are_read_where_there_is_ocr() -> None:
    data = picture("Priya Raghunathan is ill")
    assert "Raghunathan" in texts(formats.read(data, "a.png"))["picture"]
    message = formats.read(FORM, "a.pdf")
    copy = formats.write(FORM, "a.pdf", edits(message, "Raghunathan", "R."))
    after = formats.read(copy, "a.pdf")
    assert after.gaps == ()
    assert "seminar" in "".join(texts(after).values())
    assert "Raghunathan" not in "".join(texts(after).values())


@pytest.mark.parametrize("size", [(1, 1), (400, 8)])
def test_a_picture_too_small_for_a_word_is_no_gap(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    assert formats.read(picture("", size), "a.png").gaps == ()


def test_office_libraries_are_loaded_when_needed_alone(scan, college) -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom scanner import formats\n"
        "formats.read(b'From: a@b.example\\nTo: c@d.example\\n\\nhi', 'a.eml')\n"
        "late = 'pypdf', 'pypdfium2', 'PIL', 'tesserocr', 'olefile', 'compressed_rtf'\n"
        "print([module for module in late if module in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parents[2],
    )
    assert done.stdout.strip() == "[]"
