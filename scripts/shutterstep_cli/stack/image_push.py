"""Pushes the renderer's image in the form that starts soonest, of those that the installed tools can make."""

import re
import tempfile
from collections.abc import Iterator
from enum import IntEnum

from shutterstep_cli.stack.image_repository import ImageRepository, PushedImage, id_of, platform_of, said_by
from shutterstep_cli.steps import Step

COPY = ("skopeo", "copy", "--quiet")
# Copies without a change. Otherwise skopeo may reuse a layer that the registry has in another compression.
COPY_WHOLE = (*COPY, "--all", "--preserve-digests")
# Older versions lose the artifact type of the SOCI index when they copy it.
SKOPEO_FOR_SOCI = (1, 14)


class Form(IntEnum):
    """The form of an image in a registry; an image in a larger one starts sooner."""

    GZIP = 0
    ZSTD = 1
    # A SOCI index needs layers that are compressed with gzip: its tool refuses zstd.
    SOCI = 2


def best_form() -> Form:
    """Returns the form in which the installed tools can push."""
    version = re.search(r"(\d+)\.(\d+)", said_by("skopeo", "--version"))
    if version is None:
        return Form.GZIP
    keeps_index = (int(version[1]), int(version[2])) >= SKOPEO_FOR_SOCI
    # Older versions of soci index only images that containerd holds.
    has_soci = keeps_index and "--standalone" in said_by("soci", "convert", "--help")
    return Form.SOCI if has_soci else Form.ZSTD


def push_steps(registry: ImageRepository, image: str, tag: str) -> Iterator[Step]:
    """Yields the steps that log in and push the image under its own tag and as latest, the default of ImageUri."""
    form = best_form()

    def is_there() -> bool:
        own, latest = registry.pushed(tag), registry.pushed("latest")
        return own is not None and latest is not None and own.digest == latest.digest and form_of(own) >= form

    steps = _by_docker(registry, image, tag) if form is Form.GZIP else _by_skopeo(registry, image, tag, form)
    for step in steps:
        yield step.unless(is_there)


def form_of(pushed: PushedImage) -> Form:
    """Returns the form of an image in a registry."""
    if pushed.has_soci_index:
        return Form.SOCI
    return Form.ZSTD if pushed.compression == "zstd" else Form.GZIP


def _login(registry: ImageRepository, tool: str, *options: str) -> Step:
    command = (tool, "login", *options, "--username", "AWS", "--password-stdin", registry.host)
    return Step("log in to the registry", command, lambda: False, registry.password, "aws ecr get-login-password")


def _by_docker(registry: ImageRepository, image: str, tag: str) -> Iterator[Step]:
    yield _login(registry, "docker")
    for name in (tag, "latest"):
        yield Step(f"name the image {name}", ("docker", "tag", image, f"{registry.uri}:{name}"))
        why = f"push {name}, compressed with gzip; with zstd, where skopeo is installed, it would start sooner"
        yield Step(why, ("docker", "push", "--quiet", f"{registry.uri}:{name}"))


def _by_skopeo(registry: ImageRepository, image: str, tag: str, form: Form) -> Iterator[Step]:
    """Yields the steps by skopeo. They share a folder, which is removed after the last step."""
    from_registry, to_registry, login = (
        () if registry.has_tls else (f"--{side}tls-verify=false",) for side in ("src-", "dest-", "")
    )
    own, latest = (f"docker://{registry.uri}:{name}" for name in (tag, "latest"))
    yield _login(registry, "skopeo", *login)
    with tempfile.TemporaryDirectory(prefix="shutterstep-image-") as folder:
        # Not by skopeo's own way to the engine: what Ubuntu has is too old for Docker 29. By its id and not its name,
        # which would save every tag of that name.
        saved = f"{folder}/image.tar"
        yield Step("take the image from the engine", ("docker", "save", "--output", saved, id_of(image) or image))
        compressed = (*COPY, "--format", "oci", "--dest-compress-format", "gzip" if form is Form.SOCI else "zstd")
        if form is Form.ZSTD:
            push = (*compressed, *to_registry, f"docker-archive:{saved}", own)
            yield Step(f"push {tag}, compressed with zstd", push)
        else:
            plain, indexed = f"{folder}/plain", f"{folder}/indexed"
            yield Step("compress it with gzip", (*compressed, f"docker-archive:{saved}", f"oci:{plain}"))
            why = "add a SOCI index, so that tasks start before they have all of it"
            convert = ("soci", "convert", "--standalone", "--format", "oci-dir", "--platform")
            yield Step(why, (*convert, platform_of(image) or "linux/amd64", plain, indexed))
            yield Step(f"push {tag} with its index", (*COPY_WHOLE, *to_registry, f"oci:{indexed}", own))
    yield Step("name it latest", (*COPY_WHOLE, *from_registry, *to_registry, own, latest))
