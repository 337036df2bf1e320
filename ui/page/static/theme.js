(() => {
  let theme = null;
  try { theme = localStorage.getItem("palate-theme"); } catch { /* private mode: follow the system */ }
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
})();
