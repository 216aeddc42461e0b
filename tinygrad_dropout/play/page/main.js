// The page: it asks the server to train, and draws the frames that it gets.

import { byId } from "./dom.js";
import { connect, send } from "./connection.js";
import { Charts } from "./charts.js";
import { Panel } from "./panel.js";
import { makeSettings, showSettings } from "./settings.js";

let direction = "forward";
let state = {};
let frame;
let example = 0;

const panels = ["without", "with"].map((name) => new Panel(name, addPoint));
const charts = new Charts();
makeSettings();

function draw() {
  if (!frame) return;
  for (const panel of panels) panel.show(frame, direction);
  charts.show(frame);
  byId("count").textContent = `step ${frame.step.toLocaleString("en")}, epoch ${frame.epoch.toFixed(1)}`;
  const followed = frame.networks.with?.example;
  byId("follow").hidden = !followed;
  if (followed) byId("example").textContent = `example ${followed.index + 1} of ${followed.of}, class ${followed.label ? "▲" : "●"}`;
  byId("explanation").textContent = explanation();
}

/** What the drawing shows now. */
function explanation() {
  if (!frame.networks.with) return "Draw at least three points.";
  if (!frame.networks.with.example) return "Nothing has been learned yet. Press Play, or make one step.";
  return direction === "forward"
    ? "The forward pass of one example of the last batch. The thicker a line, the larger weight × value (dashed: negative). A crossed-out unit is dropped: it outputs 0, so no line touches it."
    : "The backward pass of the same example, with the same mask. The thicker a line, the larger that weight's gradient (dashed: negative). A crossed-out unit gets the gradient 0, so no line touches it, and its weights learn nothing from this example.";
}

function hear(message) {
  if (message.problem) byId("problem").textContent = message.problem;
  if (message.python !== undefined) offer(message.python);
  if (!message.settings) return;
  const played = state.playing;
  state = message;
  byId("problem").textContent = "";
  showSettings(message.settings);
  for (const panel of panels) message.points ? panel.begin(message) : panel.state(message);
  if (message.points) charts.clear();
  byId("play").textContent = message.playing ? "Pause" : "Play";
  if (played !== message.playing) byId("status").textContent = message.playing ? "Both networks are training." : "";
  byId("speed").value = message.speed ?? "";
  history.replaceState(null, "", `#${message.fragment}`);
}

function addPoint(x, y) {
  const label = Number(document.querySelector("input[name=pen]:checked").value);
  send({ change: { drawn: [...state.drawn, [x, y, label]] } });
}

/** Copy the script to the clipboard, and show it for copying by hand. */
async function offer(python) {
  byId("script").value = python;
  byId("copy").showModal();
  byId("script").select();
  byId("copied").textContent = await copy(python)
    ? "It is on the clipboard. Save it as a file and run it with Python: it repeats the same steps, bit for bit."
    : "Copy it from here. Save it as a file and run it with Python: it repeats the same steps, bit for bit.";
}

const copy = (text) => navigator.clipboard?.writeText(text).then(() => true, () => false) ?? false;

function face(name) {
  direction = name;
  for (const one of ["forward", "backward"]) byId(one).setAttribute("aria-pressed", String(one === name));
  draw();
}

function follow(by) {
  const followed = frame?.networks.with?.example;
  if (!followed) return;
  example = (followed.index + by + followed.of) % followed.of;
  send({ example });
}

const ACTIONS = {
  play: () => send({ do: state.playing ? "pause" : "play" }),
  step: () => send({ do: "step" }),
  reset: () => send({ do: "reset" }),
  forward: () => face("forward"),
  backward: () => face("backward"),
  previous: () => follow(-1),
  next: () => follow(1),
  python: () => send({ copy: true }),
  undo: () => send({ change: { drawn: state.drawn.slice(0, -1) } }),
  clear: () => send({ change: { drawn: [] } }),
  link: async () => {
    byId("status").textContent = await copy(location.href)
      ? "The link is on the clipboard. It starts at step 0 with these settings. Once the command has stopped, open it with " +
        "`tinygrad-dropout play LINK`." + (frame?.changes ? " To keep what you changed while training, use Copy as Python." : "")
      : "Copy the link from the address bar.";
  },
};
for (const [id, action] of Object.entries(ACTIONS)) byId(id).addEventListener("click", action);
byId("speed").addEventListener("change", (event) => send({ speed: event.target.value === "" ? null : Number(event.target.value) }));

const KEYS = { " ": "play", s: "step", r: "reset", f: "forward", b: "backward" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || byId("copy").open) return;
  if (event.target.closest("select, textarea, input:not([type=range], [type=radio])")) return;
  if (event.key === " " && event.target.closest("button, [type=radio]")) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  ACTIONS[action]();
});
addEventListener("hashchange", () => send({ open: location.hash.slice(1) }));
addEventListener("resize", draw);
document.addEventListener("recolor", draw);

connect({
  frame: (received) => { frame = received; draw(); },
  message: hear,
  closed: () => {
    byId("problem").textContent = "The connection was closed because the command stopped. To continue with these settings, run: " +
      `tinygrad-dropout play '${location.hash}'`;
    for (const button of document.querySelectorAll("header button")) button.disabled = true;
  },
});
