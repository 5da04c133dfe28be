"""Serves the pictures: their bytes from the bucket, or a thumbnail of the top of the page."""

import io
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError
from PIL import Image, UnidentifiedImageError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from shutterstep_cli.console.executions_cache import ExecutionsCache
from shutterstep_cli.console.recent import Recent
from shutterstep_cli.stack.executions import Execution, ExecutionNotFoundError, arn_of

# Any other type is served as a download, so that content of a rendered page never runs in the console's origin.
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/avif", "image/gif"})
POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
WIDTHS = (480, 1200)
TALLEST = 1.6  # height of a thumbnail, in widths: of a long page it shows the top
CHUNK = 256 * 1024
KEPT_SECONDS, KEPT = 600.0, 300


class Pictures:
    """Answers /pictures/NAME, where NAME is an execution's name; `?width=480` asks for a thumbnail."""

    def __init__(self, executions: ExecutionsCache) -> None:
        self.executions, self.s3 = executions, executions.target.client("s3")
        self.bucket = executions.target.outputs["BucketName"]
        self._small: Recent[bytes] = Recent(KEPT_SECONDS, KEPT)

    def __call__(self, request: Request) -> Response:
        name, width = request.path_params["name"], request.query_params.get("width", "")
        if width and width not in map(str, WIDTHS):
            return PlainTextResponse(f"width: one of {WIDTHS}", 400)
        try:
            execution = self.executions.execution(arn_of(self.executions.target, name))
            return self._small_one(execution, int(width)) if width else self._whole(execution)
        except ExecutionNotFoundError:
            return PlainTextResponse("no such execution", 404)
        except ClientError as error:
            return PlainTextResponse(f"the picture could not be read: {error}", 404)
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
            return PlainTextResponse(f"no thumbnail: {error}", 415)

    def _open(self, execution: Execution) -> dict[str, Any]:
        """Returns S3's answer, always from the stack's own bucket, whatever an execution's output says."""
        if not execution.has_picture:
            raise ExecutionNotFoundError(execution.name)
        return self.s3.get_object(Bucket=self.bucket, Key=execution.output["s3_key"])

    def _whole(self, execution: Execution) -> Response:
        found = self._open(execution)
        kind = str(execution.output.get("content_type"))
        headers = {"Content-Security-Policy": POLICY, "Content-Length": str(found["ContentLength"]), **_KEEP}
        if kind not in SHOWN:
            headers["Content-Disposition"] = "attachment"
        media_type = kind if kind in (*SHOWN, "application/pdf") else "application/octet-stream"
        return StreamingResponse(_chunks(found["Body"]), media_type=media_type, headers=headers)

    def _small_one(self, execution: Execution, width: int) -> Response:
        data = self._small.get((execution.arn, width), lambda: shrunk(self._open(execution)["Body"].read(), width))
        return Response(data, media_type="image/webp", headers={"Content-Security-Policy": POLICY, **_KEEP})


# An execution's picture never changes.
_KEEP = {"Cache-Control": "private, max-age=3600, immutable"}


def _chunks(body: Any) -> Iterator[bytes]:
    while chunk := body.read(CHUNK):
        yield chunk


def shrunk(data: bytes, width: int) -> bytes:
    """Returns the top of the picture at that width as WebP; a smaller picture keeps its size."""
    with Image.open(io.BytesIO(data)) as picture:
        top = picture.crop((0, 0, picture.width, min(picture.height, round(picture.width * TALLEST))))
        top.thumbnail((width, round(width * TALLEST)))
        small = io.BytesIO()
        top.convert("RGBA" if "A" in top.getbands() else "RGB").save(small, "WEBP", quality=82)
    return small.getvalue()
