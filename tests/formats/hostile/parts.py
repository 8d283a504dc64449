"""D1: every place of an office document that can hold a name, a document each."""

from __future__ import annotations

from tests.formats.office import (
    HEAD,
    ODF,
    RELS,
    A,
    X,
    cell,
    docx,
    odf,
    paragraph,
    part,
    pptx,
    run,
    shape,
    xlsx,
)

HIT = "Raghunathan"
REST = "The seminar moves to Thursday."


def _word(inner: str) -> bytes:
    return docx(paragraph(REST) + inner)


def _hyper(target: str) -> str:
    return (
        f'{HEAD}<Relationships {RELS}><Relationship Id="r1" Type="t" Target="{target}"'
        ' TargetMode="External"/></Relationships>'
    )


def _core(inner: str) -> str:
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="c" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{inner}</cp:coreProperties>"
    )


_BOX = f"<w:txbxContent>{paragraph(HIT)}</w:txbxContent>"
_FIELD = '<w:p><w:r><w:instrText xml:space="preserve"> {} </w:instrText></w:r></w:p>'

WORD = {
    "body": docx(paragraph(REST, f"Ms {HIT}")),
    "split over runs": docx(paragraph("Raghu", "na", "than") + paragraph(REST)),
    "split by a bookmark": docx(
        f'<w:p>{run("Raghu")}<w:bookmarkStart w:id="0" w:name="b"/>{run("nathan")}</w:p>'
        + paragraph(REST)
    ),
    "split by a proofing mark": docx(
        f'<w:p>{run("Raghu")}<w:proofErr w:type="spellStart"/>{run("nathan")}</w:p>'
        + paragraph(REST)
    ),
    "character references": docx(paragraph("R&#97;ghun&#x61;than", REST)),
    "CDATA": docx(f"<w:p><w:r><w:t><![CDATA[{HIT}]]></w:t></w:r></w:p>" + paragraph(REST)),
    "table": _word(f"<w:tbl><w:tr><w:tc>{paragraph(HIT)}</w:tc></w:tr></w:tbl>"),
    "nested table": _word(
        f"<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>{paragraph(HIT)}</w:tc></w:tr></w:tbl></w:tc>"
        "</w:tr></w:tbl>"
    ),
    "text box": _word(f"<w:p><w:r><w:pict>{_BOX}</w:pict></w:r></w:p>"),
    "text box twice": _word(
        f"<w:p><w:r><mc:AlternateContent xmlns:mc='m'><mc:Choice>{_BOX}</mc:Choice>"
        f"<mc:Fallback>{_BOX}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    ),
    "content control": _word(f"<w:sdt><w:sdtContent>{paragraph(HIT)}</w:sdtContent></w:sdt>"),
    "content control's title": _word(
        f'<w:sdt><w:sdtPr><w:alias w:val="Miss {HIT}"/></w:sdtPr></w:sdt>'
    ),
    "placeholder list": _word(
        f'<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="{HIT}" w:value="1"/>'
        "</w:dropDownList></w:sdtPr></w:sdt>"
    ),
    "inserted": _word(f'<w:p><w:ins w:id="1" w:author="a">{run(HIT)}</w:ins></w:p>'),
    "deleted": _word(
        f'<w:p>{run("x")}<w:del w:id="1"><w:r><w:delText>{HIT}</w:delText></w:r></w:del></w:p>'
    ),
    "moved": _word(f'<w:p>{run("x")}<w:moveFrom w:id="1">{run(HIT)}</w:moveFrom></w:p>'),
    "split by a deletion": _word(
        f'<w:p>{run("Raghu")}<w:del w:id="1"><w:r><w:delText>x</w:delText></w:r></w:del>'
        f"{run('nathan')}</w:p>"
    ),
    "made by a deletion": _word(
        f'<w:p>{run("Raghu")}<w:del w:id="1"><w:r><w:delText>nathan</w:delText></w:r></w:del></w:p>'
    ),
    "author of a change": _word(
        f'<w:p><w:ins w:id="1" w:author="P {HIT}">{run("x")}</w:ins></w:p>'
    ),
    "hidden text": _word(f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{HIT}</w:t></w:r></w:p>"),
    "alternative text": _word(
        f'<w:p><w:r><w:drawing><wp:docPr xmlns:wp="w" id="1" name="x" descr="Photo of {HIT}"/>'
        "</w:drawing></w:r></w:p>"
    ),
    "name of a shape": _word(
        f'<w:p><w:r><w:drawing><wp:docPr xmlns:wp="w" id="1" name="Photo {HIT}"/>'
        "</w:drawing></w:r></w:p>"
    ),
    "WordArt": _word(
        f'<w:p><w:r><w:pict><v:textpath xmlns:v="v" string="{HIT}"/></w:pict></w:r></w:p>'
    ),
    "bookmark": _word(f'<w:p><w:bookmarkStart w:id="0" w:name="{HIT}"/>{run("x")}</w:p>'),
    "field": _word(_FIELD.format(f'HYPERLINK "mailto:{HIT}@larkfield.example"')),
    "field split over runs": _word(
        '<w:p><w:r><w:instrText>HYPERLINK "mailto:Raghu</w:instrText></w:r><w:r><w:instrText>'
        'nathan@a.example"</w:instrText></w:r></w:p>'
    ),
    "simple field": _word(
        f'<w:p><w:fldSimple w:instr="AUTHOR {HIT}">{run("x")}</w:fldSimple></w:p>'
    ),
    "form field": _word(
        f'<w:p><w:r><w:fldChar><w:ffData><w:textInput><w:default w:val="{HIT}"/></w:textInput>'
        "</w:ffData></w:fldChar></w:r></w:p>"
    ),
    "equation": _word(f'<w:p><m:oMath xmlns:m="m"><m:r><m:t>{HIT}</m:t></m:r></m:oMath></w:p>'),
    "ruby": _word(f"<w:p><w:r><w:ruby><w:rt>{run(HIT)}</w:rt></w:ruby></w:r></w:p>"),
    "comment in the mark-up": _word(f"<!-- {HIT} -->"),
    "header": docx(paragraph(REST), {"word/header1.xml": part(paragraph(HIT), "hdr")}),
    "footer": docx(paragraph(REST), {"word/footer2.xml": part(paragraph(HIT), "ftr")}),
    "footnote": docx(
        paragraph(REST),
        {"word/footnotes.xml": part(f"<w:footnote>{paragraph(HIT)}</w:footnote>", "footnotes")},
    ),
    "endnote": docx(paragraph(REST), {"word/endnotes.xml": part(paragraph(HIT), "endnotes")}),
    "comment": docx(paragraph(REST), {"word/comments.xml": part(paragraph(HIT), "comments")}),
    "author of a comment": docx(
        paragraph(REST),
        {"word/comments.xml": part(f'<w:comment w:author="{HIT}"/>', "comments")},
    ),
    "people": docx(
        paragraph(REST), {"word/people.xml": part(f'<w:person w:author="{HIT}"/>', "people")}
    ),
    "glossary": docx(
        paragraph(REST), {"word/glossary/document.xml": part(paragraph(HIT), "glossaryDocument")}
    ),
    "orphan part": docx(paragraph(REST), {"word/left/over.xml": part(paragraph(HIT))}),
    "link": docx(
        paragraph(REST),
        {"word/_rels/document.xml.rels": _hyper(f"mailto:{HIT}@larkfield.example")},
    ),
    "linked file": docx(
        paragraph(REST),
        {"word/_rels/document.xml.rels": _hyper(f"file:///C:/students/{HIT}.xlsx")},
    ),
    "title": docx(paragraph(REST), {"docProps/core.xml": _core(f"<dc:title>{HIT}</dc:title>")}),
    "last author": docx(
        paragraph(REST),
        {"docProps/core.xml": _core(f"<cp:lastModifiedBy>{HIT}</cp:lastModifiedBy>")},
    ),
    "manager": docx(
        paragraph(REST),
        {"docProps/app.xml": f"{HEAD}<Properties><Manager>{HIT}</Manager></Properties>"},
    ),
    "own property": docx(
        paragraph(REST),
        {
            "docProps/custom.xml": f'{HEAD}<Properties><property name="Student">'
            f"<lpwstr>{HIT}</lpwstr></property></Properties>"
        },
    ),
    "document variable": docx(
        paragraph(REST),
        {"word/settings.xml": part(f'<w:docVars><w:docVar w:name="n" w:val="{HIT}"/></w:docVars>')},
    ),
    "mail merge": docx(
        paragraph(REST),
        {
            "word/settings.xml": part(
                f"<w:mailMerge><w:query w:val=\"name = '{HIT}'\"/></w:mailMerge>"
            )
        },
    ),
    "custom XML": docx(
        paragraph(REST), {"customXml/item1.xml": f"<data><student>{HIT}</student></data>"}
    ),
    "custom XML attribute": docx(
        paragraph(REST), {"customXml/item1.xml": f'<data student="Miss {HIT}"/>'}
    ),
    "chart": docx(
        paragraph(REST),
        {"word/charts/chart1.xml": f"{HEAD}<c:c xmlns:c='c' {A}><c:v>{HIT}</c:v></c:c>"},
    ),
    "part in UTF-16": docx(
        paragraph(REST),
        {"word/footer1.xml": part(paragraph(HIT)).replace("UTF-8", "UTF-16").encode("utf-16")},
    ),
    "embedded workbook": docx(
        paragraph(REST), {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": xlsx(cell(HIT))}
    ),
    "embedded text": docx(
        paragraph(REST), {"word/afchunk1.htm": f"<p>{HIT}</p>".encode(), "word/a.txt": HIT}
    ),
}

_SHARED = f"<si><t>{REST}</t></si><si><t>{HIT}</t></si>"
_ROWS = cell(REST)
EXCEL = {
    "inline string": xlsx(_ROWS + cell(f"Ms {HIT}")),
    "shared string": xlsx(cell("0", "s") + cell("1", "s"), strings=_SHARED),
    "shared string shown twice": xlsx(cell("1", "s") * 3 + cell("0", "s"), strings=_SHARED),
    "shared string not shown": xlsx(cell("0", "s"), strings=_SHARED),
    "rich string": xlsx(
        cell("0", "s") + _ROWS,
        strings="<si><r><t>Raghu</t></r><r><rPr><b/></rPr><t>nathan</t></r></si>",
    ),
    "value of a formula": xlsx(_ROWS + f'<row><c t="str"><f>B1</f><v>{HIT}</v></c></row>'),
    "formula": xlsx(_ROWS + f'<row><c><f>IF(A1="{HIT}",1,0)</f><v>1</v></c></row>'),
    "formula escaped": xlsx(_ROWS + f"<row><c><f>A1=&quot;{HIT}&quot;</f><v>1</v></c></row>"),
    "second sheet": xlsx(
        _ROWS,
        {
            "xl/worksheets/sheet2.xml": f"<worksheet {X}><sheetData>{cell(HIT)}</sheetData></worksheet>"
        },
    ),
    "name of a sheet": xlsx(
        _ROWS,
        {
            "xl/workbook.xml": f'<workbook {X}><sheets><sheet name="{HIT}" state="veryHidden"/></sheets></workbook>'
        },
    ),
    "defined name": xlsx(
        _ROWS,
        {
            "xl/workbook.xml": f'<workbook {X}><definedNames><definedName name="{HIT}">Marks!$A$1'
            "</definedName></definedNames></workbook>"
        },
    ),
    "comment": xlsx(
        _ROWS,
        {
            "xl/comments1.xml": f"<comments {X}><comment><text><t>{HIT}</t></text></comment></comments>"
        },
    ),
    "author of comments": xlsx(
        _ROWS,
        {"xl/comments1.xml": f"<comments {X}><authors><author>{HIT}</author></authors></comments>"},
    ),
    "threaded comment": xlsx(
        _ROWS, {"xl/threadedComments/threadedComment1.xml": f"<T><text>{HIT}</text></T>"}
    ),
    "person": xlsx(_ROWS, {"xl/persons/person.xml": f'<p><person displayName="{HIT}"/></p>'}),
    "drawing": xlsx(
        _ROWS,
        {"xl/drawings/drawing1.xml": f"<x {A}><a:p><a:r><a:t>{HIT}</a:t></a:r></a:p></x>"},
    ),
    "chart": xlsx(
        _ROWS, {"xl/charts/chart1.xml": f"<c:x xmlns:c='c'><c:pt><c:v>{HIT}</c:v></c:pt></c:x>"}
    ),
    "pivot cache": xlsx(
        _ROWS,
        {
            "xl/pivotCache/pivotCacheDefinition1.xml": f'<p {X}><sharedItems><s v="{HIT}"/></sharedItems></p>'
        },
    ),
    "table column": xlsx(
        _ROWS, {"xl/tables/table1.xml": f'<table {X}><tableColumn id="1" name="{HIT}"/></table>'}
    ),
    "margin": xlsx(
        _ROWS,
        {
            "xl/worksheets/sheet2.xml": f"<worksheet {X}><sheetData/><headerFooter><oddHeader>&amp;L"
            f"&amp;&quot;Arial,Bold&quot;Ms {HIT}&amp;RPage &amp;P</oddHeader></headerFooter></worksheet>"
        },
    ),
    "validation": xlsx(
        _ROWS,
        {
            "xl/worksheets/sheet2.xml": f'<worksheet {X}><sheetData/><dataValidation prompt="Ask {HIT}">'
            f"<formula1>&quot;{HIT},b&quot;</formula1></dataValidation></worksheet>"
        },
    ),
    "tooltip": xlsx(
        _ROWS,
        {
            "xl/worksheets/sheet2.xml": f'<worksheet {X}><hyperlink ref="A1" tooltip="{HIT}"/></worksheet>'
        },
    ),
    "external link": xlsx(
        _ROWS, {"xl/externalLinks/_rels/e1.xml.rels": _hyper(f"file:///H:/{HIT}/marks.xlsx")}
    ),
    "connection": xlsx(
        _ROWS,
        {"xl/connections.xml": f'<connections {X}><dbPr connection="UID={HIT};x"/></connections>'},
    ),
}
_ALT = f'<p:pic><p:nvPicPr><p:cNvPr id="2" name="x" descr="{HIT}"/></p:nvPicPr></p:pic>'
SLIDES = {
    "slide": pptx(shape(REST) + shape(f"Ms {HIT}")),
    "group": pptx(shape(REST) + f"<p:grpSp>{shape(HIT)}</p:grpSp>"),
    "table": pptx(
        shape(REST)
        + f"<a:tbl><a:tr><a:tc><a:p><a:r><a:t>{HIT}</a:t></a:r></a:p></a:tc></a:tr></a:tbl>"
    ),
    "alternative text": pptx(shape(REST) + _ALT),
    "notes": pptx(
        shape(REST),
        {"ppt/notesSlides/notesSlide1.xml": f"<x {A}>{shape(HIT).replace('p:', '')}</x>"},
    ),
    "comment": pptx(
        shape(REST), {"ppt/comments/comment1.xml": f"<l><cm><text>{HIT}</text></cm></l>"}
    ),
    "comment author": pptx(
        shape(REST), {"ppt/commentAuthors.xml": f'<l><cmAuthor name="{HIT}"/></l>'}
    ),
    "master": pptx(shape(REST), {"ppt/slideMasters/slideMaster1.xml": f"<x><t>{HIT}</t></x>"}),
    "diagram": pptx(shape(REST), {"ppt/diagrams/data1.xml": f"<x {A}><a:t>{HIT}</a:t></x>"}),
    "tag": pptx(shape(REST), {"ppt/tags/tag1.xml": f'<x><tag name="A" val="Ms {HIT}"/></x>'}),
}
_P = f"<text:p>{REST}</text:p>"
OPEN = {
    "body": odf("text", _P + f"<text:p>Ms {HIT}</text:p>"),
    "split over spans": odf("text", _P + "<text:p><text:span>Raghu</text:span>nathan</text:p>"),
    "split by a note": odf("text", _P + "<text:p>Raghu<text:note><text:note-body><text:p>x</text:p></text:note-body></text:note>nathan</text:p>"),
    "footnote": odf("text", f"<text:p>{REST}<text:note><text:note-body><text:p>{HIT}</text:p></text:note-body></text:note></text:p>"),
    "comment": odf("text", f"<text:p>{REST}<office:annotation><text:p>{HIT}</text:p></office:annotation></text:p>"),
    "comment's author": odf("text", f"<text:p>{REST}<office:annotation><dc:creator>{HIT}</dc:creator></office:annotation></text:p>"),
    "tracked deletion": odf("text", f"<text:tracked-changes><text:deletion><text:p>{HIT}</text:p></text:deletion></text:tracked-changes>{_P}"),
    "frame": odf("text", f"<text:p>{REST}<draw:frame><draw:text-box><text:p>{HIT}</text:p></draw:text-box></draw:frame></text:p>"),
    "description": odf("text", f"<text:p>{REST}<draw:frame><svg:desc>{HIT}</svg:desc></draw:frame></text:p>"),
    "link": odf("text", f'<text:p>{REST}<text:a xlink:href="mailto:{HIT}@a.example">x</text:a></text:p>'),
    "bookmark": odf("text", f'<text:p>{REST}<text:bookmark text:name="{HIT}"/></text:p>'),
    "field": odf("text", f"<text:p>{REST}<text:author-name>{HIT}</text:author-name></text:p>"),
    "user field": odf("text", f'<text:user-field-decls><text:user-field-decl office:string-value="{HIT}"/></text:user-field-decls>{_P}'),
    "form": odf("text", f'<office:forms><form:text form:current-value="{HIT}"/></office:forms>{_P}'),
    "header": odf("text", _P, {"styles.xml": f"<office:document-styles {ODF}><style:header><text:p>{HIT}</text:p></style:header></office:document-styles>"}),
    "title": odf("text", _P, {"meta.xml": f"<office:document-meta {ODF}><dc:title>{HIT}</dc:title></office:document-meta>"}),
    "keyword": odf("text", _P, {"meta.xml": f"<office:document-meta {ODF}><meta:keyword>{HIT}</meta:keyword></office:document-meta>"}),
    "own property": odf("text", _P, {"meta.xml": f'<office:document-meta {ODF}><meta:user-defined meta:name="s">{HIT}</meta:user-defined></office:document-meta>'}),
    "settings": odf("text", _P, {"settings.xml": f'<office:document-settings {ODF}><config:config-item config:name="PrinterName">{HIT}</config:config-item></office:document-settings>'}),
    "object": odf("text", _P, {"Object 1/content.xml": f"<office:document-content {ODF}><text:p>{HIT}</text:p></office:document-content>"}),
    "cell": odf("spreadsheet", f"<table:table><table:table-row><table:table-cell>{_P}</table:table-cell><table:table-cell><text:p>{HIT}</text:p></table:table-cell></table:table-row></table:table>"),
    "name of a sheet": odf("spreadsheet", f'<table:table table:name="{HIT}"><table:table-row><table:table-cell>{_P}</table:table-cell></table:table-row></table:table>'),
    "formula": odf("spreadsheet", f'<table:table><table:table-row><table:table-cell table:formula="of:=IF([.A1]=&quot;{HIT}&quot;;1;0)"/><table:table-cell>{_P}</table:table-cell></table:table-row></table:table>'),
    "value": odf("spreadsheet", f'<table:table><table:table-row><table:table-cell office:value-type="string" office:string-value="{HIT}">{_P}</table:table-cell></table:table-row></table:table>'),
    "speaker notes": odf("presentation", f"<draw:page><draw:frame><draw:text-box>{_P}</draw:text-box></draw:frame><presentation:notes><text:p>{HIT}</text:p></presentation:notes></draw:page>"),
}  # fmt: skip
