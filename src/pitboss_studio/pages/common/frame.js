// Header and sheets, the same on every game's page.

import { el, svg } from "./dom.js";
import { promotionFrame, promotionTag } from "./promotion.js";

const icon = (...paths) => svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, ...paths.map(([d, name]) => svg("path", { d, class: name || "line" })));

const HOUSE = [["M4 11L12 4L20 11M6 10V20H18V10"]];
const SPEAKER = [["M4 9V15H8L13 19V5L8 9Z"], ["M16 9Q18 12 16 15M18.5 6.5Q22.5 12 18.5 17.5", "waves"], ["M16.5 9.5L21.5 14.5M21.5 9.5L16.5 14.5", "mute"]];
const SHEETS = [
  ["fairness", "Fairness", [["M12 3L20 6V11Q20 18 12 21Q4 18 4 11V6ZM8.5 12L11 14.5L15.5 9.5"]]],
  ["history", "History", [["M4.5 12A7.5 7.5 0 1 0 7 6.5M4 4V8H8M12 8V12.5L15 14.5"]]],
  ["paytable", "Paytable", [["M12 3.5A8.5 8.5 0 1 0 12 20.5A8.5 8.5 0 1 0 12 3.5M12 11V16.5M12 7.6V7.7"]]],
];

export function frame(light, bold) {
  document.querySelector("header").replaceChildren(
    el("a", { id: "home", class: "icon", hidden: "", rel: "noreferrer", "aria-label": "Leave the game", title: "Leave the game" }, icon(...HOUSE)),
    el("h1", {}, `${light} `, el("b", {}, bold)),
    el("span", { id: "fun", class: "tag", hidden: "" }, "Play money"),
    promotionTag(),
    el("span", { id: "lost", class: "tag lost", role: "status", hidden: "" }, "Reconnecting…"),
    el("nav", {},
      el("button", { id: "sound", class: "icon", "aria-pressed": "false", "aria-label": "Sound", title: "Sound" }, icon(...SPEAKER)),
      ...SHEETS.map(([name, label, paths]) => el("button", { class: "icon", "data-testid": `${name}-open`, "data-opens": name, "aria-label": label, title: label }, icon(...paths)))),
  );
  promotionFrame();
  document.body.append(
    ...SHEETS.map(([name, label]) => el("dialog", { id: name, "aria-label": label },
      el("form", { method: "dialog" }, el("button", { class: "close", "aria-label": "Close" }, "×")), el("div", { class: "sheet", id: `${name}-body` }))),
    el("dialog", { id: "ended", class: "ended", "data-testid": "ended", "aria-label": "Session ended" },
      el("div", { class: "sheet" }, el("h2", {}, "Session ended"), el("p", { id: "ended-text" }),
        el("p", {}, el("a", { id: "ended-home", class: "go", rel: "noreferrer", hidden: "" }, "Leave the game")))),
  );
}
