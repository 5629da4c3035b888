// Paytable, history and fairness: what is shown on the three sheets.

import { share, show } from "/assets/common/amounts.js";
import { Refused, call } from "/assets/common/api.js";
import { canVerify, numbers, sha256 } from "/assets/common/fairness.js";

const NAMES = { D: "Diamond", R: "Ruby", E: "Emerald", B: "Sapphire", T: "Topaz", A: "Ace", K: "King", Q: "Queen", J: "Jack", W: "Wild", S: "Scatter" };

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

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
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 58 36");
  rows.forEach((on, reel) => {
    for (let row = 0; row < 3; row += 1) {
      const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x: 3 + reel * 10.6, y: 3 + row * 10.3, width: 9.4, height: 9, rx: 1.5 })) box.setAttribute(name, value);
      if (row === on) box.setAttribute("class", "on");
      svg.append(box);
    }
  });
  return svg;
}

const STATES = { settled: "", bet_ok: "open", win_sent: "being paid", canceling: "being cancelled", canceled: "cancelled", bet_refused: "refused", bet_sent: "open", win_refused: "ask support", cancel_refused: "ask support" };

export async function history(root, currency, strips, before = null) {
  const page = await call(`/history${before ? `?before=${before}` : ""}`);
  let body = root.querySelector("tbody");
  if (!before) {
    body = el("tbody");
    const head = el("tr", {}, el("th", {}, "Time"), el("th", { class: "money" }, `Bet ${currency}`), el("th", { class: "money" }, `Win ${currency}`), el("th", {}, ""));
    root.replaceChildren(el("h2", {}, "History"), page.rounds.length ? el("table", {}, el("thead", {}, head), body) : el("p", {}, "No rounds yet. Spin to play the first one."));
  }
  root.querySelector(".more")?.remove();
  for (const round of page.rounds) body.append(historyRow(round, strips));
  const last = page.rounds.at(-1);
  if (page.more) root.append(el("button", { class: "small more", onclick: () => history(root, currency, strips, last.id) }, "Earlier rounds"));
}

function historyRow(round, strips) {
  const note = round.steps.length > 1 ? `${round.steps.length - 1} free spins` : "";
  const row = el("tr", { class: "round", tabindex: "0", "data-round": round.id },
    el("td", {}, new Date(round.at).toLocaleString()), el("td", { class: "money" }, show(round.stake)),
    el("td", { class: "money" }, show(round.win)), el("td", {}, [note, STATES[round.state]].filter(Boolean).join(", ")));
  const open = async () => {
    if (row.nextSibling?.classList.contains("opened")) return row.nextSibling.remove();
    const grids = round.steps.map((step) => el("div", { class: "mini" }, ...[0, 1, 2].flatMap((at) => step.view.window.map((reel) => picture(reel[at])))));
    const proof = el("p", { class: "note" });
    const verify = el("button", { class: "small", onclick: () => verifyRound(round, strips, proof) }, "Verify");
    const words = el("p", {}, `Round ${round.id}${round.message ? `. ${round.message}` : ""}`);
    row.after(el("tr", { class: "opened" }, el("td", { colspan: "4" }, words, el("div", { class: "detail" }, ...grids), verify, proof)));
  };
  row.addEventListener("click", open);
  row.addEventListener("keydown", (event) => { if (event.key === "Enter") open(); });
  return row;
}

async function verifyRound(round, strips, proof) {
  const facts = await call(`/fairness/${round.id}`);
  proof.className = "note";
  if (!facts.server_seed) {
    proof.textContent = "The server seed of this round is still in use. Change your seed on the fairness sheet to reveal it.";
  } else if (!canVerify) {
    proof.textContent = "This browser only verifies over https. The fairness sheet says how to do it elsewhere.";
  } else {
    const right = (await sha256(facts.server_seed)) === facts.commitment && (await sameStops(facts, strips));
    proof.className = right ? "good" : "bad";
    proof.textContent = right ? "Verified: the seed matches its commitment and gives exactly these reels." : "NOT verified: seed and reels do not match.";
  }
}

async function sameStops(facts, strips) {
  const below = await numbers(facts.server_seed, facts.client_seed, facts.nonce);
  for (const step of facts.round.steps) {
    for (let reel = 0; reel < strips.length; reel += 1) {
      if ((await below(strips[reel].length)) !== step.view.stops[reel]) return false;
    }
  }
  return true;
}

export function fairness(root, seeds, revealed = null) {
  const input = el("input", { value: seeds.client_seed, maxlength: "64", pattern: "[A-Za-z0-9_\\-]+", "aria-label": "Your seed", "data-testid": "client-seed" });
  const trouble = el("p", { class: "bad" });
  const change = async () => {
    try {
      const answer = await call("/seed", { client_seed: input.value.trim() });
      fairness(root, answer.seeds, answer.revealed);
    } catch (error) {
      trouble.textContent = error instanceof Refused && error.code === "invalid" ? "A seed has 1 to 64 letters, digits, - or _." : error.message;
    }
  };
  root.replaceChildren(
    el("h2", {}, "Fairness"),
    el("p", {}, "Every spin is drawn from a secret server seed, your own seed and a counter. You see the server seed's fingerprint (SHA-256) before you play, and the seed itself afterwards, so nobody can change a result."),
    ...(revealed ? [el("h3", {}, "Revealed just now"), el("code", { "data-testid": "revealed-seed" }, revealed.server_seed), el("p", { class: "note" }, `Fingerprint ${revealed.commitment}, your seed then ${revealed.client_seed}. Open a round in the history to verify it.`)] : []),
    el("h3", {}, "Fingerprint of the server seed in use"), el("code", { "data-testid": "commitment" }, seeds.commitment),
    el("p", { class: "note" }, `Rounds drawn from it: ${seeds.next_nonce}.`),
    el("h3", {}, "Your seed"), el("div", { class: "row" }, input, el("button", { class: "small", "data-testid": "rotate", onclick: change }, "Change and reveal")), trouble,
    el("h3", {}, "Fingerprint of the next server seed"), el("code", {}, seeds.next_commitment),
    el("h3", {}, "How a spin is drawn"),
    el("p", { class: "note" }, "HMAC-SHA256 with the server seed as key over “your seed:round:counter”, counter from 0. Each result gives eight 32-bit numbers; each reel takes the next one modulo its length (numbers from the last incomplete multiple of the length are skipped). Free spins go on with the numbers that follow."),
  );
}
