"""No regular expression takes more than linear time because it begins anew at each sign of what it has read."""

import ast
import re

import pytest

from tests.project.test_structure import MODULES, name_of, tree_of

# An expression that begins with a repeat without an end, and must go on: searched in a long run of such signs that does
# not, it reads the rest of the run from each of them. With what may not stand before the run, it begins there only.
BEGINS_WITH_A_REPEAT = re.compile(r"(?:\\[a-zA-Z]|\[[^\]]+\]|\.)[*+]\+?(?!\||\(\?:[^()]*\)[*?]\Z).")
SEARCHES = {"search", "sub", "subn", "finditer", "findall", "split"}


def is_slow(pattern: object) -> bool:
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else str(pattern)
    return BEGINS_WITH_A_REPEAT.match(text) is not None


def compiled(tree: ast.AST) -> dict[str, object]:
    """The constants of a module that are expressions, with their patterns."""
    found = {}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == "re.compile"
        ):
            pattern = node.value.args[0]
            if isinstance(pattern, ast.Constant) and isinstance(node.targets[0], ast.Name):
                found[node.targets[0].id] = pattern.value
    return found


def searched(tree: ast.AST) -> set[str]:
    """The names of what is searched in a text, and not matched at one place."""
    return {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in SEARCHES and isinstance(node.value, ast.Name)
    }


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_expression_reads_a_long_run_from_each_of_its_signs(path):
    tree = tree_of(path)
    known = compiled(tree)
    assert {name for name in searched(tree) & set(known) if is_slow(known[name])} == set()


@pytest.mark.parametrize(
    ("pattern", "slow"),
    [
        (r"[\s–—-]*\b[A-Z]{3}", True), (r"\s+$", True), (rb"\s*<!--", True), (r"[a-z]+\Z", True),
        (r"\s+", False), (r"\S+(?: \S+)*", False), (r"\S+|:", False),
        (r"(?<!\s)\s+$", False), (r"\s?x", False), (r"[a-z]{1,9}\Z", False),
    ],
)  # fmt: skip
def test_such_an_expression_is_told_by_its_beginning(pattern, slow):
    assert is_slow(pattern) is slow
