// What every game's page does: balance, messages, phases, the connection, sheets, the end of a session, the life of a round.
//
// Phases: loading, idle, spinning (a round is under way), blocked (the casino has not answered yet), ended, and a game's own.
// A game gives: begin(state) once; press() for the main button and the space bar; and, where it has any, key(event, code),
// phase(name), canPress(phase), show(round) for a round that needs no motion, goOn(round) for one with steps left (answers
// with the last answer), running() and news(event) for rounds on a clock, and the sheets: paytable(root), how (words), note(round), detail(round), same(round, below).

import { add, compare, portion, show, subtract } from "./amounts.js";
import { Refused, call, listen, newId } from "./api.js";
import { $, calm, el, pause, recall, remember } from "./dom.js";
import { fairnessSheet, historySheet } from "./panels.js";
import { Promotion } from "./promotion.js";
import { toggle } from "./sound.js";

export class Shell {
  constructor(game) {
    this.plug = game;
    this.phase = "loading";
    this.watching = false;
    this.news = null;
    this.watchers = [];
    this.told = this.played = 0; // how often: a balance, a round
  }

  // The campaign that pays the next round; null: the player does.
  get promotion() {
    return this.gifts?.active ?? null;
  }

  async open() {
    try {
      const state = await this.ask("/state");
      this.game = state.game;
      this.session = state.session;
      document.title = this.game.name;
      await this.plug.begin(state);
      this.setBalance(state.balance);
      this.amount($("win"), "0");
      this.links();
      this.wire();
      this.gifts = new Promotion(this, () => this.watchers.forEach((watch) => watch(this.promotion)));
      if (this.session.ended) return this.ended(this.session.ended);
      this.gifts.told(state.promotion);
      return await this.resume(state);
    } catch (error) {
      return this.say(error.message, true);
    }
  }

  amount(node, text) {
    node.dataset.value = text;
    node.replaceChildren(show(text), el("small", {}, this.session.currency));
  }

  setBalance(text) {
    this.told += 1;
    this.balance = text;
    this.amount($("balance"), text);
  }

  say(text, bad = false) {
    $("message").textContent = text || "";
    $("message").classList.toggle("bad", bad);
  }

  setPhase(next) {
    this.phase = next;
    $("spin").disabled = !(this.plug.canPress ? this.plug.canPress(next) : ["idle", "spinning"].includes(next));
    $("spin").classList.toggle("busy", next === "spinning");
    document.body.dataset.phase = next;
    this.plug.phase?.(next);
  }

  lost(isLost) {
    $("lost").hidden = !isLost;
  }

  async ask(path, body) {
    const answer = await call(path, body, (isLost) => this.lost(isLost));
    this.lost(false);
    return answer;
  }

  async countUp(node, from, to) {
    const steps = calm.matches || compare(to, from) <= 0 ? 0 : 18;
    const gain = subtract(to, from);
    for (let step = 1; step < steps; step += 1) {
      this.amount(node, add(from, portion(gain, step, steps)));
      await pause(26);
    }
    this.amount(node, to);
  }

  ended(reason) {
    this.setPhase("ended");
    this.say(reason.message, true);
    $("ended-text").textContent = reason.message;
    if (!$("ended").open) $("ended").showModal();
  }

  // Play money that does not reach is refilled instead; true when that has happened.
  async refilled(stake) {
    if (this.session.mode !== "fun" || compare(this.balance, stake) >= 0) return false;
    this.setBalance((await this.ask("/refill", {})).balance);
    this.say("Your play money was refilled.");
    return true;
  }

  // One round: `begin` sets things in motion, `reveal(round)` shows what came (and, where a round has more steps, plays
  // them and answers with the last answer), `undo` stands still again when there is nothing to show.
  async play(stake, members, { begin, reveal, undo }) {
    if (this.phase !== "idle" || await this.refilled(stake)) return;
    const { promotion } = this;
    this.played += 1;
    this.setPhase("spinning");
    this.say("");
    this.amount($("win"), "0");
    const before = this.balance;
    if (!promotion) this.setBalance(compare(before, stake) >= 0 ? subtract(before, stake) : before);
    begin();
    let answer;
    try {
      answer = await this.ask("/spin", { spin_id: newId(), campaign_code: promotion?.campaign_code, ...members });
    } catch (error) {
      undo();
      return this.refused(error, before);
    }
    this.news = null;
    if (!answer.round.steps.length) {
      undo();
    } else {
      if (answer.round.balance_after_bet !== null) this.setBalance(answer.round.balance_after_bet);
      try {
        answer = (await reveal(answer.round, answer.live)) || answer;
      } catch (error) {
        return this.refused(error, this.balance);
      }
    }
    return this.conclude(answer);
  }

  // What a round means once it has been shown: paid, refused, or still under way at the casino.
  conclude(answer) {
    if (answer.balance !== undefined) this.setBalance(this.news ?? answer.balance);
    this.news = null;
    if (this.phase === "ended") return undefined;
    if (answer.ended) return this.ended(answer.ended);
    if (answer.promotion !== undefined) this.gifts.told(answer.promotion);
    const { state, message, open } = answer.round;
    if (state === "settled") return this.setPhase("idle");
    this.say(message, state !== "win_sent");
    if (!open) return this.setPhase("idle");
    this.setPhase("blocked");
    return this.watch();
  }

  async refused(error, balance) {
    if (!(error instanceof Refused)) throw error;
    this.setBalance(balance);
    if (this.phase === "ended") return undefined;
    this.say(error.message, true);
    if (error.code === "ended" || error.code === "no_session") return this.ended({ message: error.message });
    this.setPhase("idle");
    if (error.code === "promotion_over") await this.lookAgain();
    return error.code === "round_open" ? this.resume(await this.ask("/state")) : undefined;
  }

  // What may have happened unheard. What is told meanwhile is newer than what was asked for, and a round's answer tells all.
  async lookAgain() {
    const { told, played } = this;
    let state;
    try {
      state = await this.ask("/state");
    } catch (error) {
      return this.refused(error, this.balance);
    }
    if (this.phase !== "idle" || played !== this.played) return undefined;
    if (told === this.told) this.setBalance(state.balance);
    if (state.session.ended) return this.ended(state.session.ended);
    return this.gifts.told(state.promotion);
  }

  // A round the casino has not answered for yet: an event tells when it has, and asking now and then does without events.
  async watch() {
    if (this.watching) return;
    this.watching = true;
    while (this.phase === "blocked") {
      await pause(2500);
      await this.catchUp();
    }
    this.watching = false;
  }

  async catchUp() {
    if (this.phase !== "blocked") return undefined;
    const state = await this.ask("/state");
    const round = state.round;
    if (this.phase !== "blocked") return undefined;
    if (round && round.more) return this.resume(state);
    if (round && round.open) return undefined;
    this.setBalance(state.balance);
    this.gifts.told(state.promotion);
    if (state.session.ended) return this.ended(state.session.ended);
    if (round && round.steps.length) this.plug.show?.(round);
    this.say(round && round.message, round && round.state !== "settled");
    return this.setPhase("idle");
  }

  // Where the page stands after a launch, a reload, or a round that another tab began.
  async resume(state) {
    const round = state.round;
    if (round && round.steps.length) {
      this.plug.show?.(round);
      if (round.open) this.amount($("win"), round.win);
    }
    if (!round || !round.open) return this.setPhase("idle");
    if (round.more) {
      try {
        return this.conclude(await this.plug.goOn(round, state.live));
      } catch (error) {
        return this.refused(error, this.balance);
      }
    }
    this.say(round.message || "An earlier round is being finished.");
    this.setPhase("blocked");
    return this.watch();
  }

  key(event) {
    if (document.querySelector("dialog[open]") || event.target.matches("input:not([type=range])")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const onOther = event.target.matches("button:focus-visible:not(#spin):not([data-space]), a:focus-visible");
    if (event.code === "Space" && !onOther) {
      event.preventDefault();
      if (!event.repeat) this.plug.press();
    } else {
      this.plug.key?.(event, event.code);
    }
  }

  async sheet(name) {
    $(name).showModal();
    const root = $(`${name}-body`);
    if (name === "paytable") this.plug.paytable(root);
    if (name === "history") await historySheet(root, this.session.currency, this.plug);
    if (name === "fairness") fairnessSheet(root, (await this.ask("/state")).seeds, this.plug.how);
  }

  links() {
    $("fun").hidden = this.session.mode !== "fun";
    const targets = { home: "home_url", "ended-home": "home_url", deposit: "deposit_url" };
    for (const [id, name] of Object.entries(targets)) {
      if (this.session[name]) { $(id).href = this.session[name]; $(id).hidden = false; }
    }
  }

  wire() {
    $("spin").addEventListener("click", () => this.plug.press());
    $("sound").addEventListener("click", () => $("sound").setAttribute("aria-pressed", String(toggle())));
    for (const button of document.querySelectorAll("[data-opens]")) button.addEventListener("click", () => this.sheet(button.dataset.opens));
    for (const sheet of document.querySelectorAll("dialog:not(#ended)")) sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
    $("ended").addEventListener("cancel", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => this.key(event));
    // A button clicked with the pointer gives the space bar back to the game; one reached by keyboard keeps it.
    document.addEventListener("click", (event) => { if (event.detail > 0) event.target.closest("button")?.blur(); }, true);
    listen({
      balance: (news) => {
        if (this.phase === "idle" || this.phase === "blocked") this.setBalance(news.balance);
        else this.news = news.balance;
      },
      round: (news) => { this.plug.news?.(news); this.catchUp(); },
      // A round under way answers with what there is then.
      promotion: () => { if (this.phase === "idle") this.lookAgain(); },
      // While a live round runs, the player may still act in it; the round's last answer tells that the session is over.
      ended: (news) => this.plug.running?.() || this.ended(news),
    }, (isLost) => this.lost(isLost), () => this.lookAgain());
  }
}

// A stake stepped up and down through the bet values with the − and + buttons.
export class BetSteps {
  constructor(shell, changed = () => {}) {
    this.shell = shell;
    this.values = shell.game.bet_values;
    this.changed = changed;
    this.key = `bet-${shell.session.currency}`;
    this.set(Math.max(0, this.values.indexOf(recall(this.key) ?? this.values[2])));
    shell.watchers.push(() => this.show());
    $("bet-up").addEventListener("click", () => this.step(1));
    $("bet-down").addEventListener("click", () => this.step(-1));
  }

  get value() {
    return this.shell.promotion?.value ?? this.values[this.at];
  }

  step(by) {
    if (this.shell.phase === "idle" && !this.shell.promotion) this.set(this.at + by);
  }

  set(at) {
    this.at = Math.max(0, Math.min(this.values.length - 1, at));
    remember(this.key, this.values[this.at]);
    this.show();
  }

  show() {
    this.shell.amount($("bet"), this.value);
    this.buttons(this.shell.phase);
    this.changed();
  }

  choose(value) {
    const at = this.values.indexOf(value);
    if (at >= 0) this.set(at);
  }

  buttons(phase) {
    const fixed = phase !== "idle" || Boolean(this.shell.promotion);
    $("bet-up").disabled = fixed || this.at === this.values.length - 1;
    $("bet-down").disabled = fixed || this.at === 0;
  }
}
