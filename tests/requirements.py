"""`make requirements`: pin every package anew, with hashes, for all platforms and Python 3.11 and newer."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# Each file, with the extras of pyproject.toml that it pins beside what always runs.
EXTRAS = {
    "requirements.txt": [],
    "requirements-embeddings.txt": ["embeddings"],
    "requirements-dev.txt": ["embeddings", "dev"],
}

OPTIONS = [
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--quiet"),
    *("--custom-compile-command", "make requirements"),
]

if __name__ == "__main__":
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    for filename, extras in EXTRAS.items():
        subprocess.run(
            [
                *(sys.executable, "-m", "uv", "pip", "compile", *OPTIONS),
                *("pyproject.toml", *(f"--extra={extra}" for extra in extras), "--output-file", filename),
            ],
            cwd=PROJECT,
            check=True,
        )
