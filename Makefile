# Needs python3 >= 3.11, git >= 2.34 and OpenSSH. Everything else comes from requirements.lock,
# by hash, into .venv. Paths are relative so that the tree may live under a path with spaces.

SHELL = /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test check lint bench docs lock clean tools venv

# The Python that .venv is made with; when empty, the first of these that is new enough.
PYTHON ?=
PYTHONS = python3 python3.13 python3.12 python3.11 python

NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
PYTEST = .venv/bin/python -m pytest -n auto

# A Python of somebody else's environment must not look into ours.
unexport PYTHONPATH
unexport PYTHONHOME
# uv trusts the certificates that the system trusts, as pip does (old and new spelling).
export UV_SYSTEM_CERTS = 1

help: ## list the targets
	@awk -F ': .*## |: ## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

demo: venv ## play an incident through, from the declaration to the last message
	@.venv/bin/comms demo

test: venv ## run the tests
	@$(PYTEST)

check: lint test ## run what CI runs: linters, types, layers, then the tests

lint: venv ## run the linters, the types and the layers
	.venv/bin/python -m ruff check
	.venv/bin/python -m ruff format --check
	.venv/bin/python -m mypy
	.venv/bin/lint-imports --no-logo

bench: venv ## measure
	@.venv/bin/python -m bench

docs: venv ## write the generated pages again
	@.venv/bin/python docs/generate.py

lock: ## resolve requirements.lock again from pyproject.toml (needs uv; keeps what still fits)
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --quiet --output-file requirements.lock

clean: ## remove .venv and everything that was built
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find src tests bench docs -type d -name __pycache__ -prune -exec rm -rf {} +

tools:
	@command -v git >/dev/null 2>&1 || \
	  { echo 'git is missing: install git 2.34 or newer.' >&2; exit 1; }
	@git --version | awk '{ split($$3, v, "."); exit !(v[1] > 2 || (v[1] == 2 && v[2] >= 34)) }' || \
	  { echo "This git is too old, 2.34 or newer is needed: $$(git --version)" >&2; exit 1; }
	@command -v ssh-keygen >/dev/null 2>&1 || \
	  { echo 'ssh-keygen is missing: install OpenSSH (openssh-client).' >&2; exit 1; }

# .venv remembers what it was made from (the lock, pyproject.toml, where it lies, PYTHON), by
# content: a checkout that only touches files does not make it again, a copied tree does.
venv: tools
	@set -e; \
	made_from="$$(cat requirements.lock pyproject.toml | cksum) $(PYTHON) $$(pwd)"; \
	if [ -x .venv/bin/python ] && [ "$$(cat .venv/made-from 2>/dev/null)" = "$$made_from" ]; then \
	  exit 0; \
	fi; \
	if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; else set -- $(PYTHONS); fi; \
	python=; \
	for candidate; do \
	  if "$$candidate" -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "No Python 3.11 or newer among: $$*. Install one, or name it: make PYTHON=PATH." >&2; exit 1; \
	fi; \
	echo "Making .venv with $$("$$python" --version) from requirements.lock" >&2; \
	rm -rf .venv; \
	if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --python "$$("$$python" -c 'import sys; print(sys.executable)')" .venv; \
	  uv pip install --quiet --python .venv/bin/python --require-hashes --only-binary :all: \
	    --requirement requirements.lock; \
	  uv pip install --quiet --python .venv/bin/python --no-index --no-deps --no-build-isolation \
	    --editable .; \
	else \
	  "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || \
	    { echo "$$python has no venv module: install python3-venv." >&2; exit 1; }; \
	  "$$python" -m venv .venv; \
	  set -- --quiet --no-input --disable-pip-version-check; \
	  .venv/bin/python -m pip install "$$@" --require-hashes --only-binary :all: \
	    --requirement requirements.lock; \
	  .venv/bin/python -m pip install "$$@" --no-index --no-deps --no-build-isolation \
	    --editable .; \
	fi; \
	echo "$$made_from" >.venv/made-from
