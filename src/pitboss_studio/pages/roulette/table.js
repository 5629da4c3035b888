// The betting table: a button for every place, chips on them, and what the drawn number did.

import { piece } from "../common/chips.js";
import { el } from "../common/dom.js";
import { caption, layout, words } from "./layout.js";

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

export class Table {
  constructor(root, places, chips, colour, tap) {
    this.root = root;
    this.places = places;
    this.chips = chips;
    this.buttons = new Map();
    for (const [name, place] of Object.entries(places)) {
      const button = this.button(name, place, colour);
      button.addEventListener("click", () => tap(name));
      button.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") this.light(place.numbers); });
      button.addEventListener("pointerleave", () => this.light([]));
      this.buttons.set(name, button);
      root.append(button);
    }
  }

  button(name, place, colour) {
    const at = layout(name, place);
    const isCell = at.width !== undefined;
    const kind = place.kind === "straight" ? colour(place.numbers[0]) : place.kind;
    const button = el("button", { class: `${isCell ? "cell" : "spot"} ${kind} ${name}`, "data-testid": `place-${name}`, "data-space": "", tabindex: isCell && name === "straight-0" ? "0" : "-1", "aria-label": words(name, place) }, el("span", {}, caption(name, place)));
    for (const [key, value] of Object.entries(at)) button.style.setProperty(`--${key}`, value);
    return button;
  }

  light(numbers) {
    for (const [name, button] of this.buttons) button.classList.toggle("lit", numbers.length > 1 && this.places[name].kind === "straight" && numbers.includes(this.places[name].numbers[0]));
  }

  // The chips of these bets, and no others.
  show(bets) {
    for (const [name, button] of this.buttons) {
      const amount = bets.get(name);
      const chip = button.querySelector(".chip");
      if (!amount) chip?.remove();
      else if (!chip || chip.dataset.value !== amount) {
        chip?.remove();
        button.append(this.chip(amount));
      }
    }
  }

  chip(amount) {
    return piece(amount, this.chips);
  }

  // What became of the bets of a round; stays until the next chip is placed.
  settle(view) {
    this.unsettle();
    this.show(new Map(view.bets.map(({ place, amount }) => [place, amount])));
    for (const { place, win } of view.bets) this.buttons.get(place).classList.add(win === "0" ? "lost" : "won");
    this.buttons.get(`straight-${view.pocket}`).classList.add("drawn");
    this.settled = true;
  }

  unsettle() {
    for (const button of this.buttons.values()) button.classList.remove("won", "lost", "drawn");
    this.settled = false;
  }

  // The next place in an arrow's direction, as it lies on this screen.
  move(code) {
    const [right, down] = ARROWS[code];
    const middle = (button) => { const box = button.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };
    const now = this.root.contains(document.activeElement) ? document.activeElement : this.buttons.get("straight-0");
    const [x, y] = middle(now);
    let best = null, least = Infinity;
    for (const button of this.buttons.values()) {
      const [toX, toY] = middle(button);
      const ahead = (toX - x) * right + (toY - y) * down, aside = Math.abs((toX - x) * down + (toY - y) * right);
      if (ahead > 1 && ahead + 3 * aside < least) [best, least] = [button, ahead + 3 * aside];
    }
    (best || now).focus({ focusVisible: true });
  }
}
