# Every target does its own set-up in .venv; what has not changed is not installed or run again.

.DEFAULT_GOAL := help
.PHONY: help lab book lite pdf serve notebooks check test places house heights soak audit bench drag parity sweep mutants package zip linkcheck clean
python := .venv/bin/python

# The kernel, the packages and the settings are those of .venv, whatever the user's own are.
export JUPYTER_PREFER_ENV_PATH := 1
export IPYTHONDIR := $(CURDIR)/.venv/ipython
unexport JUPYTER_PATH PYTHONPATH PYTHONHOME MPLBACKEND

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):  *## \(.*\)/make \1	\2/p' Makefile | expand -t 18

lab:  ## open JupyterLab on the chapters
	@tools/venv.sh lab
	@$(python) -m tools.lab

book:  ## build the book into _build/html
	@tools/venv.sh book
	@$(python) -m tools.build_book

lite:  ## build the book with JupyterLite beside it, in _build/html/lite
	@tools/venv.sh test
	@$(python) -m tools.lite
	@$(python) -m tools.build_book

pdf:  ## print the whole book into _build/pdf, with an outline; PDF=--without-solutions
	@tools/venv.sh test
	@$(python) -m tools.build_book
	@$(python) -m tools.browser >/dev/null
	@$(python) -m tools.pdf $(PDF)

serve:  ## serve the book, and build it again when a chapter or the package is saved
	@tools/venv.sh test
	@$(python) -m tools.serve

notebooks:  ## execute every chapter and store it with its outputs
	@tools/venv.sh test
	@$(python) -m tools.notebooks

check:  ## format, lint, types and unit tests, Python and JavaScript: no browser, no notebooks
	@tools/venv.sh test
	@$(python) -m tools.stages check

test:  ## check, then the built book, its notebooks, and its pages in a browser
	@tools/venv.sh test
	@$(python) -m tools.browser >/dev/null
	@$(python) -m tools.stages test

places:  ## run every chapter where readers run it: minutes, and NumPy's wheel for browsers
	@tools/venv.sh test
	@$(python) -m tools.browser >/dev/null
	@$(python) -m tools.pyodide --download
	@$(python) -m tools.lite
	@$(python) -m tools.build_book
	@$(python) -m pytest -q --no-header --tb=short tests/places

house:  ## draw the picture of the house again, from the imports
	@tools/venv.sh book
	@$(python) -m tools.house

heights:  ## measure the widgets, so that pages keep their places until they start
	@tools/venv.sh test
	@$(python) -m tools.build_book
	@$(python) -m tools.heights

soak:  ## play with every widget for long: 1 000 random actions, 1 000 sets of parameters each
	@tools/venv.sh test
	@$(python) -m tools.build_book
	@$(python) -m tools.browser >/dev/null
	@tools/soak.sh

audit:  ## measure every page with Lighthouse and axe, beside its bare text
	@tools/venv.sh audit
	@$(python) -m tools.build_book
	@$(python) -m tools.browser >/dev/null
	@$(python) -m tools.audit

bench:  ## time rnncore against the floor, PyTorch and Keras; writes a table of the book
	@tools/venv.sh test
	@$(python) -m tools.bench

drag:  ## measure what one drag of a number costs the page
	@tools/venv.sh test
	@$(python) -m tools.drag

parity:  ## compare rnncore with Keras and PyTorch; writes a table of the book
	@tools/venv.sh test
	@$(python) -m tools.parity

sweep:  ## run the long experiments that chapters read from; what is finished is not run again
	@tools/venv.sh test
	@$(python) -m tools.sweep $(SWEEP)

mutants:  ## break each line of the numbers and see a test fail; writes a table of the book
	@tools/venv.sh test
	@$(python) -m tools.mutants

package:  ## build the package, and try what is built as others will meet it
	@tools/venv.sh test
	@$(python) -m tools.package

zip:  ## pack the book into one archive that works without a server, in _build
	@tools/venv.sh book
	@$(python) -m tools.build_book
	@$(python) -m tools.archive

linkcheck:  ## check the links that lead out of the book, over the network
	@tools/venv.sh book
	@$(python) -m tools.linkcheck

clean:  ## remove all that the other targets have made, .venv too
	@rm -rf .venv tools/node/node_modules _build build .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
	@find book rnncore tests tools -name __pycache__ -prune -exec rm -rf {} +
