// The rules, what a past round looks like, and the cards drawn again.

import { show } from "../common/amounts.js";
import { el } from "../common/dom.js";
import { cardFace } from "./cards.js";

export const NAMES = { player: "Player", banker: "Banker", tie: "Tie", player_pair: "Player pair", banker_pair: "Banker pair" };
const ODDS = { player: "1 : 1", banker: "0.95 : 1", tie: "8 : 1", player_pair: "11 : 1", banker_pair: "11 : 1" };

// The banker's third card, as tables print it: rows are its points, columns the player's third card.
const DRAWS = { 0: "0123456789", 1: "0123456789", 2: "0123456789", 3: "012345679", 4: "234567", 5: "4567", 6: "67", 7: "" };

export function rulesSheet(root, game, currency) {
  const { rules } = game;
  const bets = Object.keys(NAMES).map((bet) => el("tr", {}, el("td", {}, NAMES[bet]), el("td", {}, ODDS[bet]), el("td", { class: "money" }, `${rules.rtp_by_bet[bet]} %`)));
  const chart = Object.entries(DRAWS).map(([points, thirds]) => el("tr", {}, el("th", {}, points),
    ...[..."0123456789"].map((third) => (thirds.includes(third) ? el("td", { class: "draw" }, "draws") : el("td", {}, "stands")))));
  root.replaceChildren(
    el("h2", {}, "Rules"),
    el("p", {}, "Bet on the hand that will be nearer to nine, or on a tie. An ace counts one, two to nine their number, tens and pictures nothing; only the last digit of the sum counts."),
    el("p", {}, `Eight decks, shuffled afresh for every round. Player wins ${rules.chances.player} % of all rounds, Banker ${rules.chances.banker} %, and ${rules.chances.tie} % are ties.`),
    el("h3", {}, "Bets"),
    el("table", {}, el("thead", {}, el("tr", {}, el("th", {}, "Bet"), el("th", {}, "Pays"), el("th", { class: "money" }, "Return to player"))), el("tbody", {}, ...bets)),
    el("p", { class: "note" }, `On a tie, bets on Player and Banker are returned. A pair is two first cards of one rank. Banker wins pay 5 % commission; every bet is a number of smallest chips, so that it comes out even to the last digit. All bets of a round together may be at most ${show(game.highest_stake)} ${currency}.`),
    el("h3", {}, "Third card"),
    el("p", {}, "With eight or nine in either hand nobody draws. Else Player draws on 0 to 5 and stands on 6 and 7. When Player stands, Banker draws on 0 to 5. When Player has drawn, Banker goes by its own points (rows) and Player's third card (columns):"),
    el("table", { class: "chart" }, el("thead", {}, el("tr", {}, el("th", {}, ""), ...[..."0123456789"].map((third) => el("th", {}, third)))), el("tbody", {}, ...chart)),
    el("p", { class: "note" }, "A malfunction voids all pays and plays. Keys: space deals, digits choose a chip, P, B and T bet, arrows walk the table, R repeats, D doubles, Z takes back, C clears."),
  );
}

export function detail(round) {
  const view = round.steps[0].view;
  const hand = (side) => el("div", { class: "mini-hand" }, `${NAMES[side]} `, ...view[side].cards.map((card, at) => cardFace(card, at === 2)), el("b", {}, String(view[side].points)));
  const bets = view.bets.map(({ place, amount, win }) => `${NAMES[place]} ${show(amount)}${win === "0" ? "" : `, gave ${show(win)}`}`);
  return [hand("player"), hand("banker"), el("p", {}, bets.join("; "))];
}

// Deals the round again from its numbers and compares every card.
export async function sameCards(round, below, rules) {
  const view = round.steps[0].view;
  const shoe = Array.from({ length: rules.decks }, () => [...rules.ranks].flatMap((rank) => [...rules.suits].map((suit) => rank + suit))).flat();
  const worth = (card) => "A23456789".indexOf(card[0]) + 1;
  const points = (cards) => cards.reduce((sum, card) => sum + worth(card), 0) % 10;
  const draw = async () => shoe.splice(await below(shoe.length), 1)[0];
  const player = [], banker = [];
  for (const hand of [player, banker, player, banker]) hand.push(await draw());
  const start = [points(player), points(banker)];
  if (Math.max(...start) < 8) {
    if (start[0] <= 5) player.push(await draw());
    const takes = player.length === 3 ? DRAWS[start[1]].includes(String(worth(player[2]))) : start[1] <= 5;
    if (takes) banker.push(await draw());
  }
  return player.join() === view.player.cards.join() && banker.join() === view.banker.cards.join();
}
