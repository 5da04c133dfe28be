"""The renderer's image: built, pushed, and the engine that does it."""
