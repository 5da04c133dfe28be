"""The checks of `shutterstep doctor`: what a deployed stack must fulfil, one module for each part of it."""
