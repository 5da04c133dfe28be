"""What the starter, the renderer and the tools share: the request, its id, the item, the error codes."""
