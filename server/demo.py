"""The demo: three conversations over the GraphQL API, and what each peer then knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

from core.settings import Settings
from server.demo_talk import list_long_conversation
from server.serve import run_http

START = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
LONG_MESSAGES = 360
CONTEXT_TOKENS = 1_500
BATCH = 100
DERIVE_WAIT_MS = 20_000

_OPEN = """
mutation Open($workspace: String!, $session: String!, $peers: [MemberInput!]!) {
  createWorkspace(input: {name: $workspace}) { created }
  createSession(input: {workspace: $workspace, name: $session, peers: $peers}) { created }
}
"""
_SEND = """
mutation Send($input: SendMessagesInput!) { sendMessages(input: $input) { position } }
"""
_DERIVE = """
mutation Derive($workspace: String!, $wait: Int!) {
  derive(input: {workspace: $workspace, maxWaitMs: $wait}) {
    derivation { pending leased retrying dead }
  }
}
"""
_KNOWN = """
query Known($workspace: String!, $observed: String!, $observer: String) {
  workspace(name: $workspace) { peer(name: $observed) {
    representation(observer: $observer) {
      conclusions { content messages { sequence session { name } } }
    }
  } }
}
"""
_ASK = """
query Ask($workspace: String!, $peer: String!, $target: String, $query: String!) {
  workspace(name: $workspace) { peer(name: $peer) {
    chat(query: $query, target: $target) {
      text messages { sequence content author { name } session { name } }
    }
  } }
}
"""
# Without a summary: whether there is one by then depends on how busy the machine is.
_CONTEXT = """
query Context($workspace: String!, $session: String!, $tokens: Int!, $assistant: String!) {
  workspace(name: $workspace) { session(name: $session) {
    lastSequence
    context(tokens: $tokens, summary: false) {
      tokenCount messages { sequence }
      openai(assistant: $assistant) anthropic(assistant: $assistant)
    }
  } }
}
"""


class DemoFailed(Exception):
    """The server answered with errors, or what was said could not be derived in time."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """One conversation's workspace, and where it is told."""

    client: httpx.AsyncClient
    console: Console
    workspace: str

    def tell(self, line: str = "") -> None:
        self.console.print(escape(line), highlight=False, soft_wrap=True)

    def tell_title(self, title: str) -> None:
        self.console.print(f"\n[bold]{escape(title)}[/bold]", highlight=False, soft_wrap=True)

    async def run(self, operation: str, **variables: Any) -> Any:
        """Returns an operation's data; raises DemoFailed with what the server says."""
        variables = {"workspace": self.workspace, **variables}
        response = await self.client.post(
            "/graphql", json={"query": operation, "variables": variables}
        )
        answer = response.json()
        if answer.get("errors"):
            raise DemoFailed("; ".join(error["message"] for error in answer["errors"]))
        return answer["data"]


async def run_demo(
    settings: Settings, url: str | None, console: Console, *, key: str | None = None
) -> None:
    """Plays against the server at `url`, or one that runs on the configured port, or a new one."""
    configured = f"http://{settings.host}:{settings.port}"
    if url is None and await _is_ready(configured):
        url = configured
    if url is not None:
        if not await _is_ready(url):
            raise DemoFailed(f"no Vantage answers at {url}; start one with `vantage serve`")
        console.print(f"[dim]Playing on the server at {url}[/dim]")
        await play(url, console, key=key)
        return
    console.print("[dim]No server is running; starting one for the demo ...[/dim]")
    async with run_http(_for_demo(settings)) as serving:
        await play(serving.url, console)


def _for_demo(settings: Settings) -> Settings:
    """The demo's own server asks for no key, so only this machine can reach it."""
    return settings.model_copy(update={"host": "127.0.0.1", "port": 0, "auth": False})


async def play(url: str, console: Console, *, key: str | None = None) -> None:
    """Plays the three conversations. Playing again sends nothing twice and tells the same."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        await _play_breakfast(_Stage(client, console, "demo-breakfast"))
        await _play_diplomacy(_Stage(client, console, "demo-diplomacy"))
        await _play_long_conversation(_Stage(client, console, "demo-long"))


async def _is_ready(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            return (await client.get(f"{url}/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def _play_breakfast(stage: _Stage) -> None:
    stage.tell_title("1. A group chat")
    await _open(stage, "breakfast", ["alice", "bob", "charlie"])
    said = [
        ("alice", "Hello everyone!"),
        ("bob", "I ate eggs today."),
        ("charlie", "I had cereal."),
    ]
    await _say(stage, "breakfast", said, is_told=True)
    await _derive(stage)
    await _tell_known(stage, "bob", observer="alice")
    await _tell_known(stage, "charlie", observer="alice")
    await _ask(stage, "alice", "What did Bob have for breakfast?")


async def _play_diplomacy(stage: _Stage) -> None:
    stage.tell_title("2. Diplomacy: Charlie is not in the side chat")
    await _open(stage, "turn-1", ["alice", "bob", "charlie"])
    await _open(stage, "side-chat", ["alice", "bob"])
    await _say(stage, "turn-1", [("alice", "I will be peaceful.")], is_told=True)
    await _say(stage, "side-chat", [("alice", "I will attack Charlie.")], is_told=True)
    await _derive(stage)
    question = "Can I trust that Alice won't attack me?"
    await _tell_known(stage, "alice", observer="charlie")
    await _ask(stage, "charlie", question, target="alice")
    await _tell_known(stage, "alice", observer="bob")
    await _ask(stage, "bob", question.replace("me?", "Charlie?"), target="alice")
    await _tell_known(stage, "alice", observer=None)


async def _play_long_conversation(stage: _Stage) -> None:
    stage.tell_title(f"3. {LONG_MESSAGES} messages, and a context of {CONTEXT_TOKENS:,} tokens")
    await _open(stage, "expedition", ["ada", "ben", "guide"])
    said = list_long_conversation(LONG_MESSAGES)
    for start in range(0, len(said), BATCH):
        await _say(stage, "expedition", said[start : start + BATCH], first=start)
    data = await stage.run(_CONTEXT, session="expedition", tokens=CONTEXT_TOKENS, assistant="guide")
    session = data["workspace"]["session"]
    context = session["context"]
    sequences = [message["sequence"] for message in context["messages"]]
    stage.tell(
        f"  {len(sequences)} of {session['lastSequence']} messages fit, {sequences[0]} to"
        f" {sequences[-1]}: {context['tokenCount']:,} tokens of {CONTEXT_TOKENS:,}."
    )
    _tell_openai(stage, context["openai"])
    _tell_anthropic(stage, context["anthropic"])


def _tell_openai(stage: _Stage, messages: list[dict[str, str]]) -> None:
    stage.tell(f"  For OpenAI, {len(messages)} messages; the last two:")
    for message in messages[-2:]:
        stage.tell(f"    {message['role']} {message['name']}: {message['content']}")


def _tell_anthropic(stage: _Stage, shaped: dict[str, Any]) -> None:
    turns = shaped["messages"]
    stage.tell(f"  For Anthropic, {len(turns)} turns, user first; the last two:")
    for turn in turns[-2:]:
        stage.tell(f"    {turn['role']}: {turn['content'].splitlines()[-1]}")


async def _open(stage: _Stage, session: str, peers: Sequence[str]) -> None:
    members = [{"name": name, "observeOthers": True} for name in peers]
    await stage.run(_OPEN, session=session, peers=members)


async def _say(
    stage: _Stage,
    session: str,
    said: Sequence[tuple[str, str]],
    *,
    first: int = 0,
    is_told: bool = False,
) -> None:
    """Sends what is said, a minute apart; the ids make sending it again harmless."""
    messages = [
        {
            "peer": peer,
            "content": content,
            "createdAt": (START + timedelta(minutes=first + i)).isoformat(),
            "clientMessageId": f"demo-{first + i}",
        }
        for i, (peer, content) in enumerate(said)
    ]
    sent = {"workspace": stage.workspace, "session": session, "messages": messages}
    await stage.run(_SEND, input=sent)
    if is_told:
        for peer, content in said:
            stage.tell(f"  [{session}] {peer}: {content}")


async def _derive(stage: _Stage) -> None:
    data = await stage.run(_DERIVE, wait=DERIVE_WAIT_MS)
    left = data["derive"]["derivation"]
    if any(left.values()):
        raise DemoFailed(f"not everything was derived in {DERIVE_WAIT_MS / 1000:g} s: {left}")


async def _tell_known(stage: _Stage, observed: str, *, observer: str | None) -> None:
    data = await stage.run(_KNOWN, observed=observed, observer=observer)
    conclusions = data["workspace"]["peer"]["representation"]["conclusions"]
    who = f"{observer} knows" if observer else "everybody together knows"
    stage.tell(f"  What {who} about {observed}:")
    for conclusion in conclusions:
        places = [
            f"{message['session']['name']}, message {message['sequence']}"
            for message in conclusion["messages"]
        ]
        stage.tell(f"    - {conclusion['content']}  ({'; '.join(places)})")
    if not conclusions:
        stage.tell("    nothing")


async def _ask(stage: _Stage, peer: str, query: str, *, target: str | None = None) -> None:
    data = await stage.run(_ASK, peer=peer, query=query, target=target)
    chat = data["workspace"]["peer"]["chat"]
    stage.tell(f'  {peer} is asked: "{query}"')
    stage.tell(f"    {chat['text']}")
    for message in chat["messages"]:
        place = f"{message['session']['name']}, message {message['sequence']}"
        stage.tell(f'    rests on {message["author"]["name"]}: "{message["content"]}"  ({place})')
