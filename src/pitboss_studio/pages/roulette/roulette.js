// Meridian Roulette: the player's side of a round.

import { compare, show } from "../common/amounts.js";
import { call } from "../common/api.js";
import { $, calm, el, pause, recall, remember } from "../common/dom.js";
import { frame } from "../common/frame.js";
import { Shell } from "../common/shell.js";
import { sounds, tone } from "../common/sound.js";
import { Bets } from "./bets.js";
import { words } from "./layout.js";
import { number, roundDetail, rulesSheet } from "./sheets.js";
import { Table, short } from "./table.js";
import { Wheel } from "./wheel.js";

const SHOWN = 18, COUNTED = 60, HOT = 3;

let wheel, table, bets, chip, colour;
let drawn = []; // the player's last numbers, newest first

const shell = new Shell({
  how: "The pocket is the next one modulo 37 (numbers from the last incomplete multiple of 37 are skipped).",
  async begin() {
    const { rules, bet_values: chips } = shell.game;
    const red = new Set(rules.red);
    colour = (pocket) => (pocket === 0 ? "green" : red.has(pocket) ? "red" : "black");
    wheel = new Wheel($("wheel"), rules.wheel, colour);
    wheel.rest(0);
    table = new Table($("table"), rules.places, chips, colour, tap);
    bets = new Bets(changed);
    chipRack(chips);
    wire();
    changed();
    await remembered();
  },
  press,
  key,
  phase: buttons,
  show(round) {
    const view = round.steps[0].view;
    wheel.rest(view.pocket);
    table.settle(view);
    bets.last = new Map(view.bets.map(({ place, amount }) => [place, amount]));
    buttons(shell.phase);
  },
  paytable: (root) => rulesSheet(root, shell.game, shell.session.currency),
  note: (round) => `${round.steps[0].view.pocket} ${round.steps[0].view.color}`,
  detail: (round) => roundDetail(round, shell.game.rules.places),
  same: async (round, below) => (await below(shell.game.rules.wheel.length)) === round.steps[0].view.pocket,
});

function chipRack(chips) {
  const kept = recall(`chip-${shell.session.currency}`);
  for (const [at, value] of chips.entries()) {
    const button = el("button", { class: `chip chip-${at}`, role: "radio", "data-testid": `chip-${value}`, "data-value": value, "aria-label": `Chip of ${show(value)}`, onclick: () => pick(value) }, short(value));
    $("chips").append(button);
  }
  pick(chips.includes(kept) ? kept : chips[1]);
}

function pick(value) {
  chip = value;
  remember(`chip-${shell.session.currency}`, value);
  for (const button of $("chips").children) button.setAttribute("aria-checked", String(button.dataset.value === value));
}

function changed() {
  if (table.settled) table.unsettle();
  table.show(bets.placed);
  shell.amount($("bet"), bets.total);
  buttons(shell.phase);
}

function buttons(phase) {
  if (!bets) return;
  const idle = phase === "idle";
  $("undo").disabled = !idle || !bets.undone.length;
  $("clear").disabled = !idle || !bets.placed.size;
  $("double").disabled = !idle || !bets.placed.size;
  $("repeat").disabled = !idle || !bets.last.size;
}

// As much as the table takes, and the purse holds; play money is refilled instead.
function most() {
  const { highest_stake: highest } = shell.game;
  return shell.session.mode === "fun" || compare(shell.balance, highest) >= 0 ? highest : shell.balance;
}

function change(work, done) {
  if (shell.phase !== "idle") return;
  const limit = most();
  if (work(limit)) {
    tone(900, 0.05, 0.05);
    shell.say(done());
  } else {
    shell.say(limit === shell.game.highest_stake ? `All bets together may be at most ${show(limit)}.` : "Your balance does not reach for this bet.", true);
  }
}

function tap(place) {
  change((limit) => bets.put(place, chip, limit), () => `${words(place, shell.game.rules.places[place])}: ${show(bets.placed.get(place))}`);
}

const repeat = () => bets.last.size && change((limit) => bets.repeat(limit), () => "");
const double = () => bets.placed.size && change((limit) => bets.double(limit), () => "");

function undo() {
  if (shell.phase === "idle") bets.undo();
}

function clear() {
  if (shell.phase === "idle") bets.clear();
}

function spin() {
  if (!bets.placed.size) return shell.say(bets.last.size ? "Place your bets, or repeat the last ones." : "Place your bets: choose a chip and tap the table.");
  const list = bets.list;
  return shell.play(bets.total, { bets: list }, {
    begin() {
      sounds.spin();
      wheel.start();
    },
    async reveal(round) {
      const view = round.steps[0].view;
      await wheel.stop(view.pocket);
      sounds.stop();
      bets.played(view.bets);
      shell.amount($("bet"), round.stake);
      table.settle(view);
      past(view);
      shell.say(`${view.pocket} ${view.color}${round.win === "0" ? "" : `: you win ${show(round.win)}`}`);
      if (round.win !== "0") sounds.win();
      // On a phone the wheel covers the table: the ball is seen in its pocket before it goes away.
      await pause(calm.matches ? 0 : 900);
      await shell.countUp($("win"), "0", round.win);
    },
    undo: () => wheel.rest(drawn[0]?.pocket ?? 0),
  });
}

async function remembered() {
  let before = "";
  while (drawn.length < COUNTED) {
    const page = await call(`/history${before}`);
    drawn.push(...page.rounds.filter((round) => round.steps.length).map((round) => round.steps[0].view));
    if (!page.more) break;
    before = `?before=${page.rounds.at(-1).id}`;
  }
  past();
}

function past(view = null) {
  if (view) drawn = [view, ...drawn].slice(0, COUNTED);
  $("past").replaceChildren(...drawn.slice(0, SHOWN).map(number));
  const counts = new Map();
  for (const { pocket } of drawn) counts.set(pocket, (counts.get(pocket) || 0) + 1);
  const hot = [...counts].filter(([, times]) => times > 1).sort((one, other) => other[1] - one[1]).slice(0, HOT);
  $("hot").hidden = !hot.length;
  $("hot").replaceChildren(el("span", {}, "Hot"), ...hot.map(([pocket, times]) => el("span", { class: `past-number ${colour(pocket)}`, title: `${times} times in your last ${drawn.length}` }, String(pocket), el("sup", {}, String(times)))));
}

function press() {
  if (shell.phase === "idle") return spin();
  wheel.hurry();
  return undefined;
}

function key(event, code) {
  const chosen = /^(?:Digit|Numpad)([1-9])$/.exec(code);
  if (chosen && shell.game.bet_values[chosen[1] - 1]) return pick(shell.game.bet_values[chosen[1] - 1]);
  const acts = { KeyR: repeat, KeyD: double, KeyC: clear, KeyZ: undo, Backspace: undo };
  if (acts[code]) return acts[code]();
  if (code.startsWith("Arrow")) {
    event.preventDefault();
    table.move(code);
  }
  return undefined;
}

function wire() {
  for (const [id, act] of Object.entries({ undo, clear, repeat, double })) $(id).addEventListener("click", act);
}

frame("Meridian", "Roulette");
shell.open();
