// Draws the curve on a canvas: a comet that climbs, where the player got off, and where it broke up.

import { calm } from "../common/dom.js";
import { multiplierAt, reachesAfter, smooth } from "./curve.js";

const scatter = (at, seed) => Math.abs(Math.sin(at * seed) * 43758.5453) % 1;
const STARS = Array.from({ length: 90 }, (_, at) => ({ x: scatter(at + 1, 12.9898), y: scatter(at + 1, 78.233), size: 0.5 + ((at * 13) % 10) / 8, pace: 0.4 + ((at * 7) % 10) / 9 }));
const PICKS = [1, 2, 5];

export class Flight {
  constructor(canvas, rules) {
    this.canvas = canvas;
    this.rules = rules;
    this.pen = canvas.getContext("2d");
    this.now = 0;
    this.over = null;
    this.marker = null;
    this.bits = [];
    this.drift = 0;
    new ResizeObserver(() => this.fit()).observe(canvas);
    this.fit();
  }

  fit() {
    const ratio = Math.min(2, devicePixelRatio || 1);
    this.width = this.canvas.clientWidth || 300;
    this.height = this.canvas.clientHeight || 150;
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.draw();
  }

  // `elapsed`: how long the round has been running already. `tick(multiplier)` is told every frame.
  start(elapsed, tick) {
    this.over = this.marker = null;
    this.bits = [];
    this.began = performance.now() - elapsed;
    this.tick = tick;
    this.going = true;
    this.loop();
  }

  loop() {
    if (!this.going && !this.bits.length) return;
    requestAnimationFrame(() => this.loop());
    const at = performance.now();
    if (this.going) {
      this.drift += calm.matches ? 0 : Math.min(60, at - (this.last || at)) * (0.4 + Math.log2(1 + this.now / 4000));
      this.now = at - this.began;
      this.tick(multiplierAt(Math.floor(this.now), this.rules));
    }
    this.last = at;
    this.draw();
  }

  // The round is over: `crash` and `paid` (or null) in hundredths, `paidAfter` ms where the player got off.
  end(crash, paid, paidAfter, still = false) {
    this.going = false;
    const cut = crash <= this.rules.unit ? 0 : reachesAfter(crash, this.rules);
    this.now = cut;
    this.over = { crash };
    this.marker = paid ? { at: paidAfter ?? reachesAfter(paid, this.rules), value: paid } : null;
    const full = crash >= this.rules.ceiling;
    if (!still && !calm.matches && !full) {
      this.bits = Array.from({ length: 46 }, (_, at) => ({ angle: at * 2.4, pace: 0.3 + ((at * 37) % 17) / 14, life: 1 }));
      this.loop();
    } else {
      this.draw();
    }
  }

  rest() {
    this.going = false;
    this.over = this.marker = null;
    this.now = 0;
    this.draw();
  }

  draw() {
    const { pen, width, height } = this;
    pen.clearRect(0, 0, width, height);
    this.stars();
    const left = 46, bottom = height - 26, right = width - 26, top = 18;
    const endTime = Math.max(6000, this.now * 1.12), peak = smooth(this.now, this.rules);
    const endValue = Math.max(1.6, 1 + (peak - 1) * 1.22);
    const x = (time) => left + ((right - left) * time) / endTime;
    const y = (value) => bottom - ((bottom - top) * (value - 1)) / (endValue - 1);
    this.grid(x, y, endTime, endValue, left, right, bottom);
    if (this.now > 0) this.trail(x, y, bottom);
    if (this.marker) this.flag(x(this.marker.at), y(this.marker.value / this.rules.unit), bottom);
    this.head(x(this.now), y(peak), x(Math.max(0, this.now - endTime * 0.04)), y(smooth(Math.max(0, this.now - endTime * 0.04), this.rules)));
  }

  stars() {
    const { pen, width, height } = this;
    for (const star of STARS) {
      const shift = (this.drift * star.pace) / 9000;
      const px = (((star.x - shift) % 1) + 1) % 1, py = (star.y + shift * 0.35) % 1;
      pen.globalAlpha = 0.25 + star.pace / 3;
      pen.fillStyle = "#fff";
      pen.fillRect(px * width, py * height, star.size, star.size);
    }
    pen.globalAlpha = 1;
  }

  grid(x, y, endTime, endValue, left, right, bottom) {
    const { pen } = this;
    pen.font = "12px system-ui, sans-serif";
    pen.lineWidth = 1;
    pen.strokeStyle = "#ffffff14";
    pen.fillStyle = "#ffffff73";
    pen.textAlign = "right";
    const gap = round((endValue - 1) / 4);
    for (let value = gap < 1 ? 1 : gap; value <= endValue; value += gap) {
      line(pen, left, y(value), right, y(value));
      pen.fillText(`${value.toFixed(gap < 1 ? 1 : 0)}×`, left - 7, y(value) + 4);
    }
    pen.textAlign = "center";
    line(pen, left, y(1), right, y(1));
    const pace = round(endTime / 5000) * 1000;
    for (let time = pace; time <= endTime; time += pace) pen.fillText(`${time / 1000} s`, x(time), bottom + 18);
  }

  trail(x, y, bottom) {
    const { pen } = this;
    const broken = this.over && this.over.crash < this.rules.ceiling;
    const points = Array.from({ length: 121 }, (_, at) => (this.now * at) / 120).map((time) => [x(time), y(smooth(time, this.rules))]);
    const path = new Path2D();
    points.forEach(([px, py], at) => (at ? path.lineTo(px, py) : path.moveTo(px, py)));
    const area = new Path2D(path);
    area.lineTo(points.at(-1)[0], bottom);
    area.lineTo(points[0][0], bottom);
    const fill = pen.createLinearGradient(0, points.at(-1)[1], 0, bottom);
    fill.addColorStop(0, broken ? "#ff5a6e4d" : "#ffa43a59");
    fill.addColorStop(1, "#ffa43a00");
    pen.fillStyle = fill;
    pen.fill(area);
    const stroke = pen.createLinearGradient(points[0][0], 0, points.at(-1)[0], 0);
    stroke.addColorStop(0, broken ? "#7a2b4f" : "#7b4dff");
    stroke.addColorStop(1, broken ? "#ff6f7f" : "#ffd27a");
    pen.strokeStyle = stroke;
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.stroke(path);
  }

  head(px, py, fromX, fromY) {
    const { pen } = this;
    if (this.over && this.over.crash < this.rules.ceiling) {
      this.burst(px, py);
      return;
    }
    const angle = this.now > 0 ? Math.atan2(py - fromY, px - fromX) : -0.25;
    pen.save();
    pen.translate(px, py);
    pen.rotate(angle);
    const tail = pen.createLinearGradient(-70, 0, 0, 0);
    tail.addColorStop(0, "#ffb04a00");
    tail.addColorStop(1, "#ffd27acc");
    pen.fillStyle = tail;
    pen.beginPath();
    pen.moveTo(-70, 0);
    pen.quadraticCurveTo(-16, -11, 0, -11);
    pen.quadraticCurveTo(9, 0, 0, 11);
    pen.quadraticCurveTo(-16, 11, -70, 0);
    pen.fill();
    const glow = pen.createRadialGradient(0, 0, 2, 0, 0, 30);
    glow.addColorStop(0, "#fffaf0");
    glow.addColorStop(0.3, "#ffc45acc");
    glow.addColorStop(1, "#ff7a2a00");
    pen.fillStyle = glow;
    pen.beginPath();
    pen.arc(0, 0, 30, 0, 7);
    pen.fill();
    pen.fillStyle = "#fff6e2";
    pen.beginPath();
    pen.arc(0, 0, 9, 0, 7);
    pen.fill();
    pen.restore();
  }

  burst(px, py) {
    const { pen } = this;
    const glow = pen.createRadialGradient(px, py, 1, px, py, 26);
    glow.addColorStop(0, "#ff8b8bd9");
    glow.addColorStop(1, "#ff3b5c00");
    pen.fillStyle = glow;
    pen.beginPath();
    pen.arc(px, py, 26, 0, 7);
    pen.fill();
    pen.strokeStyle = "#ffd9dd";
    pen.lineWidth = 3;
    line(pen, px - 7, py - 7, px + 7, py + 7);
    line(pen, px - 7, py + 7, px + 7, py - 7);
    for (const bit of this.bits) {
      bit.life -= 0.022;
      const far = (1 - bit.life) * 130 * bit.pace;
      pen.globalAlpha = Math.max(0, bit.life);
      pen.fillStyle = bit.pace > 0.9 ? "#ffd27a" : "#ff6f7f";
      pen.fillRect(px + Math.cos(bit.angle) * far, py + Math.sin(bit.angle) * far + (1 - bit.life) ** 2 * 40, 4, 4);
    }
    pen.globalAlpha = 1;
    this.bits = this.bits.filter((bit) => bit.life > 0);
  }

  // Where the player got off.
  flag(px, py, bottom) {
    const { pen } = this;
    pen.strokeStyle = "#5df2b0";
    pen.lineWidth = 2;
    pen.setLineDash([4, 5]);
    line(pen, px, py, px, bottom);
    pen.setLineDash([]);
    pen.fillStyle = "#08301f";
    pen.lineWidth = 4;
    pen.beginPath();
    pen.arc(px, py, 9, 0, 7);
    pen.fill();
    pen.stroke();
  }
}

function line(pen, fromX, fromY, toX, toY) {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

// The next rounder number: 1, 2 or 5 times a power of ten, at least a tenth.
function round(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  const pick = PICKS.find((each) => each * power >= rough) ?? 10;
  return Math.max(0.1, pick * power);
}
