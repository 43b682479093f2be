"""No test depends on the speed of the machine: Hypothesis has one profile, and no test sleeps for a fixed time."""

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PROFILE = TESTS / "conftest.py"
# Each looks again and again until something is so, and gives up only when it can never be.
POLLING = {
    "machines.py",
    "site.py",
    "journeys/test_the_whole_site.py",
    "outside/browsers.py",
    "outside/conftest.py",
    "outside/test_pgbouncer.py",
    "web/test_faults_of_commands.py",
}


def calls():
    """Every call in the tests: the file, and the call."""
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield path, node


def test_hypothesis_has_one_profile_without_a_wall_clock_deadline():
    registered = [
        (path, {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords})
        for path, call in calls()
        if ast.unparse(call.func).endswith(".register_profile")
    ]
    [(path, options)] = registered
    assert path == PROFILE
    assert options["deadline"] == "None"


def test_no_test_sets_a_deadline_of_its_own_for_hypothesis():
    decorated = [
        f"{path.relative_to(TESTS)}:{decorator.lineno}"
        for path in sorted(TESTS.rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and "deadline" in {keyword.arg for keyword in decorator.keywords}
    ]
    assert decorated == []


def test_nobody_sleeps_and_hopes():
    sleeping = {str(path.relative_to(TESTS)) for path, call in calls() if ast.unparse(call.func) == "time.sleep"}
    assert sleeping <= POLLING
