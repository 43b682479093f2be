"""WordPress as Debian packages it: PHP's own server, and a MariaDB that nobody else can reach, all in one folder."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.conftest import lacking
from tests.outside.browsers import until
from tests.ports import a_free_port

HERE = Path(__file__).parent / "wordpress"
PACKAGED = Path("/usr/share/wordpress")
PHP = ["php", "-d", "opcache.enable_cli=1", "-d", "display_errors=stderr"]


class Post(NamedTuple):
    """A post that was written: its address, and the content that WordPress let stand."""

    address: str
    kept: str

    def looking(self, theme: str) -> str:
        """Its address in this theme."""
        return f"{self.address}&look={theme}"


class WordPress:
    """A running WordPress with an administrator, an author, and all themes that are installed."""

    def __init__(self, folder: Path, asks: int) -> None:
        """`asks` is the port of the one other site that it may ask for embeds."""
        for program in ("php", "mariadbd", "mariadb-install-db"):
            if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
                lacking("wordpress", f"{program} is missing")
        if not PACKAGED.is_dir():
            lacking("wordpress", "not installed")
        self._folder, self._home = folder, folder / "wordpress"
        self._port = a_free_port("")
        self.address = f"http://127.0.0.1:{self._port}"
        socket = folder / "mariadb.sock"
        self._environ = {
            **os.environ, "WORDPRESS_SOCKET": str(socket), "WORDPRESS_ADDRESS": self.address,
            "WORDPRESS_MAY_ASK": str(asks), "PHP_CLI_SERVER_WORKERS": "4",
        }  # fmt: skip
        self._log = (folder / "log").open("ab")
        self._database = self._start_database(socket)
        self._copy()
        self._run("install.php")
        self._server = subprocess.Popen(
            [*PHP, "-S", f"127.0.0.1:{self._port}", "-t", "."],
            cwd=self._home, env=self._environ, stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip

    def _start_database(self, socket: Path) -> subprocess.Popen:
        data = self._folder / "mariadb"
        own = ["--no-defaults", f"--datadir={data}", *(["--user=root"] if os.getuid() == 0 else [])]
        making = ["mariadb-install-db", *own, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(making, check=True, stdout=self._log, stderr=self._log)
        reachable = [f"--socket={socket}", "--skip-networking", f"--pid-file={data}/pid"]
        hurried = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--skip-log-bin"]
        path = f"/usr/sbin:{os.environ['PATH']}"
        command = [shutil.which("mariadbd", path=path) or "mariadbd", *own, *reachable, *hurried]
        running = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        ask = ["mariadb", "--no-defaults", f"--socket={socket}", "--user=root"]
        create = [*ask, "--execute=CREATE DATABASE IF NOT EXISTS wordpress"]
        until(lambda: subprocess.run(create, stdout=self._log, stderr=self._log).returncode == 0)
        return running

    def _copy(self) -> None:
        """A copy of its own, because the package reads its settings from /etc."""
        shutil.copytree(PACKAGED, self._home)
        (self._home / "wp-content" / "mu-plugins").mkdir()
        shutil.copy(HERE / "mu-plugin.php", self._home / "wp-content" / "mu-plugins")
        shutil.copy(HERE / "wp-config.php", self._home)

    @property
    def themes(self) -> dict[str, bool]:
        """The installed themes, and whether each is made of blocks."""
        found = (self._home / "wp-content" / "themes").iterdir()
        return {theme.name: (theme / "templates" / "index.html").exists() for theme in found if theme.is_dir()}

    def write(self, *posts: dict[str, str]) -> list[Post]:
        """Writes posts, each with `by`, `title` and `content`."""
        made = json.loads(self._run("write.php", json.dumps(posts)))
        return [Post(f"{self.address}/?p={one['id']}", one["kept"]) for one in made]

    def _run(self, script: str, told: str = "") -> str:
        done = subprocess.run(
            [*PHP, str(HERE / script)], cwd=self._home, env=self._environ, input=told, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{script}: {done.stdout}{done.stderr}")
        return done.stdout

    def stop(self) -> None:
        """Ends both servers. PHP's first process leaves its workers running when it ends alone."""
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait(30)
        self._database.terminate()
        self._database.wait(30)
        self._log.close()
