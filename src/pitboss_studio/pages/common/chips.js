// A table's chips: the rack to choose from, bets put down with them, undo, clear, repeat, double.

import { compare, show } from "./amounts.js";
import { Bets } from "./bets.js";
import { $, el, recall, remember } from "./dom.js";
import { tone } from "./sound.js";

// `changed()` after every change of the bets, `said(place, amount)` in words what was put down.
export class Chips {
  constructor(shell, changed, said) {
    this.shell = shell;
    this.values = shell.game.bet_values;
    this.said = said;
    this.bets = new Bets(() => {
      changed();
      shell.amount($("bet"), this.bets.total);
      this.buttons(shell.phase);
    });
    this.rack();
    const acts = { undo: () => this.undo(), clear: () => this.clear(), repeat: () => this.repeat(), double: () => this.double() };
    for (const [id, act] of Object.entries(acts)) $(id).addEventListener("click", act);
    shell.watchers.push((promotion) => this.paidBy(promotion));
    this.keys = { KeyR: acts.repeat, KeyD: acts.double, KeyC: acts.clear, KeyZ: acts.undo, Backspace: acts.undo };
  }

  rack() {
    const kept = recall(`chip-${this.shell.session.currency}`);
    for (const [at, value] of this.values.entries()) {
      $("chips").append(el("button", { class: `chip chip-${at}`, role: "radio", "data-testid": `chip-${value}`, "data-value": value, "aria-label": `Chip of ${show(value)}`, onclick: () => this.pick(value) }, short(value)));
    }
    this.pick(this.values.includes(kept) ? kept : this.values[1]);
  }

  pick(value) {
    this.chosen = value;
    remember(`chip-${this.shell.session.currency}`, value);
    for (const button of $("chips").children) button.setAttribute("aria-checked", String(button.dataset.value === value));
  }

  // A chip laid for one purse must not be played from the other; a given chip has its own value.
  paidBy(promotion) {
    if (promotion?.campaign_code !== this.gift) {
      this.gift = promotion?.campaign_code;
      if (this.bets.placed.size) this.bets.clear();
      this.bets.undone = [];
    }
    for (const button of $("chips").children) button.disabled = Boolean(promotion) && button.dataset.value !== promotion.value;
    if (promotion) this.pick(promotion.value);
    this.buttons(this.shell.phase);
  }

  buttons(phase) {
    const gift = Boolean(this.shell.promotion);
    const idle = phase === "idle";
    $("undo").disabled = !idle || !this.bets.undone.length;
    $("clear").disabled = !idle || !this.bets.placed.size;
    $("double").disabled = !idle || gift || !this.bets.placed.size;
    $("repeat").disabled = !idle || gift || !this.bets.last.size;
  }

  // As much as the table takes, and the purse holds; play money is refilled instead.
  most() {
    if (this.shell.promotion) return this.shell.promotion.value;
    const { highest_stake: highest } = this.shell.game;
    return this.shell.session.mode === "fun" || compare(this.shell.balance, highest) >= 0 ? highest : this.shell.balance;
  }

  change(work, done) {
    if (this.shell.phase !== "idle") return;
    const limit = this.most();
    if (work(limit)) {
      tone(900, 0.05, 0.05);
      this.shell.say(done());
    } else {
      this.shell.say(limit === this.shell.game.highest_stake ? `All bets together may be at most ${show(limit)}.` : "Your balance does not reach for this bet.", true);
    }
  }

  put(place) {
    const { promotion } = this.shell;
    if (promotion) return this.change((limit) => this.bets.become(new Map([[place, promotion.value]]), limit), () => this.said(place, show(promotion.value)));
    return this.change((limit) => this.bets.put(place, this.chosen, limit), () => this.said(place, show(this.bets.placed.get(place))));
  }

  repeat() {
    if (this.bets.last.size && !this.shell.promotion) this.change((limit) => this.bets.repeat(limit), () => "");
  }

  double() {
    if (this.bets.placed.size && !this.shell.promotion) this.change((limit) => this.bets.double(limit), () => "");
  }

  undo() {
    if (this.shell.phase === "idle") this.bets.undo();
  }

  clear() {
    if (this.shell.phase === "idle") this.bets.clear();
  }

  // True when the key was one of the rack's or of the buttons'.
  key(code) {
    const chosen = /^(?:Digit|Numpad)([1-9])$/.exec(code);
    if (chosen && this.values[chosen[1] - 1]) this.pick(this.values[chosen[1] - 1]);
    else if (this.keys[code]) this.keys[code]();
    else return false;
    return true;
  }

  // An amount as a chip on the table, in the colour of the highest chip in it.
  piece(amount) {
    return piece(amount, this.values);
  }
}

export function piece(amount, values) {
  const at = values.findLastIndex((value) => compare(amount, value) >= 0);
  return el("i", { class: `chip chip-${Math.max(0, at)}`, "data-value": amount }, short(amount));
}

// "1500" → "1.5K", "0.2" → ".2": what fits on a chip. Only ever cut where it is exact.
export function short(amount) {
  if (amount.startsWith("0.")) return amount.slice(1);
  if (/^[0-9]+00$/.test(amount) && amount.length > 3) {
    const hundreds = amount.slice(0, -2);
    const tenth = hundreds.at(-1);
    return `${hundreds.slice(0, -1)}${tenth === "0" ? "" : `.${tenth}`}K`;
  }
  return amount;
}
