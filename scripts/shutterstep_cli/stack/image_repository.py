"""The stack's image repository, to which the renderer's image is pushed under a tag made from its content."""

import base64
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from shutterstep_cli.stack.target import Target
from shutterstep_cli.steps import Step

IMAGE = "shutterstep-renderer"


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

    def password(self) -> str:
        """Returns the registry's password for the user AWS, valid for twelve hours."""
        (data,) = self.target.client("ecr").get_authorization_token()["authorizationData"]
        return base64.b64decode(data["authorizationToken"]).decode().partition(":")[2]

    def pushed(self, tag: str) -> "Pushed | None":
        """Returns the image that the registry has under a tag, or None."""
        ids = [{"imageTag": tag}]
        images = self.target.client("ecr").batch_get_image(repositoryName=self.repository, imageIds=ids)["images"]
        if not images:
            return None
        layers = json.loads(images[0]["imageManifest"]).get("layers", [])
        return Pushed(images[0]["imageId"]["imageDigest"], sum(layer["size"] for layer in layers))


@dataclass(frozen=True)
class Pushed:
    """An image in the registry; `bytes` is the compressed size that a cold start fetches."""

    digest: str
    bytes: int


def tag_of(image: str) -> str | None:
    """Returns twelve digits of the image's own hash, the same for the same content; None if it is not built."""
    return _inspected(image, "{{.Id}}").removeprefix("sha256:")[:12] or None


def platform_of(image: str) -> str | None:
    """Returns the platform of the image, such as linux/amd64; None if it is not built."""
    return _inspected(image, "{{.Os}}/{{.Architecture}}") or None


def _inspected(image: str, form: str) -> str:
    command = ["docker", "image", "inspect", "--format", form, image]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def push_steps(registry: ImageRepository, image: str, tag: str) -> Iterator[Step]:
    """Yields the steps that log in and push the image under its own tag and as latest, the default of ImageUri."""

    def is_there() -> bool:
        own, latest = registry.pushed(tag), registry.pushed("latest")
        return own is not None and latest is not None and own.digest == latest.digest

    login = ("docker", "login", "--username", "AWS", "--password-stdin", registry.host)
    yield Step("log in to the registry", login, is_there, registry.password, "aws ecr get-login-password")
    for name in (tag, "latest"):
        yield Step(f"name the image {name}", ("docker", "tag", image, f"{registry.uri}:{name}"), is_there)
        yield Step(f"push {name}", ("docker", "push", "--quiet", f"{registry.uri}:{name}"), is_there)
