// ---- voice ----
// The browser's own recogniser writes into the message box; nothing is sent until the visitor sends it.

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const voice = { ear: null, before: "" };

function spokenLanguage() {
  const language = document.documentElement.lang || "en";
  return navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
}

function showListening(listening) {
  part("speak").setAttribute("aria-pressed", String(listening));
  root.toggleAttribute("data-listening", listening);
  say.placeholder = listening ? phrase.listening : phrase.placeholder;
}

function listen() {
  if (voice.ear) return voice.ear.stop();
  const ear = new Recognition();
  voice.ear = ear;
  voice.before = say.value.trim();
  ear.lang = spokenLanguage();
  ear.interimResults = true;
  ear.addEventListener("result", (event) => {
    if (voice.ear !== ear) return;
    const heard = [...event.results].map((result) => result[0].transcript).join("").trim();
    typed([voice.before, heard].filter(Boolean).join(" "));
  });
  ear.addEventListener("error", (event) => {
    const told = { "not-allowed": phrase.voice_denied, "service-not-allowed": phrase.voice_denied, "no-speech": phrase.voice_nothing };
    if (event.error !== "aborted") showToast(told[event.error] ?? phrase.voice_failed, true);
  });
  ear.addEventListener("end", () => {
    if (voice.ear !== ear) return;
    voice.ear = null;
    showListening(false);
    say.focus();
  });
  try {
    ear.start();
  } catch {
    voice.ear = null;
    return showToast(phrase.voice_failed, true);
  }
  showListening(true);
  tell(phrase.listening);
}

// What comes after is of no use any more: the message is sent, or typing goes on.
function hush() {
  const ear = voice.ear;
  if (!ear) return;
  voice.ear = null;
  ear.abort();
  showListening(false);
}

if (Recognition) part("speak").hidden = false;
