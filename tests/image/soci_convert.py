"""In the place of AWS's `soci`, which no package brings: adds to an OCI layout what `soci convert --standalone` adds.

That is an index of the image and of an artifact of SOCI (Index Manifest v2, as soci 0.16 writes it). As that tool does,
it refuses layers that are not compressed with gzip. What Fargate would read inside the artifact is left out.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

MANIFEST, INDEX = "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"
SOCI = "application/vnd.amazon.soci.index.v2+json"


def added(layout: Path, content: dict[str, Any], media_type: str) -> dict[str, Any]:
    """Adds a blob; gives its descriptor."""
    data = json.dumps(content).encode()
    digest = hashlib.sha256(data).hexdigest()
    (layout / "blobs/sha256" / digest).write_bytes(data)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}


def convert(plain: Path, indexed: Path, platform: str) -> None:
    shutil.copytree(plain, indexed)
    (image,) = json.loads((plain / "index.json").read_text())["manifests"]
    manifest = json.loads((plain / "blobs/sha256" / image["digest"].partition(":")[2]).read_text())
    if not all(layer["mediaType"].endswith("gzip") for layer in manifest["layers"]):
        raise SystemExit("soci: layers must be compressed by gzip")
    empty = added(indexed, {}, "application/vnd.oci.empty.v1+json")
    artifact = {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": SOCI, "config": empty, "layers": [empty]}
    system, architecture = platform.split("/")
    parts = [
        {**image, "platform": {"os": system, "architecture": architecture}},
        {**added(indexed, artifact, MANIFEST), "artifactType": SOCI},
    ]
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": parts}
    top = {"schemaVersion": 2, "manifests": [added(indexed, index, INDEX)]}
    (indexed / "index.json").write_text(json.dumps(top))


if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="soci")
    options.add_argument("verb", choices=["convert"])
    options.add_argument("--standalone", action="store_true", required=True)
    options.add_argument("--format", choices=["oci-dir"], required=True)
    options.add_argument("--platform", required=True)
    options.add_argument("source", type=Path)
    options.add_argument("destination", type=Path)
    asked = options.parse_args()
    convert(asked.source, asked.destination, asked.platform)
