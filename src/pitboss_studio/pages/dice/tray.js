// Four ten-sided dice that tumble until they are told what to show. Knows digits and motion, nothing of bets.

import { calm, el, pause, svg } from "../common/dom.js";

const FACES = [
  ["50,3 95,38 80,55", "side"], ["50,3 5,38 20,55", "side left"],
  ["95,38 95,62 80,55", "edge"], ["5,38 5,62 20,55", "edge left"],
  ["80,55 95,62 50,97 50,72", "foot"], ["20,55 5,62 50,97 50,72", "foot left"],
  ["50,3 80,55 50,72 20,55", "face"],
];
const STAGGER = 190;

export class Tray {
  constructor(root) {
    this.root = root;
    this.hurried = false;
    this.dice = [0, 1, 2, 3].map(() => {
      const digit = svg("text", { x: 50, y: 57, class: "digit" });
      const shape = svg("svg", { viewBox: "0 0 100 100" }, ...FACES.map(([points, name]) => svg("polygon", { points, class: name })), digit);
      const box = el("div", { class: "die" }, shape);
      return { box, digit, shuffle: null };
    });
    root.append(this.dice[0].box, this.dice[1].box, el("b", { class: "point" }, "."), this.dice[2].box, this.dice[3].box);
  }

  // Stands on these digits at once.
  show(digits) {
    this.root.classList.remove("won", "lost");
    this.dice.forEach((die, at) => this.rest(die, digits[at]));
    this.root.setAttribute("aria-label", `${digits[0]}${digits[1]}.${digits[2]}${digits[3]}`);
  }

  rest(die, digit) {
    clearInterval(die.shuffle);
    die.shuffle = null;
    die.box.classList.remove("rolling");
    die.digit.textContent = digit;
  }

  roll() {
    this.hurried = false;
    this.root.classList.remove("won", "lost");
    if (calm.matches) return;
    for (const die of this.dice) {
      die.box.classList.add("rolling");
      die.shuffle = setInterval(() => { die.digit.textContent = String(Math.floor(performance.now() / 37 + Math.random() * 10) % 10); }, 70);
    }
    this.since = performance.now();
  }

  hurry() {
    this.hurried = true;
  }

  async land(digits, won, landed) {
    if (!calm.matches) {
      while (!this.hurried && performance.now() - this.since < 650) await pause(30);
      for (const [at, die] of this.dice.entries()) {
        this.rest(die, digits[at]);
        landed();
        if (at < 3 && !this.hurried) await pause(STAGGER);
      }
    }
    this.show(digits);
    this.root.classList.add(won ? "won" : "lost");
  }
}
