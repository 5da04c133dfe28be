"""What the starter, the renderer and the tools share: the request, its id, the item, the error codes; and `submit`."""

from shutterstep.errors import InvalidRequestError
from shutterstep.producer import SubmitError, Submitted, submit

__all__ = ["InvalidRequestError", "SubmitError", "Submitted", "submit"]
