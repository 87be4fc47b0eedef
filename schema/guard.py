"""Asks resolvers/access.py before each field is resolved, whatever transport the call came over."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from inspect import isawaitable
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema

from core.errors import Unauthenticated
from resolvers.access import check_access
from resolvers.access_rules import RULES
from schema.context import Context

Resolve = Callable[..., Any]


def guard_schema(schema: GraphQLSchema) -> None:
    """Puts a guard before every field that does more than return what its object has."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                if is_resolved(field):
                    _guard_field(get_rule_name(type_.name, name), field)


def is_resolved(field: GraphQLField) -> bool:
    """Tells whether a field has a resolver of its own."""
    resolver = field.subscribe or field.resolve
    return resolver is not None and not getattr(resolver, "_is_default", False)


def get_rule_name(type_name: str, field_name: str) -> str:
    """Returns what the field's rule is listed under: all connections have the same."""
    owner = "Connection" if type_name.endswith("Connection") else type_name
    return f"{owner}.{field_name}"


def _guard_field(rule: str, field: GraphQLField) -> None:
    if field.subscribe is not None:
        field.subscribe = _guard_stream(rule, field.subscribe)
    elif field.resolve is not None:
        field.resolve = _guard_value(rule, field.resolve)


def _guard_value(rule: str, resolve: Resolve) -> Resolve:
    def resolve_guarded(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        return resolve(source, info, **_check(rule, source, info.context, arguments))

    return resolve_guarded


def _guard_stream(rule: str, subscribe: Resolve) -> Resolve:
    async def subscribe_guarded(
        source: Any, info: GraphQLResolveInfo[Any], **arguments: Any
    ) -> AsyncIterator[Any]:
        context: Context = info.context
        stream = subscribe(source, info, **_check(rule, source, context, arguments))
        if isawaitable(stream):
            stream = await stream
        return stream if context.viewer.key_id is None else _end_with_key(context, stream)

    return subscribe_guarded


def _check(rule: str, source: Any, context: Context, arguments: dict[str, Any]) -> dict[str, Any]:
    sight = context.viewer.sight
    if sight.is_everywhere:
        return arguments
    row = getattr(source, "row", None)
    return dict(
        check_access(RULES, sight, rule, source_id=getattr(row, "id", None), arguments=arguments)
    )


async def _end_with_key(
    context: Context, stream: AsyncGenerator[Any, None]
) -> AsyncGenerator[Any, None]:
    """Yields what the stream yields until the key is revoked or expires; then raises."""
    async with aclosing(stream), context.services.key_watch.watch(context.viewer.key_id) as ending:
        ended = asyncio.ensure_future(ending.wait())
        try:
            while True:
                step = asyncio.ensure_future(anext(stream))
                try:
                    await asyncio.wait({step, ended}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not step.done():
                        step.cancel()
                        await asyncio.wait({step})
                if ended.done():
                    raise Unauthenticated("the key was revoked or has expired")
                yield step.result()
        except StopAsyncIteration:
            return
        finally:
            ended.cancel()
