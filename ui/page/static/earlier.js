// ---- earlier conversations ----
// Links that this browser has been at: session, first words and time. They leave it in no other way.

const EARLIER = "palate-earlier";
const EARLIER_KEPT = 8;

function earlier() {
  try {
    const kept = JSON.parse(localStorage.getItem(EARLIER) ?? "[]");
    return kept.filter((one) => typeof one.session === "string" && typeof one.said === "string");
  } catch {
    return []; // not kept in private mode, or written by something else
  }
}

function keepEarlier(kept) {
  try { localStorage.setItem(EARLIER, JSON.stringify(kept.slice(0, EARLIER_KEPT))); } catch { /* not kept in private mode */ }
  showEarlier();
}

function remember() {
  const said = root.querySelector('.turn [data-slot="said"] .said')?.lastChild?.textContent ?? "";
  if (!state.session || !said) return;
  keepEarlier([{ session: state.session, said: said.slice(0, 80), at: Date.now() }, ...earlier().filter((one) => one.session !== state.session)]);
}

function showEarlier() {
  const others = earlier().filter((one) => one.session !== state.session);
  const when = new Intl.DateTimeFormat(document.documentElement.lang || "en", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const rows = others.map((one) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    const time = document.createElement("time");
    link.href = `?session=${encodeURIComponent(one.session)}`;
    link.dataset.act = "resume";
    link.dataset.session = one.session;
    link.textContent = one.said;
    time.textContent = when.format(one.at);
    link.append(time);
    row.append(link);
    return row;
  });
  part("earlier-list").replaceChildren(...rows);
  root.querySelector(".earlier").hidden = !rows.length;
  if (!rows.length) openEarlier(false);
}

function openEarlier(open) {
  const opener = root.querySelector('[data-act="earlier"]');
  const was = opener.getAttribute("aria-expanded") === "true";
  opener.setAttribute("aria-expanded", String(open));
  part("earlier").hidden = !open;
  if (open) part("earlier").querySelector("a")?.focus();
  else if (was && part("earlier").contains(document.activeElement)) opener.focus();
}

function resume(link) {
  if (state.busy) stop();
  openEarlier(false);
  keepSession(link.dataset.session, true);
  act("opened", {});
}
