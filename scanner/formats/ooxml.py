"""Word, Excel and PowerPoint (.docx .xlsx .pptx and kin; ECMA-376): every part of the package."""

from __future__ import annotations

import re

from scanner.formats import kinds
from scanner.formats.kinds import names
from scanner.formats.nesting import Context
from scanner.formats.packages import Family, Package, sheet_name, word
from scanner.formats.sheets import SheetWalker, StringsWalker
from scanner.formats.splice import Reading
from scanner.formats.vocabulary import Vocabulary
from scanner.formats.zips import is_zip, lists

_WORD = (".docx", ".docm", ".dotx", ".dotm")
_EXCEL = (".xlsx", ".xlsm", ".xltx", ".xltm")
_SLIDES = (".pptx", ".pptm", ".potx", ".potm", ".ppsx", ".ppsm")
MARK = b"[Content_Types].xml"  # the part that every package has
SUFFIXES = (*_WORD, *_EXCEL, *_SLIDES)

_WORDS = Vocabulary(
    paragraphs=frozenset(("p", "si", "is", "oddHeader", "oddFooter")),
    inline=names(
        "r t ins del moveTo moveFrom hyperlink smartTag sdt sdtContent fldSimple customXml bdo dir"
        " ruby rubyBase fld delText instrText delInstrText oMath f v"
    ),
    cells=frozenset(("tc", "c")),
    rows=frozenset(("tr", "row")),
    breaks={
        "tab": "\t",
        "ptab": "\t",
        "br": "\n",
        "cr": "\n",
        "noBreakHyphen": "-",
        "softHyphen": "\u00ad",
    },
    spaced=frozenset(("t", "delText", "instrText", "delInstrText")),
    removed=frozenset(("del", "moveFrom")),
    inserted=frozenset(("ins", "moveTo")),
    hidden=names(
        "instrText delInstrText f formula formula1 formula2 definedName calculatedColumnFormula"
        " totalsRowFormula"
    ),
    named=names(
        "*.descr *.title *.alt *.author *.initials *.displayName *.tooltip *.display *.instr"
        " sheet.name docVar.val default.val result.val listEntry.val statusText.val"
        " helpText.val listItem.displayText listItem.value bookmarkStart.name definedName.name"
        " textpath.string s.v cacheField.name tableColumn.name"
        " *.prompt *.promptTitle *.error *.errorTitle alias.val cmAuthor.name Relationship.Target"
        " query.val connectString.val fileSharing.userName property.name"
    ),
    keep_space=True,
)
_PLACES = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"word/document\d*\.xml", "body"),
        (r"xl/sharedStrings\.xml", "strings"),
        (r"xl/worksheets/sheet\d+\.xml|xl/chartsheets/.*\.xml", "sheet"),
        (r"ppt/slides/slide\d+\.xml", "slide"),
        (r"ppt/notesSlides/.*\.xml", "notes"),
        (r"word/header\d*\.xml", "header"),
        (r"word/footer\d*\.xml", "footer"),
        (r"word/footnotes\.xml", "footnotes"),
        (r"word/endnotes\.xml", "endnotes"),
        (
            r".*/?(?:comments|threadedComments|commentAuthors|persons|people)\w*(?:/.*)?\.xml",
            "comments",
        ),
        (r".*/charts?/.*\.xml", "chart"),
        (r".*/drawings?/.*\.(?:xml|vml)", "drawing"),
        (r"xl/workbook\.xml", "workbook"),
        (r"ppt/slide(?:Layouts|Masters)/.*\.xml|ppt/(?:notes|handout)Masters/.*\.xml", "master"),
        (r"docProps/(?:core|app|custom)\.xml", "properties"),
        (r"customXml/.*\.xml", "data"),
        (r".*\.rels", "links"),
        (r"\[Content_Types\]\.xml", "contents"),
        (
            r"word/(?:styles|settings|fontTable|webSettings|numbering|stylesWithEffects|glossary/.*"
            r"|theme/.*|comments\w*|vbaData)\.xml",
            "settings",
        ),
        (
            r"xl/(?:styles|calcChain|metadata|theme/.*|tables/.*|externalLinks/.*|queryTables/.*"
            r"|pivot\w*/.*|connections|ctrlProps/.*|worksheets/.*|volatileDependencies)\.xml",
            "settings",
        ),
        (
            r"ppt/(?:presentation|presProps|viewProps|tableStyles|theme/.*|tags/.*|changesInfos/.*"
            r"|revisionInfo|slideUpdateInfo/.*|authors|diagrams/.*)\.xml",
            "settings",
        ),
        (r"(?:word|xl|ppt)/(?:media|embeddings)/[A-Za-z_]{1,30}\d*\.\w{1,8}", "media"),
        (r"xl/printerSettings/.*\.bin", "settings"),
    )
)
_FAMILY = Family(
    media="application/vnd.openxmlformats-officedocument",
    words=_WORDS,
    places=_PLACES,
    # embedded fonts; the order of calculation; the preview
    quiet=re.compile(
        r".*\.(?:odttf|fntdata|ttf)|xl/calcChain\.bin|docProps/thumbnail\.\w+|.*/vbaData\.xml"
    ),
    strings=re.compile(r".*/printerSettings/.*\.bin"),
    causes=tuple(
        (re.compile(pattern), reason)
        for pattern, reason in (
            (r".*vbaProject\w*\.bin", "macros are not read"),
            (r".*activeX.*\.bin", "an ActiveX control is not read"),
            (r".*/embeddings/.*\.bin", "an embedded OLE object is not read"),
            (r".*\.(?:emf|wmf|emz|wmz)", "a drawing (EMF, WMF) is not read"),
            (r".*\.bin", "a binary part is not read"),
        )
    ),
    seals=re.compile(r"_xmlsignatures/sig.*\.xml"),
    writes={
        "codes": word,
        "definedName.name": word,
        "bookmarkStart.name": word,
        "literals": sheet_name,
        "sheet.name": sheet_name,
    },
    walkers={"strings": StringsWalker, "sheet": SheetWalker},
)


def claims(data: bytes, suffix: str) -> int:
    """Claim a zip archive with the part that every such package has."""
    del suffix
    return kinds.SIGNATURE if is_zip(data) and lists(data, MARK) else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a package; raises FormatError when it is damaged."""
    return Package(data, name, context, _FAMILY).read()
