"""Files made in the test that needs them: the smallest PDF, Word file and mail that say what the test wants."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def pdf(pages: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of A4 pages with these content streams; its fonts are /F1 (Helvetica) and /F2 (bold)."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", _font(b"Helvetica"), _font(b"Helvetica-Bold")]
    kids = []
    for stream in pages:
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>"
            b"/Contents %d 0 R>>" % (len(objects) + 2)
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    return _with_table(objects, trailer)


def _font(name: bytes) -> bytes:
    return b"<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>>" % name


def _with_table(objects: list[bytes], trailer: bytes) -> bytes:
    parts, places, at = [b"%PDF-1.4\n"], [], 9
    for number, one in enumerate(objects, start=1):
        places.append(b"%010d 00000 n \n" % at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, one))
        at += len(parts[-1])
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, b"".join(places))
    end = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, at)
    return b"".join([*parts, table, end])


def printed(*texts: tuple[float, float, str], size: float = 11, bold: bool = False) -> bytes:
    """A content stream that prints each text at its place: points from the left and from the bottom."""
    shown = b"".join(
        b"1 0 0 1 %.1f %.1f Tm (%s) Tj\n" % (x, y, text.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)"))
        for x, y, text in texts
    )
    return b"BT /F%d %.1f Tf\n%sET\n" % (2 if bold else 1, size, shown)


def column(left: float, top: float, lines: Iterable[str]) -> list[tuple[float, float, str]]:
    """The places of these lines, one below the other; an empty one leaves room."""
    return [(left, top - 14 * place, line) for place, line in enumerate(lines) if line]


def word(body: str, more: Mapping[str, bytes] | None = None, declaration: str = "") -> bytes:
    """A Word file with this body, in XML, and these further parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
            'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
        )
        parts.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="a" Type="{_RELATIONS}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        document = f"<w:document {_W}><w:body>{body}</w:body></w:document>"
        parts.writestr("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?>{declaration}{document}')
        for name, content in (more or {}).items():
            parts.writestr(name, content)
    return file.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of a Word file."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"
