"""What a phone must load before the first screen stays under the goal, so that a slow network is not what keeps people
from using the app."""

from tests.bench.web.weight import SHELL_GOAL, kept_in, shell_of
from tests.browser.serving import web_folder


def test_the_shell_is_light() -> None:
    shell = shell_of(web_folder())
    assert {path.rpartition(".")[2] for path in shell} == {"html", "css", "js"}
    assert sum(shell.values()) <= SHELL_GOAL, shell


def test_what_is_loaded_at_the_start_is_kept_for_a_start_without_a_network() -> None:
    folder = web_folder()
    assert set(shell_of(folder)) <= set(kept_in(folder))
