"""Relay connections: the arguments they share, and how a page of rows becomes one."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Annotated, Generic, Self, TypeVar

import strawberry

from resolvers.page import Page

Row = TypeVar("Row")
Item = TypeVar("Item")

Count = Callable[[], Awaitable[int]]

First = Annotated[
    int | None,
    strawberry.argument(description="How many from the start: at most 200, 50 if nothing is said."),
]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[
    int | None, strawberry.argument(description="How many from the end, instead of `first`.")
]
Before = Annotated[
    str | None, strawberry.argument(description="Only what comes before this cursor.")
]


@strawberry.enum(description="In which order a list runs.")
class Order(Enum):
    OLDEST_FIRST = strawberry.enum_value("OLDEST_FIRST", description="As they were created.")
    NEWEST_FIRST = strawberry.enum_value("NEWEST_FIRST", description="The newest first.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether there are some before.")
    start_cursor: str | None = strawberry.field(description="Of the first edge, if there is one.")
    end_cursor: str | None = strawberry.field(description="Of the last edge, if there is one.")


@strawberry.type(description="One of a list.")
class Edge(Generic[Item]):
    node: Item = strawberry.field(description="What is listed.")
    cursor: str = strawberry.field(description="Its place, for `after` and `before`.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[Item]):
    edges: list[Edge[Item]] = strawberry.field(description="What is on this page.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")
    count: strawberry.Private[Count]

    @strawberry.field(description="How many there are on all pages. Counted only if asked for.")
    async def total_count(self) -> int:
        return await self.count()

    @classmethod
    def from_page(
        cls,
        page: Page[Row],
        *,
        get_cursor: Callable[[Row], str],
        create_node: Callable[[Row], Item],
        count: Count,
    ) -> Self:
        cursors = [get_cursor(row) for row in page.rows]
        edges = [
            Edge(node=create_node(row), cursor=cursor)
            for row, cursor in zip(page.rows, cursors, strict=True)
        ]
        return cls(edges=edges, page_info=_to_page_info(page, cursors), count=count)


def _to_page_info(page: Page[Row], cursors: list[str]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
