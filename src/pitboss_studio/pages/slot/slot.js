// Aurora Facets: the player's side of a round.

import { add, compare, show } from "../common/amounts.js";
import { $, calm, pause } from "../common/dom.js";
import { frame } from "../common/frame.js";
import { BetSteps, Shell } from "../common/shell.js";
import { sounds } from "../common/sound.js";
import { HOW, freeSpinsNote, paytable, sameStops, windows } from "./panels.js";
import { Reels } from "./reels.js";

const SCATTER = "S";

let reels, bets;
let round = null;
let goOn = null;
let lastWindow = ["DAJ", "RWK", "ESQ", "BWA", "TDK"];

const shell = new Shell({
  how: HOW,
  begin() {
    const rules = shell.game.rules;
    reels = new Reels($("reels"), $("lines"), rules.reels, rules.lines);
    reels.show(lastWindow);
    bets = new BetSteps(shell);
  },
  press,
  key(event, code) {
    if (code === "ArrowUp" || code === "ArrowRight") bets.step(1);
    if (code === "ArrowDown" || code === "ArrowLeft") bets.step(-1);
  },
  phase: (name) => bets.buttons(name),
  canPress: (name) => ["idle", "spinning", "curtain", "feature"].includes(name),
  show(past) {
    round = past;
    lastWindow = past.steps.at(-1).view.window;
    reels.show(lastWindow);
    if (past.open) bets.choose(past.stake);
  },
  goOn(open) {
    round = open;
    return feature();
  },
  paytable: (root) => paytable(root, shell.game, bets.value, shell.session.currency),
  note: freeSpinsNote,
  detail: windows,
  same: (past, below) => sameStops(past, below, shell.game.rules.reels),
});

function spin() {
  return shell.play(bets.value, { bet: bets.value }, {
    begin() {
      sounds.spin();
      reels.start();
    },
    async reveal(drawn) {
      round = drawn;
      await land(round.steps[0], "0");
      if (round.more) return feature();
      await celebrateBig(round.win);
      return null;
    },
    undo: () => reels.show(lastWindow),
  });
}

async function land(step, winBefore) {
  await reels.stop(step.view.window, SCATTER);
  sounds.stop();
  lastWindow = step.view.window;
  reels.celebrate(step.view, SCATTER);
  if (step.win === "0") return;
  sounds.win();
  await shell.countUp($("win"), winBefore, add(winBefore, step.win));
}

async function celebrateBig(win) {
  const titles = [["50", "Epic win"], ["25", "Mega win"], ["10", "Big win"]];
  const title = titles.find(([times]) => compare(win, multiply(round.stake, times)) >= 0);
  if (!title) return;
  $("big-title").textContent = title[1];
  $("big").hidden = false;
  await shell.countUp($("big-amount"), "0", win);
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
const awarded = (steps) => steps.reduce((sum, step) => sum + step.view.free_spins_won, 0);

function showFeature(on) {
  document.body.classList.toggle("feature-on", on);
  $("feature").hidden = !on;
  $("spin-count").textContent = "";
  if (!on) return;
  $("feature-count").textContent = `${round.steps.length - 1} / ${awarded(round.steps)}`;
  $("feature-times").textContent = `×${shell.game.rules.free_spin_multiplier}`;
  shell.amount($("feature-won"), won(round.steps));
}

async function curtain(title, count, text, label) {
  shell.setPhase("curtain");
  $("curtain-title").textContent = title;
  $("curtain-count").textContent = count;
  $("curtain-text").textContent = text;
  $("curtain-go").textContent = label;
  $("curtain").hidden = false;
  await new Promise((done) => { goOn = done; });
  goOn = null;
  $("curtain").hidden = true;
}

// Free spins, from wherever the round stands to its end; answers with the last answer.
async function feature() {
  const first = round.steps.length === 1;
  if (first) sounds.feature();
  await pause(calm.matches ? 200 : 900);
  showFeature(true);
  const left = awarded(round.steps) - (round.steps.length - 1);
  await curtain(first ? "Free spins" : "Welcome back", String(left), first ? `Everything counts ${shell.game.rules.free_spin_multiplier} times` : "free spins left", first ? "Start" : "Go on");
  let answer = { round };
  while (round.more) {
    shell.setPhase("feature");
    answer = await freeSpin();
  }
  await celebrateBig(round.win);
  await curtain("You won", show(round.win), `in ${round.steps.length - 1} free spins`, "Continue");
  showFeature(false);
  shell.amount($("win"), round.win);
  return answer;
}

async function freeSpin() {
  const before = won(round.steps);
  let answer;
  reels.start();
  try {
    answer = await shell.ask("/step", { round_id: round.id, step: round.steps.length });
  } catch (error) {
    reels.show(lastWindow);
    showFeature(false);
    throw error;
  }
  round = answer.round;
  const step = round.steps.at(-1);
  await land(step, before);
  showFeature(true);
  if (step.view.free_spins_won) {
    sounds.feature();
    shell.say(`${step.view.free_spins_won} more free spins!`);
  }
  await pause(step.win === "0" ? 250 : 650);
  if (step.view.free_spins_won) shell.say("");
  return answer;
}

// One button, one key: spins, hurries the reels, goes on.
function press() {
  if (goOn) return goOn();
  if (shell.phase === "idle") return spin();
  if (shell.phase === "spinning" || shell.phase === "feature") reels.hurry();
  return undefined;
}

frame("Aurora", "Facets");
$("curtain-go").addEventListener("click", press);
shell.open();
