"""Renders one web page to one picture, and reports to the workflow that waits for it."""
