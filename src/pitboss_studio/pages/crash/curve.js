// The multiplier over time, as the studio computes it, and the crash point out of its numbers. Hundredths, whole numbers.

const WORD = 2 ** 32;

export function multiplierAt(elapsed, rules) {
  const time = Math.max(0, elapsed), step = rules.doubling_ms;
  const doublings = Math.floor(time / step), rest = time - doublings * step;
  if (doublings > 30) return rules.ceiling;
  const whole = 3 * step * step;
  return Math.min(rules.ceiling, Math.floor((rules.unit * 2 ** doublings * (whole + rest * (2 * step + rest))) / whole));
}

// The same without steps of a hundredth, for drawing only.
export function smooth(elapsed, rules) {
  const share = Math.max(0, elapsed) / rules.doubling_ms;
  const doublings = Math.floor(share), rest = share - doublings;
  return 2 ** doublings * (1 + (2 * rest + rest * rest) / 3);
}

// The first millisecond at which the multiplier is at least this much.
export function reachesAfter(multiplier, rules) {
  let low = 0, high = rules.doubling_ms * 18;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (multiplierAt(middle, rules) >= multiplier) high = middle;
    else low = middle + 1;
  }
  return low;
}

export async function crashPoint(below, rules) {
  let drawn = 0n, span = 1n;
  const parts = BigInt(rules.return_parts), ceiling = BigInt(rules.ceiling);
  for (;;) {
    drawn = drawn * BigInt(WORD) + BigInt(await below(WORD));
    span *= BigInt(WORD);
    const least = (parts * span) / (drawn + 1n);
    if (least >= ceiling) return rules.ceiling;
    const most = drawn ? (parts * span - 1n) / drawn : ceiling;
    if (least === most) return Math.max(rules.unit, Number(least));
  }
}

export const shown = (hundredths) => `${Math.floor(hundredths / 100).toLocaleString("en")}.${String(hundredths % 100).padStart(2, "0")}×`;
