// Shows frames and reports actions. Runs as the body of gradio's `js_on_load`, which provides
// `element`, `trigger`, `props` and `watch`. Frames hold HTML that the server has escaped; a visitor's
// own words are shown at once through `textContent`.

const PATIENCE_MS = 15000; // without news for this long, say that it is still working
const LOST_MS = 120000; // without news for this long, the answer is taken to be lost
const TOAST_MS = 5000;
const READING_MS = 70; // a character: what takes longer to read stays longer

const root = element.querySelector("#palate");
const part = (name) => root.querySelector(`[data-${name}]`);
const say = root.querySelector("#say");
const phone = matchMedia("(max-width: 1023px)");
const state = { session: linkedSession(), language: chosenLanguage(), busy: null, next: null, patience: 0, lost: 0, toast: 0, attached: [], held: "", told: "", dial: null };
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
  for (const name of ["thinking", "slow", "drop"]) root.style.setProperty(`--${name}`, JSON.stringify(said[name]));
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
  if (turn.key !== state.busy) return;
  const busy = turn.state === "busy";
  tellMore(busy ? node.querySelector('[data-slot="text"]').textContent.trim() : turn.spoken);
  if (!busy) setBusy(null, turn.state === "done");
}

// ---- telling screen readers ----

function tell(words) {
  if (!words) return;
  const line = document.createElement("p");
  line.textContent = words;
  part("live").append(line);
}

// An answer is told as it grows: only what is new of it.
function tellMore(words) {
  const fresh = words.startsWith(state.told) ? words.slice(state.told.length) : words;
  state.told = words;
  tell(fresh.trim());
}

// A change by hand leaves the last picks behind; the panel then offers new ones until the next message.
function setStale(stale) {
  root.toggleAttribute("data-stale", stale && part("turns").childElementCount > 0);
}

function showReactions(reactions) {
  for (const group of root.querySelectorAll(".reactions")) {
    const kinds = reactions[group.dataset.item] ?? [];
    for (const button of group.querySelectorAll('[data-act="react"]')) {
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
  keepDial(panel.querySelector("[data-dial]"));
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
  state.toast = setTimeout(() => { toast.hidden = true; }, Math.max(TOAST_MS, READING_MS * text.length));
}

function show(frame) {
  if (!frame || !frame.rev) return;
  if (frame.words) speak(frame.language, frame.words);
  if (frame.fresh) {
    part("turns").replaceChildren();
    setBusy(null);
  }
  if (frame.fresh && !frame.session && state.session) // it is gone
    keepEarlier(earlier().filter((one) => one.session !== state.session));
  if (frame.session || frame.fresh) keepSession(frame.session ?? null);
  if (frame.welcome !== undefined) write(part("welcome"), frame.welcome);
  for (const turn of frame.turns) showTurn(turn);
  if (frame.problem || frame.fresh) state.dial = null;
  if (frame.panel !== undefined) showPanel(frame.panel);
  if (frame.wishes !== undefined) {
    part("badge").textContent = frame.wishes;
    part("badge").hidden = frame.wishes === 0;
  }
  if (frame.reactions !== undefined) showReactions(frame.reactions);
  if (frame.reactions !== undefined) remember();
  showEarlier();
  if (frame.toast) showToast(frame.toast, frame.problem);
  document.querySelector(".first")?.remove();
  root.dataset.view = part("turns").childElementCount ? "thread" : "welcome";
  if (frame.fresh && frame.turns.length) part("turns").lastElementChild.scrollIntoView({ block: "start" });
  if (state.busy) keepWaiting();
  const next = state.next;
  state.next = null;
  if (next && !frame.problem) next();
}

// ---- waiting ----

function setBusy(key, finished = false) {
  state.busy = key;
  root.toggleAttribute("data-busy", key !== null);
  keepWaiting();
  if (key === null && state.held) release(finished);
}

// What is said while an answer comes waits for its end; where there was none, it goes back into the box.
function hold(text) {
  state.held = [state.held, text].filter(Boolean).join("\n");
  showHeld();
  tell(`${phrase.held} ${text}`);
}

function release(finished) {
  const text = state.held;
  state.held = "";
  showHeld();
  if (finished) setTimeout(() => send(text) || typed(text)); // when the answer's own frame is shown
  else typed([text, say.value].filter(Boolean).join("\n"));
}

function showHeld() {
  part("held").hidden = !state.held;
  part("held-text").textContent = state.held;
}

function typed(text) {
  say.value = text;
  say.dispatchEvent(new Event("input"));
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
  tell(words);
  if (state.busy === key) setBusy(null);
}
