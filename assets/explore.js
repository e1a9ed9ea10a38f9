// See the gradient: the live figure of book/explore.md. The formulas bear the names of
// those in w2v, and tests/test_explore.py compares their numbers.
"use strict";

(() => {
  // JSON, which tools/explore_picture.py reads as well. The three words are the tiny world
  // of chapter 05 with the draws of chapter 06.
  const WORLDS = {
    "six words": {
      "words": ["sea", "ship", "sail", "sky", "star", "moon"],
      "V": [[1, 1.6], [1.8, -0.2], [-1.7, -1.6], [-0.8, 1.7], [0.8, 0.6], [-0.9, -0.6]],
      "U": [[0.4, -2], [0.6, -1], [-2.1, 1.9], [-0.4, 0.7], [-0.5, -1.5], [-1.6, 1.3]],
      "pairs": [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1],
                [3, 4], [3, 5], [4, 3], [4, 5], [5, 3], [5, 4]],
      "c": 0, "o": 1, "w": [5, 3, 5]
    },
    "three words": {
      "words": ["sea", "ship", "star"],
      "V": [[1, 2], [0.5, 1], [-1, 1]],
      "U": [[2, -1], [0, 1], [-1, 0]],
      "pairs": [[0, 1], [0, 2], [1, 0], [2, 0]],
      "c": 0, "o": 1, "w": [2, 2]
    }
  };
  const LOSSES = { naive: "naive softmax", ns: "negative sampling" };
  const ALPHA = 0.5, SEED = 14, FAR = 100; // no step goes where a number of a vector is larger

  // The formulas of chapters 03 to 06.

  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const plus = (a, b) => a.map((x, i) => x + b[i]);
  const scaled = (x, a) => a.map((y) => x * y);
  const outer = (r, v) => r.map((x) => scaled(x, v));
  const combined = (r, U) => r.reduce((sum, x, w) => plus(sum, scaled(x, U[w])), [0, 0]);
  const scores = (v, U) => U.map((u) => dot(u, v));

  function sigmoid(x) {
    return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
  }

  function log_sigmoid(x) {
    return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
  }

  function log_softmax(z) {
    const top = Math.max(...z);
    const rest = Math.log(z.reduce((sum, x) => sum + Math.exp(x - top), 0));
    return z.map((x) => x - top - rest);
  }

  function naive_softmax_loss(v, o, U) {
    return -log_softmax(scores(v, U))[o];
  }

  function naive_residual(v, o, U) {
    return log_softmax(scores(v, U)).map((x, w) => Math.exp(x) - (w === o ? 1 : 0));
  }

  function naive_softmax_loss_and_grad(v, o, U) {
    const residual = naive_residual(v, o, U);
    return [naive_softmax_loss(v, o, U), combined(residual, U), outer(residual, v)];
  }

  function ns_loss(v, o, w, U) {
    return w.reduce((J, x) => J - log_sigmoid(-dot(U[x], v)), -log_sigmoid(dot(U[o], v)));
  }

  function ns_residuals(v, o, w, U) {
    return [sigmoid(dot(U[o], v)) - 1, ...w.map((x) => sigmoid(dot(U[x], v)))];
  }

  function negative_sampling_loss_and_grad(v, o, w, U) {
    const r = ns_residuals(v, o, w, U), rows = [o, ...w];
    const dU = U.map(() => [0, 0]);
    rows.forEach((x, k) => { dU[x] = plus(dU[x], scaled(r[k], v)); });
    return [ns_loss(v, o, w, U), combined(r, rows.map((x) => U[x])), dU];
  }

  // The state, and what changes it.

  const s = { loss: "naive", alpha: ALPHA };

  function restart(world = s.world) {
    const start = JSON.parse(JSON.stringify(WORLDS[world]));
    Object.assign(s, start, { world, seed: SEED, steps: 0 });
  }

  function loss_and_grad(V, U) {
    return s.loss === "naive"
      ? naive_softmax_loss_and_grad(V[s.c], s.o, U)
      : negative_sampling_loss_and_grad(V[s.c], s.o, s.w, U);
  }

  function stepped() { // both tables from gradients at one point
    const [, dv, dU] = loss_and_grad(s.V, s.U);
    const V = s.V.map((v, x) => (x === s.c ? plus(v, scaled(-s.alpha, dv)) : v));
    return { V, U: s.U.map((u, x) => plus(u, scaled(-s.alpha, dU[x]))) };
  }

  const largest = ({ V, U }) => Math.max(...[...V, ...U].flat().map(Math.abs));

  function step() {
    const after = stepped(), near = largest(after) <= FAR;
    if (near) Object.assign(s, after, { steps: s.steps + 1 });
    else pause();
    return near;
  }

  function below(n) { // a drawn whole number, from a linear congruence
    s.seed = (Math.imul(1664525, s.seed) + 1013904223) >>> 0;
    return Math.floor((s.seed / 2 ** 32) * n);
  }

  const ids = () => s.words.map((_, x) => x);
  const others = (o) => ids().filter((x) => x !== o);
  const involved = () => ids().filter((x) => s.loss === "naive" || x === s.o || s.w.includes(x));

  function redraw(K = s.w.length) {
    s.w = Array.from({ length: K }, () => others(s.o)[below(s.words.length - 1)]);
  }

  function next_pair() {
    [s.c, s.o] = s.pairs[below(s.pairs.length)];
    redraw();
  }

  const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

  function mean_loss(V, U) { // over the pairs, and over the draws of each, evenly from the others
    return mean(s.pairs.map(([c, o]) => {
      if (s.loss === "naive") return naive_softmax_loss(V[c], o, U);
      const fake = mean(others(o).map((x) => -log_sigmoid(-dot(U[x], V[c]))));
      return ns_loss(V[c], o, [], U) + s.w.length * fake;
    }));
  }

  // The page.

  const root = document.getElementById("explore");
  const SIZE = 480, SHORT = 6; // an arrow shorter than its head is not drawn
  const get = (name) => root.querySelector(`[name="${name}"]`);
  const signed = (text) => text.replaceAll("-", "\u2212");
  const number = (x, digits = 3) => signed(x.toFixed(digits).replace(/^-(?=[0.]*$)/, ""));
  const point = (a, digits = 3) => `(${a.map((x) => number(x, digits)).join(", ")})`;
  const option = ([value, text]) => `<option value="${value}">${text}</option>`;
  const options = (pairs) => pairs.map(option).join("");
  const name = (table, x) => `<i>${table.toLowerCase()}</i><sub>${s.words[x]}</sub>`;

  function svg(tag, attributes, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    node.append(...children);
    return node;
  }

  root.innerHTML = `
    <div class="explore-controls">
      <label>Words <select name="world">${options(Object.keys(WORLDS).map((x) => [x, x]))}</select></label>
      <label>Loss <select name="loss">${options(Object.entries(LOSSES))}</select></label>
      <label>Center <i>c</i> <select name="c"></select></label>
      <label>Outside <i>o</i> <select name="o"></select></label>
      <span class="explore-draws" role="group" aria-label="Negative draws">
        <label>Draws <i>K</i> <input name="K" type="number" min="0" max="5"></label>
        <span></span>
        <button type="button" name="redraw">Redraw</button>
      </span>
    </div>
    <div class="explore-columns">
      <div>
        <svg viewBox="0 0 ${SIZE} ${SIZE}" role="group" aria-label="The plane of the vectors">
          <defs><marker id="explore-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="10"
            markerHeight="10" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 10 5 0 10z"/></marker></defs>
          <path class="explore-grid"/><path class="explore-axes"/><g class="explore-ticks" aria-hidden="true"></g>
          <g class="explore-stems"></g><g class="explore-handles"></g><g class="explore-steps"></g>
        </svg>
        <div class="explore-controls">
          <button type="button" name="step">Step</button>
          <button type="button" name="next">Next pair</button>
          <button type="button" name="play">Play</button>
          <button type="button" name="reset">Reset</button>
        </div>
        <label>Step size <i>α</i> <input name="alpha" type="range" min="0.05" max="2" step="0.05">
          <span class="explore-alpha"></span></label>
        <p class="explore-warning" role="alert"></p>
        <p class="explore-key"><span class="explore-V"></span> center vectors, rows of <i>V</i><br>
          <span class="explore-U"></span> outside vectors, rows of <i>U</i><br>
          <span class="explore-step"></span> where a step takes them</p>
        <p id="explore-hint">Drag a vector, or move to it with Tab and press the arrow keys, with Shift for
          longer ways.</p>
      </div>
      <div class="explore-numbers"></div>
    </div>
    <p class="explore-status" role="status"></p>`;

  // The plane.

  const plane = root.querySelector("svg");
  const layer = (part) => plane.querySelector(`.explore-${part}`);
  const vectors = []; // one a row of V, then one a row of U: { table, x, handle, stem, arrow }
  let extent = 3, dragged = null;

  const at = (a) => [SIZE / 2 + (a[0] * SIZE) / 2 / extent, SIZE / 2 - (a[1] * SIZE) / 2 / extent];
  const inside = (x) => Math.round(Math.max(-extent, Math.min(extent, x)) * 100) / 100;

  function line(node, from, to) {
    const [[x1, y1], [x2, y2]] = [at(from), at(to)];
    Object.entries({ x1, y1, x2, y2 }).forEach(([key, value]) => node.setAttribute(key, value));
    return Math.hypot(x2 - x1, y2 - y1);
  }

  function move(vector, target) {
    s[vector.table][vector.x] = target.map(inside);
    render();
  }

  function pressed(event, vector) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    move(vector, plus(s[vector.table][vector.x], scaled(event.shiftKey ? 0.5 : 0.1, way)));
  }

  function pointed(event) {
    const on_screen = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = on_screen.matrixTransform(plane.getScreenCTM().inverse());
    move(dragged, [(2 * x / SIZE - 1) * extent, (1 - 2 * y / SIZE) * extent]);
  }

  function handle(vector) {
    const mark = vector.table === "V"
      ? svg("circle", { r: 7, class: "explore-mark" })
      : svg("path", { d: "M-8.5 0 0-8.5 8.5 0 0 8.5z", class: "explore-mark" });
    const label = svg("text", {}, vector.table.toLowerCase(),
      svg("tspan", { dx: 1, dy: 4, class: "explore-word" }, s.words[vector.x]));
    const node = svg("g", {
      class: `explore-handle explore-${vector.table}`, tabindex: 0, role: "slider",
      "aria-roledescription": "vector in the plane", "aria-describedby": "explore-hint",
      "aria-label": `${vector.table === "V" ? "center" : "outside"} vector of ${s.words[vector.x]}`,
    }, svg("circle", { r: 18, class: "explore-hit" }), mark, label);
    node.addEventListener("keydown", (event) => pressed(event, vector));
    node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    node.addEventListener("pointerdown", (event) => {
      dragged = vector;
      node.setPointerCapture(event.pointerId);
    });
    node.addEventListener("pointermove", (event) => dragged === vector && pointed(event));
    node.addEventListener("lostpointercapture", () => { dragged = null; render(); });
    return node;
  }

  function build() { // what stays the same as long as the words do
    const words = options(s.words.map((word, x) => [x, word]));
    get("c").innerHTML = get("o").innerHTML = words;
    vectors.length = 0;
    ["V", "U"].forEach((table) => s.words.forEach((_, x) => vectors.push({ table, x })));
    vectors.forEach((vector) => Object.assign(vector, {
      handle: handle(vector), stem: svg("line", { class: `explore-${vector.table}` }),
      arrow: svg("line", { "marker-end": "url(#explore-head)" }),
    }));
    layer("handles").replaceChildren(...vectors.map((vector) => vector.handle));
    layer("stems").replaceChildren(...vectors.map((vector) => vector.stem));
    layer("steps").replaceChildren(...vectors.map((vector) => vector.arrow));
  }

  function draw_grid() {
    if (!dragged) extent = Math.max(3, Math.ceil(1.1 * largest(s)));
    const gap = 2 ** Math.max(0, Math.ceil(Math.log2(extent / 6)));
    const above = Array.from({ length: Math.floor(extent / gap) }, (_, i) => (i + 1) * gap);
    const ticks = above.flatMap((t) => [-t, t]).filter((t) => Math.abs(t) < extent);
    const text = (t, x, y, anchor) => svg("text", { x, y, "text-anchor": anchor }, signed(String(t)));
    const cross = (t) => { const [x, y] = at([t, t]); return `M${x} 0V${SIZE}M0 ${y}H${SIZE}`; };
    layer("grid").setAttribute("d", ticks.map(cross).join(""));
    layer("axes").setAttribute("d", cross(0));
    layer("ticks").replaceChildren(...ticks.flatMap((t) => [
      text(t, at([t, 0])[0], SIZE / 2 + 15, "middle"),
      text(t, SIZE / 2 - 6, at([0, t])[1] + 4, "end"),
    ]));
  }

  function draw_vector({ table, x, handle: node, stem, arrow }, after) {
    const a = s[table][x], [left, top] = at(a);
    const used = table === "V" ? x === s.c : involved().includes(x);
    const asked = table === "V" ? x === s.c : x === s.o;
    node.setAttribute("transform", `translate(${left} ${top})`);
    node.classList.toggle("explore-idle", !used);
    const values = { valuemin: -extent, valuemax: extent, valuenow: a[0],
      valuetext: signed(`${a[0].toFixed(2)} across, ${a[1].toFixed(2)} up`) };
    Object.entries(values).forEach(([key, value]) => node.setAttribute(`aria-${key}`, value));
    const label = node.querySelector("text"), right = left < 0.85 * SIZE;
    label.setAttribute("x", right ? 10 : -10);
    label.setAttribute("y", a[1] < 0 ? 18 : -8);
    label.setAttribute("text-anchor", right ? "start" : "end");
    line(stem, [0, 0], a);
    stem.style.display = asked ? "" : "none";
    arrow.style.display = used && line(arrow, a, after[table][x]) > SHORT ? "" : "none";
  }

  // The numbers.

  function table(caption, head, rows) {
    const titles = head.map((text) => `<th scope="col">${text}</th>`).join("");
    const cells = (row) => row.map((x) => `<td>${x}</td>`).join("");
    const line = ([first, ...rest]) => `<tr><th scope="row">${first}</th>${cells(rest)}</tr>`;
    return `<table><caption>${caption}</caption><thead><tr>${titles}</tr></thead>`
      + `<tbody>${rows.map(line).join("")}</tbody></table>`;
  }

  function losses(J, then, means) {
    return table("What does it cost?", ["<i>J</i>", "now", "after a step"], [
      ["this pair", `<b>${number(J, 4)}</b>`, number(then, 4)],
      [`mean over all ${s.pairs.length} pairs`, ...means.map((x) => number(x, 4))],
      ["steps made", s.steps, s.steps + 1],
    ]);
  }

  function prediction(z, residual) { // a row is a word and what is asked of it, y what is true
    const naive = s.loss === "naive";
    const rows = (naive ? ids() : [s.o, ...s.w]).map((w, k) => {
      const y = (naive ? w === s.o : k === 0) ? 1 : 0;
      return [s.words[w], number(z[k]), number(residual[k] + y), y, number(residual[k])];
    });
    return naive
      ? table("Which of all words?", ["word", "<i>z</i>", "<i>ŷ</i>", "<i>y</i>", "<i>ŷ</i> − <i>y</i>"], rows)
      : table("Real or fake?", ["word", "<i>z</i>", "<i>σ</i>(<i>z</i>)", "real", "residual"], rows);
  }

  function gradients(dv, dU, after) {
    const row = (letter, x, gradient) =>
      [name(letter, x), point(gradient), point(after[letter][x], 2)];
    return table("Which way is down?", ["vector", "gradient", "after a step"],
      [row("V", s.c, dv), ...involved().map((x) => row("U", x, dU[x]))]);
  }

  function draw_selects() {
    const [, slot] = root.querySelector(".explore-draws").children;
    if (slot.childElementCount !== s.w.length || slot.dataset.world !== s.world) {
      const words = get("o").innerHTML;
      const list = (_, k) => `<select name="w${k}" aria-label="draw ${k}">${words}</select>`;
      slot.innerHTML = s.w.map(list).join(" ");
      slot.dataset.world = s.world;
    }
    s.w.forEach((x, k) => { get(`w${k}`).value = x; });
    root.querySelector(".explore-draws").hidden = s.loss === "naive";
  }

  let timer = null, announcement = null;

  function announce(text) { // when it has come to rest
    clearTimeout(announcement);
    const tell = () => { root.querySelector(".explore-status").textContent = text; };
    if (timer === null) announcement = setTimeout(tell, 500);
  }

  function render() {
    const after = stepped(), v = s.V[s.c];
    const [J, dv, dU] = loss_and_grad(s.V, s.U), [then] = loss_and_grad(after.V, after.U);
    const naive = s.loss === "naive", words = naive ? ids() : [s.o, ...s.w];
    const z = words.map((w) => dot(s.U[w], v));
    const residual = naive ? naive_residual(v, s.o, s.U) : ns_residuals(v, s.o, s.w, s.U);
    const means = [mean_loss(s.V, s.U), mean_loss(after.V, after.U)];
    ["world", "loss", "c", "o", "alpha"].forEach((key) => { get(key).value = s[key]; });
    get("K").value = s.w.length;
    root.querySelector(".explore-alpha").textContent = s.alpha.toFixed(2);
    get("play").textContent = timer === null ? "Play" : "Pause";
    root.querySelector(".explore-warning").textContent = largest(after) > FAR
      ? "The next step would go too far: training diverges. Choose a smaller step, or reset." : "";
    draw_selects();
    draw_grid();
    vectors.forEach((vector) => draw_vector(vector, after));
    root.querySelector(".explore-numbers").innerHTML = losses(J, then, means)
      + prediction(z, residual) + gradients(dv, dU, after);
    root.dataset.state = JSON.stringify({ ...s, J, dv, dU, z, residual, mean: means, after });
    announce(`${s.words[s.c]}, ${s.words[s.o]}: loss ${number(J)}, after a step ${number(then)}; `
      + `mean over all pairs ${number(means[0])}; ${s.steps} steps made.`);
  }

  // What the controls do.

  function play() { // with reduced motion a jump of one pass instead of single steps
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    timer = setInterval(() => {
      for (let i = still ? s.pairs.length : 1; i > 0 && step(); i--) next_pair();
      render();
    }, still ? 1500 : 300);
  }

  function pause() {
    clearInterval(timer);
    timer = null;
  }

  const clicks = {
    step, redraw: () => redraw(), next: next_pair,
    play: () => (timer === null ? play() : pause()),
    reset: () => { pause(); restart(); s.alpha = ALPHA; },
  };

  const changes = {
    world: (value) => { pause(); restart(value); build(); },
    loss: (value) => { s.loss = value; },
    c: (value) => { s.c = +value; },
    o: (value) => { s.o = +value; },
    K: (value) => redraw(Math.max(0, Math.min(5, Math.round(+value)))),
    alpha: (value) => { s.alpha = +value; },
  };

  root.addEventListener("click", ({ target }) => {
    if (!(target.name in clicks)) return;
    clicks[target.name]();
    render();
  });

  root.addEventListener("input", ({ target }) => {
    if (target.name in changes) changes[target.name](target.value);
    else s.w[+target.name.slice(1)] = +target.value;
    render();
  });

  restart(Object.keys(WORLDS)[0]);
  build();
  render();
  clearTimeout(announcement);
  root.hidden = false;
  document.documentElement.classList.add("explore-live");
})();
