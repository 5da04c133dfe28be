"""A form for a request: fields for the usual options, JSON for others; the schema checks it before it is sent."""

import json
from collections.abc import Callable
from typing import Any

from nicegui import ui

from shutterstep.errors import InvalidRequestError
from shutterstep.request import Request, schema, validate
from shutterstep_cli.console.context import TROUBLE, ConsoleContext, ask
from shutterstep_cli.console.page_layout import page, say_refused
from shutterstep_cli.console.widgets import Link, Text, box, execution_path, prose

# The form has a field for each of these; every other option of the schema goes into the JSON.
USUAL = ("url", "id", "viewport.width", "viewport.height", "format", "reuse", "fullPage")
ON_INPUT = "(event) => emit(event.target.type === 'checkbox' ? event.target.checked : event.target.value)"


def register(context: ConsoleContext) -> None:
    """Registers the page /send, if sending is allowed."""
    if not context.may_send:
        return

    @ui.page("/send")
    def send() -> None:
        with page(context, "/send", "Send a request"):
            _Form(context)


class _Form:
    def __init__(self, context: ConsoleContext) -> None:
        self.context = context
        self.values: dict[str, Any] = {}
        self.more = ""
        self.problems: dict[str, Text] = {}
        with box("div", "halves"):
            with box("form", "card form") as form:
                form.on("submit", self.send, js_handler="(event) => { event.preventDefault(); emit() }")
                for name in USUAL:
                    self._field(name)
                self._more()
                self.problem = Text("p", "", "problem")
                self.problem.props["role"] = "alert"
                Text("button", "Send", "button main").props["type"] = "submit"
            with box("section", "card"):
                Text("h2", "Message")
                Text("p", "The message that will be sent to the request queue.", "hint")
                self.preview = Text("pre", "")
                Text("h2", "Sent")
                self.sent = box("ul", "sent")
                _options()
        self._show()

    def _field(self, name: str) -> None:
        option = _option(name)
        with box("label", "field"):
            Text("span", name, "label")
            control = _control(option)
            control.props["name"] = name
            control.on("input", lambda event: self._set(name, option, event.args), js_handler=ON_INPUT)
            prose("span", option.get("description", ""), "hint")
            self.problems[name] = Text("span", "", "problem")

    def _more(self) -> None:
        with box("label", "field"):
            Text("span", "more options, as JSON", "label")
            area = box("textarea", "mono", rows="4", name="more", placeholder='{"waitUntil": "networkidle"}')
            area.on("input", self._set_more, js_handler=ON_INPUT)

    def _set(self, name: str, option: dict[str, Any], value: Any) -> None:
        self.values[name] = _typed(option, value)
        self._show()

    def _set_more(self, event: Any) -> None:
        self.more = str(event.args)
        self._show()

    def _show(self) -> None:
        """Shows the message and the schema's error: at the field that it names, else under the form."""
        for problem in (*self.problems.values(), self.problem):
            problem.say("")
        try:
            request = self.request()
            self.preview.say(json.dumps(request, indent=2, ensure_ascii=False))
            validate(request)
        except InvalidRequestError as error:
            if request_is_begun(self.values, self.more):
                self.problems.get(error.field, self.problem).say(error.message)

    def request(self) -> Request:
        """Returns the request in the form. Raises InvalidRequestError if the other options are not a JSON object."""
        message: Request = {}
        for name, value in self.values.items():
            if value in ("", None):
                continue
            group, _, field = name.rpartition(".")
            (message.setdefault(group, {}) if group else message)[field] = value
        return _merged(message, _more_options(self.more))

    async def send(self) -> None:
        try:
            shot = await ask(self.context.send, self.request())
        except InvalidRequestError as error:
            self.problem.say(error.message)
            return
        except TROUBLE as error:
            say_refused(error)
            return
        if shot.status == "refused":
            field = (shot.error_message or "").partition(":")[0]
            self.problems.get(field, self.problem).say(shot.error_message or "")
            return
        name = shot.execution_arn.rpartition(":")[2]
        with self.sent, box("li"):
            Link(shot.id, execution_path(name))
        ui.notify(f"Sent: {shot.id}", type="positive")


def request_is_begun(values: dict[str, Any], more: str) -> bool:
    """Whether something was typed; the form is checked only then."""
    return bool(more) or any(value not in ("", None, False) for value in values.values())


def _more_options(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidRequestError(f"more options: not valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidRequestError("more options: must be a JSON object, such as {}")
    return found


def _merged(message: Request, more: dict[str, Any]) -> Request:
    """Returns the message with the other options; groups such as viewport are merged."""
    for name, value in more.items():
        both = isinstance(value, dict) and isinstance(message.get(name), dict)
        message[name] = {**message[name], **value} if both else value
    return message


def _option(name: str) -> dict[str, Any]:
    node: dict[str, Any] = schema()
    for part in name.split("."):
        node = node["properties"][part]
    return node


def _control(option: dict[str, Any]) -> ui.element:
    if "enum" in option:
        with box("select") as select:
            for value in option["enum"]:
                choice = Text("option", str(value))
                choice.props["value"] = value
                choice.props.set_bool("selected", value == option.get("default"))
        return select
    kinds: dict[str, Callable[[], ui.element]] = {
        "boolean": lambda: box("input", type="checkbox"),
        "integer": lambda: box("input", type="number", placeholder=str(option.get("default", ""))),
    }
    return kinds.get(option.get("type", ""), lambda: box("input", type="text", autocomplete="off"))()


def _typed(option: dict[str, Any], value: Any) -> Any:
    """Returns a value of the form in the schema's type; None for a default.

    Text that is not a number stays text, and the schema reports it.
    """
    if option.get("type") == "integer" and str(value).lstrip("-").isdigit():
        return int(value)
    return None if value == option.get("default") else value


def _options() -> None:
    """Shows every option of the schema, for people who write JSON."""
    with box("details", "document"):
        Text("summary", "Every option")
        with box("dl", "facts"):
            for name, option in schema()["properties"].items():
                Text("dt", name)
                default = f" Default: {json.dumps(option['default'])}." if "default" in option else ""
                prose("dd", f"{option.get('description', '')}{default}")
