"""The archives of the starter and the layer that the local stack deploys."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shutterstep_cli.local.packaging import LAYER, package


def test_the_same_archive_made_twice_at_once_is_whole_both_times(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        archives = set(pool.map(lambda _: package(LAYER, tmp_path), range(2)))
    (archive,) = archives
    names = zipfile.ZipFile(archive).namelist()
    assert {"python/shutterstep/request.py", "python/jsonschema/__init__.py"} <= set(names)
    assert [path.name for path in tmp_path.iterdir()] == [archive.name]
