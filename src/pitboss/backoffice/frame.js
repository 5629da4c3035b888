cookies => {
  const keep = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)};path=/;max-age=31536000;samesite=strict` };
  const read = name => document.cookie.split("; ").map(pair => pair.split("=")).find(pair => pair[0] === name)?.[1];
  // Times are written by the server in the viewer's zone. The first page of a browser is made before it is known.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && zone !== cookies.shown && decodeURIComponent(read(cookies.zone) ?? "") !== zone) {
    keep(cookies.zone, zone);
    location.reload();
  }
  document.addEventListener("click", event => {
    if (!event.target.closest(".theme")) return;
    const dark = !document.body.classList.contains("body--dark");
    keep(cookies.theme, dark ? "dark" : "light");
    location.reload();
  });
  // Who is not signed in any more is told so by the door, not by a page that has lost its connection.
  const watch = setInterval(() => {
    if (!window.socket) return;
    clearInterval(watch);
    const look = () => fetch("/favicon.ico").then(answer => { if (answer.status === 401) location.reload() }).catch(() => {});
    window.socket.on("disconnect", () => setTimeout(look, 500));
    window.socket.on("connect_error", look);
  }, 200);
  // "/" goes to the search, as everywhere.
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey) return;
    const search = document.querySelector(".search input, form.filters input:not([type=hidden])");
    if (search) { event.preventDefault(); search.focus(); search.select?.(); }
  });
}
