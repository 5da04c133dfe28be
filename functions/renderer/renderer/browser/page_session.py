"""One page in its own browser context, controlled directly: navigation, load states, scripts, workers."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from renderer.browser.protocol import AUTO_ATTACH, Connection, Params, ProtocolError, Session
from renderer.browser.script_error import ScriptError, value_of
from renderer.browser.worlds import WORLD, Worlds
from shutterstep.errors import RenderError, TooLargeError

Command = tuple[str, Params]

CLOSE_SECONDS = 2
# The most workers of one page, in all.
MOST_WORKERS = 200
BLANK = "about:blank"
# A page requests its address only after the command to continue, and by then `navigate` has replaced the address. So
# the page needs no empty document before its own, which would cost a tenth of a picture's CPU.
NEVER_LOADED = "http://never-loaded.invalid/"
LOAD_STATES = {"load": "load", "domcontentloaded": "DOMContentLoaded", "networkidle": "networkIdle", "still": "load"}


class ChromiumPage:
    """The page of a context. `session` takes further commands; `frame` is the id of its main frame."""

    def __init__(
        self,
        connection: Connection,
        session: Session,
        frame: str,
        in_workers: Sequence[Command] = (),
    ) -> None:
        self.session = session
        self.frame = frame
        self._connection = connection
        self._in_workers = in_workers
        self._loader = ""
        self._loaders: set[str] = set()
        self._reached: set[str] = set()
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []
        self._worlds = Worlds(session)
        self._workers = 0
        self._prepared: list[asyncio.Future[Params]] = []
        self._scripts: asyncio.Future[Params] | None = None
        # Whether the page has ever had a frame.
        self.has_frames = False
        session.on("Page.lifecycleEvent", self._progressed)
        session.on("Page.frameStoppedLoading", self._stopped)
        session.on("Page.javascriptDialogOpening", self._answer_dialog)
        session.on_cut("Page.javascriptDialogOpening", lambda _: self._answer_dialog({"type": "alert"}))
        session.on("Page.frameAttached", self._frame_came)
        session.on("Target.attachedToTarget", self.attached)
        session.on_cut("Target.attachedToTarget", self.refuse_worker)

    def prepare(self, commands: Sequence[Command]) -> None:
        """Sends the commands that every page needs and then `commands`; most take effect when the page continues."""
        own: list[Command] = [
            ("Page.enable", {}),
            ("Page.setLifecycleEventsEnabled", {"enabled": True}),
            # Workers that need no command are not attached: Chromium reports each with its name, which may be very
            # long.
            *([("Target.setAutoAttach", AUTO_ATTACH)] if self._in_workers else []),
            OWN_WORLD,
        ]
        self._prepared = [self.session.post(method, params) for method, params in (*own, *commands)]

    async def go_on(self) -> None:
        """Lets the page begin and waits until it is prepared. Raises ProtocolError for a refused command."""
        self.session.post("Runtime.runIfWaitingForDebugger")
        await asyncio.gather(*self._prepared)

    async def navigate(self, url: str) -> str | None:
        """Navigates until the document begins to arrive; returns Chromium's `net::ERR_…` if it does not.

        Raises ProtocolError, which names the command that Chromium refused.
        """
        answer = self.session.post("Page.navigate", {"url": url})
        self.session.post("Runtime.runIfWaitingForDebugger")
        result = await answer
        # Without a document there may be no process that answers the other commands.
        failed = "errorText" in result
        await asyncio.gather(*(done for done in self._prepared if done.done() or not failed))
        if failed:
            return result["errorText"]
        await self._wait_for(result.get("loaderId", self._loader), "commit")
        return None

    async def set_content(self, html: str) -> None:
        """Replaces the content of an empty page with this HTML."""
        self._read_scripts()
        self._reached = {"commit"}
        await evaluate(self.session, "html => { document.open(); document.write(html); document.close(); }", html)

    async def wait_for_load_state(self, state: str) -> None:
        """Waits until the document, or one that has replaced it, reaches a state of LOAD_STATES."""
        await self._wait_for(self._loader, LOAD_STATES[state])

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        """Returns the value of a function called with one JSON argument, in our world of the main frame.

        Raises ScriptError.
        """
        return await self.evaluate_in(self.frame, function, argument)

    async def evaluate_in(self, frame: str, function: str, argument: Any = None) -> Any:
        """Returns the value of a function in the frame of this id, like `evaluate`."""
        await asyncio.shield(self._read_scripts())
        return await self._worlds.evaluate(frame, called(function, argument))

    async def objects_in(self, frame: str, function: str, argument: Any = None) -> tuple[list[str], int]:
        """The ids of the objects in the list that a function gives in our world of a frame, and the id of that world.
        An empty list for null. Raises ScriptError."""
        call = called(function, argument) | {"returnByValue": False}
        object_id, world = await self._worlds.reference(frame, call)
        if object_id is None:
            return [], world
        listed = await self.session.send("Runtime.getProperties", {"objectId": object_id, "ownProperties": True})
        values = (one.get("value", {}) for one in listed["result"] if one["name"].isdigit())
        return [value["objectId"] for value in values if "objectId" in value], world

    async def world_of(self, frame: str) -> int:
        """Returns the id of our world in the frame of this id. Raises ScriptError."""
        await asyncio.shield(self._read_scripts())
        return (await self._worlds.reference(frame, called("() => null", None)))[1]

    async def address_and_title(self) -> tuple[str, str]:
        """Returns the page's address and title from the browser, which a page in an endless loop cannot delay."""
        try:
            history = await self.session.send("Page.getNavigationHistory")
        except TooLargeError:
            # A page can make each entry of its history megabytes long.
            target = (await self.session.send("Target.getTargetInfo"))["targetInfo"]
            return target["url"], target["title"]
        entry = history["entries"][history["currentIndex"]]
        return entry["url"], entry["title"]

    def _progressed(self, event: Params) -> None:
        if event["frameId"] != self.frame:
            return
        if event["name"] == "init" and event["loaderId"] != self._loader:
            self._loader, self._reached = event["loaderId"], {"commit"}
            self._loaders.add(self._loader)
            self._read_scripts()
        if event["loaderId"] == self._loader:
            self._reached.add(event["name"])
        self._fulfil()

    def _read_scripts(self) -> "asyncio.Future[Params]":
        """Asks, once, for the scripts' worlds and messages; Chromium has kept the messages until then."""
        # Before the document is there Chromium would prepare the empty one for scripts too, which costs 2 ms.
        self._scripts = self._scripts or self.session.post("Runtime.enable")
        return self._scripts

    def _stopped(self, event: Params) -> None:
        # A document that was interrupted, or stopped by its own script, has no load event.
        if event["frameId"] == self.frame and "load" not in self._reached:
            self._reached |= set(LOAD_STATES.values())
            self._fulfil()

    def _fulfil(self) -> None:
        for state, future in tuple(self._waiting):
            if state in self._reached and not future.done():
                future.set_result(None)
        self._waiting = [(state, future) for state, future in self._waiting if not future.done()]

    async def _wait_for(self, loader: str, state: str) -> None:
        while loader not in self._loaders or state not in self._reached:
            future = self.session.expect()
            self._waiting.append(("commit" if loader not in self._loaders else state, future))
            await future

    def _answer_dialog(self, event: Params) -> None:
        # An open dialog stops the page's scripts, and so the load event, for ever.
        self.session.post("Page.handleJavaScriptDialog", {"accept": event["type"] == "beforeunload"})

    def _frame_came(self, _: Params) -> None:
        self.has_frames = True

    def attached(self, event: Params) -> None:
        """Sets up a new worker, which waits until it has the page's overrides.

        Workers that it starts arrive here too.
        """
        self._workers += 1
        if self._workers > MOST_WORKERS:
            self.session.flooded(TooLargeError(f"the page starts more than {MOST_WORKERS} workers"))
            return
        worker = self._connection.session(event["sessionId"])
        worker.flooded = self.session.flooded
        worker.on("Target.attachedToTarget", self.attached)
        worker.on_cut("Target.attachedToTarget", self.refuse_worker)
        for method, params in (("Target.setAutoAttach", AUTO_ATTACH), *self._in_workers):
            worker.post(method, params)
        worker.post("Runtime.runIfWaitingForDebugger")

    def refuse_worker(self, _: Params) -> None:
        """Ends the page because of a worker whose event is larger than EVENT_BYTES; the worker would wait for ever."""
        self.session.flooded(TooLargeError("the page has a worker whose name or address is longer than 4 MiB"))


async def evaluate(session: Session, function: str, argument: Any = None) -> Any:
    """Returns the value of a function in the page's own world, where its scripts can see it. Raises ScriptError."""
    try:
        return value_of(await session.send("Runtime.evaluate", called(function, argument)))
    except ProtocolError as exc:
        raise ScriptError(exc.message) from exc


def called(function: str, argument: Any) -> Params:
    """Returns the parameters of `Runtime.evaluate` to call a function with one JSON argument and await its value."""
    return {"expression": f"({function})({json.dumps(argument)})", "awaitPromise": True, "returnByValue": True}


# Each document has our world from its beginning, so that no script waits for one to be made.
OWN_WORLD: Command = ("Page.addScriptToEvaluateOnNewDocument", {"source": "", "worldName": WORLD})


@asynccontextmanager
async def open_chromium_page(
    connection: Connection,
    width: int,
    height: int,
    proxy: str | None = None,
    in_page: Sequence[Command] = (),
    in_workers: Sequence[Command] = (),
    permissions: Sequence[str] = (),
    *,
    empty: bool = False,
) -> AsyncIterator[ChromiumPage]:
    """Gives a page of `width` by `height` CSS pixels that shares nothing with any other page, for `navigate`.

    An `empty` page has an empty document at once, for `set_content`. `in_page` are commands for the page and its
    frames, `in_workers` those for each of their workers. `permissions` are granted to every origin in the page.
    Raises ProtocolError, which names the command that Chromium refused.
    """
    browser = connection.browser
    options: Params = {"disposeOnDetach": True}
    if proxy is not None:
        options |= {"proxyServer": proxy, "proxyBypassList": "<-loopback>"}
    context = (await browser.send("Target.createBrowserContext", options))["browserContextId"]
    try:
        browser.post("Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": context})
        for name in permissions:
            granted = {"permission": {"name": name}, "setting": "granted", "browserContextId": context}
            browser.post("Browser.setPermission", granted)
        attached: asyncio.Future[Params] = browser.expect()
        connection.new_pages[context] = attached.set_result
        place: Params = {"browserContextId": context, "width": width, "height": height}
        target = await browser.send("Target.createTarget", place | {"url": BLANK if empty else NEVER_LOADED})
        session = connection.session((await attached)["sessionId"])
        page = ChromiumPage(connection, session, target["targetId"], in_workers)
        connection.shared_workers[context] = page.attached
        connection.refuse_shared_worker = page.refuse_worker
        page.prepare(in_page)
        if empty:
            await page.go_on()
        yield page
    finally:
        connection.new_pages.pop(context, None)
        connection.shared_workers.pop(context, None)
        # A hanging browser must not delay its own error.
        with suppress(ProtocolError, RenderError, TimeoutError):
            disposed = browser.send("Target.disposeBrowserContext", {"browserContextId": context})
            await asyncio.wait_for(disposed, CLOSE_SECONDS)
