"""Assembles the console: pages, pictures and style behind the request check, served by uvicorn."""

import socket
from collections.abc import Iterable
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from nicegui import ui
from starlette.responses import Response
from starlette.routing import Route

from shutterstep_cli.console import execution_page, executions_page, failed_page, gallery_page, send_page
from shutterstep_cli.console.context import ConsoleContext
from shutterstep_cli.console.pictures import Pictures
from shutterstep_cli.console.security import RequestCheck
from shutterstep_cli.workflow.style import DARK, LIGHT, RULES, variables

FOLDER = Path(__file__).parent
PAGES = (executions_page, execution_page, failed_page, gallery_page, send_page)
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1a56c4"/>'
)
MARK += '<circle cx="16" cy="16" r="8" fill="none" stroke="#fff" stroke-width="4"/></svg>'


def serve(context: ConsoleContext, listener: socket.socket, hosts: Iterable[str]) -> None:
    """Serves the console until SIGINT or SIGTERM; `hosts` are the host names that it accepts."""
    config = uvicorn.Config(console_app(context, hosts), log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def console_app(context: ConsoleContext, hosts: Iterable[str]) -> RequestCheck:
    """Returns the whole console as an ASGI application."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.router.routes += [
        Route("/pictures/{name}", Pictures(context.executions).__call__),
        Route("/console.css", lambda _: Response(style(), media_type="text/css")),
        Route(
            "/console.js", lambda _: Response((FOLDER / "console.js").read_text("utf-8"), media_type="text/javascript")
        ),
    ]
    for module in PAGES:
        module.register(context)
    head = '<link rel="stylesheet" href="/console.css"><script defer src="/console.js"></script>'
    ui.add_head_html(head, shared=True)
    ui.run_with(app, title="Shutterstep", favicon=MARK, dark=None, language="en-US", tailwind=False,
                gzip_middleware_factory=None, show_welcome_message=False, reconnect_timeout=30)  # fmt: skip
    return RequestCheck(app, hosts)


def style() -> str:
    """Returns the console's style sheet, with the same colours as the graph."""
    colours = f":root{{{variables(LIGHT)}}}\nbody.body--dark{{{variables(DARK)}}}\n"
    return f"{colours}{RULES}{(FOLDER / 'console.css').read_text('utf-8')}"
