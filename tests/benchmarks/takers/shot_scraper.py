"""shot-scraper multi: a YAML file of all addresses, one after the other in one browser."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.takers.orders import HEIGHT, WIDTH


async def take_all(urls: list[str]) -> list[int]:
    """The sizes of the pictures; shot-scraper has no concurrency of its own."""
    with tempfile.TemporaryDirectory() as folder:
        shots = [
            {"url": url, "output": f"{folder}/{number}.png", "width": WIDTH, "height": HEIGHT}
            for number, url in enumerate(urls)
        ]
        plan = Path(folder) / "shots.yml"
        plan.write_text(json.dumps(shots))  # JSON is YAML
        program = [sys.executable, "-c", "from shot_scraper.cli import cli; cli()", "multi", str(plan), "--silent"]
        process = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.DEVNULL, env=os.environ)
        await process.wait()
        return [Path(shot["output"]).stat().st_size for shot in shots]


async def main() -> None:
    """Each worker gets its share of an order as one file, so that as many run at once as of the others."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        urls, shares = order["urls"], order["concurrency"]
        taken = await asyncio.gather(*(take_all(urls[share::shares]) for share in range(shares)))
        print(json.dumps({"sizes": [size for sizes in taken for size in sizes]}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
