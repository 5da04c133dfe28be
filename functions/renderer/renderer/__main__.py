"""`python -m renderer`: render the job in the environment, report it, leave."""

import os
import sys

from renderer.entry import main

if __name__ == "__main__":
    sys.exit(main(os.environ))
