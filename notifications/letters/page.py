"""The page of a letter in the manner of GB/T 9704-2012: paper, fonts, styles, page numbers, draft mark.

Used when templates are made, never when a letter is filled. Sizes are those that the standard prints, in
millimetres or points. Fonts are named as offices name them, each with what may stand for it.
"""

from __future__ import annotations

from typing import Any, Final

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm, Pt, RGBColor

RED: Final = "E60012"
LATIN: Final = "Times New Roman"
SONG, HEI, KAI, FANG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
STAND_INS: Final = {
    SONG: "方正小标宋_GBK,小标宋,华文中宋,宋体,SimSun,Noto Serif CJK SC",
    HEI: "SimHei,Noto Sans CJK SC",
    KAI: "楷体,KaiTi,Noto Serif CJK SC",
    FANG: "仿宋,FangSong,Noto Serif CJK SC",
}
"""What takes a font's place where it is not installed; the names are read from left to right."""

TYPE_WIDTH: Final = Mm(156)
"""What the margins leave of a line (5.2.1)."""
LINE: Final = 28.0
"""Points from line to line of the body, so that a page takes 22 lines (5.2.3)."""
SIZE: Final = 16.0
"""三号, the size of the body in points."""
CENTRE, LEFT, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
_KEPT: Final = frozenset(
    {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "TableGrid", "Header", "Footer"}
)
_UNUSED: Final = frozenset({"stylesWithEffects", "numbering", "thumbnail", "customXml"})
_SEALED: Final = 202.0
"""Where the field of signature, date and seal begins, so that the date ends four signs from the edge."""

# fmt: off
STYLES: Final = (
    # name,         font, size, line, align,  before,  after, indent, left,   colour, keep with next
    ("发文机关标志", SONG, 36,   46,   CENTRE, 99,     0,    0,      0,       RED,      True),
    ("发文字号",     FANG, SIZE, LINE, CENTRE, 56,     0,    0,      0,       None,     True),
    ("公文标题",     SONG, 22,   34,   CENTRE, 56,     LINE, 0,      0,       None,     True),
    ("主送机关",     FANG, SIZE, LINE, LEFT,   0,      0,    0,      0,       None,     True),
    ("公文正文",     FANG, SIZE, LINE, BOTH,   0,      0,    2,      0,       None,     False),
    ("附件说明",     FANG, SIZE, LINE, LEFT,   LINE,   0,    2,      0,       None,     True),
    ("印章位置",     FANG, 12,   LINE, CENTRE, 14,     0,    0,      _SEALED, "A6A6A6", True),
    ("发文机关署名", FANG, SIZE, LINE, CENTRE, 0,      0,    0,      _SEALED, None,     True),
    ("成文日期",     FANG, SIZE, LINE, CENTRE, 0,      0,    0,      _SEALED, None,     True),
    ("附注",         FANG, SIZE, LINE, LEFT,   0,      0,    2,      0,       None,     False),
    ("附件标识",     HEI,  SIZE, LINE, LEFT,   0,      0,    0,      0,       None,     True),
    ("回执标题",     SONG, 22,   34,   CENTRE, 14,     14,   0,      0,       None,     True),
    ("回执正文",     FANG, SIZE, LINE, BOTH,   0,      6,    2,      0,       None,     True),
    ("表格文字",     FANG, 12,   20,   LEFT,   0,      0,    0,      0,       None,     False),
    ("编号文字",     FANG, 9,    20,   LEFT,   0,      0,    0,      0,       None,     False),
    ("裁切线",       KAI,  10.5, 20,   CENTRE, 14,     0,    0,      0,       "7F7F7F", False),
    ("版记",         FANG, 14,   24,   LEFT,   0,      0,    0,      0,       None,     True),
    ("版记分隔线",   FANG, 1,    4,    LEFT,   0,      0,    0,      0,       None,     True),
    ("草稿标记",     HEI,  12,   16,   CENTRE, 0,      0,    0,      0,       RED,      False),
    ("页码",         FANG, 14,   16,   LEFT,   0,      0,    0,      0,       None,     False),
)
# fmt: on


def new_page() -> Any:
    """An empty letter: A4, the margins of the standard, every style, page numbers and the mark of a draft."""
    document = Document()
    _strip(document)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(22)
    _dress(document.styles["Normal"], FANG, SIZE, LINE)
    for space in ("w:autoSpaceDE", "w:autoSpaceDN"):  # no gap between a numeral and a sign
        document.styles["Normal"].element.get_or_add_pPr().insert_element_before(
            parse_xml(f'<{space} {nsdecls("w")} w:val="0"/>'), "w:spacing", "w:ind", "w:jc"
        )
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")  # else a missing font is replaced by a Japanese one
    for row in STYLES:
        _style(document, row)
    for name, indent in (("版记", Pt(14)), ("版记分隔线", Pt(0))):
        layout = document.styles[name].paragraph_format
        layout.tab_stops.add_tab_stop(TYPE_WIDTH - indent, WD_TAB_ALIGNMENT.RIGHT)
        layout.left_indent = indent
    document.styles["版记分隔线"].font.underline = True
    _name_fonts(document)
    document.settings.odd_and_even_pages_header_footer = True
    for n, header in enumerate((section.header, section.even_page_header), 1):
        _mark(header, n)
    _number(section.footer, RIGHT)
    _number(section.even_page_footer, LEFT)
    properties = document.core_properties
    properties.title = properties.author = properties.comments = ""
    return document


def _strip(document: Any) -> None:
    """Take out what the library's own template brings and no letter needs: 200 styles and a picture."""
    for style in list(document.styles.element.iter(qn("w:style"))):
        if style.get(qn("w:styleId")) not in _KEPT:
            style.getparent().remove(style)
    for part in (document.part, document.part.package):
        for name, relation in list(part.rels.items()):
            if relation.reltype.rpartition("/")[2] in _UNUSED:
                del part.rels[name]


def _style(document: Any, row: tuple[Any, ...]) -> None:
    name, font, size, line, align, before, after, indent, left, colour, keep = row
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    _dress(style, font, size, line)
    layout = style.paragraph_format
    layout.alignment = align
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.first_line_indent = Pt(indent * size) if indent else None
    layout.left_indent = Pt(left) if left else None
    layout.keep_with_next = keep or None
    if indent:  # in signs, so that it holds in whatever size an office sets
        style.element.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), str(indent * 100))
    if colour is not None:
        style.font.color.rgb = RGBColor.from_string(colour)


def _dress(style: Any, font: str, size: float, line: float) -> None:
    style.font.name, style.font.size = LATIN, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    layout = style.paragraph_format
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    layout.space_before = layout.space_after = Pt(0)


def _name_fonts(document: Any) -> None:
    """Tell a word processor what may stand for a font that the machine has not got."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            entries = "".join(
                f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
                for name, others in STAND_INS.items()
            )
            relation.target_part._blob = f"<w:fonts {nsdecls('w')}>{entries}</w:fonts>".encode()  # noqa: SLF001


def add(container: Any, style: str, text: str = "") -> Any:
    """One paragraph; its text in one run, so that nothing tears a variable apart."""
    paragraph = container.add_paragraph(style=style)
    if text:
        paragraph.add_run(text)
    return paragraph


def rule_below(paragraph: Any, colour: str, eighths: int, space: int) -> None:
    """A line under a paragraph: thickness in eighths of a point, distance in points."""
    edge = f'<w:bottom w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{colour}"/>'
    paragraph._p.get_or_add_pPr().insert_element_before(  # noqa: SLF001 - the library has no borders
        parse_xml(f"<w:pBdr {nsdecls('w')}>{edge}</w:pBdr>"), "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def at_foot(paragraph: Any) -> None:
    """Stand a paragraph on the lower edge of the type area, wherever the text ends, with its like over it.

    A line above and one below; LibreOffice frames only paragraphs of the same borders, without one between.
    """
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    frame = (
        f'<w:framePr {nsdecls("w")} w:w="{round(TYPE_WIDTH.pt * 20)}" w:wrap="around" w:vAnchor="margin" '
        'w:hAnchor="margin" w:xAlign="center" w:yAlign="bottom"/>'
    )
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="000000"/>'
        for side, eighths, space in (("top", 8, 2), ("bottom", 8, 2))
    )
    properties.insert_element_before(parse_xml(frame), "w:spacing", "w:ind", "w:jc", "w:rPr")
    properties.insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{edges}</w:pBdr>"), "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def set_widths(table: Any, *widths: Length) -> None:
    """Columns of fixed width, in the grid as in the cells: word processors look at one or the other."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def whole_row(row: Any) -> None:
    """A row that no page break divides, its text in the middle of its height."""
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))  # noqa: SLF001
    for cell in row.cells:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def repeated(row: Any) -> None:
    """The headings of a table, at the top of every page that it runs to."""
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))  # noqa: SLF001


def write(cell: Any, text: str, style: str) -> Any:
    """The text of a cell, in its first paragraph."""
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    paragraph.add_run(text)
    return paragraph


def _number(footer: Any, side: Any) -> None:
    """— 1 —, on the outer side, one sign from the edge (7.5)."""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = "页码"
    paragraph.alignment = side
    edge = "right_indent" if side is RIGHT else "left_indent"
    setattr(paragraph.paragraph_format, edge, Pt(14))
    paragraph.add_run("— ")
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind is None:
            run._r.append(  # noqa: SLF001
                parse_xml(f'<w:instrText {nsdecls("w")} xml:space="preserve">{text}</w:instrText>')
            )
        else:
            run._r.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))  # noqa: SLF001
    paragraph.add_run(" —")


_FIRST_SHAPE: Final = 2048
"""Shapes in headers are numbered from here on; no two of a document may have one number."""
_WATERMARK: Final = """
<w:pict xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
  xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
  path="m@7,l@8,m@5,21600l@6,21600e"><v:path textpathok="t" o:connecttype="rect"/>
<v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="PowerPlusWaterMarkObject{n}" o:spid="_x0000_s{shape}" type="#_x0000_t136"
  style="position:absolute;margin-left:0;margin-top:0;width:400pt;height:100pt;rotation:315;z-index:-251658752;\
mso-position-horizontal:center;mso-position-horizontal-relative:margin;\
mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#d9d9d9" stroked="f">
<v:fill opacity=".5"/>
<v:textpath style="font-family:&quot;SimHei&quot;;font-size:1pt" string="{{{{ mark }}}}"/>
</v:shape></w:pict>"""


def _mark(header: Any, n: int) -> None:
    """On every page of a draft: a line at the top and large grey words across it."""
    header.is_linked_to_previous = False
    last = header.paragraphs[0]
    last.style = "草稿标记"
    for text in ("{%p if mark %}", "{{ mark }}，不得作为正式公文使用", "{%p endif %}"):
        paragraph = last.insert_paragraph_before(text, style="草稿标记")
        if text.startswith("{{"):
            paragraph.add_run()._r.append(parse_xml(_WATERMARK.format(n=n, shape=_FIRST_SHAPE + n)))  # noqa: SLF001
