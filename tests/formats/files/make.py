"""Makes the office files of this folder from the flat ones: python tests/formats/files/make.py

Needs LibreOffice; the tests do not, for the files are committed. Every person in them is
invented (Larkfield College of the examples).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
MADE = {
    "notes.fodt": ("odt", "docx:MS Word 2007 XML", "rtf", "pdf"),
    "marks.fods": ("ods", "xlsx:Calc MS Excel 2007 XML", "pdf"),
    "slides.fodp": ("odp", "pptx:Impress MS PowerPoint 2007 XML", "pdf"),
}


def main() -> None:
    """Write the files into this folder."""
    office = shutil.which("soffice") or "soffice"
    with tempfile.TemporaryDirectory() as profile:
        for source, targets in MADE.items():
            for target in targets:
                subprocess.run(
                    [
                        *(office, "--headless", f"-env:UserInstallation=file://{profile}"),
                        *("--convert-to", target, "--outdir", str(HERE), str(HERE / source)),
                    ],
                    check=True,
                    capture_output=True,
                )


if __name__ == "__main__":
    main()
