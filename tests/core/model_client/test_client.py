"""Asking models over real HTTP: what they understand, and what becomes of each fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from core.model_client.answer import StructuredAnswer
from core.model_client.breaker import FAILURES, LONGEST_PAUSE_S
from core.model_client.client import ModelClient, create_model_client
from core.model_client.endpoint import LONGEST_WAIT_S
from core.model_client.fault import AnswerUnreadable, ModelAway, ModelFault, ModelRefused
from core.model_client.meter import Call, metering
from core.model_client.model import Prompt
from core.model_client.purpose import Purpose
from core.settings import Settings
from tests.fake_model import FakeModel, open_fake_model
from tests.waiting import TIMEOUT_S, wait_until

GOOD = '{"words": ["tea", "milk"]}'
PROMPT = Prompt("Name drinks.", "Two of them, PIN 4711.")


class Words(StructuredAnswer):
    """What the tests ask for."""

    words: list[str]


@asynccontextmanager
async def opened(client: ModelClient) -> AsyncIterator[ModelClient]:
    try:
        yield client
    finally:
        await client.close()


async def ask(model: FakeModel, **settings: Any) -> list[str]:
    async with opened(model.create_client(**settings)) as client:
        return (await client.ask(Purpose.DERIVE, PROMPT, Words)).words


async def fail(model: FakeModel, **settings: Any) -> ModelFault:
    """Asks what must fail and returns how; no fault may tell what was asked."""
    with pytest.raises(ModelFault) as raised:
        await ask(model, **settings)
    assert "4711" not in str(raised.value)
    return raised.value


def list_formats(calls: list[dict[str, Any]]) -> list[str | None]:
    return [(call.get("response_format") or {}).get("type") for call in calls]


async def test_it_asks_by_schema_with_all_properties_required(fake_model: FakeModel) -> None:
    await fake_model.order({"content": GOOD})
    assert await ask(fake_model) == ["tea", "milk"]
    [call] = await fake_model.list_calls()
    assert call["model"] == "fake"
    assert [turn["role"] for turn in call["messages"]] == ["system", "user"]
    schema = call["response_format"]["json_schema"]
    assert (schema["name"], schema["strict"]) == ("Words", True)
    assert schema["schema"]["required"] == ["words"]
    assert schema["schema"]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("refuses", "formats"),
    [
        (["json_schema"], ["json_schema", "json_object", "json_object"]),
        (["json_schema", "json_object"], ["json_schema", "json_object", None, None]),
        (["response_format"], ["json_schema", "json_object", None, None]),
    ],
)
async def test_a_format_that_is_refused_is_asked_for_once(
    fake_model: FakeModel, refuses: list[str], formats: list[str | None]
) -> None:
    await fake_model.order({"content": GOOD, "times": 10}, refuses=refuses)
    # Requests that are refused use up steps as well.
    async with opened(fake_model.create_client()) as client:
        for _ in range(2):
            answer = await client.ask(Purpose.DERIVE, PROMPT, Words)
            assert answer.words == ["tea", "milk"]
    assert list_formats(await fake_model.list_calls()) == formats


async def test_parameters_that_a_model_refuses_are_left_out_from_then_on(
    fake_model: FakeModel,
) -> None:
    await fake_model.order(
        {"content": GOOD, "times": 10}, refuses=["temperature", "max_completion_tokens"]
    )
    async with opened(fake_model.create_client()) as client:
        for _ in range(2):
            await client.ask(Purpose.DERIVE, PROMPT, Words)
    calls = await fake_model.list_calls()
    known = [("temperature" in call, "max_completion_tokens" in call) for call in calls]
    assert known == [(True, True), (False, True), (False, False), (False, False)]
    assert list_formats(calls) == ["json_schema"] * 4
    assert "max_tokens" in calls[-1]


@pytest.mark.parametrize(
    "step",
    [
        {"content": GOOD, "is_wrapped": True},
        {"content": GOOD, "is_thinking": True},
        {"content": f"I thought {{of tea}}.</think>{GOOD}"},
        {"content": f"```json\n{GOOD}\n```"},
        {"content": '{"words": ["tea", "milk"], "note": "all I know"}'},
        {"content": f'{{"found": {{}}}}\nOr rather: {GOOD}'},
    ],
)
async def test_an_answer_is_found_however_it_is_wrapped(
    fake_model: FakeModel, step: dict[str, Any]
) -> None:
    await fake_model.order(step)
    assert await ask(fake_model) == ["tea", "milk"]
    assert len(await fake_model.list_calls()) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is empty"),
        ("Tea and milk.", "there is no JSON object in it"),
        ('{"words": ["tea", ', "there is no JSON object in it"),
        ('{"words": "tea 4711"}', "words: list_type"),
        ('{"drinks": []}', "words: missing"),
    ],
)
async def test_an_unreadable_answer_is_to_be_corrected_once_and_then_told(
    fake_model: FakeModel, content: str, reason: str
) -> None:
    await fake_model.order({"content": content}, {"content": GOOD})
    assert await ask(fake_model) == ["tea", "milk"]
    [_, again] = await fake_model.list_calls()
    assert [turn["role"] for turn in again["messages"]] == ["system", "user", "assistant", "user"]
    assert reason in again["messages"][-1]["content"]

    await fake_model.order({"content": content, "times": 2})
    fault = await fail(fake_model)
    assert isinstance(fault, AnswerUnreadable)
    assert str(fault) == f"the model's answer could not be read: {reason}"


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"refusal": "I'd rather not say 4711."}, "the model declined to answer"),
        ({"content": "", "finish_reason": "content_filter"}, "the model declined to answer"),
        (
            {"content": '{"words": ["te', "finish_reason": "length"},
            "the model's answer was cut off at its limit",
        ),
    ],
)
async def test_what_no_correction_would_help_is_not_asked_again(
    fake_model: FakeModel, step: dict[str, Any], message: str
) -> None:
    await fake_model.order(step)
    fault = await fail(fake_model)
    assert isinstance(fault, AnswerUnreadable)
    assert str(fault) == message
    assert len(await fake_model.list_calls()) == 1


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
async def test_an_endpoint_that_is_busy_or_broken_is_away(
    fake_model: FakeModel, status: int
) -> None:
    await fake_model.order({"status": status, "retry_after": "7"})
    fault = await fail(fake_model)
    assert isinstance(fault, ModelAway)
    assert str(fault) == f"the model's endpoint answered {status}"
    assert (fault.wait_s, fault.is_outage) == (7.0, status >= 500)
    assert len(await fake_model.list_calls()) == 1


@pytest.mark.parametrize(
    ("header", "least_s", "most_s"),
    [
        ("0.5", 0.5, 0.5),
        ("later", 0, 0),
        ("-3", 0, 0),
        ("999999", LONGEST_WAIT_S, LONGEST_WAIT_S),
    ],
)
async def test_how_long_to_wait_is_read_and_bounded(
    fake_model: FakeModel, header: str, least_s: float, most_s: float
) -> None:
    await fake_model.order({"status": 429, "retry_after": header})
    fault = await fail(fake_model)
    assert isinstance(fault, ModelAway)
    assert least_s <= fault.wait_s <= most_s


async def test_a_date_until_which_to_wait_is_read_too(fake_model: FakeModel) -> None:
    moment = datetime.now(UTC) + timedelta(minutes=30)
    await fake_model.order({"status": 429, "retry_after": format_datetime(moment, usegmt=True)})
    fault = await fail(fake_model)
    assert isinstance(fault, ModelAway)
    assert 0 < fault.wait_s <= timedelta(minutes=30).total_seconds()


@pytest.mark.parametrize("status", [401, 402, 403, 404])
async def test_what_is_configured_wrongly_is_waited_for(fake_model: FakeModel, status: int) -> None:
    await fake_model.order({"status": status})
    fault = await fail(fake_model, model_api_key="sk-secret")
    assert isinstance(fault, ModelAway)
    assert f"({status})" in str(fault)
    assert "sk-secret" not in str(fault)


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_request_that_no_dialect_gets_through_is_refused_and_nothing_is_learned(
    fake_model: FakeModel, status: int
) -> None:
    async with opened(fake_model.create_client()) as client:
        await fake_model.order({"status": status, "times": 6}, {"content": GOOD})
        with pytest.raises(ModelRefused, match=rf"refused the request \({status}\)"):
            await client.ask(Purpose.DERIVE, PROMPT, Words)
        await client.ask(Purpose.DERIVE, PROMPT, Words)
    assert list_formats(await fake_model.list_calls())[-1] == "json_schema"


async def test_an_endpoint_that_breaks_off_or_is_not_there_is_away(fake_model: FakeModel) -> None:
    await fake_model.order({"content": GOOD, "cut": True})
    fault = await fail(fake_model)
    assert isinstance(fault, ModelAway)
    assert str(fault).startswith("the model's endpoint cannot be reached (")
    nowhere = fake_model.url.rpartition(":")[0] + ":9/v1"
    assert isinstance(await fail(fake_model, model_base_url=nowhere), ModelAway)


async def test_an_endpoint_that_stands_still_is_away_after_the_timeout(
    fake_model: FakeModel,
) -> None:
    await fake_model.order({"stall": True})
    fault = await fail(fake_model, model_timeout_s=0.2)
    assert isinstance(fault, ModelAway)
    assert str(fault) == "the model did not answer within 0.2 s"


async def test_after_failures_in_a_row_nobody_is_let_through_for_a_while(
    fake_model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.model_client.breaker.FIRST_PAUSE_S", LONGEST_PAUSE_S)
    await fake_model.order({"status": 500, "times": 100})
    async with opened(fake_model.create_client()) as client:
        for _ in range(FAILURES + 2):
            with pytest.raises(ModelAway) as raised:
                await client.ask(Purpose.CHAT, PROMPT, Words)
    assert len(await fake_model.list_calls()) == FAILURES
    assert str(raised.value) == (
        f"the model's endpoint failed {FAILURES} times in a row and is left alone"
    )
    assert 0 < raised.value.wait_s <= LONGEST_PAUSE_S


async def test_a_purpose_may_have_a_model_of_its_own(fake_model: FakeModel) -> None:
    await fake_model.order({"content": GOOD, "times": 2})
    async with opened(fake_model.create_client(model_roles={"chat": "large"})) as client:
        await client.ask(Purpose.CHAT, PROMPT, Words)
        await client.ask(Purpose.DREAM, PROMPT, Words)
    assert [call["model"] for call in await fake_model.list_calls()] == ["large", "fake"]


@pytest.mark.parametrize(
    "step", [{"status": 503}, {"status": 400, "times": 6}, {"content": "no", "times": 2}]
)
async def test_the_fallback_is_asked_when_the_model_fails(
    fake_model: FakeModel, step: dict[str, Any]
) -> None:
    async with open_fake_model() as other:
        await fake_model.order(step)
        await other.order({"content": GOOD})
        fallback = {"model_fallback_base_url": f"{other.url}/v1", "model_fallback_name": "spare"}
        assert await ask(fake_model, **fallback) == ["tea", "milk"]
        assert [call["model"] for call in await other.list_calls()] == ["spare"]


async def test_who_was_only_away_decides_when_the_fallback_fails_too(
    fake_model: FakeModel,
) -> None:
    await fake_model.order({"status": 400, "times": 6}, {"status": 429, "retry_after": "3"})
    fault = await fail(fake_model, model_fallback_name="spare")
    assert isinstance(fault, ModelAway)
    assert fault.wait_s == 3


async def test_no_more_calls_of_a_purpose_are_in_flight_than_allowed(
    fake_model: FakeModel,
) -> None:
    await fake_model.order({"stall": True, "times": 2}, {"content": GOOD, "times": 3})

    async def is_full() -> bool:
        return len(await fake_model.list_calls()) == 2

    async with opened(fake_model.create_client(model_calls_at_once=2)) as client:
        waiting = [asyncio.create_task(client.ask(Purpose.DERIVE, PROMPT, Words)) for _ in range(4)]
        await wait_until(is_full)
        async with asyncio.timeout(TIMEOUT_S):
            # Another purpose is not held up by them.
            await client.ask(Purpose.CHAT, PROMPT, Words)
            assert len(await fake_model.list_calls()) == 3
            for task in waiting[:2]:
                task.cancel()
            await asyncio.gather(*waiting[2:])
            await asyncio.gather(*waiting[:2], return_exceptions=True)


@pytest.mark.parametrize("has_usage", [True, False])
async def test_every_answered_call_is_metered_also_those_that_came_to_nothing(
    fake_model: FakeModel, has_usage: bool
) -> None:
    await fake_model.order(
        {"content": "no"}, {"content": "no"}, {"status": 500}, has_usage=has_usage
    )
    with metering() as calls:
        await fail(fake_model)
        await fail(fake_model)
    assert [(call.purpose, call.model) for call in calls] == [(Purpose.DERIVE, "fake")] * 2
    assert [call.output_tokens for call in calls] == [1, 1]
    assert 10 < calls[0].input_tokens < calls[1].input_tokens
    assert calls == [Call(Purpose.DERIVE, "fake", call.input_tokens, 1) for call in calls]


def test_without_a_model_there_is_no_client() -> None:
    assert create_model_client(Settings()) is None
