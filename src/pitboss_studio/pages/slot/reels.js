// Five reels that spin until they are told where to stop. Knows symbols and motion, nothing of bets or rounds.

const ROWS = 3;
const STAGGER = 170;
const LINE_COLOURS = ["#ffd34d", "#6dffc9", "#ff6bd6", "#5ecbff", "#ff8f5e", "#b58bff", "#c6ff5e", "#ff5e7a", "#5effe9", "#ffb3f5"];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function cell(symbol) {
  const box = document.createElement("div");
  box.className = "cell";
  box.dataset.symbol = symbol;
  const image = document.createElement("img");
  image.src = `/assets/slot/symbols/${symbol}.svg`;
  image.alt = "";
  image.draggable = false;
  box.append(image);
  return box;
}

export class Reels {
  constructor(root, lines, strips, paylines) {
    this.root = root;
    this.lines = lines;
    this.strips = strips;
    this.paylines = paylines;
    this.hurried = false;
    this.columns = strips.map(() => {
      const column = document.createElement("div");
      column.className = "reel";
      const strip = document.createElement("div");
      strip.className = "strip";
      column.append(strip);
      root.append(column);
      return { column, strip, loop: null };
    });
  }

  // Stands on the window at once, also out of a spin that came to nothing.
  show(window_) {
    this.clear();
    window_.forEach((symbols, reel) => {
      this.rest(reel);
      this.columns[reel].strip.replaceChildren(...[...symbols].map(cell));
    });
  }

  rest(reel) {
    if (this.columns[reel].loop) this.columns[reel].loop.cancel();
    this.columns[reel].loop = null;
    this.columns[reel].column.classList.remove("spinning", "waiting");
  }

  clear() {
    this.root.classList.remove("dimmed");
    this.lines.replaceChildren();
    for (const hit of this.root.querySelectorAll(".hit")) hit.classList.remove("hit");
  }

  start() {
    this.clear();
    this.hurried = false;
    this.startedAt = performance.now();
    if (calm.matches) return;
    this.columns.forEach(({ column, strip }, reel) => {
      const length = this.strips[reel].length;
      const from = Math.floor(Math.random() * length);
      const run = Array.from({ length: 12 }, (_, at) => this.strips[reel][(from + at) % length]);
      const now = [...strip.children].slice(0, ROWS).map((child) => child.dataset.symbol);
      strip.replaceChildren(...[...run, ...now].map(cell));
      column.classList.add("spinning");
      const height = this.cellHeight();
      this.columns[reel].loop = strip.animate(
        [{ transform: `translateY(${-12 * height}px)` }, { transform: "translateY(0)" }],
        { duration: 620, iterations: Infinity, delay: reel * 40, fill: "backwards" },
      );
    });
  }

  // Stops on the window. A last reel that could still bring the third scatter takes longer.
  async stop(window_, scatter) {
    const least = this.startedAt + 520 - performance.now();
    if (least > 0 && !calm.matches) await this.patience(least);
    let scatters = 0;
    const landings = [];
    for (let reel = 0; reel < window_.length; reel += 1) {
      const tense = scatters >= 2 && !calm.matches && !this.hurried;
      if (tense) {
        await Promise.all(landings);
        this.columns[reel].column.classList.add("waiting");
        await this.patience(750);
      }
      landings.push(this.land(reel, window_[reel]));
      scatters += [...window_[reel]].filter((symbol) => symbol === scatter).length;
      if (!calm.matches) await this.patience(STAGGER);
    }
    await Promise.all(landings);
    for (const { column } of this.columns) column.classList.remove("waiting");
  }

  hurry() {
    this.hurried = true;
    if (this.wake) this.wake();
  }

  async patience(ms) {
    if (this.hurried) return;
    await Promise.race([pause(ms), new Promise((done) => { this.wake = done; })]);
  }

  async land(reel, symbols) {
    const { strip } = this.columns[reel];
    this.rest(reel);
    if (calm.matches) {
      strip.replaceChildren(...[...symbols].map(cell));
      return;
    }
    const filler = 4;
    const passing = Array.from({ length: filler }, (_, at) => this.strips[reel][(at * 7 + reel) % this.strips[reel].length]);
    strip.replaceChildren(...[...symbols, ...passing].map(cell));
    const height = this.cellHeight();
    const motion = strip.animate(
      [
        { transform: `translateY(${-filler * height}px)`, easing: "cubic-bezier(.2,.7,.4,1)" },
        { transform: `translateY(${height * 0.11}px)`, offset: 0.78, easing: "ease-in-out" },
        { transform: "translateY(0)" },
      ],
      { duration: this.hurried ? 180 : 430 },
    );
    await motion.finished.catch(() => {});
    while (strip.children.length > ROWS) strip.lastChild.remove();
  }

  cellHeight() {
    return this.root.clientHeight / ROWS;
  }

  // Lights what won: the cells, and each line from the left as far as it runs.
  celebrate(view, scatter) {
    const hits = new Set();
    for (const win of view.lines) {
      const rows = this.paylines[win.line];
      for (let reel = 0; reel < win.count; reel += 1) hits.add(`${reel}:${rows[reel]}`);
      this.draw(rows.slice(0, win.count), LINE_COLOURS[win.line % LINE_COLOURS.length]);
    }
    if (view.scatters >= 3) {
      view.window.forEach((symbols, reel) => [...symbols].forEach((symbol, row) => { if (symbol === scatter) hits.add(`${reel}:${row}`); }));
    }
    if (!hits.size) return;
    this.root.classList.add("dimmed");
    for (const hit of hits) {
      const [reel, row] = hit.split(":").map(Number);
      this.columns[reel].strip.children[row]?.classList.add("hit");
    }
  }

  draw(rows, colour) {
    const points = rows.map((row, reel) => `${reel * 100 + 50},${row * 100 + 50}`).join(" ");
    for (const halo of [true, false]) {
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
      line.setAttribute("points", points);
      if (halo) line.setAttribute("class", "halo");
      else line.setAttribute("stroke", colour);
      this.lines.append(line);
    }
  }
}
