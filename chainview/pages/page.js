"use strict";
const field = document.getElementById("find"), told = document.getElementById("told");
const rows = Array.from(document.querySelectorAll("[data-row]"));
const calls = Array.from(document.querySelectorAll("details.call"));
const texts = new Map();

function textOf(row, small) {
  if (!texts.has(row)) texts.set(row, [row.textContent, row.textContent.toLowerCase()]);
  return texts.get(row)[small ? 1 : 0];
}

function find() {
  const wanted = field.value, small = wanted === wanted.toLowerCase();
  let hits = 0;
  for (const row of rows) {
    const hit = textOf(row, small).includes(wanted);
    row.hidden = !hit;
    hits += hit;
  }
  for (const call of calls) {
    call.hidden = wanted !== "" && !call.querySelector("[data-row]:not([hidden])");
    if (wanted !== "" && !call.hidden) call.open = true;
  }
  told.textContent = wanted === "" ? "" : `${hits.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
}

let waiting = 0;
field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(find, 100); });
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== field) { event.preventDefault(); field.focus(); }
  if (event.key === "Escape" && event.target === field) { field.value = ""; find(); field.blur(); }
});
for (const [id, open] of [["unfold", true], ["fold", false]]) {
  document.getElementById(id).addEventListener("click", () => { for (const call of calls) call.open = open; });
}
for (const link of document.querySelectorAll("a[href^='#']")) {
  link.addEventListener("click", () => {
    for (let at = document.getElementById(link.hash.slice(1)); at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
  });
}
document.querySelector(".tools").hidden = false;
