"""Makes the office files of this folder with LibreOffice: python tests/formats/files/make.py

Every person in them is invented (Larkfield College of the examples). The files are committed;
the tests need no LibreOffice.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
        "meta": "meta",
        "presentation": "presentation",
        "form": "form",
    }.items()
)
SPACES += (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3"'
)
META = """<office:meta><meta:initial-creator>Dr Tamsin Okell</meta:initial-creator>
<dc:creator>Dr Tamsin Okell</dc:creator><dc:title>Supervision of Ifeoma Balewa</dc:title>
<dc:subject>Balewa, extension</dc:subject><dc:description>For the file of Ifeoma Balewa</dc:description>
<meta:keyword>Balewa</meta:keyword>
<meta:user-defined meta:name="Student">Ifeoma Balewa</meta:user-defined></office:meta>"""
STYLES = """<office:automatic-styles>
<style:style style:name="B" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="I" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>
<style:page-layout style:name="PL"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"
 fo:margin="2cm"/><style:header-style/><style:footer-style/></style:page-layout>
<style:style style:name="G" style:family="graphic"/>
<style:style style:name="HT" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="PL">
<style:header><text:p>Notes on Ifeoma Balewa</text:p></style:header>
<style:footer><text:p>Larkfield, Balewa file</text:p></style:footer></style:master-page></office:master-styles>"""

TEXT = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {SPACES} office:mimetype="application/vnd.oasis.opendocument.text">{META}{STYLES}
<office:body><office:text>
<text:tracked-changes><text:changed-region xml:id="c1" text:id="c1"><text:deletion><office:change-info>
<dc:creator>Dr Tamsin Okell</dc:creator><dc:date>2026-11-02T10:00:00</dc:date></office:change-info>
<text:p>Ifeoma Balewa was absent.</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h text:outline-level="1">Supervision notes</text:h>
<text:p>I saw <text:span text:style-name="B">Ife</text:span>oma
 <text:span text:style-name="I">Balewa</text:span> on Tuesday. She has been ill, and her extension of two weeks
 is agreed<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>
<text:p>See the mail of Ifeoma Balewa.</text:p></text:note-body></text:note>.<text:change text:change-id="c1"/></text:p>
<text:p>Birgit Ravn knows of it<office:annotation><dc:creator>Dewi Pryce</dc:creator>
<dc:date>2026-11-03T10:00:00</dc:date><text:p>Ask Ify about the library.</text:p></office:annotation>.</text:p>
<text:p>A box:<draw:frame draw:style-name="G" svg:width="6cm" svg:height="1cm" text:anchor-type="as-char">
<draw:text-box><text:p>Box about Ifeoma Balewa</text:p></draw:text-box><svg:title>Drawing of Balewa</svg:title>
<svg:desc>Ifeoma Balewa at the desk</svg:desc></draw:frame> ends.</text:p>
<text:p><text:bookmark text:name="Ifeoma_Balewa"/>Write to
 <text:a xlink:href="mailto:ifeoma.balewa@larkfield.example" xlink:type="simple">her address</text:a>.</text:p>
<table:table table:name="Marks"><table:table-column table:number-columns-repeated="3"/>
<table:table-row><table:table-cell><text:p>Given</text:p></table:table-cell><table:table-cell><text:p>Family</text:p>
</table:table-cell><table:table-cell><text:p>Essay</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Ifeoma</text:p></table:table-cell><table:table-cell><text:p>Balewa</text:p>
</table:table-cell><table:table-cell><text:p>64</text:p></table:table-cell></table:table-row></table:table>
<text:p>The seminar on basalt is moved to Thursday; the room stays the same.</text:p>
<text:p>Dr Tamsin Okell</text:p><text:p>Personal tutor, Geology</text:p>
</office:text></office:body></office:document>"""

SHEET = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {SPACES} office:mimetype="application/vnd.oasis.opendocument.spreadsheet">{META}{STYLES}
<office:body><office:spreadsheet>
<table:table table:name="Marks"><table:table-column table:number-columns-repeated="4"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>Student</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Number</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Essay</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Check</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><office:annotation><dc:creator>Dewi Pryce</dc:creator>
<text:p>Balewa has an extension</text:p></office:annotation><text:p>Ifeoma Balewa</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="40117203"><text:p>40117203</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="64"><text:p>64</text:p></table:table-cell>
<table:table-cell table:formula="of:=IF([.A2]=&quot;Ifeoma Balewa&quot;;[.C2]*2;0)" office:value-type="float"
 office:value="128"><text:p>128</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Average</text:p></table:table-cell><table:table-cell/>
<table:table-cell table:formula="of:=AVERAGE([.C2:.C2])" office:value-type="float" office:value="64"><text:p>64</text:p>
</table:table-cell></table:table-row></table:table>
<table:table table:name="Balewa" table:style-name="HT"><table:table-column/><table:table-row>
<table:table-cell office:value-type="string"><text:p>Hidden: Ifeoma Balewa</text:p></table:table-cell></table:table-row>
</table:table>
<table:named-expressions><table:named-range table:name="Balewa_essay" table:base-cell-address="$Marks.$A$1"
 table:cell-range-address="$Marks.$C$2"/></table:named-expressions>
</office:spreadsheet></office:body></office:document>"""

SLIDES = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {SPACES} office:mimetype="application/vnd.oasis.opendocument.presentation">{META}
<office:automatic-styles><style:page-layout style:name="PM"><style:page-layout-properties fo:page-width="28cm"
 fo:page-height="15.75cm" style:print-orientation="landscape"/></style:page-layout>
<style:style style:name="DP" style:family="drawing-page"/></office:automatic-styles>
<office:master-styles><style:master-page style:name="Default" style:page-layout-name="PM" draw:style-name="DP"/>
</office:master-styles><office:body><office:presentation>
<draw:page draw:name="One" draw:master-page-name="Default"><draw:frame svg:x="2cm" svg:y="2cm" svg:width="20cm"
 svg:height="3cm"><draw:text-box><text:p>Progress of <text:span>Ife</text:span>oma Balewa</text:p></draw:text-box>
</draw:frame><draw:frame svg:x="2cm" svg:y="6cm" svg:width="20cm" svg:height="3cm"><draw:text-box>
<text:p>The field trip is in March.</text:p></draw:text-box></draw:frame>
<presentation:notes><draw:frame presentation:class="notes" svg:x="2cm" svg:y="10cm" svg:width="16cm"
 svg:height="10cm"><draw:text-box><text:p>Say nothing of Ifeoma Balewa here.</text:p></draw:text-box></draw:frame>
</presentation:notes></draw:page></office:presentation></office:body></office:document>"""

MADE = (
    ("notes", "fodt", TEXT, ("odt", "docx:MS Word 2007 XML", "rtf", "pdf")),
    ("marks", "fods", SHEET, ("ods", "xlsx:Calc MS Excel 2007 XML", "pdf")),
    ("slides", "fodp", SLIDES, ("odp", "pptx:Impress MS PowerPoint 2007 XML", "pdf")),
)


def main() -> None:
    """Write the files into this folder."""
    with tempfile.TemporaryDirectory() as folder:
        for name, kind, text, targets in MADE:
            source = Path(folder) / f"{name}.{kind}"
            source.write_text(text, encoding="utf-8")
            for target in targets:
                subprocess.run(  # noqa: S603
                    [
                        shutil.which("soffice") or "soffice",
                        "--headless",
                        f"-env:UserInstallation=file://{folder}/profile",
                        "--convert-to",
                        target,
                        "--outdir",
                        str(HERE),
                        str(source),
                    ],
                    check=True,
                    capture_output=True,
                )


if __name__ == "__main__":
    main()
