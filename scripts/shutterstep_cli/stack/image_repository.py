"""The stack's image repository: its address, and what has been pushed to it."""

import base64
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shutterstep_cli.stack.target import Target

IMAGE = "shutterstep-renderer"
MANIFESTS = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
]


@dataclass(frozen=True)
class PushedImage:
    """An image in a registry; `bytes` is the compressed size that a cold start fetches.

    `compression` is gzip unless every layer is compressed with zstd. `has_soci_index` says that Fargate may start a
    container of it before the image is fetched whole.
    """

    digest: str
    bytes: int
    compression: str
    has_soci_index: bool = False


@dataclass(frozen=True)
class ImageRepository:
    """The repository of a stack. The embedded AWS serves its repository at its endpoint, whatever URI it reports."""

    target: Target

    @property
    def repository(self) -> str:
        """The repository's name, without the registry."""
        return self.target.outputs["RepositoryUri"].partition("/")[2]

    @property
    def host(self) -> str:
        """Returns the host at which Docker finds the registry."""
        if self.target.endpoint_url:
            return self.target.endpoint_url.partition("//")[2]
        return self.target.outputs["RepositoryUri"].partition("/")[0]

    @property
    def uri(self) -> str:
        return f"{self.host}/{self.repository}"

    @property
    def has_tls(self) -> bool:
        """Returns whether the registry speaks TLS; the embedded AWS does not."""
        return self.target.endpoint_url is None

    def password(self) -> str:
        """Returns the registry's password for the user AWS, valid for twelve hours."""
        (data,) = self.target.client("ecr").get_authorization_token()["authorizationData"]
        return base64.b64decode(data["authorizationToken"]).decode().partition(":")[2]

    def pushed(self, tag: str) -> PushedImage | None:
        """Returns the image that the registry has under a tag, or None."""
        return pushed_image(self.target, self.repository, {"imageTag": tag})


def pushed_image(target: Target, repository: str, wanted: Mapping[str, str]) -> PushedImage | None:
    """Returns the image under an imageTag or an imageDigest, or None; of an index, its first image."""
    found = _manifest(target, repository, wanted)
    if found is None:
        return None
    digest, manifest = found
    has_soci_index = False
    if parts := manifest.get("manifests"):
        has_soci_index = any("soci.index" in part.get("artifactType", "") for part in parts)
        images = [part["digest"] for part in parts if _is_image(part)]
        _, manifest = (_manifest(target, repository, {"imageDigest": images[0]}) if images else None) or (digest, {})
    layers = manifest.get("layers", [])
    quick = bool(layers) and all(layer["mediaType"].endswith("zstd") for layer in layers)
    size = sum(layer["size"] for layer in layers)
    return PushedImage(digest, size, "zstd" if quick else "gzip", has_soci_index)


def _manifest(target: Target, repository: str, wanted: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    images = target.client("ecr").batch_get_image(
        repositoryName=repository, imageIds=[wanted], acceptedMediaTypes=MANIFESTS
    )["images"]
    return (images[0]["imageId"]["imageDigest"], json.loads(images[0]["imageManifest"])) if images else None


def _is_image(part: Mapping[str, Any]) -> bool:
    """Returns whether a part of an index is an image, rather than a SOCI index or an attestation of BuildKit."""
    return not part.get("artifactType") and part.get("platform", {}).get("os") != "unknown"


def id_of(image: str) -> str | None:
    """Returns the engine's id of an image, the hash of its content; None if it is not built."""
    return _inspected(image, "{{.Id}}") or None


def tag_of(image: str) -> str | None:
    """Returns twelve digits of the image's own hash, the same for the same content; None if it is not built."""
    return (id_of(image) or "").removeprefix("sha256:")[:12] or None


def platform_of(image: str) -> str | None:
    """Returns the platform of the image, such as linux/amd64; None if it is not built."""
    return _inspected(image, "{{.Os}}/{{.Architecture}}") or None


def _inspected(image: str, form: str) -> str:
    return said_by("docker", "image", "inspect", "--format", form, image)


def said_by(*command: str) -> str:
    """Returns what a command prints; an empty text if it is not installed or prints nothing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
