"""`shutterstep verify`: a trial run on a deployed stack, the checklist it fills in, and the report of it."""
