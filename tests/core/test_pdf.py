"""PDFs are read by a process of its own, which may take so long and so much, and no more."""

import asyncio
import zlib

import pytest

from core import pdf
from core.errors import BadInput
from core.pdf import list_pages
from tests.files import create_pdf


def compress(data: bytes) -> bytes:
    """Writes a PDF with one page whose content is compressed."""
    packed = zlib.compress(data, 9)
    head, _, tail = create_pdf("HERE").partition(b"<< /Length ")
    _, _, rest = tail.partition(b"endstream")
    told = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
    return head + told + packed + b"\nendstream" + rest


async def test_pages_come_in_their_order() -> None:
    assert await list_pages("it", create_pdf("One", "Two", "Three")) == ["One", "Two", "Three"]
    assert await list_pages("it", compress(b"BT /F1 12 Tf (Packed) Tj ET")) == ["Packed"]


async def test_several_are_read_at_a_time() -> None:
    files = [create_pdf(f"File {i}") for i in range(4)]
    read = await asyncio.gather(*(list_pages("it", data) for data in files))
    assert read == [[f"File {i}"] for i in range(4)]


async def test_a_page_that_unpacks_to_more_than_it_may_is_refused() -> None:
    with pytest.raises(BadInput, match="it is not a PDF that can be read: "):
        await list_pages("it", compress(b" " * 200_000_000))


async def test_too_many_pages_are_refused() -> None:
    with pytest.raises(BadInput, match="it has 2001 pages, at most 2000"):
        await list_pages("it", create_pdf(*(["x"] * 2_001)))


async def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TIMEOUT_S", 0.001)
    with pytest.raises(BadInput, match=r"it took longer than 0\.001 s to read"):
        await list_pages("it", create_pdf("One"))
