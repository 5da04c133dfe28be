"""What starter, renderer and tools share: the request, its id, the item, error codes; and `submit` and `result`."""

from typing import TYPE_CHECKING, Any

from shutterstep.errors import InvalidRequestError

if TYPE_CHECKING:
    from shutterstep.producer import SubmitError, Submitted, submit
    from shutterstep.results import PictureResult, result

__all__ = ["InvalidRequestError", "PictureResult", "SubmitError", "Submitted", "result", "submit"]


def __getattr__(name: str) -> Any:
    """The producer's part comes when it is asked for: a renderer that starts must not wait for it."""
    if name in ("PictureResult", "result"):
        from shutterstep import results

        return getattr(results, name)
    if name in __all__:
        from shutterstep import producer

        return getattr(producer, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
