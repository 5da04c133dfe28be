"""Makes closed shadow roots that came with the document's HTML known to our scripts, which find only open ones."""

import asyncio
from contextlib import suppress

from renderer.browser.frames import frames_of
from renderer.browser.page_session import ChromiumPage
from renderer.browser.protocol import Params, ProtocolError, Session
from renderer.browser.script_error import ScriptError
from renderer.page.render_context import FRAMES, RenderContext, script

# Elements that are asked in one round for a root of theirs. There may be roots in roots.
CANDIDATES = 200
ROUNDS = 3
FRAME_SECONDS = 2.0

# Where `library.js` looks for them.
NOTE = """function () {
  const kept = globalThis[Symbol.for("kept")] ??= {};
  (kept.closedRoots ??= new WeakMap()).set(this.host, this);
}"""


async def reach_closed_roots(context: RenderContext) -> None:
    """Finds the closed roots in the page and its frames; costs one call for each frame where there are none."""
    page = context.page
    ids = [frame.id for frame in (await frames_of(page))[:FRAMES]] if page.has_frames else [page.frame]
    await asyncio.gather(*(_reach_in(page, frame) for frame in ids))


async def _reach_in(page: ChromiumPage, frame: str) -> None:
    with suppress(ScriptError, ProtocolError, TimeoutError):
        async with asyncio.timeout(FRAME_SECONDS):
            for _ in range(ROUNDS):
                if not await _round(page, frame):
                    break


async def _round(page: ChromiumPage, frame: str) -> bool:
    """Whether a closed root was found."""
    session = page.session
    hosts, world = await page.objects_in(frame, script("closed_hosts"), CANDIDATES)
    roots = [
        root for root in await asyncio.gather(*(_closed_root(session, host) for host in hosts)) if root is not None
    ]
    await asyncio.gather(*(_note(session, root, world) for root in roots))
    return bool(roots)


async def _closed_root(session: Session, host: str) -> int | None:
    """The backend node id of an element's root, where it is a closed one."""
    node: Params = (await session.send("DOM.describeNode", {"objectId": host}))["node"]
    roots = [root for root in node.get("shadowRoots", []) if root["shadowRootType"] == "closed"]
    return roots[0]["backendNodeId"] if roots else None


async def _note(session: Session, root: int, world: int) -> None:
    found = await session.send("DOM.resolveNode", {"backendNodeId": root, "executionContextId": world})
    call: Params = {"objectId": found["object"]["objectId"], "functionDeclaration": NOTE}
    await session.send("Runtime.callFunctionOn", call)
