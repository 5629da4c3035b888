// Where each place lies on the table, in cells: fourteen across, five down (zero, twelve columns of numbers, the columns'
// bets; three rows of numbers, the dozens, the even chances). On a phone the same table stands upright.

export const ACROSS = 14, DOWN = 5;

const EVEN_MONEY = ["low", "even", "red", "black", "odd", "high"];
const WORDS = { low: "1–18", high: "19–36", even: "Even", odd: "Odd", red: "Red", black: "Black" };
const KINDS = { split: "Split", street: "Street", trio: "Trio", corner: "Corner", first_four: "First four", six_line: "Six line" };

const centre = (number) => (number === 0 ? [0.5, 1.5] : [Math.ceil(number / 3) + 0.5, 2.5 - ((number - 1) % 3)]);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// A cell: { x, y, width, height }; a spot on the lines between cells: { x, y } of its middle.
export function layout(name, { kind, numbers }) {
  if (kind === "straight") {
    const [x, y] = centre(numbers[0]);
    return numbers[0] === 0 ? { x: 0, y: 0, width: 1, height: 3 } : { x: x - 0.5, y: y - 0.5, width: 1, height: 1 };
  }
  if (kind === "column") return { x: 13, y: 3 - Number(name.at(-1)), width: 1, height: 1 };
  if (kind === "dozen") return { x: 1 + 4 * (Number(name.at(-1)) - 1), y: 3, width: 4, height: 1 };
  if (kind === "even_money") return { x: 1 + 2 * EVEN_MONEY.indexOf(name), y: 4, width: 2, height: 1 };
  const others = numbers.filter((number) => number !== 0).map(centre);
  const y = mean(others.map((each) => each[1]));
  if (kind === "first_four") return { x: 1, y: 3 };
  if (numbers.includes(0)) return { x: 1, y };
  return { x: mean(others.map((each) => each[0])), y: kind === "street" || kind === "six_line" ? 3 : y };
}

// What is written on a cell; nothing on a spot.
export function caption(name, { kind, numbers }) {
  if (kind === "straight") return String(numbers[0]);
  if (kind === "column") return "2:1";
  if (kind === "dozen") return ["1st 12", "2nd 12", "3rd 12"][Number(name.at(-1)) - 1];
  return WORDS[name] || "";
}

// The place in words, for messages and for those who do not see the table.
export function words(name, { kind, numbers }) {
  if (kind === "straight") return `Number ${numbers[0]}`;
  if (kind === "column") return `Column ${name.at(-1)}`;
  if (kind === "dozen") return caption(name, { kind, numbers });
  return WORDS[name] || `${KINDS[kind]} ${numbers.length > 4 ? `${numbers[0]}–${numbers.at(-1)}` : numbers.join(", ")}`;
}
