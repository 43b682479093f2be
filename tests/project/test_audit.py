"""`make audit` and a report that lacks packages. `tests/outside/test_audit.py` runs pip-audit itself."""

import json

from tests.audit import FAILED, FOUND, NONE_KNOWN, NOT_CHECKED, verdict

FLASK = {"name": "flask", "version": "3.1.3", "vulns": []}
BAD_FLASK = {**FLASK, "vulns": [{"id": "TEST-2026-1", "aliases": [], "fix_versions": []}]}
UNKNOWN = {"name": "segno", "skip_reason": "Dependency not found"}
# What pip-audit says of a report without a vulnerability, whether anybody answered or not.
LAST_LINE = "No known vulnerabilities found\n"


def verdict_on(*packages: dict) -> tuple[int, str]:
    code, lines = verdict(json.dumps({"dependencies": packages, "fixes": []}), LAST_LINE)
    return code, "\n".join(lines)


def test_packages_that_the_service_does_not_know_are_not_called_safe():
    assert verdict_on(UNKNOWN) == (
        NOT_CHECKED, "Not checked: the vulnerability service answered for none of 1 packages."
    )  # fmt: skip
    assert verdict_on() == (NOT_CHECKED, "Not checked: the vulnerability service answered for none of 0 packages.")
    code, told = verdict_on(FLASK, UNKNOWN)
    assert code == NOT_CHECKED
    assert told.splitlines() == [
        "Known vulnerabilities: 0, in 1 packages that were checked.",
        "Not checked, because the vulnerability service does not know them: segno.",
    ]
    assert verdict_on(FLASK)[0] == NONE_KNOWN


def test_a_known_vulnerability_counts_whatever_was_not_checked():
    code, told = verdict_on(BAD_FLASK, UNKNOWN)
    assert code == FOUND
    assert told.startswith(
        "flask 3.1.3: TEST-2026-1; fixed in no version yet.\nKnown vulnerabilities: 1, in 1 packages"
    )


def test_a_fault_of_pip_audit_itself_is_not_taken_for_a_network_that_is_away():
    code, lines = verdict("", "ERROR:pip_audit._cli:requirement flask is not pinned\n")
    assert code == FAILED
    assert lines[-1] == "ERROR:pip_audit._cli:requirement flask is not pinned"
