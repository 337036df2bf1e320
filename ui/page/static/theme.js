(() => {
  let theme = null, language = null;
  try {
    theme = localStorage.getItem("palate-theme");
    language = localStorage.getItem("palate-language");
  } catch { /* private mode: follow the system */ }
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  if (language) document.documentElement.dataset.chosen = language;
})();
