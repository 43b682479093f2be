"""The files of deploy/, each checked by the program that reads it, as far as a machine without these services can."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from tests.conftest import lacking
from tests.machines import HOME
from tests.outside.browsers import until
from tests.ports import a_free_port
from tests.project.test_docs import flags
from tests.site import _without_overriding
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


INSTRUCTION = re.compile(r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.M)


@pytest.fixture
def container(tmp_path):
    """The folder that the container file makes, where nothing can be written, as for its user; and its environment."""
    home = tmp_path / "srv" / "ua-tracker"
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text().split()
    for name, words in INSTRUCTION.findall((DEPLOY / "Containerfile").read_text()):
        if name == "COPY":
            *sources, where = words.split()
            for source in sources:
                assert source.split("/")[0] not in ignored
                place = home / where
                if (HOME / source).is_dir():
                    shutil.copytree(HOME / source, place)
                else:
                    place = place / Path(source).name if where.endswith("/") else place
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(HOME / source, place)
    for path in (home, *home.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    (tmp_path / "data").mkdir()
    environ = {"PATH": f"{BIN}:/usr/bin:/bin", "INSTANCE_PATH": str(tmp_path / "data"), "FLASK_APP": "app",
               "PYTHONUNBUFFERED": "1", "LOG_LEVEL": "ERROR"}  # fmt: skip
    yield home, environ
    for path in (home, *home.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)


def in_container(container, *command: str, **environ: str) -> subprocess.Popen:
    """A program as the container starts it: in its folder, without the right to write there."""
    home, own = container
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=home, env={**own, **environ}, preexec_fn=_without_overriding, **pipes)


def done_in(container, *command: str) -> tuple[int, str]:
    """How such a program ends, and what it says."""
    running = in_container(container, *command)
    told = running.communicate()[0]
    return running.returncode, told


def test_the_container_file_has_only_instructions_that_are_tried_here():
    told = INSTRUCTION.findall((DEPLOY / "Containerfile").read_text())
    found = {name: words for name, words in told if name not in {"COPY", "RUN"}}
    assert next(name for name, _ in told) == "FROM"
    assert found.pop("FROM") == "python:3.13-slim"
    assert found.pop("HEALTHCHECK").startswith("--interval=10s --timeout=5s --start-period=30s ")
    assert found == {
        "WORKDIR": "/srv/ua-tracker", "USER": "letters", "VOLUME": "/data", "EXPOSE": "8000", "STOPSIGNAL": "SIGTERM",
        "ENV": "INSTANCE_PATH=/data FLASK_APP=app PYTHONUNBUFFERED=1", "ENTRYPOINT": '["deploy/run"]', "CMD": '["web"]',
    }  # fmt: skip
    packages, code = (words for name, words in told if name == "RUN")
    assert packages.endswith(" --require-hashes --requirement requirements.txt")
    assert code == "python -m compileall -q ua_tracker && useradd --system --home-dir /data --create-home letters"
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    assert SpecifierSet(project["requires-python"]).contains("3.13")


def test_the_container_holds_all_that_the_site_needs(container, tmp_path):
    home, _ = container
    for command in ("release", "flask version", "flask demo", "flask tally check", "gunicorn app:app --check-config"):
        status, told = done_in(container, "deploy/run", *command.split())
        assert status == 0, (command, told)
    assert not (home / "instance").exists()
    assert {path.name for path in (tmp_path / "data").iterdir()} >= {"ua_tracker.db", "secret_key"}


def test_the_container_answers_its_health_check_and_ends_when_it_is_told_to(container):
    [check] = re.findall(r"^    CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.M)
    port = str(a_free_port())
    command = [word.replace("8000", port) for word in json.loads(check)]
    assert done_in(container, "deploy/run", "release")[0] == 0
    served = in_container(container, "deploy/run", "web", PORT=port)
    try:
        until(lambda: served.poll() is None and done_in(container, *command)[0] == 0)
    finally:
        served.terminate()
        told = served.communicate(timeout=60)[0]
    assert served.returncode == 0, told
    assert done_in(container, *command)[0] == 1


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
