"""`shutterstep verify`: a trial run on a deployed stack, its checklist and its report."""
