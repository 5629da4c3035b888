// Aurora Facets: the player's side of a round.

import { add, compare, portion, show, subtract } from "/assets/common/amounts.js";
import { Refused, call, listen, newId } from "/assets/common/api.js";
import { fairness, history, paytable } from "./panels.js";
import { Reels } from "./reels.js";
import { sounds, toggle } from "./sound.js";

const SCATTER = "S";
const $ = (id) => document.getElementById(id);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let game, session, reels, balance, seeds;
let betAt = 0;
let phase = "loading"; // idle, spinning, curtain, feature, blocked, ended
let round = null;
let goOn = null;

const bet = () => game.bet_values[betAt];

function amount(node, text) {
  node.dataset.value = text;
  const unit = document.createElement("small");
  unit.textContent = session.currency;
  node.replaceChildren(show(text), unit);
}

function setBalance(text) {
  balance = text;
  amount($("balance"), text);
}

function say(text, bad = false) {
  $("message").textContent = text || "";
  $("message").classList.toggle("bad", bad);
}

function setPhase(next) {
  phase = next;
  const idle = phase === "idle";
  $("spin").disabled = !["idle", "spinning", "curtain", "feature"].includes(phase);
  $("spin").classList.toggle("busy", phase === "spinning");
  $("bet-up").disabled = !idle || betAt === game.bet_values.length - 1;
  $("bet-down").disabled = !idle || betAt === 0;
  document.body.dataset.phase = phase;
}

function setBet(at) {
  betAt = Math.max(0, Math.min(game.bet_values.length - 1, at));
  amount($("bet"), bet());
  try { localStorage.setItem(`bet-${session.currency}`, bet()); } catch { /* storage may be off */ }
  if (game) setPhase(phase);
}

async function countUp(node, from, to) {
  const steps = calm.matches || compare(to, from) <= 0 ? 0 : 18;
  const gain = subtract(to, from);
  for (let step = 1; step < steps; step += 1) {
    amount(node, add(from, portion(gain, step, steps)));
    await pause(26);
  }
  amount(node, to);
}

function lost(isLost) {
  $("lost").hidden = !isLost;
}

async function ask(path, body) {
  const answer = await call(path, body, lost);
  lost(false);
  return answer;
}

function ended(reason) {
  setPhase("ended");
  say(reason.message, true);
  $("ended-text").textContent = reason.message;
  if (!$("ended").open) $("ended").showModal();
}

// What a round means once its reels stand: paid, refused, or still under way at the casino.
function conclude(answer) {
  const state = answer.round.state;
  if (answer.ended) return ended(answer.ended);
  if (state === "settled") return setPhase("idle");
  if (state === "bet_ok") return setPhase("feature");
  say(answer.round.message, state !== "win_sent");
  if (answer.round.open) {
    setPhase("blocked");
    return watch();
  }
  return setPhase("idle");
}

// A round the casino has not answered for yet: an event tells when it has, and asking now and then does without events.
let watching = false;
async function watch() {
  if (watching) return;
  watching = true;
  while (phase === "blocked") {
    await pause(2500);
    await catchUp();
  }
  watching = false;
}

async function catchUp() {
  if (phase !== "blocked") return;
  const state = await ask("/state");
  if (phase !== "blocked" || (state.round && state.round.open)) return;
  setBalance(state.balance);
  if (state.session.ended) return ended(state.session.ended);
  say(state.round && state.round.message, state.round && state.round.state !== "settled");
  setPhase("idle");
}

async function spin() {
  if (phase !== "idle") return;
  if (session.mode === "fun" && compare(balance, bet()) < 0) {
    const answer = await ask("/refill", {});
    setBalance(answer.balance);
    return say("Your play money was refilled.");
  }
  setPhase("spinning");
  say("");
  amount($("win"), "0");
  const before = balance;
  setBalance(compare(balance, bet()) >= 0 ? subtract(balance, bet()) : balance);
  sounds.spin();
  reels.start();
  let answer;
  try {
    answer = await ask("/spin", { spin_id: newId(), bet: bet() });
  } catch (error) {
    return refused(error, before);
  }
  if (!answer.round.steps.length) {
    reels.show(lastWindow);
    setBalance(answer.balance);
    return conclude(answer);
  }
  round = answer.round;
  if (round.balance_after_bet !== null) setBalance(round.balance_after_bet);
  await land(round.steps[0], "0");
  if (round.more) return feature();
  await celebrateBig(round.win);
  setBalance(answer.balance);
  conclude(answer);
}

async function refused(error, before) {
  if (!(error instanceof Refused)) throw error;
  reels.show(lastWindow);
  setBalance(before);
  say(error.message, true);
  if (error.code === "ended" || error.code === "no_session") return ended({ message: error.message });
  setPhase("idle");
  if (error.code === "round_open") await resume(await ask("/state"));
}

let lastWindow = ["DAJ", "RWK", "ESQ", "BWA", "TDK"];

async function land(step, winBefore) {
  await reels.stop(step.view.window, SCATTER);
  sounds.stop();
  lastWindow = step.view.window;
  reels.celebrate(step.view, SCATTER);
  if (step.win === "0") return;
  sounds.win();
  await countUp($("win"), winBefore, add(winBefore, step.win));
}

async function celebrateBig(win) {
  const titles = [["50", "Epic win"], ["25", "Mega win"], ["10", "Big win"]];
  const title = titles.find(([times]) => compare(win, multiply(round.stake, times)) >= 0);
  if (!title) return;
  $("big-title").textContent = title[1];
  $("big").hidden = false;
  await countUp($("big-amount"), "0", win);
  await new Promise((done) => { goOn = done; setTimeout(done, calm.matches ? 900 : 1800); });
  goOn = null;
  $("big").hidden = true;
}

function multiply(text, times) {
  let total = "0";
  for (let turn = 0; turn < Number(times); turn += 1) total = add(total, text);
  return total;
}

const won = (steps) => steps.reduce((sum, step) => add(sum, step.win), "0");
const spinsLeft = (steps) => steps.reduce((sum, step) => sum + step.view.free_spins_won, 0) - (steps.length - 1);

function showFeature(on) {
  document.body.classList.toggle("feature-on", on);
  $("feature").hidden = !on;
  $("spin-count").textContent = "";
  if (!on) return;
  const awarded = round.steps.reduce((sum, step) => sum + step.view.free_spins_won, 0);
  $("feature-count").textContent = `${round.steps.length - 1} / ${awarded}`;
  $("feature-times").textContent = `×${game.rules.free_spin_multiplier}`;
  amount($("feature-won"), won(round.steps));
}

async function curtain(title, count, text, label) {
  setPhase("curtain");
  $("curtain-title").textContent = title;
  $("curtain-count").textContent = count;
  $("curtain-text").textContent = text;
  $("curtain-go").textContent = label;
  $("curtain").hidden = false;
  await new Promise((done) => { goOn = done; });
  goOn = null;
  $("curtain").hidden = true;
}

// Free spins, from wherever the round stands to its end.
async function feature() {
  if (round.steps.length === 1) sounds.feature();
  await pause(calm.matches ? 200 : 900);
  showFeature(true);
  const first = round.steps.length === 1;
  const left = spinsLeft(round.steps);
  await curtain(first ? "Free spins" : "Welcome back", String(left), first ? `Everything counts ${game.rules.free_spin_multiplier} times` : "free spins left", first ? "Start" : "Go on");
  let answer = null;
  while (round.more) {
    setPhase("feature");
    const before = won(round.steps);
    reels.start();
    try {
      answer = await ask("/step", { round_id: round.id, step: round.steps.length });
    } catch (error) {
      return refused(error, balance);
    }
    round = answer.round;
    const step = round.steps.at(-1);
    await land(step, before);
    showFeature(true);
    if (step.view.free_spins_won) {
      sounds.feature();
      say(`${step.view.free_spins_won} more free spins!`);
    }
    await pause(step.win === "0" ? 250 : 650);
    if (step.view.free_spins_won) say("");
  }
  await celebrateBig(round.win);
  await finale(answer);
}

async function finale(answer) {
  await curtain("You won", show(round.win), `in ${round.steps.length - 1} free spins`, "Continue");
  showFeature(false);
  amount($("win"), round.win);
  if (answer) setBalance(answer.balance);
  conclude(answer);
}

async function resume(state) {
  round = state.round;
  if (!round || !round.open) return setPhase("idle");
  if (round.steps.length) {
    lastWindow = round.steps.at(-1).view.window;
    reels.show(lastWindow);
    amount($("win"), round.win);
  }
  const at = game.bet_values.indexOf(round.stake);
  if (at >= 0) setBet(at);
  if (round.more) return feature();
  say(round.message || "An earlier round is being finished.", false);
  setPhase("blocked");
  return watch();
}

// One button, one key: spins, hurries the reels, goes on.
function press() {
  if (goOn) return goOn();
  if (phase === "idle") return spin();
  if (phase === "spinning" || phase === "feature") reels.hurry();
  return undefined;
}

function onKey(event) {
  if (document.querySelector("dialog[open]") || event.target.matches("input")) return;
  const onOther = event.target.matches("button:focus-visible:not(#spin), a:focus-visible");
  if (event.code === "Space" && !onOther) {
    event.preventDefault();
    if (!event.repeat) press();
  }
  if (phase !== "idle") return;
  if (event.code === "ArrowUp" || event.code === "ArrowRight") setBet(betAt + 1);
  if (event.code === "ArrowDown" || event.code === "ArrowLeft") setBet(betAt - 1);
}

async function openSheet(name) {
  $(name).showModal();
  if (name === "paytable") paytable($("paytable-body"), game, bet(), session.currency);
  if (name === "history") await history($("history-body"), session.currency, game.rules.reels);
  if (name === "fairness") {
    seeds = (await ask("/state")).seeds;
    fairness($("fairness-body"), seeds);
  }
}

function wire() {
  $("spin").addEventListener("click", press);
  $("curtain-go").addEventListener("click", press);
  $("bet-up").addEventListener("click", () => setBet(betAt + 1));
  $("bet-down").addEventListener("click", () => setBet(betAt - 1));
  $("sound").addEventListener("click", () => $("sound").setAttribute("aria-pressed", String(toggle())));
  for (const button of document.querySelectorAll("[data-opens]")) button.addEventListener("click", () => openSheet(button.dataset.opens));
  for (const sheet of document.querySelectorAll("dialog:not(#ended)")) sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  $("ended").addEventListener("cancel", (event) => event.preventDefault());
  document.addEventListener("keydown", onKey);
  // A button clicked with the pointer gives the space bar back to the reels; one reached by keyboard keeps it.
  document.addEventListener("click", (event) => { if (event.detail > 0) event.target.closest("button")?.blur(); }, true);
  listen({
    balance: (news) => { if (phase === "idle" || phase === "blocked") setBalance(news.balance); },
    round: () => catchUp(),
    ended: (news) => ended(news),
  }, lost);
}

async function begin() {
  const state = await ask("/state");
  ({ game, session, seeds } = state);
  document.title = game.name;
  reels = new Reels($("reels"), $("lines"), game.rules.reels, game.rules.lines);
  if (state.round && state.round.steps.length) lastWindow = state.round.steps.at(-1).view.window;
  reels.show(lastWindow);
  let kept = null;
  try { kept = localStorage.getItem(`bet-${session.currency}`); } catch { /* storage may be off */ }
  setBet(Math.max(0, game.bet_values.indexOf(kept ?? game.bet_values[2])));
  setBalance(state.balance);
  amount($("win"), "0");
  $("fun").hidden = session.mode !== "fun";
  for (const id of ["home", "ended-home"]) {
    if (session.home_url) { $(id).href = session.home_url; $(id).hidden = false; }
  }
  if (session.deposit_url) { $("deposit").href = session.deposit_url; $("deposit").hidden = false; }
  wire();
  if (session.ended) return ended(session.ended);
  return resume(state);
}

begin().catch((error) => {
  $("message").textContent = error.message;
  $("message").classList.add("bad");
});
