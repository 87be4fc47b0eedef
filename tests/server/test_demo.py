"""The demo tells, word for word, what the three conversations come to, however often it plays."""

from pathlib import Path

from tests.fake_model import open_fake_model
from tests.server.programs import find_free_port, run, serve

TOLD = """
1. A group chat
  [breakfast] alice: Hello everyone!
  [breakfast] bob: I ate eggs today.
  [breakfast] charlie: I had cereal.
  What alice knows about bob:
    - bob ate eggs on 2026-03-02  (breakfast, message 2)
  What alice knows about charlie:
    - charlie had cereal  (breakfast, message 3)
  alice is asked: "What did Bob have for breakfast?"
    bob ate eggs on 2026-03-02.
    rests on bob: "I ate eggs today."  (breakfast, message 2)

2. Diplomacy: Charlie is not in the side chat
  [turn-1] alice: I will be peaceful.
  [side-chat] alice: I will attack Charlie.
  What charlie knows about alice:
    - alice will be peaceful  (turn-1, message 1)
  charlie is asked: "Can I trust that Alice won't attack me?"
    alice will be peaceful.
    rests on alice: "I will be peaceful."  (turn-1, message 1)
  What bob knows about alice:
    - alice will be peaceful, but also: alice will attack Charlie\
  (turn-1, message 1; side-chat, message 1)
    - alice will attack Charlie  (side-chat, message 1)
    - alice will be peaceful  (turn-1, message 1)
  bob is asked: "Can I trust that Alice won't attack Charlie?"
    alice will be peaceful. alice will attack Charlie.\
 These two contradict each other: they cannot both hold.
    rests on alice: "I will be peaceful."  (turn-1, message 1)
    rests on alice: "I will attack Charlie."  (side-chat, message 1)
  What everybody together knows about alice:
    - alice will be peaceful, but also: alice will attack Charlie\
  (turn-1, message 1; side-chat, message 1)
    - alice will attack Charlie  (side-chat, message 1)
    - alice will be peaceful  (turn-1, message 1)

3. 360 messages, and a context of 1,500 tokens
  91 of 360 messages fit, 270 to 360: 1,486 tokens of 1,500.
  For OpenAI, 91 messages; the last two:
    user ben: My water bottle holds 3 litres, that was enough.
    assistant guide: Rest early. We leave at 7 tomorrow morning.
  For Anthropic, 62 turns, user first; the last two:
    user: ben: My water bottle holds 3 litres, that was enough.
    assistant: Rest early. We leave at 7 tomorrow morning.
""".rstrip("\n").splitlines()


async def test_it_plays_on_a_server_of_its_own_and_tells_the_same_the_next_time(
    empty_dir: Path,
) -> None:
    port = str(find_free_port())
    for _ in range(2):
        demo = await run("demo", "--data-dir", empty_dir, PORT=port)
        assert (demo.process.returncode, demo.error) == (0, "")
        assert demo.out == ["No server is running; starting one for the demo ...", *TOLD]


async def test_it_tells_the_same_with_a_model_that_says_what_the_rules_would(
    empty_dir: Path,
) -> None:
    async with open_fake_model() as model:
        settings = {name.upper(): value for name, value in model.settings.items()}
        port = str(find_free_port())
        demo = await run("demo", "--data-dir", empty_dir, PORT=port, **settings)
        assert (demo.process.returncode, demo.error) == (0, "")
        assert demo.out == ["No server is running; starting one for the demo ...", *TOLD]
        assert len(await model.list_calls()) >= 3


async def test_it_plays_on_the_server_at_the_configured_port_again_and_again(
    empty_dir: Path,
) -> None:
    port = find_free_port()
    async with serve(empty_dir, port=port) as server:
        for _ in range(2):
            demo = await run("demo", PORT=str(port))
            assert (demo.process.returncode, demo.error) == (0, "")
            assert demo.out == [f"Playing on the server at http://127.0.0.1:{port}", *TOLD]
        named = await run("demo", "--url", server.url)
        assert named.out == [f"Playing on the server at {server.url}", *TOLD]
        assert await server.stop() == 0
        assert server.error == ""


async def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    url = f"http://127.0.0.1:{find_free_port()}"
    demo = await run("demo", "--url", url)
    assert (demo.process.returncode, demo.out) == (1, [])
    assert demo.error == f"no Vantage answers at {url}; start one with `vantage serve`\n"
