// Comet Crash: the player's side of a round.

import { share, show } from "../common/amounts.js";
import { Refused, call } from "../common/api.js";
import { $, calm, el, pause, recall, remember } from "../common/dom.js";
import { frame } from "../common/frame.js";
import { BetSteps, Shell } from "../common/shell.js";
import { sounds, tone } from "../common/sound.js";
import { crashPoint, shown } from "./curve.js";
import { Flight } from "./flight.js";

const PAST = 18;
const POLL_MS = 1500;

let flight, bets;
let current = null; // the round that runs
let finish = null; // tells what runs that it is over
let asking = false;

const shell = new Shell({
  how: "The crash point is 99 ÷ u hundredths, rounded down, for a number u between 0 and 1 that begins with the first 32-bit number as its binary digits; more numbers follow only where that leaves two results possible. Below 1.01 it is 1.00, above 1,000 it is 1,000.",
  async begin() {
    flight = new Flight($("flight"), shell.game.rules);
    bets = new BetSteps(shell, controls);
    $("auto").value = recall("crash-auto") || "";
    wire();
    look("idle", "Launch the comet");
    for (const round of (await call("/history")).rounds.filter(isOver).slice(0, PAST).reverse()) pastRound(round.steps[0].view);
  },
  press,
  key(event, code) {
    if (code === "ArrowUp" || code === "ArrowRight") bets.step(1);
    if (code === "ArrowDown" || code === "ArrowLeft") bets.step(-1);
  },
  phase(name) {
    bets.buttons(name);
    controls();
  },
  canPress: (name) => name === "idle",
  running: () => shell.phase === "running",
  news: (event) => { if (current && event.id === current.id) lookAgain(); },
  show(round) {
    if (isOver(round)) return over(round, true);
    bets.choose(round.stake);
    $("auto").value = plainAuto(round.steps[0].view.auto);
    return undefined;
  },
  goOn: (round, live) => run(round, live),
  paytable,
  note: (round) => (isOver(round) ? shown(round.steps[0].view.crash) : "running"),
  detail,
  same: async (round, below) => isOver(round) && (await crashPoint(below, shell.game.rules)) === round.steps[0].view.crash,
});

const isOver = (round) => Boolean(round.steps.length && round.steps[0].view.crash);
const plainAuto = (hundredths) => (hundredths ? String(hundredths / 100) : "");

// What the field says: hundredths, null for off, undefined for nonsense.
function auto() {
  const text = $("auto").value.trim().replace(",", ".");
  if (!text || text === "off") return null;
  if (!/^\d{1,4}(\.\d{1,2})?$/.test(text)) return undefined;
  const [whole, fraction = ""] = text.split(".");
  const hundredths = Number(whole) * 100 + Number(fraction.padEnd(2, "0"));
  return hundredths >= shell.game.rules.lowest && hundredths <= shell.game.rules.ceiling ? hundredths : undefined;
}

function controls() {
  if (!bets) return;
  const idle = shell.phase === "idle";
  for (const node of [$("auto"), ...document.querySelectorAll("[data-auto]")]) node.disabled = !idle;
  document.querySelector(".field").classList.toggle("bad", auto() === undefined);
  if (shell.phase !== "running") {
    $("cash-out").disabled = true;
    $("cash-amount").replaceChildren();
  }
}

function look(flightState, caption) {
  document.body.dataset.flight = flightState;
  $("caption").textContent = caption;
}

function reading(multiplier) {
  $("multiplier").textContent = shown(multiplier);
  $("multiplier").dataset.value = String(multiplier);
}

function launch() {
  const target = auto();
  if (target === undefined) {
    shell.say("Auto cash-out is between 1.01 and 1,000, with two decimals at most, or empty.", true);
    return $("auto").focus();
  }
  remember("crash-auto", $("auto").value.trim());
  $("auto").blur();
  return shell.play(bets.value, { bet: bets.value, auto: target === null ? null : String(target / 100) }, {
    begin() {
      sounds.spin();
      flight.rest();
      reading(100);
      look("waiting", "Getting ready…");
    },
    reveal: run,
    undo() {
      flight.rest();
      look("idle", "Launch the comet");
    },
  });
}

// A round under way, from wherever it is to its end; answers with the last answer.
async function run(round, live) {
  let answer = { round };
  if (live) {
    current = round;
    const ending = new Promise((done) => { finish = done; });
    shell.setPhase("running");
    const target = round.steps[0].view.auto;
    look("running", target ? `Cashes out at ${shown(target)}` : "Cash out before it breaks up");
    flight.start(live.elapsed_ms, (multiplier) => tick(round, multiplier));
    const watch = setInterval(lookAgain, POLL_MS);
    answer = await ending;
    clearInterval(watch);
    current = finish = null;
  }
  over(answer.round, false);
  shell.setPhase("spinning");
  if (answer.round.win !== "0") await shell.countUp($("win"), "0", answer.round.win);
  await pause(calm.matches ? 150 : 900);
  return settled(answer);
}

// The casino has usually been told by now; if so, the balance that it answered is shown at once.
async function settled(answer) {
  if (answer.round.open) {
    const state = await shell.ask("/state");
    if (state.round && state.round.id === answer.round.id) answer = { round: state.round, balance: state.balance, ended: state.session.ended };
  }
  shell.news = null;
  return answer;
}

function tick(round, multiplier) {
  reading(multiplier);
  const early = multiplier < shell.game.rules.lowest;
  $("cash-out").disabled = early || asking;
  shell.amount($("cash-amount"), early ? round.stake : share(round.stake, multiplier, 2));
}

async function cashOut() {
  if (!current || asking || $("cash-out").disabled) return;
  asking = true;
  $("cash-out").disabled = true;
  const mine = current;
  try {
    const answer = await shell.ask("/act", { round_id: mine.id, action: "cash_out" });
    if (current === mine) finish(answer);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.code !== "too_early") shell.say(error.message, true);
  } finally {
    asking = false;
  }
}

// Events tell when the round is over; asking now and then does without them.
async function lookAgain() {
  const mine = current;
  if (!mine) return;
  const state = await shell.ask("/state");
  if (current === mine && state.round && state.round.id === mine.id && !state.live) {
    finish({ round: state.round, balance: state.balance, ended: state.session.ended });
  }
}

// The picture of a round that is over.
function over(round, still) {
  if (!isOver(round)) return look("idle", "");
  const { crash, cashed_at: paid, by_player: byHand, elapsed_ms: after } = round.steps[0].view;
  flight.end(crash, paid, byHand ? after : null, still);
  reading(paid || crash);
  const full = crash >= shell.game.rules.ceiling;
  look(paid ? "paid" : "crashed", paid ? (full ? "All the way to the top!" : `Cashed out · it broke up at ${shown(crash)}`) : `Broke up at ${shown(crash)}`);
  if (still) return undefined;
  pastRound(round.steps[0].view);
  if (paid) {
    sounds.win();
    shell.say(`Cashed out at ${shown(paid)}: ${show(round.win)} ${shell.session.currency}`);
  } else {
    tone(70, 0.5, 0.12);
    shell.say(`The comet broke up at ${shown(crash)}`);
  }
  return undefined;
}

function pill(view) {
  const level = view.crash >= 1000 ? " high" : view.crash >= 200 ? " mid" : "";
  return el("span", { class: `pill${level}${view.cashed_at ? " paid" : ""}` }, shown(view.crash));
}

function pastRound(view) {
  $("past").prepend(pill(view));
  while ($("past").children.length > PAST) $("past").lastChild.remove();
}

function press() {
  if (shell.phase === "idle") return launch();
  return cashOut();
}

function wire() {
  $("cash-out").addEventListener("click", cashOut);
  $("auto").addEventListener("input", controls);
  $("auto").addEventListener("keydown", (event) => { if (event.key === "Enter") press(); });
  for (const button of document.querySelectorAll("[data-auto]")) {
    button.addEventListener("click", () => {
      $("auto").value = button.dataset.auto;
      controls();
    });
  }
}

function detail(round) {
  if (!isOver(round)) return [el("p", {}, "This round is still running.")];
  const view = round.steps[0].view;
  const canvas = el("canvas", { class: "plot" });
  requestAnimationFrame(() => new Flight(canvas, shell.game.rules).end(view.crash, view.cashed_at, view.by_player ? view.elapsed_ms : null, true));
  const how = view.by_player ? "by hand" : "automatically";
  return [canvas, el("p", {}, `${view.cashed_at ? `Cashed out ${how} at ${shown(view.cashed_at)}. ` : ""}The comet broke up at ${shown(view.crash)}.`)];
}

function paytable(root) {
  const { game } = shell;
  const chances = [101, 150, 200, 500, 1000, 10000, 100000].map((at) => el("tr", {}, el("td", {}, shown(at)),
    el("td", {}, `${((game.rules.return_parts / at) * 100).toFixed(at > 5000 ? 3 : 2)} %`), el("td", { class: "money" }, show(share(bets.value, at, 2)))));
  root.replaceChildren(
    el("h2", {}, "Rules"),
    el("p", {}, "Your bet rides on a comet. The multiplier rises from 1.00 until the comet breaks up. Cash out before that, by hand or automatically, and you win your bet times the multiplier; else the bet is lost."),
    el("p", {}, "What counts is the multiplier at the moment the studio has your cash-out, which can be a little more than what you saw. At 1,000 the round is over and pays that."),
    el("h3", {}, "If the connection fails"),
    el("p", {}, "The comet flies on. With auto cash-out you are paid when it gets there, without it you can cash out when you are back, as long as the comet flies."),
    el("h3", {}, "Return to player"),
    el("p", {}, `${game.rtp} % in theory, exactly, for every cash-out from 1.01 on: the chance that the comet gets to m is 0.99 ÷ m. In one round of about fifty it breaks up at 1.00.`),
    el("table", {}, el("thead", {}, el("tr", {}, el("th", {}, "Cash out at"), el("th", {}, "Chance"), el("th", { class: "money" }, `Bet ${show(bets.value)} gives ${shell.session.currency}`))), el("tbody", {}, ...chances)),
    el("p", { class: "note" }, "A malfunction voids all pays and plays. Keys: space launches and cashes out, arrows change the bet."),
  );
}

frame("Comet", "Crash");
shell.open();
