// Elements, numbers and canvases, for every part of the page.

export const byId = (id) => document.getElementById(id);

/** A new element: element("p", { class: "note" }, "text", child, ...). */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A number with three significant digits and a true minus sign, or "not finite". */
export function number(value) {
  if (value === null || value === undefined) return "not finite";
  const small = value && Math.abs(value) < 0.001;
  return (small ? value.toExponential(2) : String(Number(value.toPrecision(3)))).replaceAll("-", "−");
}

export const percent = (share) => (share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)}%`);

/** A color of the style sheet, for canvases. */
const colors = new Map();
export function color(name) {
  if (!colors.has(name)) colors.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return colors.get(name);
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colors.clear();
  document.dispatchEvent(new Event("recolor"));
});

/** A color as [red, green, blue]. */
export function channels(name) {
  const digits = color(name).slice(1);
  return [0, 2, 4].map((start) => parseInt(digits.slice(start, start + 2), 16));
}

/** Prepare a canvas for drawing in CSS pixels; returns its context and size. */
export function prepare(canvas) {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** Describe a picture to screen readers, at most once every two seconds. */
const described = new Map();
export function describe(canvas, text) {
  const now = performance.now();
  if (now - (described.get(canvas) ?? -Infinity) < 2000) return;
  described.set(canvas, now);
  canvas.setAttribute("aria-label", text);
}
