"""A Postgres server of one's own, thrown away afterwards: real, on a Unix socket, reachable by nobody else.

It needs the server's programs (Debian: ``apt-get install postgresql``), no running service and no configuration.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import sqlalchemy as sa

from ..errors import PostgresMissingError

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
_START_S = 60
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""For tests in which the server itself never dies."""


class ThrowawayPostgres:
    """Start a server in a temporary folder; use it as a context manager."""

    def __init__(self, *, durable: bool = False) -> None:
        """Find the programs.

        Args:
            durable: write to the disk before a commit is acknowledged, for tests that kill the server.

        Raises:
            PostgresMissingError: they are not installed, or root has no user to run them as.
        """
        self._programs = _programs()
        self._durable = durable
        self._folder = Path()

    def __enter__(self) -> ThrowawayPostgres:
        """Make the cluster and start it."""
        # A short path: the address of a Unix socket may have about 100 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="palate-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        try:
            self._call("initdb", "--auth=trust", "--username=palate", "--no-sync", "--encoding=UTF8", "--locale=C")
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server and delete its folder."""
        self.crash()
        self._remove()

    @property
    def url(self) -> str:
        """Address for ``store.url``."""
        return f"postgresql+psycopg://palate@/postgres?host={self._folder}"

    def start(self) -> None:
        """Start the server, also after a crash; returns when it takes connections."""
        settings = () if self._durable else _FAST
        options = " ".join([f"-k {self._folder} -h ''", *(f"-c {setting}" for setting in settings)])
        self._call("pg_ctl", "start", "--wait", f"--timeout={_START_S}", f"--log={self._folder}/log", "-o", options)

    def crash(self) -> None:
        """Stop the server at once and without tidying up, as a loss of power would; it recovers when started."""
        self._call("pg_ctl", "stop", "--mode=immediate", "--wait", check=False)

    def empty(self) -> None:
        """Delete every table."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        engine.dispose()

    def _call(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        environment = {"PATH": os.environ.get("PATH", ""), "PGDATA": str(self._folder / "data"), "LC_ALL": "C"}
        log = self._folder / f"{program}.out"
        with log.open("w", encoding="utf-8") as out:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd="/", check=False
            )
        if check and done.returncode:
            raise PostgresMissingError(
                f"{program} failed with status {done.returncode}: {log.read_text(encoding='utf-8')[-500:].strip()}",
                hint="Does the Postgres installation work by hand?",
            )

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _programs() -> Path:
    folders = (path for place in _PLACES for path in sorted(Path("/").glob(place.lstrip("/"))))
    found = [path for path in folders if (path / "initdb").exists()]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).parent)
    if not found:
        raise PostgresMissingError("There is no Postgres here.", hint="Install it: apt-get install postgresql")
    if os.geteuid() == 0 and not _has_account():
        raise PostgresMissingError(
            "Postgres does not run as root, and there is no user 'postgres'.", hint="Run this as another user."
        )
    return found[-1]


def _has_account() -> bool:
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return False
    return shutil.which("runuser") is not None
