"""`shutterstep console`: a page to look at executions, pictures and failures, of the local stack or of one on AWS."""

import json
import socket
import sys
from typing import Annotated

import typer

from shutterstep_cli.local.local_stack import closed_ports_folder
from shutterstep_cli.local.stack_ports import CONSOLE_PORT, closed_port
from shutterstep_cli.verbs.stack_option import choose_target

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def console(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = CONSOLE_PORT,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the console has no login, so keep to loopback.")
    ] = "127.0.0.1",
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", help="Host name under which a proxy reaches the console; repeatable."),
    ] = None,
    allow_replay: Annotated[
        bool, typer.Option("--allow-replay", help="Show buttons that replay failed executions.")
    ] = False,
    allow_send: Annotated[bool, typer.Option("--allow-send", help="Show the form that sends a request.")] = False,
    stack: Annotated[str | None, typer.Option(help="CloudFormation stack on AWS; without it, the local stack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the console's URL as one JSON object.")] = False,
) -> None:
    """Serve the console until Ctrl-C. It is read-only unless an --allow option is given.

    Examples: shutterstep console
              shutterstep console --allow-replay --allow-send
              shutterstep console --stack shutterstep --port 0
    """
    # The page's library is slow to import, and may not be installed: only this verb needs it.
    from shutterstep_cli.console.context import open_context
    from shutterstep_cli.console.server import serve

    target = choose_target(stack)
    listener = _listen(host, port)
    context = open_context(target, may_replay=allow_replay, may_send=allow_send)
    own_port = listener.getsockname()[1]
    with closed_port(closed_ports_folder(), own_port):  # the pages that the local stack renders cannot reach it
        _say_where(host, own_port, allow_replay, allow_send, as_json)
        serve(context, listener, {host, *LOOPBACK, *(allow_host or ())})


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # before the URL is printed: its reader may call at once
    except OSError as error:
        typer.secho(f"cannot listen on {host}:{port}: {error.strerror}. Take a free port: --port 0", fg="red", err=True)
        raise typer.Exit(1) from error
    return listener


def _say_where(host: str, port: int, may_replay: bool, may_send: bool, as_json: bool) -> None:
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    if as_json:
        typer.echo(json.dumps({"url": url, "may_replay": may_replay, "may_send": may_send}))
    else:
        rights = [name for name, allowed in (("replay", may_replay), ("send", may_send)) if allowed]
        typer.echo(f"console at {url} ({', '.join(rights) if rights else 'read-only'}); end it with Ctrl-C")
    if host not in LOOPBACK:
        typer.secho("It has no login: everybody who reaches this address sees everything.", fg="yellow", err=True)
    sys.stdout.flush()
