// The paytable, and what a past round of the slot looks like.

import { share, show } from "../common/amounts.js";
import { el, svg } from "../common/dom.js";

const NAMES = { D: "Diamond", R: "Ruby", E: "Emerald", B: "Sapphire", T: "Topaz", A: "Ace", K: "King", Q: "Queen", J: "Jack", W: "Wild", S: "Scatter" };

const picture = (symbol) => el("img", { src: `/assets/slot/symbols/${symbol}.svg`, alt: NAMES[symbol] });

export function paytable(root, game, bet, currency) {
  const rules = game.rules;
  const amount = (pay) => show(share(bet, pay, 1));
  const pays = Object.entries(rules.symbols).map(([symbol, steps]) =>
    el("div", { class: "pay" }, picture(symbol), el("dl", {}, ...steps.flatMap((pay, at) => [el("dt", {}, `${at + 3}×`), el("dd", {}, amount(pay))]).reverse().reduce(pairUp, []))));
  const scatters = Object.entries(rules.scatter_pays).flatMap(([count, pay]) => [el("dt", {}, `${count}×`), el("dd", {}, `${amount(pay)} and ${rules.free_spins[count]} free spins`)]);
  root.replaceChildren(
    el("h2", {}, "Paytable"),
    el("p", { class: "note" }, `Wins in ${currency} for a bet of ${show(bet)}.`),
    el("h3", {}, "Line wins"),
    el("div", { class: "pays" }, ...pays),
    el("h3", {}, "Wild and scatter"),
    el("div", { class: "pays" },
      el("div", { class: "pay wide" }, picture("W"), el("p", {}, "The wild, on reels two to five, stands for every symbol but the scatter.")),
      el("div", { class: "pay wide" }, picture("S"), el("dl", {}, ...scatters))),
    el("h3", {}, "Free spins"),
    el("p", {}, `Three or more scatters anywhere start free spins. Everything won in them counts ${rules.free_spin_multiplier} times, and scatters add more, up to ${rules.free_spin_cap} a round. They come once in ${rules.feature_one_in} spins on average. Interrupted free spins wait for you.`),
    el("h3", {}, `${rules.lines.length} lines`),
    el("p", { class: "note" }, "Lines pay from the left, three of a kind or more; only the longest win of each line."),
    el("div", { class: "line-grid" }, ...rules.lines.map(lineGrid)),
    el("h3", {}, "Return to player"),
    el("p", {}, `${game.rtp} % in theory, exactly computed: ${rules.rtp_parts.lines} % lines, ${rules.rtp_parts.scatters} % scatters, ${rules.rtp_parts.free_spins} % free spins.`),
    el("p", { class: "note" }, "A malfunction voids all pays and plays. Keys: space spins, arrows change the bet."),
  );
}

// The list was reversed to have the best pay on top; put each term before its amount again.
function pairUp(list, node) {
  if (node.tagName === "DT") list.splice(list.length - 1, 0, node);
  else list.push(node);
  return list;
}

function lineGrid(rows) {
  const boxes = rows.flatMap((on, reel) => [0, 1, 2].map((row) =>
    svg("rect", { x: 3 + reel * 10.6, y: 3 + row * 10.3, width: 9.4, height: 9, rx: 1.5, class: row === on ? "on" : "" })));
  return svg("svg", { viewBox: "0 0 58 36" }, ...boxes);
}

export const freeSpinsNote = (round) => (round.steps.length > 1 ? `${round.steps.length - 1} free spins` : "");

export function windows(round) {
  return round.steps.map((step) => el("div", { class: "mini" }, ...[0, 1, 2].flatMap((at) => step.view.window.map((reel) => picture(reel[at])))));
}

export async function sameStops(round, below, strips) {
  for (const step of round.steps) {
    for (let reel = 0; reel < strips.length; reel += 1) {
      if ((await below(strips[reel].length)) !== step.view.stops[reel]) return false;
    }
  }
  return true;
}

export const HOW = "Each reel takes the next one modulo its length (numbers from the last incomplete multiple of the length are skipped). Free spins go on with the numbers that follow.";
