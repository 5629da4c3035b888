// Meridian Roulette: the player's side of a round.

import { show } from "../common/amounts.js";
import { call } from "../common/api.js";
import { Chips } from "../common/chips.js";
import { $, calm, el, pause } from "../common/dom.js";
import { frame } from "../common/frame.js";
import { Shell } from "../common/shell.js";
import { sounds } from "../common/sound.js";
import { words } from "./layout.js";
import { number, roundDetail, rulesSheet } from "./sheets.js";
import { Table } from "./table.js";
import { Wheel } from "./wheel.js";

const SHOWN = 18, COUNTED = 60, HOT = 3;

let wheel, table, chips, bets, colour;
let drawn = []; // the player's last numbers, newest first

const shell = new Shell({
  how: "The pocket is the next one modulo 37 (numbers from the last incomplete multiple of 37 are skipped).",
  async begin() {
    const { rules, bet_values: values } = shell.game;
    const red = new Set(rules.red);
    colour = (pocket) => (pocket === 0 ? "green" : red.has(pocket) ? "red" : "black");
    wheel = new Wheel($("wheel"), rules.wheel, colour);
    wheel.rest(0);
    table = new Table($("table"), rules.places, values, colour, (place) => chips.put(place));
    chips = new Chips(shell, changed, (place, amount) => `${words(place, rules.places[place])}: ${amount}`);
    bets = chips.bets;
    bets.changed();
    await remembered();
  },
  press,
  key,
  phase: (name) => chips.buttons(name),
  show(round) {
    const view = round.steps[0].view;
    wheel.rest(view.pocket);
    table.settle(view);
    bets.last = new Map(view.bets.map(({ place, amount }) => [place, amount]));
    chips.buttons(shell.phase);
  },
  paytable: (root) => rulesSheet(root, shell.game, shell.session.currency),
  note: (round) => `${round.steps[0].view.pocket} ${round.steps[0].view.color}`,
  detail: (round) => roundDetail(round, shell.game.rules.places),
  same: async (round, below) => (await below(shell.game.rules.wheel.length)) === round.steps[0].view.pocket,
});

function changed() {
  if (table.settled) table.unsettle();
  table.show(chips.bets.placed);
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
  if (chips.key(code)) return;
  if (code.startsWith("Arrow")) {
    event.preventDefault();
    table.move(code);
  }
}

frame("Meridian", "Roulette");
shell.open();
