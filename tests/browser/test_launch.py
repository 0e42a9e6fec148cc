"""The menu of places at the head of a chapter: by keyboard, on a phone, without a script."""

import pytest

from tests.support.browser import HTML
from tools import lite

CHAPTER = "02_compute_states.html"
NAMES = "() => [...document.querySelectorAll('.launch a')].map((a) => a.firstChild.textContent)"
BOX = """() => {
  const { left, right, bottom } = document.querySelector(".launch ul").getBoundingClientRect();
  return left >= 0 && right <= innerWidth && bottom <= innerHeight;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_keys_open_it_on_a_phone(open_page, scheme):
    page = open_page(CHAPTER, viewport={"width": 360, "height": 640}, color_scheme=scheme)
    page.locator(".launch summary").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(BOX)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('.launch a') !== null")
    page.keyboard.press("Escape")
    assert page.locator(".launch ul").is_hidden()
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"


def test_it_needs_no_script(open_page):
    page = open_page(CHAPTER, ready=False, start=False, java_script_enabled=False)
    page.locator(".launch summary").click()
    page.locator(".launch a", has_text="Download").wait_for()


def test_it_names_only_places_that_are_there(open_page):
    """No address of a repository is set, and JupyterLite is there if it has been made."""
    made = ["JupyterLite"] if lite.SITE.exists() else []
    assert open_page(CHAPTER).evaluate(NAMES) == [*made, "Download"]
    assert open_page("notation.html").locator(".launch").count() == 0  # is no notebook


def test_jupyterlite_says_that_it_does_not_start_from_a_file(open_page):
    page = open_page(CHAPTER, base=HTML.as_uri())
    page.locator(".launch summary").click()
    page.locator(".launch a", has_text="JupyterLite").click()
    page.locator(".launch [role=status]", has_text="does not start from a file").wait_for()
    assert page.url.endswith(CHAPTER)


def test_jupyterlite_opens_the_chapter(open_page):
    page = open_page(CHAPTER)
    page.locator(".launch summary").click()
    address = page.locator(".launch a", has_text="JupyterLite").evaluate("(a) => a.href")
    assert page.request.get(address).ok
