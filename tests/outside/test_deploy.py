"""The files of deploy/, each checked by the program that reads it, as far as a machine without these services can."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import lacking
from tests.machines import HOME
from tests.project.test_docs import flags
from ua_tracker.settings import SETTINGS

DEPLOY = HOME / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").glob("*.*") if path.is_file())
BIN = Path(sys.executable).parent


@pytest.fixture
def units(tmp_path) -> Path:
    """The units with this copy of the site in the place of theirs."""
    program = shutil.which("systemd-analyze") or lacking("systemd", "not installed")
    assert program
    folder = tmp_path / "units"
    shutil.copytree(DEPLOY / "systemd", folder)
    for path in folder.rglob("*.*"):
        if path.is_file():
            path.write_text(path.read_text().replace("/srv/ua-tracker", str(HOME)))
    return folder


def verify(folder: Path, *names: str) -> subprocess.CompletedProcess:
    environ = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"}
    command = ["systemd-analyze", "verify", *(str(folder / name) for name in names)]
    return subprocess.run(command, env=environ, capture_output=True, text=True)


def test_systemd_understands_the_units(units):
    done = verify(units, *UNITS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_each_timer_has_its_service_and_each_service_is_run_as_the_common_part_says():
    services = {name.removesuffix(".service") for name in UNITS if name.endswith(".service")}
    assert {name.removesuffix(".timer") for name in UNITS if name.endswith(".timer")} < services
    assert all(name.startswith("ua-tracker-") for name in services)  # else ua-tracker-.service.d is not read


def test_what_the_units_run_is_there(tmp_path):
    named = {line.split(": ")[0] for line in (HOME / "Procfile").read_text().splitlines()}
    for name in UNITS:
        for told in re.findall(
            r"^ExecStart(?:Pre)?=/srv/ua-tracker/deploy/run (.*)$", (DEPLOY / "systemd" / name).read_text(), re.M
        ):
            if told not in named:
                environ = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "INSTANCE_PATH": str(tmp_path)}
                command = [DEPLOY / "run", *shlex.split(told), "--help"]
                assert subprocess.run(command, env=environ, capture_output=True).returncode == 0, told


def test_the_container_holds_all_that_the_site_needs(tmp_path):
    home, data = tmp_path / "home", tmp_path / "data"
    told = (DEPLOY / "Containerfile").read_text()
    assert re.findall(r"^FROM (.*)$", told, re.M) == ["python:3.13-slim"]
    for what, where in re.findall(r"^COPY (.*) (\S+)$", told, re.M):
        for name in what.split():
            place = home / where
            if (HOME / name).is_dir():
                shutil.copytree(HOME / name, place)
            else:
                place = place / Path(name).name if where.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(HOME / name, place)
    environ = {"PATH": f"{BIN}:/usr/bin:/bin", "INSTANCE_PATH": str(data), "FLASK_APP": "app", "PYTHONUNBUFFERED": "1"}
    for command in ("release", "flask version", "flask demo", "flask tally check"):
        done = subprocess.run([home / "deploy" / "run", *command.split()], env=environ, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    checked = subprocess.run(
        [home / "deploy" / "run", "gunicorn", "app:app", "--check-config"], env=environ, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr


def test_the_compose_file_names_settings_commands_and_images_that_there_are():
    told = (DEPLOY / "compose.yaml").read_text()
    known = {setting.name for setting in SETTINGS}
    [settings] = re.findall(r"environment: &settings\n((?:    \w.*\n)+)", told)
    assert {line.split(":")[0].strip() for line in settings.splitlines()} <= known
    commands = set(re.findall(r"^    command: (.*)$", told, re.M))
    named = {line.split(": ")[0] for line in (HOME / "Procfile").read_text().splitlines()}
    assert named <= commands
    images = re.findall(r"^ +image: (.*)$", told, re.M)
    assert all(re.fullmatch(r"(?:[a-z-]+/)?[a-z-]+(?::\d+)?", image) for image in images), "none names a registry"
    assert "dockerfile: deploy/Containerfile" in told


def test_run_starts_the_lines_of_the_procfile(tmp_path):
    shown = tmp_path / "gunicorn"
    shown.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    shown.chmod(0o700)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "PORT": "8123"}
    done = subprocess.run([DEPLOY / "run", "web"], env=environ, capture_output=True, text=True, check=True)
    [line] = [line for line in (HOME / "Procfile").read_text().splitlines() if line.startswith("web: ")]
    words = done.stdout.split("\n")[:-1]
    assert words[:3] == ["app:app", "--bind", "0.0.0.0:8123"]
    assert set(flags(line)) == {word for word in words if word.startswith("--")}
    assert words[words.index("--forwarded-allow-ips") + 1] == ""
