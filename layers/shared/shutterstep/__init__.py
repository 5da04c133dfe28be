"""What starter, renderer and tools share: requests, ids, items, error codes; `submit` and `result` for producers."""

from typing import TYPE_CHECKING, Any

from shutterstep.errors import InvalidRequestError

if TYPE_CHECKING:
    from shutterstep.producer import SubmitError, Submitted, submit
    from shutterstep.results import PictureResult, result

__all__ = ["InvalidRequestError", "PictureResult", "SubmitError", "Submitted", "result", "submit"]


def __getattr__(name: str) -> Any:
    """Imports the producer's part only when it is used, so that a starting renderer does not wait for it."""
    if name in ("PictureResult", "result"):
        from shutterstep import results

        return getattr(results, name)
    if name in __all__:
        from shutterstep import producer

        return getattr(producer, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
