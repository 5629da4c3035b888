// Exact amounts. They come and go as decimal strings; arithmetic is on BigInt, never on JavaScript numbers.

function read(text) {
  const [whole, fraction = ""] = text.replace("-", "").split(".");
  const units = BigInt(whole + fraction);
  return { units: text.startsWith("-") ? -units : units, scale: fraction.length };
}

function write(units, scale) {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const cut = digits.length - scale;
  const fraction = digits.slice(cut).replace(/0+$/, "");
  return (units < 0n ? "-" : "") + digits.slice(0, cut) + (fraction ? "." + fraction : "");
}

function align(left, right) {
  const a = read(left), b = read(right);
  const scale = Math.max(a.scale, b.scale);
  return { a: a.units * 10n ** BigInt(scale - a.scale), b: b.units * 10n ** BigInt(scale - b.scale), scale };
}

export function add(left, right) {
  const { a, b, scale } = align(left, right);
  return write(a + b, scale);
}

export function subtract(left, right) {
  const { a, b, scale } = align(left, right);
  return write(a - b, scale);
}

export function compare(left, right) {
  const { a, b } = align(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
}

// amount × factor ÷ 10 ** tenths, for pays in line bets.
export function share(amount, factor, tenths) {
  const { units, scale } = read(amount);
  return write(units * BigInt(factor), scale + tenths);
}

// amount × part ÷ whole, cut to the amount's own digits: for counting up on screen only.
export function portion(amount, part, whole) {
  const { units, scale } = read(amount);
  return write((units * BigInt(part)) / BigInt(whole), scale);
}

// "1234.5" → "1,234.50": at least two decimals, groups of three.
export function show(text) {
  const [whole, fraction = ""] = text.split(".");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + "." + fraction.padEnd(2, "0");
}
