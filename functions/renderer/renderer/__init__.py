"""Renders one web page to one picture and tells the workflow that waits for it."""
