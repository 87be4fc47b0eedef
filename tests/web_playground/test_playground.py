"""The playground in a real browser, against a real server; web_playground/tests/e2e has the steps.

Nothing is started here but the browser.
"""

from pathlib import Path

from server.serve import Serving
from server.web import DIST
from tests.client import Client
from tests.programs import WEB, require_file, require_node, require_program, run_program

CHROMIUM = Path("/usr/bin/chromium")


async def test_every_tab_works_in_the_browser(server: Serving) -> None:
    require_node()
    require_file(CHROMIUM, "install it with apt-get install chromium")
    require_file(DIST / "index.html", "run make web")
    await run_program(
        require_program("npm"),
        "run",
        "--silent",
        "test:e2e",
        cwd=WEB,
        environment={"VANTAGE_URL": server.url},
        timeout_s=240,
    )


async def test_every_example_is_valid_over_the_schema() -> None:
    require_node()
    await run_program(require_program("npm"), "run", "--silent", "test", cwd=WEB, timeout_s=120)


async def test_the_page_may_load_nothing_from_elsewhere(client: Client) -> None:
    response = await client.http.get("/")
    policy = response.headers["content-security-policy"]
    assert response.status_code == 200
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy
