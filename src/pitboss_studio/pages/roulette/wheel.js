// The wheel and its ball: they turn until they are told the pocket. Knows pockets and motion, nothing of bets.

import { calm, el, svg } from "../common/dom.js";

const LAP = 360;
const WHEEL_SPEED = 50, BALL_SPEED = -330; // degrees a second
const LANDING = 4200;
const RIM = 44.6, POCKET = 31.5; // the ball's distance from the middle, in percent of the wheel's size

const modulo = (angle) => ((angle % LAP) + LAP) % LAP;

// A smooth way from a, leaving with speed v, to rest at b; t from 0 to 1, v in units a whole.
function glide(a, v, b, t) {
  const left = 1 - t;
  return a * left * left * (1 + 2 * t) + v * t * left * left + b * t * t * (3 - 2 * t);
}

function sector(from, to, inner, outer) {
  const at = (angle, radius) => `${Math.sin((angle * Math.PI) / 180) * radius} ${-Math.cos((angle * Math.PI) / 180) * radius}`;
  return `M${at(from, inner)}L${at(from, outer)}A${outer} ${outer} 0 0 1 ${at(to, outer)}L${at(to, inner)}A${inner} ${inner} 0 0 0 ${at(from, inner)}Z`;
}

export class Wheel {
  constructor(root, order, colour) {
    this.root = root;
    this.order = order;
    this.step = LAP / order.length;
    this.rotor = svg("svg", { class: "rotor", viewBox: "-100 -100 200 200", "aria-hidden": "true" }, ...this.pockets(colour), ...this.hub());
    this.ball = el("i", { class: "ball" });
    this.arm = el("div", { class: "arm" }, this.ball);
    root.append(this.bowl(), this.rotor, this.arm, el("div", { class: "gloss" }));
    this.angle = 0;
    this.ballAngle = 0;
    this.frame = 0;
    this.hurried = false;
    this.place(0, 0, POCKET);
  }

  bowl() {
    const studs = [0, 45, 90, 135, 180, 225, 270, 315].map((angle) => svg("path", { d: "M0 -96L2 -91L0 -86L-2 -91Z", transform: `rotate(${angle})`, class: "stud" }));
    return svg("svg", { class: "bowl", viewBox: "-100 -100 200 200", "aria-hidden": "true" },
      svg("circle", { r: 99, class: "wood" }), svg("circle", { r: 95, class: "track" }), svg("circle", { r: 83.5, class: "ring" }), ...studs);
  }

  pockets(colour) {
    return this.order.flatMap((number, at) => {
      const from = (at - 0.5) * this.step, to = (at + 0.5) * this.step;
      const label = svg("text", { transform: `rotate(${at * this.step}) translate(0 -73.5)`, class: "number" }, String(number));
      return [svg("path", { d: sector(from, to, 55, 82), class: `pocket ${colour(number)}` }), svg("path", { d: sector(from, to, 55, 69), class: "well" }), label];
    });
  }

  hub() {
    const arms = [0, 90, 180, 270].map((angle) => svg("g", { transform: `rotate(${angle})` }, svg("path", { d: "M-2.6 0L-1.7 -27H1.7L2.6 0Z", class: "spoke" }), svg("circle", { cy: -28, r: 4.2, class: "knob" })));
    return [svg("circle", { r: 55, class: "cone" }), svg("circle", { r: 55, class: "edge" }), ...arms, svg("circle", { r: 11, class: "knob" }), svg("circle", { r: 5.5, class: "cap" })];
  }

  place(angle, ballAngle, radius) {
    this.angle = angle;
    this.ballAngle = ballAngle;
    this.radius = radius;
    this.rotor.style.transform = `rotate(${angle}deg)`;
    this.arm.style.transform = `rotate(${ballAngle}deg)`;
    this.ball.style.top = `${50 - radius}%`;
  }

  pocketAngle(pocket) {
    return this.order.indexOf(pocket) * this.step;
  }

  // Lies in this pocket at once.
  rest(pocket) {
    cancelAnimationFrame(this.frame);
    this.root.classList.remove("turning");
    const angle = modulo(this.angle);
    this.place(angle, angle + this.pocketAngle(pocket), POCKET);
    this.root.setAttribute("aria-label", `Wheel, the ball in ${pocket}`);
  }

  start() {
    this.hurried = false;
    if (calm.matches) return;
    this.root.classList.add("turning");
    let before = performance.now();
    const turn = (now) => {
      const seconds = (now - before) / 1000;
      before = now;
      this.place(this.angle + WHEEL_SPEED * seconds, this.ballAngle + BALL_SPEED * seconds, this.radius + (RIM - this.radius) * Math.min(1, seconds * 9));
      this.frame = requestAnimationFrame(turn);
    };
    this.frame = requestAnimationFrame(turn);
  }

  hurry() {
    this.hurried = true;
  }

  // Lets the ball run out into the pocket; done when it lies there.
  async stop(pocket) {
    cancelAnimationFrame(this.frame);
    if (!calm.matches && document.visibilityState === "visible") await this.land(pocket);
    this.rest(pocket);
  }

  land(pocket) {
    const seconds = LANDING / 1000;
    const from = this.angle, ballFrom = this.ballAngle, radius = this.radius, begun = performance.now();
    const to = from + WHEEL_SPEED * seconds * 0.5;
    // Where a ball of this speed would come to rest, and the nearest turn of the pocket to that.
    const likely = ballFrom + BALL_SPEED * seconds * 0.45;
    const ballTo = likely - modulo(likely - (to + this.pocketAngle(pocket)));
    return new Promise((done) => {
      const turn = (now) => {
        const t = this.hurried ? 1 : Math.min(1, (now - begun) / LANDING);
        this.place(glide(from, WHEEL_SPEED * seconds, to, t), glide(ballFrom, BALL_SPEED * seconds, ballTo, t), fall(radius, t));
        if (t < 1) this.frame = requestAnimationFrame(turn);
        else done();
      };
      this.frame = requestAnimationFrame(turn);
    });
  }
}

// The ball keeps to the rim, then drops and bounces lower and lower until it lies in the pocket.
function fall(radius, t) {
  if (t < 0.55) return radius + (RIM - radius) * Math.min(1, t * 8);
  const late = (t - 0.55) / 0.45;
  const drop = POCKET + (RIM - POCKET) * Math.max(0, 1 - late / 0.42) ** 1.4;
  const bounce = late > 0.3 ? Math.abs(Math.sin((late - 0.3) * 13)) * 5 * (1 - late) ** 1.6 : 0;
  return Math.min(RIM, drop + bounce);
}
