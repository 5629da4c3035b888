// Lumen Baccarat: the player's side of a round.

import { show } from "../common/amounts.js";
import { call } from "../common/api.js";
import { Chips, piece } from "../common/chips.js";
import { $, calm, el, pause } from "../common/dom.js";
import { frame } from "../common/frame.js";
import { Shell } from "../common/shell.js";
import { sounds, tone } from "../common/sound.js";
import { cardFace } from "./cards.js";
import { NAMES, detail, rulesSheet, sameCards } from "./sheets.js";

const PAST = 36;
const places = [...document.querySelectorAll("[data-place]")];

let chips;
let settled = false; // the last round's chips still lie on the table
let hurried = false, wake = null;

const shell = new Shell({
  how: "The shoe is eight decks, each ace to king in spades, hearts, diamonds, clubs. Every card is the one at the place of the next number modulo the cards left (numbers from the last incomplete multiple are skipped), and leaves the shoe. Order: player, banker, player, banker, then the third cards.",
  async begin() {
    chips = new Chips(shell, changed, (place, amount) => `${NAMES[place]}: ${amount}`);
    chips.bets.changed();
    for (const place of places) place.addEventListener("click", () => chips.put(place.dataset.place));
    clear();
    for (const round of (await call("/history")).rounds.filter((each) => each.steps.length).reverse()) road(round.steps[0].view);
  },
  press,
  key(event, code) {
    if (chips.key(code)) return;
    const keys = { KeyP: "player", KeyB: "banker", KeyT: "tie" };
    if (keys[code]) chips.put(keys[code]);
    if (code.startsWith("Arrow")) walk(event, code);
  },
  phase(name) {
    chips.buttons(name);
    for (const place of places) place.disabled = name !== "idle";
  },
  show(round) {
    const view = round.steps[0].view;
    lay(view);
    settle(view);
    chips.bets.last = new Map(view.bets.map(({ place, amount }) => [place, amount]));
    chips.buttons(shell.phase);
  },
  paytable: (root) => rulesSheet(root, shell.game, shell.session.currency),
  note: (round) => `${NAMES[round.steps[0].view.winner]} ${round.steps[0].view.player.points} : ${round.steps[0].view.banker.points}`,
  detail,
  same: (round, below) => sameCards(round, below, shell.game.rules),
});

function changed() {
  if (settled) {
    settled = false;
    clear();
  }
  for (const place of places) chipOn(place, chips.bets.placed.get(place.dataset.place));
}

function chipOn(place, amount) {
  const now = place.querySelector(".chip");
  if (now?.dataset.value === amount) return;
  now?.remove();
  if (amount) place.append(piece(amount, chips.values));
}

const cardsOf = (side) => document.querySelector(`#${side} .cards`);

// The table before a round: two empty seats each.
function clear() {
  for (const side of ["player", "banker"]) {
    $(side).classList.remove("won");
    $(`${side}-points`).textContent = "";
    cardsOf(side).replaceChildren(el("div", { class: "seat" }), el("div", { class: "seat" }));
  }
  for (const place of places) place.classList.remove("won", "lost");
}

const worth = (card) => "A23456789".indexOf(card[0]) + 1;

function put(side, cards, count) {
  const root = cardsOf(side);
  const card = cardFace(cards[count - 1], count === 3);
  if (count <= 2) root.children[count - 1].replaceWith(card);
  else root.append(card);
  $(`${side}-points`).textContent = String(cards.slice(0, count).reduce((sum, each) => sum + worth(each), 0) % 10);
}

// All cards at once.
function lay(view) {
  clear();
  for (const side of ["player", "banker"]) view[side].cards.forEach((_, at) => put(side, view[side].cards, at + 1));
}

// The cards one by one, in the order they left the shoe; `hurry` lays the rest down at once.
async function deal(view) {
  clear();
  const order = [["player", 1], ["banker", 1], ["player", 2], ["banker", 2], ["player", 3], ["banker", 3]];
  for (const [side, count] of order) {
    if (!view[side].cards[count - 1]) continue;
    if (count === 3) await beat(420);
    put(side, view[side].cards, count);
    tone(260 + 40 * count, 0.05, 0.05);
    await beat(count === 3 ? 520 : 360);
  }
}

async function beat(ms) {
  if (calm.matches || hurried) return;
  await Promise.race([pause(ms), new Promise((done) => { wake = done; })]);
}

function hurry() {
  hurried = true;
  wake?.();
}

function settle(view) {
  settled = true;
  if (view.winner !== "tie") $(view.winner).classList.add("won");
  for (const place of places) {
    const bet = view.bets.find((each) => each.place === place.dataset.place);
    chipOn(place, bet?.amount);
    place.classList.toggle("won", view.won.includes(place.dataset.place));
    place.classList.toggle("lost", Boolean(bet) && bet.win === "0");
  }
}

function words(view) {
  const points = `${Math.max(view.player.points, view.banker.points)} to ${Math.min(view.player.points, view.banker.points)}`;
  const pairs = ["player_pair", "banker_pair"].filter((pair) => view.won.includes(pair)).map((pair) => `, ${NAMES[pair].toLowerCase()}`).join("");
  return view.winner === "tie" ? `Tie at ${view.player.points}${pairs}` : `${NAMES[view.winner]} wins ${points}${pairs}`;
}

function play() {
  const { bets } = chips;
  if (!bets.placed.size) return shell.say(bets.last.size ? "Place your bets, or repeat the last ones." : "Place your bets: choose a chip and tap the table.");
  return shell.play(bets.total, { bets: bets.list }, {
    begin() {
      hurried = false;
      sounds.spin();
      clear();
    },
    async reveal(round) {
      const view = round.steps[0].view;
      await deal(view);
      bets.played(view.bets);
      shell.amount($("bet"), round.stake);
      settle(view);
      road(view);
      shell.say(`${words(view)}${round.win === "0" ? "" : `. You get ${show(round.win)} ${shell.session.currency}`}`);
      if (round.win !== "0") sounds.win();
      await shell.countUp($("win"), "0", round.win);
    },
    undo: clear,
  });
}

function road(view) {
  const marks = `${view.won.includes("player_pair") ? " pp" : ""}${view.won.includes("banker_pair") ? " bp" : ""}`;
  const points = Math.max(view.player.points, view.banker.points);
  $("road").prepend(el("i", { class: view.winner + marks, title: words(view) }, String(points)));
  while ($("road").children.length > PAST) $("road").lastChild.remove();
}

function press() {
  if (shell.phase === "idle") return play();
  hurry();
  return undefined;
}

// Arrows walk over the table.
function walk(event, code) {
  event.preventDefault();
  const at = places.indexOf(document.activeElement);
  const step = code === "ArrowRight" || code === "ArrowDown" ? 1 : -1;
  places[at < 0 ? 3 : (at + step + places.length) % places.length].focus({ focusVisible: true });
}

frame("Lumen", "Baccarat");
shell.open();
