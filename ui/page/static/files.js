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
    const headers = { "X-Palate-Page": "1", "Accept-Language": document.documentElement.lang };
    const answer = await fetch("page-uploads", { method: "POST", body: file, headers });
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

part("attach").addEventListener("change", (event) => {
  attachAll(event.target.files);
  event.target.value = "";
});

root.addEventListener("dragover", (event) => {
  event.preventDefault();
  root.toggleAttribute("data-dropping", event.dataTransfer.types.includes("Files"));
});

root.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) root.removeAttribute("data-dropping");
});

root.addEventListener("drop", (event) => {
  event.preventDefault();
  root.removeAttribute("data-dropping");
  attachAll(event.dataTransfer.files);
});

say.addEventListener("paste", (event) => attachAll(event.clipboardData.files));
