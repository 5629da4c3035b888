// The chips on the table: amounts by place, exact decimal strings; undo by remembering what was.

import { add, compare } from "./amounts.js";

export class Bets {
  constructor(changed) {
    this.changed = changed;
    this.placed = new Map();
    this.undone = [];
    this.last = new Map();
  }

  get total() {
    return [...this.placed.values()].reduce(add, "0");
  }

  get list() {
    return [...this.placed].map(([place, amount]) => ({ place, amount }));
  }

  // False, and no change, when the total would be over `most`.
  become(next, most) {
    if (compare([...next.values()].reduce(add, "0"), most) > 0) return false;
    this.undone.push(this.placed);
    this.placed = next;
    this.changed();
    return true;
  }

  put(place, chip, most) {
    return this.become(new Map(this.placed).set(place, add(this.placed.get(place) || "0", chip)), most);
  }

  double(most) {
    return this.become(new Map([...this.placed].map(([place, amount]) => [place, add(amount, amount)])), most);
  }

  repeat(most) {
    return this.become(new Map(this.last), most);
  }

  clear() {
    if (this.placed.size) this.become(new Map(), "0");
  }

  undo() {
    if (!this.undone.length) return;
    this.placed = this.undone.pop();
    this.changed();
  }

  // The bets of a round have been played: off the table, ready to be repeated.
  played(list) {
    this.last = new Map(list.map(({ place, amount }) => [place, amount]));
    this.placed = new Map();
    this.undone = [];
    this.changed();
  }
}
