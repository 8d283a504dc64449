"""D1: every place of a PDF that can hold a name, a file each."""

from __future__ import annotations

from tests.formats.hostile.parts import HIT, REST
from tests.formats.office import pdf, revised, shown, streamed

_ANNOTATION = "/Annots[10 0 R]"
PDF = {
    "page": pdf(shown(REST) + shown(f"Ms {HIT}", y=600)),
    "split over strings": pdf(shown(REST) + "BT /F1 12 Tf 72 600 Td [(Raghu) -5 (nathan)] TJ ET"),
    "split over objects": pdf(
        shown(REST)
        + "BT /F1 12 Tf 72 600 Td (Raghu) Tj ET BT /F1 12 Tf 103.4 600 Td (nathan) Tj ET"
    ),
    "invisible": pdf(shown(REST) + shown(HIT, y=600, before="3 Tr")),
    "white": pdf(shown(REST) + "1 g " + shown(HIT, y=600)),
    "beyond the page": pdf(shown(REST) + shown(HIT, x=2000, y=600)),
    "form": pdf(
        shown(REST) + "/X1 Do",
        resources="/XObject<</X1 10 0 R>>",
        objects={
            10: streamed(
                "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>",
                shown(HIT, y=600).encode(),
            )
        },
    ),
    "note": pdf(
        shown(REST),
        page=_ANNOTATION,
        objects={10: f"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(Ask {HIT})>>"},
    ),
    "note's author": pdf(
        shown(REST),
        page=_ANNOTATION,
        objects={10: f"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/T({HIT})>>"},
    ),
    "free text": pdf(
        shown(REST),
        page=_ANNOTATION,
        objects={
            10: "<</Type/Annot/Subtype/FreeText/Rect[0 0 300 99]/Contents()/AP<</N 11 0 R>>>>",
            11: streamed(
                "/Type/XObject/Subtype/Form/BBox[0 0 300 99]/Resources<</Font<</F1 5 0 R>>>>",
                shown(HIT, x=5, y=40).encode(),
            ),
        },
    ),
    "link": pdf(
        shown(REST),
        page=_ANNOTATION,
        objects={
            10: "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI"
            f"(mailto:{HIT}@larkfield.example)>>>>"
        },
    ),
    "field": pdf(
        shown(REST),
        catalog="/AcroForm<</Fields[10 0 R]>>",
        page=_ANNOTATION,
        objects={10: f"<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V({HIT})/Rect[0 0 9 9]>>"},
    ),
    "field's tip": pdf(
        shown(REST),
        catalog="/AcroForm<</Fields[10 0 R]>>",
        page=_ANNOTATION,
        objects={10: f"<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/TU({HIT})/Rect[0 0 9 9]>>"},
    ),
    "bookmark": pdf(
        shown(REST),
        catalog="/Outlines 10 0 R",
        objects={
            10: "<</Type/Outlines/First 11 0 R/Last 11 0 R/Count 1>>",
            11: f"<</Title({HIT})/Parent 10 0 R/Dest[3 0 R/Fit]>>",
        },
    ),
    "title": pdf(shown(REST), info=f"/Title({HIT})/Producer(x)"),
    "title in UTF-16": pdf(
        shown(REST), info=f"/Title<FEFF{HIT.encode('utf-16-be').hex()}>/Producer(x)"
    ),
    "own property": pdf(shown(REST), info=f"/Student({HIT})"),
    "XMP": pdf(
        shown(REST),
        catalog="/Metadata 10 0 R",
        objects={
            10: streamed(
                "/Type/Metadata/Subtype/XML",
                f"<x:xmpmeta><dc:title>{HIT}</dc:title></x:xmpmeta>".encode(),
            )
        },
    ),
    "XMP attribute": pdf(
        shown(REST),
        catalog="/Metadata 10 0 R",
        objects={
            10: streamed(
                "/Type/Metadata/Subtype/XML", f'<x:r xmp:CreatorTool="{HIT}"></x:r>'.encode(), True
            )
        },
    ),
    "attachment": pdf(
        shown(REST),
        catalog="/Names<</EmbeddedFiles<</Names[(a)10 0 R]>>>>",
        objects={
            10: "<</Type/Filespec/F(a.txt)/EF<</F 11 0 R>>>>",
            11: streamed("/Type/EmbeddedFile", HIT.encode(), True),
        },
    ),
    "attachment's name": pdf(
        shown(REST),
        catalog="/Names<</EmbeddedFiles<</Names[(a)10 0 R]>>>>",
        objects={
            10: f"<</Type/Filespec/F({HIT}.txt)/EF<</F 11 0 R>>>>",
            11: streamed("/Type/EmbeddedFile", b"hello"),
        },
    ),
    "script": pdf(shown(REST), catalog=f"/OpenAction<</S/JavaScript/JS(app.alert\\('{HIT}'\\))>>"),
    "script in a stream": pdf(
        shown(REST),
        catalog="/OpenAction<</S/JavaScript/JS 10 0 R>>",
        objects={10: streamed("", f"app.alert('{HIT}')".encode())},
    ),
    "alternative text": pdf(
        shown(REST),
        catalog="/StructTreeRoot 10 0 R",
        objects={10: f"<</Type/StructTreeRoot/K<</S/Figure/Alt(Photo of {HIT})>>>>"},
    ),
    "layer's name": pdf(
        shown(REST),
        catalog="/OCProperties<</OCGs[10 0 R]/D<<>>>>",
        objects={10: f"<</Type/OCG/Name({HIT})>>"},
    ),
    "hidden layer": pdf(
        shown(REST) + f"/OC /L1 BDC {shown(HIT, y=600)} EMC",
        catalog="/OCProperties<</OCGs[10 0 R]/D<</OFF[10 0 R]>>>>",
        resources="/Properties<</L1 10 0 R>>",
        objects={10: "<</Type/OCG/Name(x)>>"},
    ),
    "orphan object": pdf(shown(REST), objects={10: f"<</Left({HIT})>>"}),
    "earlier version": revised(
        pdf(shown(REST) + shown(HIT, y=600)), {4: streamed("", shown(REST).encode())}
    ),
    "earlier title": revised(
        pdf(shown(REST), info=f"/Title({HIT})/Producer(x)"), {6: "<</Title(Notes)/Producer(x)>>"}
    ),
    "turned page": pdf(shown(REST) + shown(HIT, y=600), page="/Rotate 90"),
}
