"""The fake model for the tests: a real server on a real port, told over HTTP what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from core.model_client.client import ModelClient, create_model_client
from core.settings import Settings
from server.fake_model.serve import run_fake_model


@dataclass(frozen=True, slots=True)
class FakeModel:
    """Directs a server that is asked by the code under test."""

    url: str
    http: httpx.AsyncClient

    @property
    def settings(self) -> dict[str, Any]:
        """What makes a server of ours ask it."""
        return {"model_base_url": f"{self.url}/v1", "model_name": "fake"}

    async def order(self, *steps: dict[str, Any], **script: Any) -> None:
        """Orders what happens next, one step per request, and what happens always."""
        response = await self.http.post("/script", json={"steps": steps, **script})
        assert response.status_code == 200, response.text

    async def list_calls(self) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = (await self.http.get("/calls")).json()
        return calls

    def create_client(self, **settings: Any) -> ModelClient:
        client = create_model_client(Settings(**{**self.settings, **settings}))
        assert client is not None
        return client


@asynccontextmanager
async def open_fake_model() -> AsyncIterator[FakeModel]:
    """Serves for the block."""
    async with run_fake_model() as url, httpx.AsyncClient(base_url=url) as http:
        yield FakeModel(url, http)
