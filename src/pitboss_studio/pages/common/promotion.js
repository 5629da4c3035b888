// Stakes the casino gives: the offer when there is one, a tag that says how many are left, and plainly when they are over.

import { show } from "./amounts.js";
import { $, el } from "./dom.js";

const NAMES = { free_spins: ["free spin", "free spins"], free_chips: ["free chip", "free chips"], golden_chips: ["golden chip", "golden chips"] };

export class Promotion {
  // `changed()` whenever what the next round is played with may have changed.
  constructor(shell, changed) {
    this.shell = shell;
    this.changed = changed;
    this.offer = null;
    this.using = false;
    $("promotion").addEventListener("click", () => { if (shell.phase === "idle") this.use(!this.using); });
    $("offer-yes").addEventListener("click", () => this.use(true));
    $("offer-no").addEventListener("click", () => this.use(false));
  }

  // What pays the next round; null: the player's own money.
  get active() {
    return this.using ? this.offer : null;
  }

  words(count = this.offer.left) {
    const names = NAMES[this.offer.kind] || NAMES.free_spins;
    return `${count} ${names[count === 1 ? 0 : 1]} of ${show(this.offer.value)} ${this.shell.session.currency}`;
  }

  // The studio's word on what there is now. Something new is offered, and what was in use and is over is said to be.
  told(offer) {
    const before = this.offer;
    const isNew = offer && offer.campaign_code !== before?.campaign_code;
    if (before && this.using && offer?.campaign_code !== before.campaign_code) this.say(`Your ${NAMES[before.kind][1]} are over`, "From here on you play with your own money.", false);
    if (!offer || isNew) this.using = false;
    this.offer = offer;
    if (isNew) this.say(this.words(), `A present from your casino: you do not pay for them. Valid until ${new Date(offer.until).toLocaleString()}.`, true);
    this.look();
  }

  use(on) {
    this.using = on && Boolean(this.offer);
    this.look();
  }

  look() {
    $("promotion").hidden = !this.offer;
    if (this.offer) {
      $("promotion").textContent = this.using ? this.words() : `${this.words()}: tap to play`;
      $("promotion").setAttribute("aria-pressed", String(this.using));
      $("promotion").dataset.left = String(this.offer.left);
    }
    this.changed();
  }

  say(title, text, choice) {
    $("offer-title").textContent = title;
    $("offer-text").textContent = text;
    $("offer-yes").hidden = !choice;
    $("offer-no").textContent = choice ? "Not now" : "All right";
    if (!$("offer").open) $("offer").showModal();
  }
}

export function promotionFrame() {
  document.body.append(el("dialog", { id: "offer", class: "ended", "data-testid": "offer", "aria-labelledby": "offer-title" },
    el("form", { method: "dialog", class: "sheet" }, el("h2", { id: "offer-title" }), el("p", { id: "offer-text" }),
      el("p", { class: "choice" }, el("button", { id: "offer-yes", class: "go", "data-testid": "offer-yes" }, "Play them"), el("button", { id: "offer-no", class: "small", "data-testid": "offer-no" })))));
}

export const promotionTag = () => el("button", { id: "promotion", class: "tag promotion", "data-testid": "promotion", title: "Played with these, or with your own money", hidden: "" });
