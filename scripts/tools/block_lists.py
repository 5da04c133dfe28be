"""`make lists`: updates EasyList and EasyPrivacy from Debian's package of uBlock Origin.

Needs apt-get and dpkg-deb, but not root; run `apt-get update` first for the newest version. The lists' licence is GPL 3
or CC BY-SA 3, see functions/renderer/renderer/page/lists/README.md.
"""

import gzip
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "webext-ublock-origin-chromium"
INSIDE = "usr/share/chromium/extensions/ublock-origin/assets/thirdparties/easylist"
LISTS = Path(__file__).parents[2] / "functions/renderer/renderer/page/lists"


def main() -> None:
    """Writes one compressed list of network rules for each list, and the version of the package."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "-qq", PACKAGE], cwd=folder, check=True)
        (package,) = Path(folder).glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        for name in ("easylist", "easyprivacy"):
            text = "\n".join(network_rules((Path(folder) / INSIDE / f"{name}.txt").read_text("utf-8")))
            (LISTS / f"{name}.txt.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
        (LISTS / "VERSION").write_text(package.name.split("_")[1].replace("%3a", ":") + "\n")


def network_rules(text: str) -> Iterator[str]:
    """Yields the rules about addresses; comments and rules that hide elements are not used."""
    for line in text.splitlines():
        if line and not line.startswith(("!", "[")) and not any(mark in line for mark in ("##", "#@#", "#?#", "#$#")):
            yield line


if __name__ == "__main__":
    main()
