// Shows frames and reports actions. Runs as the body of gradio's `js_on_load`, which provides
// `element`, `trigger`, `props` and `watch`. Frames hold HTML that the server has escaped; a visitor's
// own words are shown at once through `textContent`.

const PATIENCE_MS = 15000; // without news for this long, say that it is still working
const LOST_MS = 120000; // without news for this long, the answer is taken to be lost
const TOAST_MS = 5000;

const root = element.querySelector("#palate");
const part = (name) => root.querySelector(`[data-${name}]`);
const say = root.querySelector("#say");
const phone = matchMedia("(max-width: 1023px)");
const state = { session: linkedSession(), language: chosenLanguage(), busy: null, next: null, patience: 0, lost: 0, toast: 0, attached: [] };
const phrase = {}; // fixed words in the page's language, by key; the shell has them in English until the first frame
const written = new WeakMap(); // node -> HTML last written to it

function linkedSession() {
  return new URL(location.href).searchParams.get("session");
}

function keepSession(session, push = false) {
  if (session === state.session && session === linkedSession()) return;
  state.session = session;
  const url = new URL(location.href);
  if (session) url.searchParams.set("session", session);
  else url.searchParams.delete("session");
  history[push ? "pushState" : "replaceState"](null, "", url);
}

// ---- language ----

function chosenLanguage() {
  try { return localStorage.getItem("palate-language") ?? ""; } catch { return ""; }
}

function speak(language, said) {
  document.documentElement.lang = language;
  part("language").value = language;
  Object.assign(phrase, said);
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = said[node.dataset.t];
  for (const [mark, attribute] of [["tAria", "aria-label"], ["tTitle", "title"], ["tPlaceholder", "placeholder"]])
    for (const node of root.querySelectorAll(`[${attribute}]`))
      if (node.dataset[mark]) node.setAttribute(attribute, said[node.dataset[mark]]);
  for (const name of ["thinking", "slow"]) root.style.setProperty(`--${name}`, JSON.stringify(said[name]));
}

function chooseLanguage(language) {
  state.language = language;
  try { localStorage.setItem("palate-language", language); } catch { /* not kept in private mode */ }
  if (state.busy) stop();
  act("opened", {});
}

function act(name, data) {
  trigger(name, { session: state.session, language: state.language, ...data });
}

// ---- showing ----

function write(node, html) {
  const before = written.get(node) ?? "";
  if (!node || before === html) return false;
  if (before && html.startsWith(before)) node.insertAdjacentHTML("beforeend", html.slice(before.length));
  else node.innerHTML = html;
  written.set(node, html);
  return true;
}

function turnNode(key) {
  let node = [...part("turns").children].find((child) => child.dataset.turn === key);
  if (node) return node;
  node = document.createElement("article");
  node.className = "turn";
  node.dataset.turn = key;
  for (const name of ["said", "noted", "text", "cards", "foot"]) {
    const slot = document.createElement("div");
    slot.className = `slot slot-${name}`;
    slot.dataset.slot = name;
    node.append(slot);
  }
  part("turns").append(node);
  return node;
}

function showTurn(turn) {
  const node = turnNode(turn.key);
  if (node.dataset.stopped) return;
  node.dataset.state = turn.state;
  if (turn.language) node.lang = turn.language;
  node.setAttribute("aria-busy", String(turn.state === "busy"));
  for (const name of ["said", "noted", "text", "cards", "foot"]) {
    const slot = node.querySelector(`[data-slot="${name}"]`);
    if (name === "said" && slot.dataset.own) continue; // shown already, as typed
    write(slot, turn[name]);
  }
  for (const place of node.querySelectorAll("[data-fill]")) {
    const html = turn.fills[place.dataset.fill];
    if (html !== undefined) write(place, html);
  }
  if (turn.state !== "busy" && turn.key === state.busy) {
    setBusy(null);
    part("live").textContent = turn.spoken;
  }
}

// A change by hand leaves the last picks behind; the panel then offers new ones until the next message.
function setStale(stale) {
  root.toggleAttribute("data-stale", stale && part("turns").childElementCount > 0);
}

function showReactions(reactions) {
  for (const card of root.querySelectorAll(".card")) {
    const kinds = reactions[card.dataset.item] ?? [];
    for (const button of card.querySelectorAll('[data-act="react"]')) {
      const on = kinds.includes(button.dataset.kind);
      button.setAttribute("aria-pressed", String(on));
      button.disabled = on && button.dataset.kind === "seen"; // what is known stays known
    }
  }
}

function showPanel(html) {
  const panel = part("panel");
  const inside = panel.contains(document.activeElement);
  const focused = inside && document.activeElement.dataset;
  const open = [...panel.querySelectorAll("details[open]")].map((d) => d.closest("[data-wish]").dataset.wish);
  if (!write(panel, html)) return;
  for (const id of open) panel.querySelector(`[data-wish="${CSS.escape(id)}"] details`)?.setAttribute("open", "");
  if (!inside) return;
  const again = focused.do && panel.querySelector(`[data-do="${focused.do}"]${focused.id ? `[data-id="${CSS.escape(focused.id)}"]` : ""}`);
  (again && !again.disabled ? again : panel).focus({ preventScroll: true });
}

function showToast(text, problem) {
  const toast = part("toast");
  clearTimeout(state.toast);
  toast.textContent = text;
  toast.hidden = false;
  toast.classList.toggle("toast-problem", Boolean(problem));
  state.toast = setTimeout(() => { toast.hidden = true; }, TOAST_MS);
}

function show(frame) {
  if (!frame || !frame.rev) return;
  if (frame.words) speak(frame.language, frame.words);
  if (frame.fresh) {
    part("turns").replaceChildren();
    setBusy(null);
  }
  if (frame.session || frame.fresh) keepSession(frame.session ?? null);
  if (frame.welcome !== undefined) write(part("welcome"), frame.welcome);
  for (const turn of frame.turns) showTurn(turn);
  if (frame.panel !== undefined) showPanel(frame.panel);
  if (frame.wishes !== undefined) {
    part("badge").textContent = frame.wishes;
    part("badge").hidden = frame.wishes === 0;
  }
  if (frame.reactions !== undefined) showReactions(frame.reactions);
  if (frame.toast) showToast(frame.toast, frame.problem);
  root.dataset.view = part("turns").childElementCount ? "thread" : "welcome";
  if (frame.fresh && frame.turns.length) part("turns").lastElementChild.scrollIntoView({ block: "start" });
  if (state.busy) keepWaiting();
  const next = state.next;
  state.next = null;
  if (next && !frame.problem) next();
}

// ---- waiting ----

function setBusy(key) {
  state.busy = key;
  root.toggleAttribute("data-busy", key !== null);
  keepWaiting();
}

function keepWaiting() {
  clearTimeout(state.patience);
  clearTimeout(state.lost);
  if (!state.busy) return;
  const key = state.busy;
  turnNode(key).removeAttribute("data-slow");
  state.patience = setTimeout(() => turnNode(key).setAttribute("data-slow", ""), PATIENCE_MS);
  state.lost = setTimeout(() => endTurn(key, phrase.lost), LOST_MS);
}

function endTurn(key, words) {
  const node = turnNode(key);
  node.dataset.state = "error";
  node.dataset.stopped = "yes";
  node.setAttribute("aria-busy", "false");
  const note = document.createElement("p");
  note.className = "stopped";
  note.textContent = words;
  node.append(note);
  if (state.busy === key) setBusy(null);
}

// ---- acting ----

function send(text) {
  text = text.trim();
  const sent = state.attached.filter((one) => one.id);
  if ((!text && !sent.length) || state.busy || sent.length < state.attached.length) return false;
  const key = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
  const node = turnNode(key);
  const said = node.querySelector('[data-slot="said"]');
  const box = document.createElement("div");
  box.className = "said-box";
  for (const one of sent) box.append(shownFile(one, one.kind === "image" ? "said-picture" : "said-sound"));
  if (text) {
    const words = document.createElement("p");
    words.className = "said";
    words.textContent = text;
    box.append(words);
  }
  said.append(box);
  said.dataset.own = "yes";
  node.dataset.state = "busy";
  root.dataset.view = "thread";
  setBusy(key);
  setStale(false);
  openPanel(false);
  node.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  act("said", { turn: key, text, uploads: sent.map((one) => one.id) });
  state.attached = [];
  showAttached();
  return true;
}

// ---- pictures and sounds ----

function shownFile(one, name) {
  const node = document.createElement(one.kind === "image" ? "img" : "audio");
  node.className = name;
  node.src = `page-uploads/${one.id}`;
  if (one.kind === "image") node.alt = phrase.picture;
  else {
    node.controls = true;
    node.setAttribute("aria-label", phrase.sound);
  }
  return node;
}

function showAttached() {
  const chips = state.attached.map((one) => {
    const chip = document.createElement("div");
    chip.className = "chip";
    if (one.id) chip.append(shownFile(one, `chip-${one.kind}`));
    else chip.classList.add("chip-busy");
    const off = document.createElement("button");
    off.type = "button";
    off.className = "chip-off";
    off.textContent = "×";
    off.setAttribute("aria-label", phrase.detach);
    off.addEventListener("click", () => {
      state.attached = state.attached.filter((other) => other !== one);
      showAttached();
      say.focus();
    });
    chip.append(off);
    return chip;
  });
  part("attached").replaceChildren(...chips);
}

async function attach(file) {
  if (state.attached.length >= 2) return showToast(phrase.attach_most, true);
  const one = { id: null, kind: "" };
  state.attached.push(one);
  showAttached();
  try {
    const answer = await fetch("page-uploads", { method: "POST", body: file, headers: { "X-Palate-Page": "1" } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.message);
    Object.assign(one, told);
    if (state.attached.some((other) => other !== one && other.kind === one.kind)) throw new Error(phrase.attach_most);
  } catch (problem) {
    state.attached = state.attached.filter((other) => other !== one);
    showToast(problem instanceof TypeError || problem instanceof SyntaxError ? phrase.lost : problem.message, true);
  }
  showAttached();
}

function attachAll(files) {
  for (const file of [...files].filter((file) => /^(image|audio|video)\//.test(file.type))) attach(file);
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function react(button) {
  const item = button.closest(".card").dataset.item;
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  act("reacted", { item, kind: button.dataset.kind, on });
}

function edit(change) {
  setStale(true);
  act("edited", change);
}

function relax(button) {
  state.next = () => send(part("panel").querySelector(".panel-apply").dataset.text);
  edit({ do: "remove", id: button.dataset.id });
}

function openPanel(open) {
  if (!phone.matches) open = false;
  const was = root.hasAttribute("data-panel-open");
  root.toggleAttribute("data-panel-open", open);
  root.querySelector(".scrim").hidden = !open;
  const opener = root.querySelector(".tool-panel");
  opener.setAttribute("aria-expanded", String(open));
  part("panel").inert = phone.matches && !open;
  for (const behind of root.querySelectorAll(".thread, .composer, .top")) behind.inert = open;
  // A hidden panel takes no focus: wait until it is drawn.
  if (open) setTimeout(() => part("panel").querySelector(".panel-close")?.focus(), 50);
  else if (was) opener.focus({ preventScroll: true });
}

function switchTheme() {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("palate-theme", document.documentElement.dataset.theme); } catch { /* not kept in private mode */ }
}

async function copyLink() {
  if (!state.session) return showToast(phrase.link_nothing);
  try {
    await navigator.clipboard.writeText(location.href);
    showToast(phrase.link_copied);
  } catch {
    showToast(phrase.link_denied);
  }
}

function startOver() {
  if (state.busy) stop();
  keepSession(null, true);
  act("opened", { session: null });
  say.focus();
}

function stop() {
  if (!state.busy) return;
  trigger("stopped", {});
  endTurn(state.busy, phrase.stopped);
}

const acts = {
  say: (button) => send(button.dataset.text),
  react,
  relax,
  stop,
  attach: () => part("attach").click(),
  new: startOver,
  link: copyLink,
  theme: switchTheme,
  panel: () => openPanel(!root.hasAttribute("data-panel-open")),
  edit: (button) => edit({ do: button.dataset.do, id: button.dataset.id ?? "" }),
};

root.addEventListener("click", (event) => {
  const target = event.target.closest("[data-act]");
  if (!target || target.tagName === "FORM") return;
  event.preventDefault();
  acts[target.dataset.act]?.(target);
});

root.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.act === "edit-value")
    edit({ do: "value", id: form.dataset.id, value: form.elements.value.value });
  else if (send(say.value)) {
    say.value = "";
    say.style.height = "";
  }
});

part("attach").addEventListener("change", (event) => {
  attachAll(event.target.files);
  event.target.value = "";
});

root.addEventListener("dragover", (event) => event.preventDefault());

root.addEventListener("drop", (event) => {
  event.preventDefault();
  attachAll(event.dataTransfer.files);
});

say.addEventListener("paste", (event) => attachAll(event.clipboardData.files));

root.addEventListener("input", (event) => {
  if (event.target.matches("[data-dial]")) event.target.style.setProperty("--at", `${event.target.value}%`);
});

root.addEventListener("change", (event) => {
  if (event.target.matches("[data-dial]")) edit({ do: "dial", value: event.target.value });
});

root.addEventListener("error", (event) => {
  if (event.target.tagName === "IMG") event.target.remove(); // the typographic stand-in is under it
}, true);

say.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  say.form.requestSubmit();
});

say.addEventListener("input", () => {
  say.style.height = "auto";
  say.style.height = `${say.scrollHeight}px`;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") openPanel(false);
});

addEventListener("popstate", () => {
  state.session = linkedSession();
  act("opened", {});
});

part("language").addEventListener("change", (event) => chooseLanguage(event.target.value));
phone.addEventListener("change", () => openPanel(false));
document.addEventListener("palate:frame", (event) => show(event.detail));
watch("value", () => show(props.value));
openPanel(false);
act("opened", {});
