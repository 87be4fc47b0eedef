"""Files to import, and how to send them: by the GraphQL multipart request specification."""

import json
from typing import Any

import httpx

from tests.client import Client, Refused

IMPORT = """
mutation($input: ImportFileInput!) { importFile(input: $input) {
  position session { name lastSequence }
  messages { sequence content metadata createdAt author { name } }
} }
"""
MAP = {"0": ["variables.input.file"]}


async def post_form(
    client: Client,
    data: bytes,
    *,
    name: str = "notes.txt",
    media_type: str = "text/plain",
    headers: dict[str, str] | None = None,
    fields: dict[str, str] | None = None,
    **given: Any,
) -> httpx.Response:
    """Sends a file as `input.file`; `fields` take the place of what the form would say."""
    operations = {"query": IMPORT, "variables": {"input": {**given, "file": None}}}
    told = {"operations": json.dumps(operations), "map": json.dumps(MAP), **(fields or {})}
    files = {"0": (name, data, media_type)}
    return await client.http.post("/graphql", data=told, files=files, headers=headers)


async def import_file(client: Client, data: bytes, **given: Any) -> Any:
    """Returns the payload; raises Refused."""
    answer = (await post_form(client, data, **given)).json()
    if answer.get("errors"):
        raise Refused(answer["errors"])
    return answer["data"]["importFile"]


def create_pdf(*pages: str, encrypted: bool = False) -> bytes:
    """Writes a PDF with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, text in enumerate(pages):
        drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792]"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * i} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    locked = " /Encrypt << /Filter /Standard /V 1 /R 2 /O () /U () /P 0 >>" if encrypted else ""
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R{locked} >>\n"
        f"startxref\n{len(body)}\n%%EOF\n"
    ).encode()
