"""What the starter, the renderer and the tools share: the request, its id, the item, the error codes; and `submit`."""

from typing import TYPE_CHECKING, Any

from shutterstep.errors import InvalidRequestError

if TYPE_CHECKING:
    from shutterstep.producer import SubmitError, Submitted, submit

__all__ = ["InvalidRequestError", "SubmitError", "Submitted", "submit"]


def __getattr__(name: str) -> Any:
    """The producer's part comes when it is asked for: a renderer that starts must not wait for it."""
    if name in __all__:
        from shutterstep import producer

        return getattr(producer, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
