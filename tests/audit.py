"""Names known vulnerabilities of the packages that a server installs: `make audit` runs pip-audit.

pip-audit ends with 1 when it found something and also when nobody answered it. It ends with 0 and says "No known
vulnerabilities found" when the service answered for none of the packages. So its report is read package by package.
"""

import json
import re
import subprocess
import sys
from typing import Any

NONE_KNOWN, FOUND, FAILED = 0, 1, 2
NOT_CHECKED = 75  # EX_TEMPFAIL of sysexits.h: try again later
# How pip-audit ends when the service does not respond, or sends something other than what was requested.
UNANSWERED = re.compile(r"^requests\.exceptions\.|ServiceError|your network may be blocking this service", re.M)
COMMAND = [
    sys.executable,
    "-m",
    "pip_audit",
    "--requirement",
    "requirements.txt",
    "--require-hashes",
    "--disable-pip",
    "--format",
    "json",
    "--desc",
    "off",
    "--progress-spinner",
    "off",
]


def main(flags: list[str]) -> int:
    """Asks about requirements.txt, with further flags of pip-audit; says what came of it, and answers the exit code."""
    asked = subprocess.run([*COMMAND, *flags], capture_output=True, text=True)
    code, lines = verdict(asked.stdout, asked.stderr)
    print(*lines, sep="\n")
    return code


def verdict(report: str, complaints: str) -> tuple[int, list[str]]:
    """The exit code, and the lines to say, for what pip-audit wrote to its output and to its error output."""
    if not report.strip():
        if UNANSWERED.search(complaints):
            return NOT_CHECKED, ["Not checked: the vulnerability service does not answer."]
        return FAILED, ["Not checked, because pip-audit failed:", complaints.strip()]
    packages = json.loads(report)["dependencies"]
    unknown = [one["name"] for one in packages if "vulns" not in one]
    if len(unknown) == len(packages):
        return NOT_CHECKED, [f"Not checked: the vulnerability service answered for none of {len(packages)} packages."]
    found = [_vulnerability(one, known) for one in packages for known in one.get("vulns", [])]
    lines = [
        *found,
        f"Known vulnerabilities: {len(found)}, in {len(packages) - len(unknown)} packages that were checked.",
    ]
    if unknown:
        lines.append(f"Not checked, because the vulnerability service does not know them: {', '.join(unknown)}.")
    return FOUND if found else NOT_CHECKED if unknown else NONE_KNOWN, lines


def _vulnerability(package: dict[str, Any], known: dict[str, Any]) -> str:
    names = ", ".join([known["id"], *known["aliases"]])
    fixed = ", ".join(known["fix_versions"]) or "no version yet"
    return f"{package['name']} {package['version']}: {names}; fixed in {fixed}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
