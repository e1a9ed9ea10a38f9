// What scrolls sideways can be reached, and then scrolled, with the keyboard.
(() => {
  const scrollers = ".bd-article :is(pre, .math, .output, .pst-scrollable-table-container, mjx-container)";
  const mark = ({ target }) => {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  };
  const watch = new ResizeObserver((changes) => changes.forEach(mark));
  const begin = () => document.querySelectorAll(scrollers).forEach((box) => watch.observe(box));
  document.addEventListener("DOMContentLoaded", () => {
    (window.MathJax?.startup?.promise ?? Promise.resolve()).then(begin);
  });
})();
