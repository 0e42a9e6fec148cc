"""A page of the book that runs in the browser, as tests drive it."""

import time

CELLS = "article div.cell:has(> .cell_input)"
TEXTS = ".cell_output .output pre, .cell_output .rnn-film"


class Running:
    """The page around "Run this page"."""

    def __init__(self, page):
        self.page = page
        self.box = page.locator("[data-run]")
        self.button = self.box.get_by_role("button", name="Run this page")

    def press(self):
        self.button.click()
        self.page.wait_for_selector(".run-bar")
        return self

    def status(self):
        return self.page.locator(".run-status").inner_text()

    def until(self, *words, seconds=60):
        """Wait until the status has one of the words; return it."""
        end = time.monotonic() + seconds
        while not any(word in (said := self.status()) for word in words):
            if time.monotonic() > end:
                raise AssertionError(f"for {seconds} s it says: {said}")
            self.page.wait_for_timeout(50)
        return said

    def cell(self, number):
        return self.page.locator(CELLS).nth(number - 1)

    def editor(self, number):
        return self.page.get_by_role("textbox", name=f"Code of cell {number}", exact=True)

    def refused(self, number):
        """Return what a cell that has failed is described with, or None if it has not."""
        if self.editor(number).get_attribute("aria-invalid") != "true":
            return None
        *_, says = self.editor(number).get_attribute("aria-describedby").split()
        return self.page.locator(f"#{says}").inner_text()

    def text(self, number):
        return "\n".join(self.editor(number).locator(".cm-line").all_text_contents())

    def write(self, number, text):
        """Put a text in the place of a cell's code, as a reader pastes it."""
        self.editor(number).fill(text)

    def press_run(self, number):
        self.page.get_by_role("button", name=f"Run cell {number}", exact=True).click()

    def run(self, number, seconds=60):
        """Run a cell and return what the status says of it."""
        self.press_run(number)
        return self.until(f"Cell {number} has run", f"Cell {number} stopped", seconds=seconds)

    def output(self, number):
        """Return the texts that a cell gives, one for each output."""
        return self.cell(number).locator(".cell_output .output pre").all_text_contents()

    def numbers(self):
        """Return what the cells give as texts, figures aside: a list for each cell."""
        cells = self.page.locator(CELLS).all()
        return [
            [" ".join(text.split()) for text in cell.locator(TEXTS).all_text_contents()]
            for cell in cells
        ]

    def run_all(self, seconds=300):
        """Press "Run all", then each solution; return how many cells there are."""
        self.page.get_by_role("button", name="Run all").click()
        self.wait_for_cells(seconds)
        solutions = self.page.locator(".solution .run-cell")
        for button in solutions.all():
            button.evaluate("(button) => button.click()")  # it is in a box that may be closed
        self.wait_for_cells(seconds)

    def wait_for_cells(self, seconds):
        end = time.monotonic() + seconds
        while left := self.page.locator("[data-run-mark=waiting], [data-run-mark=running]").count():
            if time.monotonic() > end:
                raise AssertionError(f"after {seconds} s {left} cells have not run")
            self.page.wait_for_timeout(100)

    def failed(self):
        """Return the outputs of the cells that have failed."""
        return self.page.locator("[data-run-mark=failed]").all_text_contents()
