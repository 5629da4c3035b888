// One past round of Comet Crash as it was, for support.

import { show } from "../common/amounts.js";
import { $, el } from "../common/dom.js";
import { canVerify, numbers, sha256 } from "../common/fairness.js";
import { crashPoint, shown } from "./curve.js";
import { Flight } from "./flight.js";

async function verdict(facts) {
  const { proof, round, rules } = facts;
  if (!proof.server_seed) return "The server seed is still in use";
  if (!canVerify) return "This browser verifies over https only";
  const below = await numbers(proof.server_seed, proof.client_seed, proof.nonce);
  const right = (await sha256(proof.server_seed)) === proof.commitment && (await crashPoint(below, rules)) === round.steps[0].view.crash;
  return right ? "Verified: the seed matches its commitment and gives exactly this result" : "NOT verified";
}

function row(name, value) {
  $("facts").append(el("tr", {}, el("td", {}, name), el("td", {}, value)));
}

async function begin() {
  const answer = await fetch(`${location.pathname}/facts${location.search}`, { cache: "no-store" });
  const facts = await answer.json();
  const { round, rules, proof } = facts;
  const view = round.steps[0]?.view;
  const flight = new Flight($("flight"), rules);
  row("Round", round.id);
  row("Time", new Date(round.at).toISOString().replace("T", " ").replace(".000Z", " UTC"));
  row("State", round.state);
  row("Bet", `${show(round.stake)} ${round.currency}`);
  row("Win", `${show(round.win)} ${round.currency}`);
  if (!view?.crash) {
    $("caption").textContent = view ? "This round is still running." : "Nothing was shown of this round.";
    return;
  }
  flight.end(view.crash, view.cashed_at, view.by_player ? view.elapsed_ms : null, true);
  document.body.dataset.flight = view.cashed_at ? "paid" : "crashed";
  $("multiplier").textContent = shown(view.cashed_at || view.crash);
  $("caption").textContent = view.cashed_at ? `Cashed out ${view.by_player ? "by hand" : "automatically"}, broke up at ${shown(view.crash)}` : `Broke up at ${shown(view.crash)}`;
  row("Auto cash-out", view.auto ? shown(view.auto) : "off");
  row("Cashed out at", view.cashed_at ? `${shown(view.cashed_at)} after ${(view.elapsed_ms / 1000).toFixed(3)} s` : "not");
  row("Broke up at", shown(view.crash));
  row("Commitment", proof.commitment);
  row("Player's seed, round", `${proof.client_seed}, ${proof.nonce}`);
  if (proof.server_seed) row("Server seed", proof.server_seed);
  row("Verification", await verdict(facts));
}

begin().catch((error) => { $("caption").textContent = error.message; });
