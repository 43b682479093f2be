"""Is the house still in order? Layers, lengths and names (docs/style.md)."""

import ast
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
PACKAGE = HOME / "ua_tracker"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
MAY_KNOW_FLASK = {
    "__init__.py", "database.py", "cli/__init__.py", "cli/coordinators.py", "cli/outbox.py", "serving.py",
    "migrations/env.py",
}  # fmt: skip
FLASKS = ("flask", "werkzeug", "wtforms", "jinja2", "markupsafe", "itsdangerous")
VAGUE = {"utils", "helpers", "common", "misc", "manager", "managers", "service", "services", "handler", "processor"}
NOUNS = ("actions", "pledges", "letters")


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


def test_the_matter_knows_no_flask_and_no_door():
    for path in MODULES:
        if {"web", "cli"} & set(path.relative_to(PACKAGE).parts[:-1]) or name_of(path) in MAY_KNOW_FLASK:
            continue
        known = {one for one in imports_of(tree_of(path)) if one.startswith(FLASKS) or one.startswith("ua_tracker.web")}
        assert known == set(), f"{name_of(path)} knows {known}"


def test_a_door_speaks_no_sql():
    for path in (PACKAGE / "web").rglob("*.py"):
        if path.name in {"live.py", "errors.py"}:
            continue  # live.py checks the stored revision with one raw statement; errors.py knows the driver's error
        found = {one for one in imports_of(tree_of(path)) if one.startswith("sqlalchemy.") and "orm.Session" not in one}
        assert found == set(), f"{name_of(path)} imports {found}"


def test_nothing_in_the_matter_asks_a_clock_of_its_own():
    for path in MODULES:
        if name_of(path) in {"__init__.py", "web/live.py", "web/tempo.py"}:
            continue  # the app's own clock; the tempo measures seconds, it tells no time
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                owner = ast.unparse(node.value)
                assert owner not in {"datetime", "date"}, f"{name_of(path)}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_rooms_are_small(path):
    assert len(path.read_text().splitlines()) <= 300
    for function in functions_of(tree_of(path)):
        assert length_of(function) <= 40, f"{function.name} has {length_of(function)} lines"
        if is_view(function):
            assert length_of(function) <= 20, f"the view {function.name} has {length_of(function)} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_room_begins_with_what_it_is_for(path):
    assert ast.get_docstring(tree_of(path)), "no docstring"


def test_no_room_has_a_vague_name():
    assert {path.stem for path in MODULES} & VAGUE == set()


@pytest.mark.parametrize("noun", NOUNS)
def test_one_noun_names_module_door_templates_and_tests(noun):
    matter = (PACKAGE / f"{noun}.py", PACKAGE / noun / "__init__.py")  # one that outgrew its page is a package
    assert any(path.exists() for path in matter), noun
    for place in (f"ua_tracker/web/{noun}.py", f"templates/{noun}",
                  f"tests/rules/test_{noun}.py", f"tests/web/test_{noun}.py"):  # fmt: skip
        assert (HOME / place).exists(), place
