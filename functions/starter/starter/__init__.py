"""The starter: turns messages of RequestQueue into executions of the screenshot workflow."""
