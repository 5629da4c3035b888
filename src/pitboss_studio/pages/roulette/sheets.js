// The rules, and what a past round of roulette looks like.

import { show } from "../common/amounts.js";
import { el } from "../common/dom.js";
import { words } from "./layout.js";

const KINDS = [
  ["straight", "Straight", "one number"], ["split", "Split", "two neighbours, on the line between them"],
  ["street", "Street", "a row of three, at its end"], ["trio", "Trio", "zero with 1 and 2, or with 2 and 3"],
  ["corner", "Corner", "four numbers, where they meet"], ["first_four", "First four", "0, 1, 2 and 3"],
  ["six_line", "Six line", "two rows of three, between their ends"], ["dozen", "Dozen", "1–12, 13–24 or 25–36"],
  ["column", "Column", "twelve numbers in a line"], ["even_money", "Even chances", "red, black, even, odd, 1–18, 19–36"],
];

export function rulesSheet(root, game, currency) {
  const rules = game.rules;
  const rows = KINDS.map(([kind, name, what]) => el("tr", {}, el("td", {}, el("b", {}, name)), el("td", {}, what), el("td", { class: "money" }, `${rules.pays[kind]} to 1`)));
  root.replaceChildren(
    el("h2", {}, "Rules"),
    el("p", {}, "European roulette: 37 pockets, one zero. Tap a chip, then the table; put as many bets as you like, and spin. On zero all bets but those on zero itself lose."),
    el("h3", {}, "Bets and pays"),
    el("table", {}, el("tbody", {}, ...rows)),
    el("h3", {}, "Return to player"),
    el("p", {}, `${game.rtp} % in theory, exactly ${rules.rtp_exact}, for every bet on the table.`),
    el("h3", {}, "Stakes"),
    el("p", {}, `At least ${show(game.bet_values[0])}, at most ${show(game.highest_stake)} ${currency} a round, all bets together; your casino may have set a lower limit.`),
    el("p", { class: "note" }, "A malfunction voids all pays and plays. Keys: space spins, digits choose a chip, arrows walk the table, Enter puts a chip, R repeats, D doubles, Z takes back, C clears."),
  );
}

export const number = (view) => el("span", { class: `past-number ${view.color}` }, String(view.pocket));

export function roundDetail(round, places) {
  const view = round.steps[0].view;
  const bets = view.bets.map(({ place, amount, win }) => el("li", { class: win === "0" ? "" : "good" }, `${words(place, places[place])}: ${show(amount)}${win === "0" ? "" : ` → ${show(win)}`}`));
  return [number(view), el("ul", { class: "past-bets" }, ...bets)];
}
