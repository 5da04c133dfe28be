"""One server for all pages of the oracle: ours, the cases, and those of others that packages/setup.sh installs."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.cases.server import CaseHandler

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# The first part of an address, and the folder it stands for. All other addresses are those of the cases.
FOLDERS = {
    "examples": ROOT / "examples/site",
    "simple": ROOT / "tests/pages",
    "libraries": HERE / "pages",
    "npm": HERE / "packages/node_modules",
    "debian": HERE / "packages/debian/usr/share",
}


class OracleHandler(CaseHandler):
    """The answers of the cases' server, and the files of FOLDERS."""

    def translate_path(self, path: str) -> str:
        first, _, rest = unquote(urlsplit(path).path).lstrip("/").partition("/")
        if first not in FOLDERS:
            return super().translate_path(path)
        found = (FOLDERS[first] / rest).resolve()
        # Links inside a package lead to another one; nothing leads out of the clone.
        return str(found if found.is_relative_to(ROOT) else FOLDERS[first] / "nothing")


def install_packages() -> None:
    """Installs the pages of others, or skips the test where npm or apt is missing; in CI that is an error."""
    missing = [tool for tool in ("npm", "apt-get", "dpkg-deb") if shutil.which(tool) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"the pages of others need {' and '.join(missing)}")
    subprocess.run([HERE / "packages/setup.sh"], check=True)
