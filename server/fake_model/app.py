"""The application: the protocol's paths under /v1, and /script and /calls to direct it by.

POST /script orders what is to happen (script.py), GET /calls tells what was asked, DELETE /script
forgets both.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from server.fake_model import wire
from server.fake_model.request import ChatRequest, EmbeddingRequest
from server.fake_model.script import Script, Stage, Step
from server.fake_model.think import DIMENSIONS, embed, think

MODEL = "fake"


def create_fake_model() -> Starlette:
    stage = Stage()

    async def order(request: Request) -> Response:
        try:
            stage.script = Script.model_validate_json(await request.body())
        except ValidationError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({"steps": len(stage.script.steps)})

    async def forget(_: Request) -> Response:
        stage.script, stage.calls = Script(), []
        return JSONResponse({"steps": 0})

    async def list_calls(_: Request) -> Response:
        return JSONResponse(stage.calls)

    async def list_models(_: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    async def chat(request: Request) -> Response:
        try:
            asked = ChatRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return _create_error(400, str(error), {})
        return await _answer_chat(stage, asked)

    async def embeddings(request: Request) -> Response:
        try:
            asked = EmbeddingRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return _create_error(400, str(error), {})
        return await _answer_embeddings(stage, asked)

    return Starlette(
        routes=[
            Route("/script", order, methods=["POST"]),
            Route("/script", forget, methods=["DELETE"]),
            Route("/calls", list_calls),
            Route("/v1/models", list_models),
            Route("/v1/chat/completions", chat, methods=["POST"]),
            Route("/v1/embeddings", embeddings, methods=["POST"]),
        ]
    )


async def _answer_chat(stage: Stage, asked: ChatRequest) -> Response:
    step = stage.take_step("chat", asked, asked.to_text())
    await asyncio.sleep(stage.script.latency_s)
    error = _find_error(stage, step, asked)
    if error is not None:
        return error
    said = _say(step, asked.messages)
    has_usage = stage.script.has_usage and asked.wants_usage
    saying = wire.Saying(
        model=asked.model,
        text=said,
        finish_reason="tool_calls" if step.tool_calls else step.finish_reason,
        refusal=step.refusal,
        tool_calls=step.tool_calls,
        usage=wire.count_usage(asked.messages, said) if has_usage else None,
    )
    if asked.stream:
        return _stream(step, wire.list_events(saying))
    return _send(step, wire.to_completion(saying))


async def _answer_embeddings(stage: Stage, asked: EmbeddingRequest) -> Response:
    texts = asked.list_texts()
    step = stage.take_step("embeddings", asked, "\n".join(texts))
    await asyncio.sleep(stage.script.latency_s)
    error = _find_error(stage, step, asked)
    if error is not None:
        return error
    size = asked.dimensions or DIMENSIONS
    data = [
        {"object": "embedding", "index": place, "embedding": embed(text, size)}
        for place, text in enumerate(texts)
    ]
    usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
    return _send(step, {"object": "list", "model": asked.model, "data": data, "usage": usage})


def _find_error(stage: Stage, step: Step, asked: BaseModel) -> Response | None:
    """Answers what is ordered to fail, or uses what is not understood here."""
    if step.status is not None:
        headers = {} if step.retry_after is None else {"Retry-After": step.retry_after}
        return _create_error(step.status, "as ordered", headers)
    used = asked.model_dump(exclude_unset=True)
    format_ = (used.get("response_format") or {}).get("type")
    for name in stage.script.refuses:
        if name in used or name == format_:
            return _create_error(400, f"{name} is not supported with this model", {})
    return None


def _create_error(status: int, message: str, headers: dict[str, str]) -> Response:
    error = {"message": message, "type": "error", "param": None, "code": None}
    return JSONResponse({"error": error}, status_code=status, headers=headers)


def _say(step: Step, messages: list[dict[str, Any]]) -> str:
    said = think(messages) if step.content is None else step.content
    if step.is_wrapped:
        said = f"Sure, {{here}} is what I found:\n```json\n{said}\n```\nAnything else?"
    return f"<think>\nLet me see. {{\n</think>\n{said}" if step.is_thinking else said


def _send(step: Step, answer: dict[str, Any]) -> Response:
    body = orjson.dumps(answer)
    if step.stall or step.cut:
        return _Broken(step, [], "application/json", body)
    return Response(body, media_type="application/json")


def _stream(step: Step, events: Iterator[bytes]) -> Response:
    if step.stall or step.cut:
        first = [next(events), next(events)]
        return _Broken(step, first, "text/event-stream", b"")

    async def send() -> AsyncIterator[bytes]:
        for event in events:
            yield event

    return StreamingResponse(send(), media_type="text/event-stream")


class _Broken(Response):
    """An answer that begins, and then stands still or breaks off."""

    def __init__(self, step: Step, first: list[bytes], media_type: str, body: bytes) -> None:
        super().__init__(body, media_type=media_type)
        self._step = step
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._step.stall or self._first:
            length = [(b"content-length", b"%d" % len(self.body))] if self.body else []
            headers = [(b"content-type", str(self.media_type).encode()), *length]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            for part in self._first or [bytes(self.body[: len(self.body) // 2])]:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        if self._step.stall:
            while (await receive())["type"] != "http.disconnect":
                continue
        # Returning before the answer is whole makes the server close the connection.
