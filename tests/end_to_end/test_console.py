"""The console in Chromium, on the running stack and on a second one with ten pages of executions."""

import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from renderer.browser.chromium_flags import find_chromium
from shutterstep_cli.stack.executions import find_execution, read_story
from shutterstep_cli.stack.items import item_of
from shutterstep_cli.stack.shots import Shot, follow, submit
from shutterstep_cli.stack.target import Target
from shutterstep_cli.verbs.local import environment
from shutterstep_cli.workflow.style import LIGHT
from tests.end_to_end.console_stories import DETAILS, HOSTILE_TITLE, Stories, stack_of_many, tell
from tests.end_to_end.silent_aws import way_to
from tests.end_to_end.slow_site import SlowSite
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
MANY = 500
expect.set_options(timeout=30_000)


@contextmanager
def a_console(*options: str, **environment: str) -> Iterator[str]:
    """A console of its own; gives its origin."""
    command = [sys.executable, "-m", "shutterstep_cli", "console", "--port", "0", "--json", *options]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"].rstrip("/")
    finally:
        process.terminate()
        assert process.wait(20) is not None


@pytest.fixture(scope="module")
def reading(running_stack: Target) -> Iterator[str]:
    with a_console() as origin:
        yield origin


@pytest.fixture(scope="module")
def writing(running_stack: Target) -> Iterator[str]:
    with a_console("--allow-replay", "--allow-send") as origin:
        yield origin


@pytest.fixture(scope="module")
def stories(running_stack: Target) -> Stories:
    return tell(running_stack)


@pytest.fixture(scope="module")
def many(running_stack: Target) -> Iterator[str]:
    """The console of a stack named as one on AWS is, with ten pages of executions."""
    aws = {**environment(running_stack), "AWS_REGION": "us-east-1", "SHUTTERSTEP_LOOPBACK_IS_AWS": "1"}
    with a_console("--stack", stack_of_many(running_stack, MANY), **aws) as origin:
        yield origin


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(find_chromium()))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that loads nothing from elsewhere, and logs no error: a script the policy refused would be one."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()
    errors: list[str] = []
    origins: set[str] = set()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: origins.add("/".join(request.url.split("/")[:3])))
    yield page
    context.close()
    assert errors == []
    assert {origin for origin in origins if not origin.startswith("data:")} <= {"/".join(page.url.split("/")[:3])}


def execution_name(shot: Shot) -> str:
    return shot.execution_arn.rpartition(":")[2]


def row(page: Page, text: str) -> Locator:
    return page.locator("tbody tr").filter(has_text=text)


def drawn(page: Page) -> dict[str, str]:
    """The class of each state in the graph."""
    page.wait_for_selector("[data-state]")
    return page.eval_on_selector_all(
        "[data-state]", "all => Object.fromEntries(all.map(one => [one.dataset.state, one.getAttribute('class')]))"
    )


def stroke(page: Page, state: str) -> str:
    red, green, blue = re.findall(r"\d+", page.eval_on_selector(
        f"[data-state='{state}'] rect", "rect => getComputedStyle(rect).stroke"))  # fmt: skip
    return f"#{int(red):02x}{int(green):02x}{int(blue):02x}"


def test_the_list_updates_while_messages_are_processed(running_stack: Target, reading: str, page: Page) -> None:
    site = SlowSite()
    try:
        page.goto(f"{reading}/")
        id_ = f"listed-{uuid.uuid4().hex[:8]}"
        shots = [submit(running_stack, {"id": id_, "url": site.url, "timeoutMs": 60000}) for _ in range(2)]
        expect(row(page, id_).filter(has_text="running")).to_have_count(1)
        expect(row(page, id_).filter(has_text="skipped")).to_have_count(1)
        site.let.set()
        expect(row(page, id_).filter(has_text="success")).to_have_count(1)
        follow(running_stack, shots, lambda: None, 60)
        skipped = next(shot for shot in shots if shot.status == "skipped")
        expect(row(page, id_).filter(has_text=str(skipped.reason))).to_have_count(1)
    finally:
        site.close()


@pytest.mark.parametrize(
    ("which", "state", "outcome"),
    [
        ("success", "MarkSuccess", "passed"),
        ("skip", "SkipAlreadyProcessed", "skipped"),
        ("skip", "Claim", "caught"),
        ("retry", "RenderOnTask", "retried"),
        ("failure", "RenderOnTask", "failed"),
        ("failure", "Failed", "failed"),
    ],
)
def test_the_colours_of_the_graph_are_those_of_the_history(
    running_stack: Target, reading: str, page: Page, stories: Stories, which: str, state: str, outcome: str
) -> None:
    shot: Shot = getattr(stories, which)
    story = read_story(running_stack, find_execution(running_stack, shot.execution_arn))
    page.goto(f"{reading}/executions/{execution_name(shot)}")
    assert drawn(page) == {
        node.name: f"state {happened} visited" if (happened := story.history.outcome_of(node.name)) != "not reached"
        else "state not-reached" for node in story.graph.nodes
    }  # fmt: skip
    assert story.history.outcome_of(state) == outcome
    assert stroke(page, state) == LIGHT[outcome]


def test_a_click_on_a_state_and_enter_on_it_show_its_attempts_input_and_output(
    reading: str, page: Page, stories: Stories
) -> None:
    page.goto(f"{reading}/executions/{execution_name(stories.retry)}")
    panel = page.locator(".card.state")
    page.click("[data-state='RenderOnTask']")
    expect(panel).to_contain_text("Attempt 1")
    expect(panel).to_contain_text("Render.TaskStopped")
    page.focus("[data-state='Claim']")
    page.keyboard.press("Enter")
    expect(panel.locator("h2")).to_have_text("Claim")
    for title in ("Input", "Output"):
        panel.get_by_text(title, exact=True).click()
    expect(panel.locator("pre").first).to_contain_text(f'"id": "{stories.retry.id}"')


def test_the_picture_is_shown_with_its_title_as_text(
    running_stack: Target, reading: str, page: Page, stories: Stories
) -> None:
    name = execution_name(stories.success)
    page.goto(f"{reading}/executions/{name}")
    expect(page.locator(".shot dd").first).to_have_text(HOSTILE_TITLE)
    wait_for(lambda: page.eval_on_selector(".shot img", "image => image.naturalWidth") == 1200)
    whole = page.request.get(f"{reading}/pictures/{name}")
    assert hashlib.sha256(whole.body()).hexdigest() == item_of(running_stack, stories.success.id)["sha256"]
    assert whole.headers["content-security-policy"].startswith("sandbox")
    page.goto(f"{reading}/gallery")
    expect(page.locator("figcaption").filter(has_text=HOSTILE_TITLE)).to_have_count(1)
    assert page.evaluate("document.body.id") != "owned"


def test_a_reading_console_offers_no_replay_and_no_form(reading: str, page: Page, stories: Stories) -> None:
    page.goto(f"{reading}/executions/{execution_name(stories.failure)}")
    expect(page.locator(".pill.failed").first).to_be_visible()
    expect(page.get_by_role("button", name="Replay")).to_have_count(0)
    page.goto(f"{reading}/failed")
    expect(row(page, stories.failure.id)).to_have_count(1)
    expect(page.get_by_role("button", name="Replay")).to_have_count(0)
    expect(page.locator("nav")).not_to_contain_text("Send")
    assert page.request.get(f"{reading}/send").status == 404


def test_a_failure_is_filtered_and_replayed_by_its_button_once_the_site_is_up(
    running_stack: Target, writing: str, page: Page, stories: Stories
) -> None:
    page.goto(f"{writing}/failed")
    page.get_by_placeholder("Filter").fill("no such failure")
    expect(page.get_by_text("No item matches the filter.")).to_be_visible()
    page.get_by_placeholder("Filter").fill(f":{stories.down_port}/")
    expect(row(page, stories.failure.id)).to_be_visible()
    site = SlowSite(port=stories.down_port)
    site.let.set()
    try:
        row(page, stories.failure.id).get_by_role("button", name="Replay").click()
        expect(page.get_by_role("status").filter(has_text="started: 1")).to_be_visible()
        wait_for(lambda: item_of(running_stack, stories.failure.id)["status"] == "success")
    finally:
        site.close()
    expect(page.get_by_text("No item matches the filter.").or_(page.get_by_text("Nothing has failed."))).to_be_visible()


def test_the_form_names_the_wrong_field_and_sends_what_is_right(
    running_stack: Target, writing: str, page: Page
) -> None:
    page.goto(f"{writing}/send")
    id_ = f"typed-{uuid.uuid4().hex[:8]}"
    page.fill("[name='url']", "ftp://example.com/")
    page.fill("[name='id']", id_)
    field = page.locator("label").filter(has=page.locator("[name='url']"))
    expect(field.locator(".problem")).to_contain_text("url:")
    page.fill("[name='more']", '{"nonsense": 1}')
    page.fill("[name='url']", "http://127.0.0.1:1/")
    expect(page.locator(".form > .problem")).to_contain_text("nonsense")
    page.fill("[name='more']", '{"timeoutMs": 5000}')
    expect(page.locator(".form > .problem")).to_have_text("")
    page.get_by_role("button", name="Send").click()
    page.locator(".sent a").click()
    expect(page.locator(".headline h1")).to_have_text(id_)
    assert item_of(running_stack, id_)["url"] == "http://127.0.0.1:1/"


def test_an_id_is_found_from_any_page_and_the_key_for_it_is_the_slash(
    reading: str, page: Page, stories: Stories
) -> None:
    page.goto(f"{reading}/gallery")
    expect(page.locator(".find input")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type(stories.success.id)
    page.keyboard.press("Enter")
    expect(page.locator(".headline h1")).to_have_text(stories.success.id)


def test_ten_pages_of_executions_are_turned_and_none_is_shown_twice_or_missed(many: str, page: Page) -> None:
    page.goto(f"{many}/")
    seen = read_pages(page, lambda: page.get_by_role("button", name="Older").click())
    expect(page.get_by_role("button", name="Older")).to_be_disabled()
    page.get_by_role("button", name="Newer").click()
    expect(page.locator(".pager .where")).to_have_text("401 to 450")
    assert len(seen) == MANY
    assert set(seen) == {f"many-{number:04}" for number in range(MANY)}


def test_a_page_says_how_old_it_is_when_aws_falls_silent_and_no_more_once_it_answers(
    running_stack: Target, page: Page
) -> None:
    port = urlsplit(str(running_stack.endpoint_url)).port
    assert port is not None
    with way_to(port) as way:
        aws = {**environment(running_stack), "AWS_ENDPOINT_URL": way.origin, "SHUTTERSTEP_LOOPBACK_IS_AWS": "1"}
        aws["AWS_REGION"] = aws["AWS_DEFAULT_REGION"]
        with a_console("--stack", running_stack.stack_name, **aws) as origin:
            page.goto(f"{origin}/")
            expect(page.locator(".gauge .value").first).not_to_have_text("…")
            way.fall_silent()
            expect(page.locator(".trouble")).to_contain_text(re.compile(r"last answer \d+ s ago, so this page is old"))
            way.speak_again()
            expect(page.locator(".trouble")).to_be_hidden()


def test_what_the_renderer_tells_stands_beside_the_picture(many: str, page: Page) -> None:
    page.goto(f"{many}/executions/many-0000")
    card = page.locator(".shot")
    expect(card).to_contain_text("truncated: the page is longer than the picture")
    expect(card.locator(".bars dt")).to_have_text(list(DETAILS["phases"]))
    card.get_by_text("redirects (1)").click()
    expect(card.locator("pre")).to_contain_text(DETAILS["redirects"][0])
    expect(card.locator(".facts").last).to_have_text(re.compile("requests *7"))
    wait_for(lambda: page.eval_on_selector(".shot img", "image => image.naturalWidth") == 600)


def read_pages(page: Page, turn: Callable[[], None]) -> list[str]:
    """The ids on every page, each read when its place is said."""
    seen: list[str] = []
    for first in range(1, MANY, 50):
        expect(page.locator(".pager .where")).to_have_text(f"{first:,} to {first + 49:,}")
        seen += page.locator("tbody tr:visible td.id").all_inner_texts()
        if first + 50 < MANY:
            turn()
    return seen
