"""The fake model speaks the protocol as OpenAI's own client reads it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, BadRequestError

from server.fake_model.think import DIMENSIONS, UNKNOWN
from tests.fake_model import FakeModel

HELLO = [{"role": "user", "content": "Hello there."}]
WEATHER = {"name": "find_weather", "arguments": {"place": "Oslo"}}


@pytest.fixture
async def openai(fake_model: FakeModel) -> AsyncIterator[AsyncOpenAI]:
    client = AsyncOpenAI(base_url=f"{fake_model.url}/v1", api_key="any", max_retries=0)
    yield client
    await client.close()


async def stream(openai: AsyncOpenAI, **more: Any) -> list[Any]:
    chunks = await openai.chat.completions.create(model="fake", messages=HELLO, stream=True, **more)
    return [chunk async for chunk in chunks]


async def test_an_answer_comes_whole_with_its_usage(openai: AsyncOpenAI) -> None:
    answer = await openai.chat.completions.create(model="any", messages=HELLO)
    assert (answer.model, answer.choices[0].message.content) == ("any", UNKNOWN)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (3, 16)


async def test_an_answer_comes_in_pieces_that_make_up_the_whole(openai: AsyncOpenAI) -> None:
    chunks = await stream(openai, stream_options={"include_usage": True})
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert "".join(piece or "" for piece in pieces) == UNKNOWN
    assert len(pieces) > 5
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage.completion_tokens == 16


async def test_it_calls_tools_when_told_to(openai: AsyncOpenAI, fake_model: FakeModel) -> None:
    await fake_model.order({"tool_calls": [WEATHER]}, {"tool_calls": [WEATHER]})
    answer = await openai.chat.completions.create(model="any", messages=HELLO)
    [call] = answer.choices[0].message.tool_calls or []
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.type == "function"
    assert (call.function.name, call.function.arguments) == ("find_weather", '{"place":"Oslo"}')
    chunks = await stream(openai)
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    [[streamed]] = [delta.tool_calls for delta in deltas if delta.tool_calls]
    assert (streamed.index, streamed.function.name) == (0, "find_weather")


async def test_texts_with_the_same_words_have_near_vectors(openai: AsyncOpenAI) -> None:
    texts = ["I like green tea.", "green tea", "Quarterly tax report", ""]
    answer = await openai.embeddings.create(model="any", input=texts)
    tea, green, tax, empty = (each.embedding for each in answer.data)

    def compare(one: list[float], other: list[float]) -> float:
        return sum(a * b for a, b in zip(one, other, strict=True))

    assert len(tea) == len(empty) == DIMENSIONS
    assert compare(tea, green) > 0.5 > compare(tea, tax)
    short = await openai.embeddings.create(model="any", input="tea", dimensions=8)
    assert len(short.data[0].embedding) == 8


async def test_it_tells_which_models_there_are(openai: AsyncOpenAI) -> None:
    assert [model.id async for model in openai.models.list()] == ["fake"]


async def test_errors_are_the_protocols(openai: AsyncOpenAI, fake_model: FakeModel) -> None:
    await fake_model.order({"status": 503, "retry_after": "2"}, refuses=["json_schema"])
    with pytest.raises(APIStatusError) as busy:
        await openai.chat.completions.create(model="any", messages=HELLO)
    assert (busy.value.status_code, busy.value.response.headers["retry-after"]) == (503, "2")
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}
    with pytest.raises(BadRequestError, match="json_schema is not supported with this model"):
        await openai.chat.completions.create(model="any", messages=HELLO, response_format=schema)


async def test_a_stream_that_is_cut_has_begun(openai: AsyncOpenAI, fake_model: FakeModel) -> None:
    await fake_model.order({"cut": True})
    chunks = await openai.chat.completions.create(model="any", messages=HELLO, stream=True)
    first = await anext(chunks)
    assert first.choices[0].delta.role == "assistant"
    second = await anext(chunks)
    assert second.choices[0].delta.content == "I "
    with pytest.raises(APIConnectionError):
        await anext(chunks)


async def test_embeddings_fail_when_told_to(openai: AsyncOpenAI, fake_model: FakeModel) -> None:
    await fake_model.order({"path": "embeddings", "cut": True})
    await openai.chat.completions.create(model="any", messages=HELLO)
    with pytest.raises(APIConnectionError):
        await openai.embeddings.create(model="any", input="tea")


async def test_a_step_is_for_the_requests_it_names_and_for_so_many(
    openai: AsyncOpenAI, fake_model: FakeModel
) -> None:
    await fake_model.order({"content": "Bye.", "on": "Good", "times": 2}, {"content": "Well?"})

    async def say(content: str) -> str | None:
        turns = [{"role": "user", "content": content}]
        answer = await openai.chat.completions.create(model="any", messages=turns)
        return answer.choices[0].message.content

    said = [await say(content) for content in ("Hi.", "Good day.", "Hi.", "Goodbye.", "Good.")]
    assert said == ["Well?", "Bye.", UNKNOWN, "Bye.", UNKNOWN]
    assert [call["path"] for call in await fake_model.list_calls()] == ["chat"] * 5


async def test_a_script_with_a_mistake_is_refused_and_changes_nothing(
    fake_model: FakeModel,
) -> None:
    await fake_model.order({"content": "kept"})
    response = await fake_model.http.post("/script", json={"steps": [{"contents": "x"}]})
    assert response.status_code == 400
    assert "contents" in response.json()["error"]
    answer = await fake_model.http.post(
        "/v1/chat/completions", json={"model": "any", "messages": HELLO}
    )
    assert answer.json()["choices"][0]["message"]["content"] == "kept"
    assert (await fake_model.http.delete("/script")).json() == {"steps": 0}
    assert await fake_model.list_calls() == []


@pytest.mark.parametrize(
    "body", ["nonsense", "[]", "{}", '{"model": "m", "messages": "hello"}', '{"messages": []}']
)
async def test_a_request_with_a_mistake_is_told_so(fake_model: FakeModel, body: str) -> None:
    for path in ("chat/completions", "embeddings"):
        response = await fake_model.http.post(f"/v1/{path}", content=body)
        assert response.status_code == 400, path
        assert response.json()["error"]["type"] == "error"
