"use strict";
// Asks for the view every ten seconds. The key stays in this tab, and goes when the tab does.
(() => {
  const PERIOD = 10000;
  const ROLES = { table: "table", tr: "row", td: "cell", "thead th": "columnheader", "th[scope=row]": "rowheader" };
  const view = document.getElementById("view");
  const said = view.dataset; // in the page's language
  const told = document.getElementById("told");
  const trouble = document.getElementById("trouble");
  const ask = document.getElementById("ask");
  const field = document.getElementById("key");

  async function look() {
    const key = sessionStorage.getItem("palate-operator-key");
    const headers = key ? { authorization: `Bearer ${key}` } : {};
    let answer;
    try {
      answer = await fetch("operator/view", { headers });
    } catch {
      trouble.textContent = said.gone;
      return;
    }
    ask.hidden = answer.ok;
    if (answer.status === 401 || answer.status === 403) {
      view.replaceChildren();
      told.textContent = "";
      trouble.textContent = key ? said.refused : "";
      field.focus();
      return;
    }
    if (!answer.ok) {
      trouble.textContent = said.down.replace("{status}", answer.status);
      return;
    }
    const open = new Set([...view.querySelectorAll("details[open]")].map((part) => part.id));
    view.innerHTML = await answer.text(); // written by our own template, which escapes what it is given
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    for (const bar of view.querySelectorAll("[data-share]")) bar.style.setProperty("--share", bar.dataset.share);
    for (const [tag, role] of Object.entries(ROLES)) // on a phone the rows are laid out as grids, and would lose them
      for (const node of view.querySelectorAll(tag)) node.setAttribute("role", role);
    trouble.textContent = "";
    told.textContent = said.asOf.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang));
  }

  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem("palate-operator-key", field.value.trim());
    field.value = "";
    look();
  });
  view.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-report]");
    if (!link) return;
    event.preventDefault();
    const key = sessionStorage.getItem("palate-operator-key");
    const answer = await fetch(link.href, { headers: key ? { authorization: `Bearer ${key}` } : {} });
    if (!answer.ok) return;
    const save = document.createElement("a");
    save.href = URL.createObjectURL(await answer.blob());
    save.download = `${link.textContent}.html`;
    save.click();
    setTimeout(() => URL.revokeObjectURL(save.href), 1000);
  });
  look();
  setInterval(() => { if (!document.hidden && ask.hidden) look(); }, PERIOD);
})();
