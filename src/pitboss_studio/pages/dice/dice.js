// Tenfold Dice: the player's side of a round.

import { share, show } from "../common/amounts.js";
import { call } from "../common/api.js";
import { $, el, recall, remember } from "../common/dom.js";
import { frame } from "../common/frame.js";
import { BetSteps, Shell } from "../common/shell.js";
import { sounds, tone } from "../common/sound.js";
import { Tray } from "./tray.js";

const PAST = 16;
const hundredths = (text) => Number(text.replace(".", ""));

let tray, bets, offers, at, side;
let last = null;

const shell = new Shell({
  how: "The roll is the next one modulo 10,000, read as hundredths (numbers from the last incomplete multiple of 10,000 are skipped).",
  async begin() {
    offers = shell.game.rules.offers;
    tray = new Tray($("tray"));
    tray.show(["0", "0", "0", "0"]);
    [side, at] = remembered();
    bets = new BetSteps(shell, shown);
    wire();
    shown();
    for (const round of (await call("/history")).rounds.filter((each) => each.steps.length).slice(0, PAST).reverse()) pastRoll(round.steps[0].view);
  },
  press,
  key,
  phase(name) {
    bets.buttons(name);
    controls(name);
  },
  show(round) {
    const view = round.steps[0].view;
    last = view;
    tray.show(view.dices);
    needle(view);
    if (!round.open) return;
    bets.choose(round.stake);
    choose(offers.findIndex((offer) => offer[view.side] === view.target), view.side);
  },
  paytable,
  note: (round) => `${round.steps[0].view.roll}, ${round.steps[0].view.side} ${round.steps[0].view.target}`,
  detail(round) {
    const view = round.steps[0].view;
    return [el("span", { class: `ball ${view.won ? "won" : "lost"}` }, view.roll), el("p", {}, `Rolled ${view.roll}; ${view.side} ${view.target} pays ${view.multiplier} times the bet.`)];
  },
  same: async (round, below) => (await below(shell.game.rules.rolls)) === hundredths(round.steps[0].view.roll),
});

function remembered() {
  const [was, target] = (recall("dice-choice") || "under 49.50").split(" ");
  const found = offers.findIndex((offer) => offer[was] === target);
  return found < 0 ? ["under", offers.findIndex((offer) => offer.under === "49.50")] : [was, found];
}

function pay(offer) {
  const [whole, fraction = ""] = offer.multiplier.split(".");
  return share(bets.value, whole + fraction, fraction.length);
}

function shown() {
  if (!bets) return;
  const offer = offers[at];
  const part = offer.chance / 100;
  $("target-label").textContent = `Roll ${side}`;
  $("target").textContent = offer[side];
  $("target").dataset.value = offer[side];
  $("chance").textContent = `${(offer.chance / 100).toFixed(2)} %`;
  $("multiplier").textContent = `× ${offer.multiplier}`;
  shell.amount($("to-win"), pay(offer));
  $("slider").value = String(hundredths(offer[side]));
  $("slider").setAttribute("aria-valuetext", `${side} ${offer[side]}`);
  $("side").dataset.side = side;
  $("zone").style.width = `${part}%`;
  $("zone").style.left = side === "under" ? "0" : `${100 - part}%`;
  controls(shell.phase);
}

function controls(phase) {
  const still = phase !== "idle";
  // A higher target is a higher chance when rolling under, a lower one when rolling over.
  const up = side === "under" ? at + 1 : at - 1, down = side === "under" ? at - 1 : at + 1;
  $("target-up").disabled = still || !offers[up];
  $("target-down").disabled = still || !offers[down];
  $("slider").disabled = still;
  $("side").disabled = still;
}

function choose(wanted, wantedSide = side) {
  side = wantedSide;
  at = Math.max(0, Math.min(offers.length - 1, wanted));
  remember("dice-choice", `${side} ${offers[at][side]}`);
  shown();
}

function target(by) {
  if (shell.phase === "idle") choose(at + (side === "under" ? by : -by));
}

function nearest(chance) {
  return offers.reduce((best, offer, index) => (Math.abs(offer.chance - chance) < Math.abs(offers[best].chance - chance) ? index : best), 0);
}

function slide() {
  const value = Number($("slider").value);
  choose(nearest(side === "under" ? value : 9999 - value));
}

function flip(to = side === "under" ? "over" : "under") {
  if (shell.phase === "idle") choose(at, to);
}

function needle(view) {
  $("needle").hidden = false;
  $("needle").style.setProperty("--at", `${hundredths(view.roll) / 100}%`);
  $("needle").textContent = view.roll;
  $("needle").className = `needle ${view.won ? "won" : "lost"}`;
}

function pastRoll(view) {
  $("past").prepend(el("span", { class: `ball ${view.won ? "won" : "lost"}` }, view.roll));
  while ($("past").children.length > PAST) $("past").lastChild.remove();
}

function roll() {
  const offer = offers[at];
  return shell.play(bets.value, { bet: bets.value, side, target: offer[side] }, {
    begin() {
      sounds.spin();
      $("needle").hidden = true;
      tray.roll();
    },
    async reveal(round) {
      const view = round.steps[0].view;
      await tray.land(view.dices, view.won, () => tone(140, 0.06, 0.08));
      last = view;
      needle(view);
      pastRoll(view);
      shell.say(view.won ? `${view.roll} wins ${show(round.win)}` : `${view.roll} is not ${view.side} ${view.target}`);
      if (!view.won) return;
      sounds.win();
      await shell.countUp($("win"), "0", round.win);
    },
    undo: () => (last ? tray.show(last.dices) : tray.show(["0", "0", "0", "0"])),
  });
}

function press() {
  if (shell.phase === "idle") return roll();
  tray.hurry();
  return undefined;
}

function key(event, code) {
  if (event.target.matches("input")) return;
  const steps = { ArrowUp: () => bets.step(1), ArrowDown: () => bets.step(-1), ArrowRight: () => target(1), ArrowLeft: () => target(-1), KeyU: () => flip("under"), KeyO: () => flip("over") };
  if (steps[code]) {
    event.preventDefault();
    return steps[code]();
  }
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(code);
  if (digit && shell.phase === "idle") choose(nearest(Number(digit[1]) * 1000));
  return undefined;
}

function wire() {
  $("slider").addEventListener("input", slide);
  $("side").addEventListener("click", () => flip());
  $("target-up").addEventListener("click", () => target(1));
  $("target-down").addEventListener("click", () => target(-1));
}

function paytable(root) {
  const { game, session } = shell;
  const rows = offers.toReversed().map((offer) => el("tr", {}, el("td", {}, offer.under), el("td", {}, offer.over),
    el("td", {}, `${(offer.chance / 100).toFixed(2)} %`), el("td", {}, `× ${offer.multiplier}`), el("td", { class: "money" }, show(pay(offer)))));
  root.replaceChildren(
    el("h2", {}, "Rules"),
    el("p", {}, "Four ten-sided dice make a number from 00.00 to 99.99, every one of the 10,000 equally likely. Choose a target and whether the roll shall be under or over it; the target itself loses."),
    el("h3", {}, "Return to player"),
    el("p", {}, `${game.rtp} % in theory, exactly ${game.rules.rtp_exact}, for every target: pays = 99 ÷ chance in percent. Only targets whose pay is a whole number of tenths are on offer, so that no win is ever rounded.`),
    el("h3", {}, "All targets"),
    el("table", { class: "offers" }, el("thead", {}, el("tr", {}, el("th", {}, "Under"), el("th", {}, "Over"), el("th", {}, "Chance"), el("th", {}, "Pays"), el("th", { class: "money" }, `Bet ${show(bets.value)} gives ${session.currency}`))), el("tbody", {}, ...rows)),
    el("p", { class: "note" }, "A malfunction voids all pays and plays. Keys: space rolls, left and right move the target, up and down the bet, U and O choose the side, digits a chance."),
  );
}

frame("Tenfold", "Dice");
shell.open();
