# make run: finds the boundary.  make test: lint, arrows, types and tests.  make docs: the documentation site.
# All of them install into .venv first.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test docs constraints clean

run: .venv/installed
	$(BIN)/wellposed study wave
	$(BIN)/wellposed report

test: .venv/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd typing && ../$(BIN)/lint-imports --no-logo ../pyproject.toml
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

docs: .venv/installed-for-docs
	$(BIN)/sphinx-build --builder html --nitpicky --fail-on-warning --keep-going --quiet docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

# Renews constraints.txt: the newest versions that the lowest Python of pyproject.toml can install.
constraints: .venv/bin/uv
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11.0 --extra test --no-annotate \
		--custom-compile-command "make constraints" --output-file constraints.txt pyproject.toml

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv

.venv/installed: .venv/bin/uv pyproject.toml setup.py constraints.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e .
	touch $@

.venv/installed-for-tests: .venv/bin/uv pyproject.toml setup.py constraints.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[test]'
	touch $@ .venv/installed

.venv/installed-for-docs: .venv/bin/uv pyproject.toml setup.py constraints.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[docs]'
	touch $@ .venv/installed

clean:
	rm -rf .venv
