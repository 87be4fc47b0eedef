"""What is answered to a request that is no GraphQL request."""

from collections.abc import Mapping

from core.errors import BadInput


class BadRequest(Exception):
    """It is no GraphQL request; the message names the value and the rule."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str = BadInput.code,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
