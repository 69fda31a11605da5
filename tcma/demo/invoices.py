"""Invoices of made-up suppliers, as PDF."""

import io

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tcma.core.money import Money


def invoice_pdf(*, supplier: str, number: str, day: str, lines: list[tuple[str, Money, Money]]) -> bytes:
    """Return a one-page invoice; `lines` are text, net and tax. The same arguments give the same bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(60, 770, supplier)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(60, 740, f"Invoice {number}    {day}")
    y = 690
    total = Money(0, lines[0][1].currency)
    for text, net, tax in lines:
        canvas.drawString(60, y, text.encode("latin-1", "replace").decode("latin-1"))
        canvas.drawRightString(430, y, f"{net.decimal()} {net.currency}")
        canvas.drawRightString(530, y, f"+ {tax.decimal()} VAT")
        total += net + tax
        y -= 22
    canvas.line(60, y + 8, 530, y + 8)
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawRightString(530, y - 14, f"Total {total.decimal()} {total.currency}")
    canvas.save()
    return out.getvalue()
