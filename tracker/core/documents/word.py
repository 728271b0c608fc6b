"""Word files laid out to GB/T 9704-2012: A4, 22 lines of 28 characters, page numbers outside."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import docx
from docx.document import Document as DocxDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph
from docx.text.run import Run

from tracker.core.documents.kinds import Layout, kind_of
from tracker.core.documents.preview import Block, Cell, Paragraph, Preview, Signature, Style, Table
from tracker.core.documents.values import clean

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# GB/T 9704-2012, 5.1 to 5.2.3: A4, top 37, left 28, text area 156 x 225; 22 lines of 28 signs.
_PAGE = {"page_width": Mm(210), "page_height": Mm(297)}
_MARGINS = {
    "top_margin": Mm(37),
    "bottom_margin": Mm(35),
    "left_margin": Mm(28),
    "right_margin": Mm(26),
}
_TEXT_MM = 156
_SIZE = Pt(16)  # size 3
_PITCH_TWIPS = "-5"  # 16 pt signs set 15.75 pt apart: 28 on 156 mm
_LINE = Pt(28.95)  # 225 mm over 22 lines, and the grid as twips
_GRID = "579"
_FANGSONG, _XIAOBIAOSONG = "仿宋_GB2312", "方正小标宋简体"
_HEITI, _SONG = "黑体", "宋体"
_LATIN = "Times New Roman"
_RED = RGBColor(0xE6, 0x00, 0x12)
_TABLE_SIZE, _TABLE_LINE, _ROW = Pt(12), Pt(18), Mm(9)
_FOOT_SIZE = Pt(10.5)
_INDENT = Pt(32)
_UNUSED = ("/thumbnail", "/customXml", "/stylesWithEffects", "/numbering", "/webSettings")
_STYLES = frozenset(
    ("Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Header", "Footer", "TableGrid")
)


def render_docx(preview: Preview, *, now: datetime | None = None) -> bytes:
    """The paper as a .docx, made of nothing but the blocks of its preview."""
    document = docx.Document(io.BytesIO(_empty()))
    _set_page(document, preview)
    _set_text(document)
    _set_properties(document, preview, now)
    _head(document, preview)
    for block in preview.blocks:
        _add(document, block)
    out = io.BytesIO()
    document.save(out)
    return _settled(out)


@cache
def _empty() -> bytes:
    """The library's empty document without its thumbnail, its other parts and unused styles."""
    document = docx.Document()
    package = document.part.package
    for holder in (package.rels, document.part.rels):
        for key in [k for k, rel in holder.items() if rel.reltype.endswith(_UNUSED)]:
            del holder[key]
    styles = document.styles.element
    for style in list(styles):
        named = style.get(qn("w:styleId")) in _STYLES
        if style.tag == qn("w:latentStyles") or (style.tag == qn("w:style") and not named):
            styles.remove(style)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _settled(packed: io.BytesIO) -> bytes:
    """The same archive without the times of packing: what is equal has an equal hash."""
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            plain = zipfile.ZipInfo(entry.filename)
            plain.compress_type = zipfile.ZIP_DEFLATED
            plain.external_attr = 0o600 << 16
            target.writestr(plain, source.read(entry))
    return out.getvalue()


# ---------------------------------------------------------------- page


def _set_page(document: DocxDocument, preview: Preview) -> None:
    section = document.sections[0]
    for name, length in {**_PAGE, **_MARGINS}.items():
        setattr(section, name, length)
    section.footer_distance = Mm(28)
    section.header_distance = Mm(15)
    if preview.foot:
        section.footer_distance = Mm(14)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    # Not linesAndChars: LibreOffice then sets 14 signs a line.
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), _GRID)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        if preview.foot:
            _plain(paragraph, preview.foot, _FOOT_SIZE)
            paragraph = footer.add_paragraph()
        _page_number(paragraph, side)


def _page_number(paragraph: DocxParagraph, side: WD_ALIGN_PARAGRAPH) -> None:
    paragraph.alignment = side
    paragraph.paragraph_format.line_spacing = 1
    _run(paragraph, "— ", Pt(14), _SONG)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = _run(paragraph, "", Pt(14), _SONG)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)
    _run(paragraph, " —", Pt(14), _SONG)


def _set_text(document: DocxDocument) -> None:
    style: Any = document.styles["Normal"]
    style.font.size = _SIZE
    style.font.name = _LATIN
    # The name alone does nothing for Chinese.
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FANGSONG)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), _PITCH_TWIPS)
    style.element.rPr.insert_element_before(
        spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u"
    )
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = _LINE
    form.widow_control = False  # it would take a line off the page


def _set_properties(document: DocxDocument, preview: Preview, now: datetime | None) -> None:
    properties = document.core_properties
    properties.author = properties.last_modified_by = clean(preview.author)[:255]
    # What is no kind of paper, such as a report, has the title that stands on it.
    properties.title = kind_of(preview.kind).title if preview.kind else clean(preview.title)[:255]
    properties.comments = ""
    if now is not None:
        properties.created = properties.modified = now.replace(tzinfo=None)


# ---------------------------------------------------------------- head


def _head(document: DocxDocument, preview: Preview) -> None:
    if preview.void:
        _centred(document, "（已作废）", _SIZE, _HEITI)
    if preview.layout is Layout.LETTER:
        organ = _centred(document, preview.head, Pt(30), _XIAOBIAOSONG, _RED, Pt(45))
        organ.paragraph_format.space_before = Pt(20)
        number = _centred(document, preview.number, _SIZE, _FANGSONG)
        _red_rule(number)
        document.add_paragraph()
        _centred(document, preview.title, Pt(22), _XIAOBIAOSONG, None, Pt(32))
        document.add_paragraph()
        return
    if preview.layout in (Layout.DECISION, Layout.LIST):
        _centred(document, preview.head, Pt(22), _XIAOBIAOSONG, None, Pt(32))
    _centred(document, preview.title, Pt(22), _XIAOBIAOSONG, None, Pt(32))
    if preview.number:
        _centred(document, preview.number, _SIZE, _FANGSONG)
    document.add_paragraph()


def _centred(
    document: DocxDocument,
    text: str,
    size: Pt,
    face: str,
    colour: RGBColor | None = None,
    line: Pt | None = None,
) -> DocxParagraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if line is not None:
        paragraph.paragraph_format.line_spacing = line
    run = _run(paragraph, text, size, face)
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _red_rule(paragraph: DocxParagraph) -> None:
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", str(_RED))):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


# ---------------------------------------------------------------- blocks


def _add(document: DocxDocument, block: Block) -> None:
    if isinstance(block, Paragraph):
        _add_paragraph(document, block)
    elif isinstance(block, Table):
        _add_table(document, block)
    else:
        _add_signature(document, block)


def _add_paragraph(document: DocxDocument, block: Paragraph) -> None:
    paragraph = document.add_paragraph()
    if block.style in (Style.BODY, Style.HEADING):
        paragraph.paragraph_format.first_line_indent = _INDENT
    if block.style is Style.HEADING:
        paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, block.text, None, _HEITI if block.style is Style.HEADING else None)


def _add_signature(document: DocxDocument, block: Signature) -> None:
    if not block.seal:
        for line in block.lines:
            document.add_paragraph()
            _run(document.add_paragraph(), line, None, None)
        return
    # Room for the seal; the date stands four signs from the right.
    for _ in range(2):
        document.add_paragraph().paragraph_format.keep_with_next = True
    for line in block.lines:
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(64)
        paragraph.paragraph_format.keep_with_next = line != block.lines[-1]
        _run(paragraph, line, None, None)


def _add_table(document: DocxDocument, block: Table) -> None:
    if block.caption:
        caption = document.add_paragraph()
        caption.paragraph_format.keep_with_next = True
        _run(caption, block.caption, _TABLE_SIZE, _HEITI)
    shares = sum(block.widths)
    widths = [Mm(_TEXT_MM * share / shares) for share in block.widths]
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in block.rows:
        added = table.add_row()
        added.height, added.height_rule = _ROW, WD_ROW_HEIGHT_RULE.AT_LEAST
        _fill_row(added, row, widths)
    if block.header and table.rows:
        repeat = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeat)


def _fill_row(row: Any, cells: Iterable[Cell], widths: list[Mm]) -> None:
    places = row.cells
    at = 0
    for cell in cells:
        place = places[at]
        if cell.span > 1:
            place = place.merge(places[at + cell.span - 1])
        place.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        place.width = Mm(sum(w.mm for w in widths[at : at + cell.span]))
        for n, line in enumerate(cell.text.split("\n")):
            paragraph = place.paragraphs[0] if n == 0 else place.add_paragraph()
            if cell.label:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _plain(paragraph, line, _TABLE_SIZE, _HEITI if cell.label else None)
        at += cell.span


def _plain(paragraph: DocxParagraph, text: str, size: Pt, face: str | None = None) -> None:
    paragraph.paragraph_format.line_spacing = _TABLE_LINE
    off_grid = OxmlElement("w:snapToGrid")
    off_grid.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().insert_element_before(
        off_grid, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr"
    )
    _run(paragraph, text, size, face)


def _run(paragraph: DocxParagraph, text: str, size: Pt | None, face: str | None) -> Run:
    # Cleaned again here, where XML is made: values stored by an older release are no exception.
    run = paragraph.add_run(clean(text))
    if size is not None:
        run.font.size = size
    if face is not None:
        run.font.name = _LATIN
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
    return run
