# Two commands on a fresh machine: `make grade` and `make test`. Both create the environment first; the second
# time they need no network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup grade test test-all lint format types validate template schema bench clean

help:
	@echo "make grade     grade the sample class and say where the reports are"
	@echo "make test      every test (make test-fast: without the slow ones)"
	@echo "make lint      ruff; make types: mypy; make validate: check the checks"
	@echo "make bench     what a class costs, beside otter-grader (BENCH='--submissions 60')"
	@echo "make template  write student_template/ again; make schema: docs/problem.schema.json"

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "hw11 needs Python 3.11 or newer (PYTHON=python3.12 make …)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling editables
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation -e '.[dev]'
	@touch $(STAMP)

grade: setup
	@command -v bwrap >/dev/null || echo "bubblewrap is missing, so the sample class is graded without a wall (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap)"
	@$(BIN)/hw11 grade tests/sample_class --out out/sample_class \
		--secret-file tests/sample_class/class.secret --isolation $$($(BIN)/hw11 doctor >/dev/null 2>&1 && echo full || echo process)
	@echo "open out/sample_class/index.html (staff) and out/sample_class/reports/ (students)"

test: setup
	@command -v bwrap >/dev/null || echo "bubblewrap is missing: the tests of the wall run on the level that is left"
	@$(BIN)/python -m pytest -n auto -m 'slow or not slow'

test-fast: setup
	@$(BIN)/python -m pytest -n auto -m 'not slow'

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup
	@$(BIN)/mypy
	@for folder in probes properties; do \
		(cd problems/$$folder && MYPYPATH=. ../../$(BIN)/mypy --config-file ../../pyproject.toml *.py) || exit 1; done

validate: setup
	@$(BIN)/hw11 validate

template: setup
	@$(BIN)/hw11 kit --template --out student_template
	@rm -rf tests/sample_class/untouched && mkdir tests/sample_class/untouched
	@cp student_template/*.py student_template/*.yaml tests/sample_class/untouched/

bench: setup
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/bench_class.py $(BENCH)

schema: setup
	@$(BIN)/python -m grader.assignment.schema > docs/problem.schema.json

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
