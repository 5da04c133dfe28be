"""`python -m renderer`: renders the job in the environment, reports the outcome, and exits."""

import os
import sys

from renderer.entry import main

if __name__ == "__main__":
    sys.exit(main(os.environ))
