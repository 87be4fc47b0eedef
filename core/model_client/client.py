"""The one door to the models: which of them is asked for what, and how many calls at once."""

import asyncio
from collections.abc import Mapping, Sequence

from core.model_client.answer import Answer
from core.model_client.endpoint import Endpoint
from core.model_client.fault import ModelAway, ModelFault
from core.model_client.model import Model, Prompt
from core.model_client.purpose import Purpose
from core.settings import Settings


class ModelClient:
    """Asks the model of a purpose, and the fallback if that fails. Bound to one event loop."""

    def __init__(
        self,
        models: Mapping[Purpose, Sequence[Model]],
        endpoints: Sequence[Endpoint],
        *,
        calls_at_once: int,
    ) -> None:
        """`models` are those of each purpose, in the order in which they are tried."""
        self._models = models
        self._endpoints = endpoints
        self._limits = {purpose: asyncio.Semaphore(calls_at_once) for purpose in Purpose}

    async def ask(self, purpose: Purpose, prompt: Prompt, answer_type: type[Answer]) -> Answer:
        """Returns a model's answer; raises ModelFault.

        If all have failed and one of them was only away, so is the whole.
        """
        faults: list[ModelFault] = []
        async with self._limits[purpose]:
            for model in self._models[purpose]:
                try:
                    return await model.ask(purpose, prompt, answer_type)
                except ModelFault as fault:
                    faults.append(fault)
        raise next((each for each in faults if isinstance(each, ModelAway)), faults[0])

    async def close(self) -> None:
        """Ends the connections, on the event loop that used them."""
        for endpoint in self._endpoints:
            await endpoint.close()


def create_model_client(settings: Settings) -> ModelClient | None:
    """Makes the client that the settings ask for; None: no model is configured."""
    if settings.model_base_url is None or settings.model_name is None:
        return None
    main = _create_endpoint(settings, settings.model_base_url, settings.model_api_key)
    endpoints = [main]
    names = {settings.model_name, *settings.model_roles.values()}
    known = {name: Model(main, name) for name in names}
    models = {
        purpose: [known[settings.model_roles.get(purpose, settings.model_name)]]
        for purpose in Purpose
    }
    if settings.model_fallback_name is not None:
        second = main
        if settings.model_fallback_base_url is not None:
            second = _create_endpoint(
                settings, settings.model_fallback_base_url, settings.model_fallback_api_key
            )
            endpoints.append(second)
        fallback = Model(second, settings.model_fallback_name)
        models = {purpose: [*own, fallback] for purpose, own in models.items()}
    return ModelClient(models, endpoints, calls_at_once=settings.model_calls_at_once)


def _create_endpoint(settings: Settings, base_url: str, api_key: str | None) -> Endpoint:
    return Endpoint(base_url, api_key, timeout_s=settings.model_timeout_s)
