"""`python -m SERVICE …`: settings come from the environment, a wrong one is named, SIGTERM ends it cleanly."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runtime import logs
from runtime.listening import CannotStart
from runtime.main import main
from runtime.service import Context, Service
from runtime.settings import load

pytestmark = pytest.mark.slow

TRIAL = "import sys; from runtime.main import main; from runtime.service import Service; "
RUN = TRIAL + "sys.exit(main('trial', lambda context: Service('trial', ())))"


def wire(context: Context) -> Service:
    return Service("trial", ())


def test_settings_are_shown_to_people_and_to_programs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMITIA_DEPLOYMENT", "herault.example/budget")
    assert main("trial", wire, ["settings", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["deployment"]
    assert (told["variable"], told["value"]) == ("COMITIA_DEPLOYMENT", "herault.example/budget")
    assert main("trial", wire, ["settings"]) == 0
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith("COMITIA_DEPLOYMENT ")]
    assert line.split() == ["COMITIA_DEPLOYMENT", "herault.example/budget", "comitia.local", "text"]


@pytest.mark.parametrize("arguments", [[], ["serve"], ["api", "worker"], ["worker", "--insecure"], ["api", "--x"]])
def test_another_word_is_answered_with_the_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main("trial", wire, arguments) == 2
    expected = "usage: python -m trial api [--insecure] | worker | settings [--json] | health"
    assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value"),
    [("COMITIA_LOG_LEVEL", "loud"), ("COMITIA_DEPLOYMENT", "two words"), ("COMITIA_DEPLOYMENT", "a\n")],
)
def test_a_wrong_setting_is_named_with_what_was_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert main("trial", wire, ["settings"]) == 2
    error = capsys.readouterr().err
    assert variable in error
    assert repr(value) in error


def test_a_wrong_argument_is_named_as_it_was_given() -> None:
    with pytest.raises(CannotStart, match="log_format: "):
        load(log_format="yaml")


def test_an_api_beyond_loopback_does_not_start(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COMITIA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMITIA_LISTEN", "0.0.0.0:7400")
    assert main("trial", wire, ["api"]) == 2
    assert "refusing to listen on 0.0.0.0" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("kind", ["api", "worker"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_process_says_that_it_runs_and_ends_cleanly_on_a_signal(
    tmp_path: Path, kind: str, number: signal.Signals
) -> None:
    environment = {"COMITIA_DATA_DIR": str(tmp_path), "COMITIA_LISTEN": "127.0.0.1:0", "PYTHONPATH": ":".join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, kind], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("trial ")
    process.send_signal(number)
    _, error = process.communicate(timeout=20)
    assert (process.returncode, error) == (0, "")


def test_a_json_log_entry_is_one_line_with_its_traceback() -> None:
    try:
        raise RuntimeError("two\nlines")
    except RuntimeError:
        entry = logging.LogRecord("trial", logging.ERROR, "", 1, "incident %s", ("x1",), sys.exc_info())
    line = logs.JsonLines().format(entry)
    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("error", "trial", "incident x1")
    assert told["traceback"].endswith(f"RuntimeError: {logs.UNTOLD}")
    assert told["at"].endswith("Z")
