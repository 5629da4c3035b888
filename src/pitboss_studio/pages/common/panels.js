// History and fairness sheets, and the verification of a round. What a round looks like is the game's to say.

import { show } from "./amounts.js";
import { Refused, call } from "./api.js";
import { el } from "./dom.js";
import { canVerify, numbers, sha256 } from "./fairness.js";

const STATES = { settled: "", bet_ok: "open", win_sent: "being paid", canceling: "being cancelled", canceled: "cancelled", bet_refused: "refused", bet_sent: "open", win_refused: "ask support", cancel_refused: "ask support" };

// `game`: note(round) is a word or two, detail(round) are nodes, same(round, below) draws it again and compares.
export async function historySheet(root, currency, game, before = null) {
  const page = await call(before ? `/history?before=${before}` : "/history");
  let body = root.querySelector("tbody");
  if (!before) {
    body = el("tbody");
    const head = el("tr", {}, el("th", {}, "Time"), el("th", { class: "money" }, `Bet ${currency}`), el("th", { class: "money" }, `Win ${currency}`), el("th", {}, ""));
    root.replaceChildren(el("h2", {}, "History"), page.rounds.length ? el("table", {}, el("thead", {}, head), body) : el("p", {}, "No rounds yet. Play the first one."));
  }
  root.querySelector(".more")?.remove();
  for (const round of page.rounds) body.append(row(round, game));
  const last = page.rounds.at(-1);
  if (page.more) root.append(el("button", { class: "small more", onclick: () => historySheet(root, currency, game, last.id) }, "Earlier rounds"));
}

function row(round, game) {
  const note = round.steps.length ? game.note(round) : "";
  const line = el("tr", { class: "round", tabindex: "0", "data-round": round.id },
    el("td", {}, new Date(round.at).toLocaleString()), el("td", { class: "money" }, show(round.stake)),
    el("td", { class: "money" }, show(round.win)), el("td", {}, [note, round.campaign_code ? "paid by the casino" : "", STATES[round.state]].filter(Boolean).join(", ")));
  const open = () => {
    if (line.nextSibling?.classList.contains("opened")) return line.nextSibling.remove();
    const proof = el("p", { class: "note" });
    const verify = el("button", { class: "small", onclick: () => verifyRound(round, game, proof) }, "Verify");
    const words = el("p", {}, `Round ${round.id}${round.message ? `. ${round.message}` : ""}`);
    const detail = round.steps.length ? game.detail(round) : [];
    return line.after(el("tr", { class: "opened" }, el("td", { colspan: "4" }, words, el("div", { class: "detail" }, ...detail), verify, proof)));
  };
  line.addEventListener("click", open);
  line.addEventListener("keydown", (event) => { if (event.key === "Enter") open(); });
  return line;
}

async function verifyRound(round, game, proof) {
  const facts = await call(`/fairness/${round.id}`);
  proof.className = "note";
  if (!facts.server_seed) {
    proof.textContent = "The server seed of this round is still in use. Change your seed on the fairness sheet to reveal it.";
  } else if (!canVerify) {
    proof.textContent = "This browser only verifies over https. The fairness sheet says how to do it elsewhere.";
  } else {
    const below = await numbers(facts.server_seed, facts.client_seed, facts.nonce);
    const right = (await sha256(facts.server_seed)) === facts.commitment && (await game.same(facts.round, below));
    proof.className = right ? "good" : "bad";
    proof.textContent = right ? "Verified: the seed matches its commitment and gives exactly this result." : "NOT verified: seed and result do not match.";
  }
}

export function fairnessSheet(root, seeds, how, revealed = null) {
  const input = el("input", { value: seeds.client_seed, maxlength: "64", pattern: "[A-Za-z0-9_\\-]+", "aria-label": "Your seed", "data-testid": "client-seed" });
  const trouble = el("p", { class: "bad" });
  const change = async () => {
    try {
      const answer = await call("/seed", { client_seed: input.value.trim() });
      fairnessSheet(root, answer.seeds, how, answer.revealed);
    } catch (error) {
      trouble.textContent = error instanceof Refused && error.code === "invalid" ? "A seed has 1 to 64 letters, digits, - or _." : error.message;
    }
  };
  root.replaceChildren(
    el("h2", {}, "Fairness"),
    el("p", {}, "Every round is drawn from a secret server seed, your own seed and a counter. You see the server seed's fingerprint (SHA-256) before you play, and the seed itself afterwards, so nobody can change a result."),
    ...(revealed ? [el("h3", {}, "Revealed just now"), el("code", { "data-testid": "revealed-seed" }, revealed.server_seed), el("p", { class: "note" }, `Fingerprint ${revealed.commitment}, your seed then ${revealed.client_seed}. Open a round in the history to verify it.`)] : []),
    el("h3", {}, "Fingerprint of the server seed in use"), el("code", { "data-testid": "commitment" }, seeds.commitment),
    el("p", { class: "note" }, `Rounds drawn from it: ${seeds.next_nonce}.`),
    el("h3", {}, "Your seed"), el("div", { class: "row" }, input, el("button", { class: "small", "data-testid": "rotate", onclick: change }, "Change and reveal")), trouble,
    el("h3", {}, "Fingerprint of the next server seed"), el("code", {}, seeds.next_commitment),
    el("h3", {}, "How a round is drawn"),
    el("p", { class: "note" }, `HMAC-SHA256 with the server seed as key over “your seed:round:counter”, counter from 0. Each result gives eight 32-bit numbers. ${how}`),
  );
}
