"""Text from a page in a terminal, a table or a spreadsheet: nothing in it has an effect."""

import csv
import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from shutterstep.errors import InvalidRequestError
from shutterstep.plain_text import plain
from shutterstep.request import validate
from shutterstep_cli.health.check import Check
from shutterstep_cli.load import report_page
from shutterstep_cli.local import local_stack
from shutterstep_cli.main import app
from shutterstep_cli.stack.file_names import file_name
from shutterstep_cli.stack.shots import Shot
from shutterstep_cli.stack.target import Target
from shutterstep_cli.tables import show_grid
from shutterstep_cli.verbs import capture, doctor, local, query
from shutterstep_cli.verification.checklist import Checklist, Tick
from shutterstep_cli.verification.verification_report import VerificationReport

CLEAR, TITLE, C1, TURNED = "\x1b[2J", "\x1b]0;owned\x07", "\x9b31m", "\u202egnp.exe"
HOSTILE = [f"a{CLEAR}b", f"a{TITLE}b", f"a{C1}b", f"a{TURNED}b", "a\rb", "a\x08b", "a\u2066b", "a\x00b"]
ITEM = {"id": "a", "status": "failed", "url": "http://a/", "error_code": "Render.Timeout"}


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_text_has_nothing_that_a_terminal_obeys(text: str) -> None:
    assert plain(text).isprintable()
    assert plain(text)[0] + plain(text)[-1] == text[0] + text[-1]


def test_a_text_in_any_language_stays_as_it_is() -> None:
    assert (
        plain("Grüße, 你好, שלום, नमस्ते \U0001f469\u200d\U0001f4bb")
        == "Grüße, 你好, שלום, नमस्ते \U0001f469\u200d\U0001f4bb"
    )


def test_a_long_text_ends_with_an_ellipsis() -> None:
    assert (plain("abcdef", 4), plain("abcd", 4)) == ("abc…", "abcd")


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_capture_prints_has_no_control_characters(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    shot = Shot({"url": f"http://a/{text}"}, "a", "failed", error_code="Render.InvalidRequest", error_message=text)
    capture.report([shot], as_json=False)
    assert all(line.isprintable() for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize("as_", ["table", "csv"])
@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_what_query_prints_has_no_control_characters(text: str, as_: str, capsys: pytest.CaptureFixture[str]) -> None:
    query.show([ITEM | {"title": text, "error_message": text}], as_json=False, as_csv=as_ == "csv", wide=True)
    assert all(line.isprintable() for line in capsys.readouterr().out.split("\n"))


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1", "\x00=1"]


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_no_cell_of_a_sheet_is_a_formula(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    query.show([ITEM | {"title": text, "error_message": text}], as_json=False, as_csv=True, wide=False)
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    for cell in (row["title"], row["error_message"]):
        assert cell.lstrip("\ufffd ")[0] == "'" or cell[0] == "\ufffd"


def test_numbers_of_a_sheet_stay_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    query.show([ITEM | {"attempts": -1}], as_json=False, as_csv=True, wide=False)
    (row,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert row["attempts"] == "-1"


def test_json_is_whole_and_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    query.show([ITEM | {"title": C1}], as_json=True, as_csv=False, wide=False)
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out)["title"] == C1


@pytest.mark.parametrize("character", ["\x80", "\x85", "\x9b", "\x9f", "\x1b", "\x7f"])
def test_a_control_character_is_no_part_of_an_address(character: str) -> None:
    with pytest.raises(InvalidRequestError, match="url"):
        validate({"url": f"http://a/{character}"})


def test_no_two_ids_write_one_file_on_any_disk_and_none_a_hidden_one_or_a_device_of_windows() -> None:
    ids = ["a", "A", ".a", ".A", "..a", "...", "..", ".", "a.", "a.png", "aB", "Ab", "con", "CON", "Con", "nul.x",
           "com1", "." * 127, "." * 128, "A" * 128]  # fmt: skip
    names = [file_name({"url": "http://a/", "id": id_, "format": "webp"}, id_) for id_ in ids]
    assert len({name.lower() for name in names}) == len(ids)
    assert max(map(len, names)) < 200
    assert not any(name.startswith(".") or "/" in name for name in names)
    assert not {name.partition(".")[0].lower() for name in names} & {"con", "nul", "com1"}
    assert names[0] == "a.webp"


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_an_error_of_aws_has_no_control_characters(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = ClientError({"Error": {"Code": "ValidationError", "Message": text}}, "SendMessage")

    def choose(_stack: str | None) -> Target:
        raise refused

    monkeypatch.setattr(query, "choose_target", choose)
    with pytest.raises(SystemExit):
        app(["query", "an-id"])
    assert all(line.isprintable() for line in capsys.readouterr().err.splitlines())


@pytest.mark.parametrize("text", [*HOSTILE, "[red]a[/red]", "[link=http://a/]b[/link]"], ids=ascii)
def test_what_findings_and_grids_print_is_neither_obeyed_nor_taken_for_markup(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    doctor.show([Check("a", "fail", text, text)])
    show_grid(("detail",), [(text,)])
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.splitlines())
    assert out.count(plain(text)) == 3


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_reports_have_no_control_characters(text: str) -> None:
    ticks = Checklist((Tick("a", "met", f"{text}<script>", (f"`{text}",)),))
    report = VerificationReport("a", ticks, (), "b")
    for told in (report.markdown(), report.html(), report_page._table(("a",), [(text,)])):
        assert all(line.isprintable() for line in told.splitlines())
        assert "<script>" not in told


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_lines_of_a_log_have_no_control_characters(
    text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.log").write_text(text, "utf-8")
    monkeypatch.setattr(local_stack, "task_logs", lambda: tmp_path)
    local.logs("tasks", 50)
    assert all(line.isprintable() for line in capsys.readouterr().out.splitlines())
