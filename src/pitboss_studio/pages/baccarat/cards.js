// Playing cards, drawn as SVG: "Ts" is the ten of spades.

import { el, svg } from "../common/dom.js";

const SIGNS = { s: "♠", h: "♥", d: "♦", c: "♣" };
const SUITS = { s: "spades", h: "hearts", d: "diamonds", c: "clubs" };
const NAMES = { A: "ace", T: "ten", J: "jack", Q: "queen", K: "king" };
const SHAPES = {
  s: "M0-13C6-5 12-1 12 5A6 6 0 0 1 2 8Q2 12 5 14H-5Q-2 12-2 8A6 6 0 0 1-12 5C-12-1-6-5 0-13Z",
  h: "M0 14C-8 6-13 1-13-5A7 7 0 0 1 0-8A7 7 0 0 1 13-5C13 1 8 6 0 14Z",
  d: "M0-14L11 0L0 14L-11 0Z",
  c: "M0-13A6.4 6.4 0 0 1 5-3A6.4 6.4 0 1 1 2 6Q2 11 5 14H-5Q-2 11-2 6A6.4 6.4 0 1 1-5-3A6.4 6.4 0 0 1 0-13Z",
};
const [L, M, R] = [37, 50, 63];
const PIPS = {
  A: [[M, 70]], 2: [[M, 34], [M, 106]], 3: [[M, 34], [M, 70], [M, 106]], 4: [[L, 36], [R, 36], [L, 104], [R, 104]],
  5: [[L, 36], [R, 36], [M, 70], [L, 104], [R, 104]], 6: [[L, 36], [R, 36], [L, 70], [R, 70], [L, 104], [R, 104]],
  7: [[L, 36], [R, 36], [M, 53], [L, 70], [R, 70], [L, 104], [R, 104]], 8: [[L, 36], [R, 36], [M, 53], [L, 70], [R, 70], [M, 87], [L, 104], [R, 104]],
  9: [[L, 33], [R, 33], [L, 58], [R, 58], [M, 70], [L, 82], [R, 82], [L, 107], [R, 107]],
  T: [[L, 33], [R, 33], [M, 45], [L, 58], [R, 58], [L, 82], [R, 82], [M, 95], [L, 107], [R, 107]],
};

export const inWords = (card) => `${NAMES[card[0]] || card[0]} of ${SUITS[card[1]]}`;

export function cardFace(card, third = false) {
  const [rank, suit] = card;
  const shown = rank === "T" ? "10" : rank;
  const pip = (x, y, scale) => svg("path", { d: SHAPES[suit], transform: `translate(${x} ${y}) scale(${y > 72 ? `${scale} ${-scale}` : scale})` });
  const corner = () => svg("g", {}, svg("text", { x: 13, y: 23 }, shown), svg("path", { d: SHAPES[suit], transform: "translate(13 35) scale(.55)" }));
  const middle = PIPS[rank]
    ? PIPS[rank].map(([x, y]) => pip(x, y, rank === "A" ? 2.3 : 0.78))
    : [svg("rect", { x: 27, y: 22, width: 46, height: 96, rx: 5, fill: "none", stroke: "currentColor", "stroke-width": 1.4, opacity: 0.45 }), svg("text", { class: "court", x: 50, y: 82 }, rank), pip(50, 102, 0.9)];
  const turned = corner();
  turned.setAttribute("transform", "rotate(180 50 70)");
  const picture = svg("svg", { viewBox: "0 0 100 140", fill: "currentColor", "aria-hidden": "true" }, corner(), turned, ...middle);
  return el("div", { class: `card${"hd".includes(suit) ? " red" : ""}${third ? " third" : ""}`, role: "img", "aria-label": inWords(card), title: `${shown}${SIGNS[suit]}` }, picture);
}
