# Two commands on a fresh machine: `make grade` and `make test`. Each first installs what it needs into .venv; the
# second time neither needs a network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
GRADING := $(VENV)/.grading
DEVELOPMENT := $(VENV)/.development
PAGE := docs/benchmarks.md
# The variables hold for the build of hw11 itself, too, which pip does in an environment of its own.
INSTALL := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check

# A module's tests run in one worker, so that its sandbox, judge or browser starts once. The order is that of
# tests/conftest.py: xdist's own puts modules with many short tests before those with few long ones.
WORKERS = auto
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder

# Every process that is started would compile hw11 again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help grade test test-all lint format types validate validate-all template schema bench clean

help:
	@echo "make grade     grade the sample class and say where the reports are"
	@echo "make test      every test that is not slow; make test-all: every test"
	@echo "make lint      ruff; make types: mypy; make validate: check the checks (validate-all: measure them)"
	@echo "make bench     write docs/benchmarks.md again, in twenty minutes (BENCH='--submissions 1000' for a whole class)"
	@echo "make template  write student_template/ again; make schema: what docs/ says of problem files"

$(GRADING): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "hw11 needs Python 3.11 or newer (PYTHON=python3.12 make …)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL) -e .
	@touch $(GRADING)

$(DEVELOPMENT): $(GRADING)
	@$(INSTALL) -e '.[dev]'
	@touch $(DEVELOPMENT)

grade: $(GRADING)
	@command -v bwrap >/dev/null || echo "bubblewrap is missing, so the sample class is graded without a wall (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap)"
	@$(BIN)/hw11 grade tests/sample_class --out out/sample_class \
		--secret-file tests/sample_class/class.secret --isolation $$($(BIN)/hw11 doctor >/dev/null 2>&1 && echo full || echo process)
	@echo "open out/sample_class/index.html (staff) and out/sample_class/reports/ (students)"

test: $(DEVELOPMENT)
	@command -v bwrap >/dev/null || echo "bubblewrap is missing: the tests of the wall run on the level that is left"
	@$(PYTEST) -m 'not slow'

# Slow tests wait for browsers, databases and limits of time: a worker more than there are processors.
test-all: WORKERS = $$(($$(getconf _NPROCESSORS_ONLN) + 1))
test-all: $(DEVELOPMENT)
	@command -v bwrap >/dev/null || echo "bubblewrap is missing: the tests of the wall run on the level that is left"
	@$(PYTEST)

lint: $(DEVELOPMENT)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(DEVELOPMENT)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# One cache for all four, as each would read torch's types anew.
types: export MYPY_CACHE_DIR = $(CURDIR)/.mypy_cache
types: $(DEVELOPMENT)
	@$(BIN)/mypy
	@for folder in probes properties; do \
		(cd problems/$$folder && MYPYPATH=. ../../$(BIN)/mypy --config-file ../../pyproject.toml *.py) || exit 1; done
	@cd benchmarks && MYPYPATH=.:.. ../$(BIN)/mypy --config-file ../pyproject.toml *.py

validate: $(GRADING)
	@$(BIN)/hw11 validate --quick

validate-all: $(GRADING)
	@$(BIN)/hw11 validate

template: $(DEVELOPMENT)
	@$(BIN)/hw11 kit --template --out student_template
	@rm -rf tests/sample_class/untouched && mkdir tests/sample_class/untouched
	@cp student_template/*.py student_template/*.yaml tests/sample_class/untouched/

bench: $(DEVELOPMENT)
	@printf '# What it costs\n\n`make bench` wrote this page. Ratios carry over to another machine, seconds do not.\n\n' > $(PAGE).new
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/bench_class.py $(BENCH) >> $(PAGE).new
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/bench_judge.py --every 4 $(if $(MATH_VERIFY),--math-verify $(MATH_VERIFY)) >> $(PAGE).new
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/bench_sandbox.py >> $(PAGE).new
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/bench_lr.py >> $(PAGE).new
	@OMP_NUM_THREADS=1 $(BIN)/python benchmarks/bench_desk.py >> $(PAGE).new
	@mv $(PAGE).new $(PAGE)

schema: $(DEVELOPMENT)
	@$(BIN)/python -m grader.assignment.schema > docs/problem.schema.json
	@$(BIN)/python -m grader.assignment.reference > docs/problem-reference.md

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
