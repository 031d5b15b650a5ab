"""Adding photos and files on the screen, as somebody does who has them in a folder."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.pictures import chosen, photo

CHOOSE = "Pilih dari perangkat"


def picker(page: Page, label: str | None = None) -> Locator:
    """The place for the files of a document: the only one, or the one of that label."""
    groups = page.get_by_role("main").locator("fieldset.picker")
    return groups if label is None else page.get_by_role("group", name=re.compile(f"^{re.escape(label)}"))


def attach(page: Page, *files: Any, to: str | None = None) -> None:
    """Choose these files; until they are shown."""
    place = picker(page, to)
    shown = place.get_by_role("list", name="File yang ditambahkan").get_by_role("listitem")
    before = shown.count()
    with page.expect_file_chooser() as dialog:
        place.get_by_role("button", name=CHOOSE).click()
    dialog.value.set_files(list(files))
    expect(shown).to_have_count(before + len(files))


def attach_photo(page: Page, seed: int = 0, to: str | None = None) -> None:
    attach(page, chosen(f"foto-{seed}.jpg", photo(seed)), to=to)


def offer(page: Page, *files: Any, to: str | None = None) -> None:
    """Choose files that may not be taken."""
    with page.expect_file_chooser() as dialog:
        picker(page, to).get_by_role("button", name=CHOOSE).click()
    dialog.value.set_files(list(files))


def refused(page: Page) -> Locator:
    """What is said of files that were not taken."""
    return page.get_by_role("main").locator(".file-refusals")
