"""Packages the starter and the layer for this machine's Python; archives are cached under the hash of their content."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shutterstep_cli.checkout import root

ROOT = root()


class PackageError(Exception):
    """pip could not install what a package needs."""


@dataclass(frozen=True)
class Package:
    """A folder with a requirements.txt; everything goes into the folder `prefix` of the archive."""

    source: Path
    prefix: str = ""


STARTER = Package(ROOT / "functions/starter")
LAYER = Package(ROOT / "layers/shared", "python")


def package(wanted: Package, cache: Path) -> Path:
    """Returns the zip archive of a package; makes it only when the sources or the Python changed.

    Raises PackageError.
    """
    archive = cache / f"{wanted.source.name}-{_hash(wanted)}.zip"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            content = Path(folder) / "content"
            _install(wanted, content / wanted.prefix)
            _zip(content, Path(folder) / archive.name)
            # Two commands may make the same archive at once: each writes its own file, and the last rename wins.
            (Path(folder) / archive.name).replace(archive)
    return archive


def _hash(wanted: Package) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for path in _sources(wanted.source):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources(folder: Path) -> Iterator[Path]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return (path for path in paths if "__pycache__" not in path.parts and ".egg-info" not in str(path))


def _install(wanted: Package, folder: Path) -> None:
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable, "--require-hashes"]
    command += ["--target", str(folder), "-r", str(wanted.source / "requirements.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackageError(f"{wanted.source.name}: {done.stderr.strip()}")
    for path in _sources(wanted.source):
        target = folder / path.relative_to(wanted.source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _zip(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in _sources(folder):
            file.write(path, path.relative_to(folder))
