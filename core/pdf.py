"""The text of PDF files, read by a process of its own: nobody knows what a file makes a parser do.

`python -m core.pdf` is that process: a PDF comes in, and its pages go out as a JSON array of texts,
or the reason why there are none as a JSON string.
"""

import asyncio
import io
import resource
import sys

import orjson
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from core.errors import BadInput, Unavailable

PAGES = 2_000
TIMEOUT_S = 20.0
"""Below the time an operation may take."""
MEMORY_BYTES = 1024**3
_AT_ONCE = asyncio.Semaphore(2)


async def list_pages(label: str, data: bytes) -> list[str]:
    """Returns the text of each page; raises BadInput if the file cannot be read."""
    async with _AT_ONCE:
        try:
            said = await _run(data)
        except TimeoutError:
            raise BadInput(f"{label} took longer than {TIMEOUT_S:g} s to read") from None
    if not said:
        raise BadInput(f"{label} needs more memory to read than a PDF may, {MEMORY_BYTES} bytes")
    pages = orjson.loads(said)
    if isinstance(pages, str):
        raise BadInput(f"{label} {pages}")
    return [str(page) for page in pages]


async def _run(data: bytes) -> bytes:
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "core.pdf"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise Unavailable("no process could be started to read the PDF; try again") from error
    try:
        async with asyncio.timeout(TIMEOUT_S):
            said, _ = await process.communicate(data)
        return said
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def read_pages(data: bytes) -> list[str] | str:
    """Returns the text of each page, or why there is none."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            return "is encrypted"
        if len(reader.pages) > PAGES:
            return f"has {len(reader.pages)} pages, at most {PAGES}"
        return [page.extract_text() for page in reader.pages]
    except PyPdfError as error:
        return f"is not a PDF that can be read: {error}"
    except Exception as error:  # of a parser at odds with a broken file, whatever it is
        return f"is not a PDF that can be read: {type(error).__name__}"


def main() -> None:
    if sys.platform == "linux":  # elsewhere the limit is refused or has no effect
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    pages = read_pages(sys.stdin.buffer.read())
    text = orjson.dumps(pages if isinstance(pages, str) else [_repair(page) for page in pages])
    sys.stdout.buffer.write(text)


def _repair(page: str) -> str:
    """Takes out what fonts without a map leave in the text: NUL and lone surrogates."""
    return page.replace("\0", "").encode(errors="ignore").decode()


if __name__ == "__main__":
    main()
