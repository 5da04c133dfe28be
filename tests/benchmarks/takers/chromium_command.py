"""What a shell script does: `chromium --headless --screenshot`, a process a picture."""

import asyncio
import os
import tempfile
from pathlib import Path

from tests.benchmarks.takers.orders import HEIGHT, WIDTH, follow_orders


def command(chromium: str, picture: Path, url: str) -> list[str]:
    """The command line for one picture."""
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
    size = f"--window-size={WIDTH},{HEIGHT}"
    return [chromium, "--headless", *sandbox, "--hide-scrollbars", size, f"--screenshot={picture}", url]


async def take(url: str) -> int:
    """One picture; its bytes."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        devnull = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *command(os.environ["CHROMIUM"], picture, url), stdout=devnull, stderr=devnull
        )
        await process.wait()
        return picture.stat().st_size


if __name__ == "__main__":
    asyncio.run(follow_orders(take))
