"""The checks of `shutterstep doctor`, one module for each part of a deployed stack."""
