// ---- acting ----

function send(text) {
  text = text.trim();
  const sent = state.attached.filter((one) => one.id);
  if ((!text && !sent.length) || sent.length < state.attached.length) return false;
  hush();
  if (state.busy) {
    if (!text) return false;
    hold(text);
    return true;
  }
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
  state.told = "";
  part("live").replaceChildren();
  tell(phrase.thinking);
  setStale(false);
  openPanel(false);
  node.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  act("said", { turn: key, text, uploads: sent.map((one) => one.id) });
  state.attached = [];
  showAttached();
  return true;
}

function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function react(button) {
  const item = button.closest(".reactions").dataset.item;
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  act("reacted", { item, kind: button.dataset.kind, on });
}

// A panel that was written before the dial's last move must not turn it back under the visitor's hand.
function keepDial(dial) {
  if (state.dial === null || !dial) return;
  if (dial.value === state.dial) {
    state.dial = null;
    return;
  }
  dial.value = state.dial;
  showDial(dial);
}

function edit(change) {
  if (change.do !== "dial") state.dial = null;
  setStale(true);
  act("edited", change);
}

function relax(button) {
  state.next = () => send(part("panel").querySelector(".panel-apply").dataset.text);
  edit({ do: "remove", id: button.dataset.id });
}

// The dial in words, as the server says it too.
function showDial(dial) {
  const words = dial.dataset.steps.split("|")[Math.round(dial.value / 25)];
  dial.style.setProperty("--at", `${dial.value}%`);
  dial.setAttribute("aria-valuetext", words);
  part("dial-words").textContent = words;
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
  speak: listen,
  "take-back": () => release(false),
  earlier: () => openEarlier(part("earlier").hidden),
  "forget-earlier": () => keepEarlier([]),
  resume,
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
  else if (send(say.value)) typed("");
});


document.addEventListener("click", (event) => {
  if (!event.target.closest(".earlier")) openEarlier(false);
});

root.addEventListener("input", (event) => {
  if (!event.target.matches("[data-dial]")) return;
  state.dial = event.target.value;
  showDial(event.target);
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
  say.style.height = "";
  if (say.value) say.style.height = `${say.scrollHeight}px`;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  hush();
  openPanel(false);
  openEarlier(false);
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
