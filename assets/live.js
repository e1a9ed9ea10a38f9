// The live part: an input below each exercise and each proved equation. What a reader types
// goes to live-worker.js, which loads the proof on first use and judges it in a thread of its
// own, so that the page never waits. Without this script a page says how to run the check.

(() => {
  "use strict";

  const { src, dataset } = document.currentScript;
  const WORKER = new URL("live-worker.js", src);
  const CHARACTERS = Number(dataset.characters);
  const NOTATION = `Letters, numbers, + - * / ** @, U.T, U[o], Sum(…, (k, 0, K-1)) and ${dataset.functions}; one entry of the result, or the whole array.`;
  const SECONDS = 10;
  const PAUSE = 300; // milliseconds without a key before the formula is typeset

  class TooSlow extends Error {}
  class Broken extends Error {}

  // One worker for the page. It answers one question at a time; one that takes too long, or
  // breaks it, costs it its life, and another takes its place.
  class Proof {
    constructor() {
      this.worker = null;
      this.busy = false;
      this.queue = Promise.resolve();
      this.onprogress = new Set();
    }

    load() {
      this.worker ??= new Promise((resolve, reject) => {
        const worker = new Worker(WORKER, { type: "module" });
        this.end = () => worker.terminate();
        worker.onerror = () => reject(new Error("its script did not load"));
        worker.onmessage = ({ data }) => {
          if (data.ready) resolve(worker);
          else if (data.failed) reject(new Error(data.failed));
          else this.onprogress.forEach((show) => show(data.loaded, data.total));
        };
      });
      this.worker.catch(() => this.drop());
      return this.worker;
    }

    drop() {
      this.end();
      this.worker = null;
    }

    // The answer, or null for a question that is out of date when its turn comes.
    ask(question, wanted = () => true) {
      const turn = this.queue.then(() => (wanted() ? this.answer(question) : null));
      this.queue = turn.catch(() => {});
      return turn;
    }

    async answer(question) {
      const worker = await this.load();
      this.busy = true;
      try {
        return await new Promise((resolve, reject) => {
          this.clock = setTimeout(() => reject(new TooSlow()), SECONDS * 1000);
          worker.onerror = (event) => reject(new Broken(event.message));
          worker.onmessage = ({ data }) =>
            data.answer ? resolve(data.answer) : reject(new Broken(data.broken));
          worker.postMessage(question);
        });
      } catch (error) {
        this.drop();
        this.load().catch(() => {});
        throw error;
      } finally {
        this.busy = false;
        clearTimeout(this.clock);
      }
    }
  }

  const proof = new Proof();

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  // A reader's formula survives a reload, where the browser keeps anything at all.
  const kept = {
    read(label) {
      try {
        return localStorage.getItem(`w2v.formula.${label}`) ?? "";
      } catch {
        return "";
      }
    },
    write(label, formula) {
      try {
        localStorage.setItem(`w2v.formula.${label}`, formula);
      } catch {
        // Nothing is kept.
      }
    },
  };

  // Typeset with the MathJax of the page; without it, show the LaTeX.
  async function typeset(place, latex) {
    window.MathJax?.typesetClear?.([place]);
    place.textContent = `\\[${latex}\\]`;
    await window.MathJax?.startup?.promise;
    await window.MathJax?.typesetPromise?.([place]);
  }

  function why(error) {
    if (error instanceof TooSlow)
      return `undecided: no verdict within ${SECONDS} s; try a simpler form`;
    if (error instanceof Broken)
      return `undecided: the attempt broke off (${error.message}); try a simpler form`;
    return `The proof could not be loaded (${error.message}). Check again to retry, or run the cell instead.`;
  }

  class Place {
    constructor(root) {
      this.label = root.dataset.claim;
      this.checks = 0;
      const id = `live-${this.label}`;
      const letters = root.querySelector(".w2v-letters");
      if (letters) letters.id = `${id}-letters`;
      root.querySelector(".w2v-run").hidden = true;
      this.input = element("textarea", {
        id, rows: 2, value: kept.read(this.label), autocomplete: "off", spellcheck: false,
      });
      this.input.setAttribute("autocapitalize", "off");
      if (letters) this.input.setAttribute("aria-describedby", letters.id);
      this.last = this.input.value;
      this.preview = element("div", { className: "w2v-preview", hidden: true });
      this.verdict = element("p", { className: "w2v-verdict" });
      this.verdict.setAttribute("role", "status");
      this.bar = element("progress", { max: 1, value: 0 });
      this.bar.setAttribute("aria-label", "Loading the proof");
      this.amount = element("span");
      this.loading = element("p", { className: "w2v-loading", hidden: true }, this.bar, this.amount);
      const asked = root.tagName === "DETAILS" ? "Your right-hand side" : "Your formula";
      this.form = this.build(id, asked, root.dataset.title);
      root.append(this.form);
      this.input.after(...(letters ? [letters] : []), this.help());
    }

    build(id, asked, title) {
      const hidden = element("span", { className: "visually-hidden" }, `: ${title}`);
      const label = element("label", { htmlFor: id }, asked, hidden);
      const button = element("button", { type: "submit" }, "Check");
      const form = element(
        "form", {}, label, this.input, button, this.loading, this.preview, this.verdict,
      );
      this.input.addEventListener("beforeinput", (event) => this.pasted(event));
      this.input.addEventListener("input", () => this.changed());
      this.input.addEventListener("keydown", (event) => this.pressed(event));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.check();
      });
      return form;
    }

    help() {
      const summary = element("summary", {}, "How to write it");
      return element("details", { className: "w2v-help" }, summary, element("p", {}, NOTATION));
    }

    pressed(event) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.form.requestSubmit();
      }
    }

    get formula() {
      return this.input.value.replace(/\s+/g, " ").trim();
    }

    say(status, message) {
      this.verdict.dataset.status = status;
      this.verdict.textContent = message;
    }

    // What is far too long is not taken in at all: the browser, too, would choke on it.
    refuse(length) {
      this.say("unreadable", `not taken: ${length} characters, and a formula has at most ${CHARACTERS}`);
    }

    pasted(event) {
      const { length } = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
      if (length <= CHARACTERS) return;
      event.preventDefault();
      this.refuse(length);
    }

    changed() {
      const { length } = this.input.value;
      if (length > CHARACTERS) {
        this.input.value = this.last;
        this.refuse(length);
        return;
      }
      this.last = this.input.value;
      this.checks += 1;
      this.say("", "");
      kept.write(this.label, this.last);
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.look(), PAUSE);
    }

    // Ask the proof, and show how far its loading has come.
    async ask(kind, wanted) {
      const show = (loaded, total) => {
        const million = (bytes) => (bytes / 1e6).toFixed(1);
        this.bar.value = loaded / total;
        this.amount.textContent = loaded < total
          ? ` loading Python and SymPy, once: ${million(loaded)} of ${million(total)} MB`
          : " starting Python and SymPy";
      };
      proof.onprogress.add(show);
      this.loading.hidden = false;
      this.amount.textContent ||= " loading Python and SymPy, once";
      proof.load().catch(() => {}).then(() => { this.loading.hidden = true; });
      const { label, formula } = this;
      try {
        return await proof.ask({ kind, label, formula }, () => wanted() && formula !== this.slow);
      } catch (error) {
        if (error instanceof TooSlow) this.slow = formula;
        throw error;
      } finally {
        proof.onprogress.delete(show);
      }
    }

    // Typeset what was understood, unless more has been typed since.
    async look() {
      const { formula } = this;
      this.preview.hidden = !formula;
      if (!formula) return;
      const seen = () => this.formula === formula;
      let found;
      try {
        found = await this.ask("preview", seen);
      } catch (error) {
        found = { unread: why(error) };
      }
      if (found && seen()) await this.show(found);
    }

    async show({ latex, shape, unread }) {
      if (unread) {
        this.preview.textContent = unread;
        return;
      }
      const formula = element("div", { className: "math" });
      this.preview.replaceChildren(`Understood, with shape ${shape}:`, formula);
      await typeset(formula, latex);
      if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
    }

    async check() {
      if (!this.formula) return this.say("unanswered", "not answered yet");
      const turn = (this.checks += 1);
      const mine = () => this.checks === turn;
      this.say("waiting", proof.busy ? "waiting for another check …" : "checking …");
      clearTimeout(this.pause);
      this.slow = null;
      this.look();
      try {
        const found = await this.ask("check", mine);
        if (found && mine()) this.say(found.status, found.message);
        else if (mine()) this.say("undecided", why(new TooSlow()));
      } catch (error) {
        if (mine()) this.say("undecided", why(error));
      }
    }
  }

  function begin() {
    for (const root of document.querySelectorAll(".w2v-live")) {
      if (root.tagName !== "DETAILS") new Place(root);
      else root.addEventListener("toggle", () => new Place(root), { once: true });
    }
  }

  function explain() {
    for (const run of document.querySelectorAll(".w2v-live .w2v-run")) {
      run.append(" (Here it cannot be checked: the page was opened from a file, and browsers start no proof from there. Serve the book with make serve, and it can.)");
    }
  }

  if (location.protocol === "file:") explain();
  else if (window.Worker && window.WebAssembly) begin();
})();
