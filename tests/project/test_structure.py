"""The structure of the code: layers, the direction of imports, lengths and names (docs/contributing.md)."""

import ast
import re
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
PACKAGE = HOME / "ua_tracker"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
MAY_KNOW_FLASK = {"creating.py", "database.py", "serving.py", "migrations/env.py"}
FLASKS = ("flask", "werkzeug", "wtforms", "jinja2", "markupsafe", "itsdangerous")
VAGUE = {"utils", "helpers", "common", "misc", "manager", "managers", "service", "services", "handler", "processor"}
NOUNS = {"actions": "supporters", "pledges": "supporters", "letters": "supporters"}
# The folders of `web/` that group modules; a package inside one of them is one noun, which outgrew a module.
FOLDERS = {"coordinators", "forms", "live", "sharing", "supporters"}
# The parts of `web/`: each imports only from the tiers above its own, and from itself.
TIERS: tuple[set[str], ...] = (
    {"form_keys", "page_script"},
    {"live", "one_click", "request"},
    {
        "bodies",
        "damaged_links",
        "evening_keys",
        "happened",
        "headers",
        "mail_reach",
        "operations",
        "rate_limits",
        "request_log",
        "sessions",
        "template_lines",
        "translation",
        "urls",
    },
    {"chosen_group", "error_words"},
    {"errors", "filters", "labels", "mails"},
    {"counter", "forms", "kept_pages"},
    {"sharing"},
    {"coordinators", "supporters"},
)


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports_of(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def functions_of(tree: ast.AST):
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def length_of(function: ast.FunctionDef) -> int:
    return function.end_lineno - function.lineno + 1


def is_view(function: ast.FunctionDef) -> bool:
    routes = ("get", "post", "route")
    return any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in routes
        for one in function.decorator_list
    )


def test_the_rules_know_no_flask_and_no_view():
    for path in MODULES:
        if {"web", "cli"} & set(path.relative_to(PACKAGE).parts[:-1]) or name_of(path) in MAY_KNOW_FLASK:
            continue
        imported = imports_of(tree_of(path))
        known = {one for one in imported if one.startswith(FLASKS) or f"{one}.".startswith("ua_tracker.web.")}
        assert known == set(), f"{name_of(path)} knows {known}"


def test_a_view_holds_no_sql():
    for path in (PACKAGE / "web").rglob("*.py"):
        if name_of(path) == "web/errors.py":
            continue  # it knows the driver's errors
        found = {one for one in imports_of(tree_of(path)) if one.startswith("sqlalchemy.") and "orm.Session" not in one}
        assert found == set(), f"{name_of(path)} imports {found}"


def test_nothing_asks_a_clock_of_its_own():
    for path in MODULES:
        if name_of(path) in {"creating.py", "web/live/layer.py", "web/live/polling.py"}:
            continue  # the app's own clock; polling measures seconds and reads no time of day
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                owner = ast.unparse(node.value)
                assert owner not in {"datetime", "date"}, f"{name_of(path)}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_functions_and_views_are_small(path):
    assert len(path.read_text().splitlines()) <= 300
    for function in functions_of(tree_of(path)):
        assert length_of(function) <= 40, f"{function.name} has {length_of(function)} lines"
        if is_view(function):
            assert length_of(function) <= 20, f"the view {function.name} has {length_of(function)} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_begins_with_what_it_is_for(path):
    assert ast.get_docstring(tree_of(path)), "no docstring"


def test_no_module_has_a_vague_name():
    assert {path.stem for path in MODULES} & VAGUE == set()


def part_of_web(dotted: str) -> str:
    """`forms` for ua_tracker.web.forms.base; nothing for what is not in `web/`."""
    parts = dotted.split(".")
    return parts[2] if parts[:2] == ["ua_tracker", "web"] and len(parts) > 2 else ""


def tier_of(part: str) -> int:
    return next(number for number, parts in enumerate(TIERS) if part in parts)


WEB = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] == "web" and name_of(path) != "web/__init__.py"]


@pytest.mark.parametrize("path", WEB, ids=name_of)
def test_imports_in_web_run_one_way(path):
    own = path.relative_to(PACKAGE / "web").with_suffix("").parts[0]
    for other in {part_of_web(one) for one in imports_of(tree_of(path))} - {"", own}:
        assert tier_of(other) < tier_of(own), f"{name_of(path)} steps back to {other}"


def test_the_importer_uses_the_actions_and_never_the_other_way_round():
    for path in (PACKAGE / "actions").glob("*.py"):
        known = {one for one in imports_of(tree_of(path)) if one.startswith("ua_tracker.importing")}
        assert known == set(), f"{name_of(path)} knows {known}"


def file_of_tests(path: Path) -> Path:
    """Where a module of `web/` is tested: under its own name, or under that of the package of one noun it is in."""
    parts = path.relative_to(PACKAGE / "web").with_suffix("").parts
    depth = 2 if parts[0] in FOLDERS else 1
    return HOME.joinpath("tests", "web", *parts[: depth - 1], f"test_{parts[depth - 1]}.py")


@pytest.mark.parametrize("path", [path for path in WEB if path.name != "__init__.py"], ids=name_of)
def test_each_module_of_web_has_its_test_file(path):
    assert file_of_tests(path).exists(), f"{file_of_tests(path).relative_to(HOME)} is missing"
    assert "def test_" in file_of_tests(path).read_text()


def test_nothing_is_loaded_by_a_name_in_a_string():
    for path in MODULES:
        assert not {one for one in imports_of(tree_of(path)) if one.startswith("importlib")}, name_of(path)


@pytest.mark.parametrize("noun", NOUNS)
def test_one_noun_names_module_view_templates_and_tests(noun):
    rules = (PACKAGE / f"{noun}.py", PACKAGE / noun / "__init__.py")  # one that outgrew 300 lines is a package
    assert any(path.exists() for path in rules), noun
    for place in (
        f"ua_tracker/web/{NOUNS[noun]}/{noun}.py",
        f"templates/{noun}",
        f"tests/rules/test_{noun}.py",
        f"tests/web/{NOUNS[noun]}/test_{noun}.py",
    ):
        assert (HOME / place).exists(), place


BY_NAME = re.compile(r"order_by\([^)]*\b\w+\.(?:name|title|country|email|office_name)\b")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_database_puts_names_in_order(path):
    """Each machine's database has an order of its own: `alphabet.place` sorts names."""
    assert not BY_NAME.search(path.read_text())
