"""A GraphQL client for the tests, over real HTTP and real sockets; none of Vantage's own code."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect

TIMEOUT_S = 20.0


SEND = """
mutation($input: SendMessagesInput!) { sendMessages(input: $input) {
  position messages { id sequence content author { name } }
} }
"""


READ = """
query($name: String!, $observed: String!, $observer: String, $scope: String,
      $sessions: [String!], $query: String, $levels: [Level!], $maxConclusions: Int,
      $tokens: Int, $asOf: DateTime, $minPosition: Position, $maxWaitMs: Int) {
  workspace(name: $name) { peer(name: $observed) { representation(
      observer: $observer, scope: $scope, sessions: $sessions, query: $query, levels: $levels,
      maxConclusions: $maxConclusions, tokens: $tokens, asOf: $asOf,
      minPosition: $minPosition, maxWaitMs: $maxWaitMs) {
    observes position card text tokenCount observer { name } observed { name }
    conclusions { id content level support
                  messages { sequence session { name } } }
  } } }
}
"""


LIST = """
query($name: String!, $observed: String!, $observer: String, $scope: String,
      $sessions: [String!], $levels: [Level!]) {
  workspace(name: $name) { peer(name: $observed) {
    conclusions(first: 200, observer: $observer, scope: $scope, sessions: $sessions,
                levels: $levels) {
      totalCount
      edges { node { id content level support recordedAt retiredAt observer { name }
                     supersededBy { content } premises { content }
                     messages { sequence session { name } } } }
  } } }
}
"""


CHAT = """
query($name: String!, $peer: String!, $query: String!, $target: String, $scope: String,
      $sessions: [String!]) {
  workspace(name: $name) { peer(name: $peer) {
    chat(query: $query, target: $target, scope: $scope, sessions: $sessions) {
      text conclusions { content } messages { sequence content session { name } }
  } } }
}
"""


SEARCH = """
query($name: String!, $query: String!, $targets: [SearchTarget!], $vantage: String,
      $scope: String, $sessions: [String!], $first: Int) {
  workspace(name: $name) {
    search(query: $query, targets: $targets, vantage: $vantage, scope: $scope,
           sessions: $sessions, first: $first) { ...Hit } } }
"""


FOUND = """
fragment Hit on SearchHit {
  score snippet
  node {
    ... on Message { __typename id content sequence session { name } }
    ... on Conclusion { __typename id content support retiredAt observed { name } } } }
"""


class Refused(Exception):
    """The server answered with errors; `errors` as they came."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(str(error["message"]) for error in errors))
        self.errors = errors

    @property
    def code(self) -> str:
        """Of the first error."""
        return str(self.errors[0]["extensions"]["code"])

    @property
    def message(self) -> str:
        return str(self.errors[0]["message"])


async def comes_to(read: Callable[[], Awaitable[Any]], expected: Any) -> None:
    """Reads until it is what is expected; what others have not committed yet may delay it."""
    found = await read()
    with suppress(TimeoutError):
        async with asyncio.timeout(TIMEOUT_S):
            while found != expected:
                await asyncio.sleep(0.01)
                found = await read()
    assert found == expected


class Client:
    """Runs operations against one server."""

    def __init__(self, url: str, *, key: str | None = None) -> None:
        self.url = url
        self.credentials = {} if key is None else {"Authorization": f"Bearer {key}"}
        self.http = httpx.AsyncClient(base_url=url, headers=self.credentials, timeout=60)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    async def run(self, operation: str, **variables: Any) -> Any:
        """Returns the data; raises Refused if there is any error."""
        # Not `json=`: what no JSON can hold is to reach the server, and be refused there.
        body = json.dumps({"query": operation, "variables": variables})
        headers = {"Content-Type": "application/json"}
        response = await self.http.post("/graphql", content=body, headers=headers)
        answer = response.json()
        if answer.get("errors"):
            raise Refused(answer["errors"])
        return answer["data"]

    async def get_refusal(self, operation: str, **variables: Any) -> Refused:
        """Runs what must be refused and returns how."""
        try:
            data = await self.run(operation, **variables)
        except Refused as refusal:
            return refusal
        raise AssertionError(f"not refused, but answered: {data}")

    @asynccontextmanager
    async def subscribe(self, operation: str, **variables: Any) -> AsyncIterator["Stream"]:
        """Follows a subscription over a socket of its own."""
        url = self.url.replace("http", "ws", 1) + "/graphql"
        async with connect(url, subprotocols=["graphql-transport-ws"], max_size=None) as socket:
            init = {"type": "connection_init", "payload": self.credentials}
            await socket.send(json.dumps(init))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            payload = {"query": operation, "variables": variables}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            yield Stream(socket)


@dataclass(slots=True)
class Stream:
    """The events of one subscription."""

    socket: ClientConnection

    async def get_next(self, timeout_s: float = TIMEOUT_S) -> Any:
        """Returns the next event's data; raises Refused on an error, TimeoutError on silence."""
        async with asyncio.timeout(timeout_s):
            while True:
                frame = json.loads(await self.socket.recv())
                if frame["type"] == "ping":
                    await self.socket.send(json.dumps({"type": "pong"}))
                elif frame["type"] == "error":
                    raise Refused(frame["payload"])
                elif frame["type"] == "complete":
                    raise StopAsyncIteration
                elif frame["payload"].get("errors"):
                    raise Refused(frame["payload"]["errors"])
                else:
                    return frame["payload"]["data"]

    async def take(self, count: int) -> list[Any]:
        """Returns the next events of the one field that was subscribed to."""
        return [next(iter((await self.get_next()).values())) for _ in range(count)]

    async def get_refusal(self) -> Refused:
        """Returns the error that comes instead of an event."""
        try:
            event = await self.get_next()
        except Refused as refusal:
            return refusal
        raise AssertionError(f"not refused, but sent: {event}")

    async def is_silent(self, for_s: float) -> bool:
        """Tells whether no event comes for a while."""
        try:
            await self.get_next(timeout_s=for_s)
        except TimeoutError:
            return True
        return False


@dataclass(frozen=True, slots=True)
class Workspace:
    """Shorthands for what most tests do in a workspace."""

    client: Client
    name: str

    @classmethod
    async def create(cls, client: Client, name: str) -> Self:
        await client.run(
            "mutation($name: String!) { createWorkspace(input: {name: $name}) { created } }",
            name=name,
        )
        return cls(client, name)

    async def create_peers(self, *names: str, **flags: bool) -> None:
        """Creates peers; flags are observeMe and observeOthers."""
        for name in names:
            await self.client.run(
                "mutation($input: CreatePeerInput!) { createPeer(input: $input) { created } }",
                input={"workspace": self.name, "name": name, **flags},
            )

    async def update_peer(self, peer: str, **changes: Any) -> None:
        await self.client.run(
            "mutation($input: UpdatePeerInput!) { updatePeer(input: $input) { created } }",
            input={"workspace": self.name, "peer": peer, **changes},
        )

    async def join(self, session: str, *peers: str, **flags: bool) -> None:
        """Lets peers into a session, creating it if needed."""
        members = [{"name": peer, **flags} for peer in peers]
        await self.client.run(
            "mutation($input: CreateSessionInput!) { createSession(input: $input) { created } }",
            input={"workspace": self.name, "name": session, "peers": members},
        )

    async def leave(self, session: str, *peers: str) -> None:
        await self.client.run(
            "mutation($input: LeaveSessionInput!) { leaveSession(input: $input) { created } }",
            input={"workspace": self.name, "session": session, "peers": list(peers)},
        )

    async def send(self, session: str, *messages: dict[str, Any]) -> Any:
        """Sends messages as MessageInput; returns the payload."""
        data = await self.client.run(SEND, input=self._to_input(session, messages))
        return data["sendMessages"]

    async def get_send_refusal(self, session: str, *messages: dict[str, Any]) -> Refused:
        """Sends what must be refused and returns how."""
        return await self.client.get_refusal(SEND, input=self._to_input(session, messages))

    def _to_input(self, session: str, messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
        return {"workspace": self.name, "session": session, "messages": list(messages)}

    async def list_messages(self, session: str, vantage: str | None = None) -> list[Any]:
        """Reads up to 200 messages of a session, oldest first."""
        data = await self.client.run(
            """
            query($name: String!, $session: String!, $vantage: String) {
              workspace(name: $name) { session(name: $session) {
                messages(first: 200, vantage: $vantage) { edges { node {
                  id sequence content metadata tokenCount createdAt recordedAt clientMessageId
                  author { name } session { name }
            } } } } } }
            """,
            name=self.name,
            session=session,
            vantage=vantage,
        )
        return [edge["node"] for edge in data["workspace"]["session"]["messages"]["edges"]]

    async def list_contents(self, session: str, vantage: str | None = None) -> list[str]:
        """Reads what was said in a session, oldest first."""
        return [message["content"] for message in await self.list_messages(session, vantage)]

    async def list_members(self, session: str, *, active: bool | None = None) -> list[Any]:
        """Reads stays as (peer, from, to)."""
        data = await self.client.run(
            """
            query($name: String!, $session: String!, $active: Boolean) {
              workspace(name: $name) { session(name: $session) { members(active: $active) {
                peer { name } fromSequence toSequence
            } } } }
            """,
            name=self.name,
            session=session,
            active=active,
        )
        return [
            (stay["peer"]["name"], stay["fromSequence"], stay["toSequence"])
            for stay in data["workspace"]["session"]["members"]
        ]

    async def say(self, session: str, peer: str, *contents: str) -> str:
        """Lets a peer say something; returns the position."""
        messages = [{"peer": peer, "content": content} for content in contents]
        return str((await self.send(session, *messages))["position"])

    async def derive(self) -> None:
        """Waits until everything said is derived."""
        data = await self.client.run(
            """
            mutation($name: String!) { derive(input: {workspace: $name, maxWaitMs: 20000}) {
              derivation { pending leased retrying dead } } }
            """,
            name=self.name,
        )
        left = data["derive"]["derivation"]
        assert left == {"pending": 0, "leased": 0, "retrying": 0, "dead": 0}

    async def read(self, observed: str, observer: str | None = None, **more: Any) -> Any:
        """Reads a representation with `observes` and its conclusions' contents and support."""
        data = await self.client.run(
            READ,
            name=self.name,
            observed=observed,
            observer=observer,
            **more,
        )
        return data["workspace"]["peer"]["representation"]

    async def get_read_refusal(
        self, observed: str, observer: str | None = None, **more: Any
    ) -> Refused:
        """Reads a representation that must be refused and returns how."""
        return await self.client.get_refusal(
            READ, name=self.name, observed=observed, observer=observer, **more
        )

    async def list_known(
        self, observed: str, observer: str | None = None, **more: Any
    ) -> list[str]:
        """Reads the contents of what is concluded, sorted."""
        representation = await self.read(observed, observer, **more)
        return sorted(conclusion["content"] for conclusion in representation["conclusions"])

    async def list_all(
        self, observed: str, observer: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Reads all conclusions, outdated ones too, by their contents."""
        data = await self.client.run(
            LIST, name=self.name, observed=observed, observer=observer, **more
        )
        page = data["workspace"]["peer"]["conclusions"]
        nodes = [edge["node"] for edge in page["edges"]]
        assert page["totalCount"] == len(nodes)
        return {node["content"]: node for node in nodes}

    async def list_card(self, observed: str, observer: str | None = None, **more: Any) -> list[str]:
        """Reads the lines of a card, sorted; both ways to read it must agree."""
        data = await self.client.run(
            """
            query($name: String!, $observed: String!, $observer: String, $scope: String,
                  $sessions: [String!]) {
              workspace(name: $name) { peer(name: $observed) {
                card(observer: $observer, scope: $scope, sessions: $sessions) { lines } } } }
            """,
            name=self.name,
            observed=observed,
            observer=observer,
            **more,
        )
        card = data["workspace"]["peer"]["card"]
        lines = card["lines"] if card else []
        assert (await self.read(observed, observer, **more))["card"] == lines
        return sorted(lines)

    async def ask(self, peer: str, query: str, target: str | None = None, **more: Any) -> Any:
        """Asks a peer; returns text, conclusions and messages."""
        data = await self.client.run(
            CHAT, name=self.name, peer=peer, query=query, target=target, **more
        )
        return data["workspace"]["peer"]["chat"]

    async def search(self, query: str, **more: Any) -> list[Any]:
        """Searches the workspace; returns the hits."""
        data = await self.client.run(SEARCH + FOUND, name=self.name, query=query, **more)
        return list(data["workspace"]["search"])

    async def search_session(self, session: str, query: str, **more: Any) -> list[Any]:
        """Searches one session; returns the hits."""
        data = await self.client.run(
            """
            query($name: String!, $session: String!, $query: String!, $targets: [SearchTarget!],
                  $vantage: String, $first: Int) {
              workspace(name: $name) { session(name: $session) {
                search(query: $query, targets: $targets, vantage: $vantage, first: $first)
                { ...Hit } } } }
            """
            + FOUND,
            name=self.name,
            session=session,
            query=query,
            **more,
        )
        return list(data["workspace"]["session"]["search"])

    async def search_peer(self, peer: str, query: str, **more: Any) -> list[Any]:
        """Searches what a peer witnessed; returns the hits."""
        data = await self.client.run(
            """
            query($name: String!, $peer: String!, $query: String!, $targets: [SearchTarget!],
                  $first: Int) {
              workspace(name: $name) { peer(name: $peer) {
                search(query: $query, targets: $targets, first: $first) { ...Hit } } } }
            """
            + FOUND,
            name=self.name,
            peer=peer,
            query=query,
            **more,
        )
        return list(data["workspace"]["peer"]["search"])

    async def change(self, mutation: str, **changes: Any) -> Any:
        """Runs a mutation that takes one input in this workspace and answers with a position."""
        return await self.run_input(mutation, "position", workspace=self.name, **changes)

    async def run_input(self, mutation: str, fields: str, /, **given: Any) -> Any:
        """Runs a mutation by its name; returns the fields of its payload."""
        kind = mutation[0].upper() + mutation[1:]
        data = await self.client.run(
            f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {fields} }} }}",
            input=given,
        )
        return data[mutation]

    async def configure(self, session: str | None = None, **configuration: Any) -> None:
        """Changes the configuration of the workspace, or of a session."""
        given = {"workspace": self.name, "configuration": configuration}
        if session is None:
            await self.run_input("updateWorkspace", "created", **given)
        else:
            await self.run_input("updateSession", "created", **given, session=session)

    async def dream(self, observed: str, observer: str | None = None) -> None:
        """Lets a mind reason about a peer, and waits for it."""
        await self.change("dream", observed=observed, observer=observer, maxWaitMs=20_000)

    async def forget(self, mutation: str, **what: Any) -> int:
        """Deletes something in this workspace, by name; returns how many there were."""
        done = await self.run_input(mutation, "deleted", workspace=self.name, **what)
        return int(done["deleted"])

    async def forget_messages(self, session: str, *sequences: int) -> int:
        """Deletes messages by their sequences; returns how many there were."""
        told = await self.list_messages(session)
        ids = [message["id"] for message in told if message["sequence"] in sequences]
        return int((await self.run_input("deleteMessages", "deleted", ids=ids))["deleted"])

    async def forget_conclusion(self, id_: str) -> int:
        """Deletes a conclusion by its id; returns how many there were."""
        return int((await self.run_input("deleteConclusion", "deleted", id=id_))["deleted"])
