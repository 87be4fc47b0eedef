"""What is installed as Vantage is Vantage, and nothing else is called by its packages' names."""

import re
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_every_package_of_the_server_is_in_the_wheel() -> None:
    on_disk = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert sorted(PACKAGES) == sorted(on_disk)


def test_layers_and_types_are_checked_for_every_package() -> None:
    tools = PROJECT["tool"]
    assert sorted(tools["mypy"]["packages"]) == sorted(PACKAGES)
    assert sorted(tools["importlinter"]["root_packages"]) == sorted(PACKAGES)
    (contract,) = tools["importlinter"]["contracts"]
    layers = [name.strip() for layer in contract["layers"] for name in layer.split("|")]
    assert sorted(layers) == sorted(PACKAGES)


def test_no_other_distribution_ships_a_package_of_our_names() -> None:
    owners = packages_distributions()
    others = {name: set(owners.get(name, ())) - {"vantage-server"} for name in PACKAGES}
    assert others == {name: set() for name in PACKAGES}


def test_the_packages_are_imported_from_this_folder() -> None:
    assert {name: Path(__import__(name).__file__ or "").parent for name in PACKAGES} == {
        name: ROOT / name for name in PACKAGES
    }


def test_every_dependency_is_installed_and_locked() -> None:
    installed = {to_key(each.metadata["Name"]) for each in distributions()}
    locked = {
        to_key(match[1])
        for match in re.finditer(r"(?m)^([\w.-]+)==", (ROOT / "requirements.lock").read_text())
    }
    named = {
        to_key(re.match(r"[\w.-]+", line)[0])  # type: ignore[index]
        for line in [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    }
    assert named - installed == set()
    assert named - locked == set()


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert sorted(folder for folder in folders if not (folder / "__init__.py").exists()) == []


def test_every_module_says_what_lives_in_it() -> None:
    bare = [path for path in SOURCES if not path.read_text().startswith('"""')]
    assert [path for path in bare if "migrations" not in path.parts] == []


def test_no_import_of_ours_hides_inside_a_function() -> None:
    hidden = re.compile(rf"(?m)^[ ]+(?:from|import) (?:{'|'.join(PACKAGES)})\b")
    found = [
        f"{path.relative_to(ROOT)}: {match[0].strip()}"
        for path in SOURCES
        for match in hidden.finditer(without_type_checking(path.read_text()))
    ]
    assert found == []


def without_type_checking(source: str) -> str:
    """Cuts out what is imported for the type checker alone."""
    return re.sub(r"(?m)^if TYPE_CHECKING:\n(?:(?:[ ].*)?\n)+", "", source)


def to_key(name: str) -> str:
    """Spells a distribution's name as PEP 503 does."""
    return re.sub(r"[-_.]+", "-", name).lower()
