"""The page fits windows of any width: it does not scroll sideways, nothing is cut off, and all text is legible."""

import pytest

from tests.study.page.recordings import RECORDINGS, recording

WIDTHS = (320, 390, 801, 900, 1280, 1600)

RESET = """(fragment) => {
  Object.assign(state, { inspected: -1, entry: -1, checked: false });
  for (const kept of [state.folded, state.open]) kept.clear();
  byId("keys").hidden = true;
  location.hash = fragment;
  readFragment();
}"""

#: Descriptions of everything that does not fit; [] if all fits.
MISFITS = """() => {
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`the page scrolls sideways: ${scrollWidth}`);
  const say = (what, one) => found.push(`${what}: ${one.tagName}.${one.getAttribute("class") ?? ""} ${one.textContent.trim().slice(0, 40)}`);
  const rect = (one) => one.getBoundingClientRect();
  const within = (box, room) => box.left > room.left - 1 && box.right < room.right + 1;
  const below = (box, room) => box.top > room.top - 1 && box.bottom < room.bottom + 1;
  const all = [...document.body.querySelectorAll("*")].filter((one) => one.getClientRects().length && !one.closest(".hidden, .skip, script"));

  for (const one of all.filter((one) => !one.closest("svg, select") && !one.parentElement.closest(".scroll"))) {
    if (!within(rect(one), { left: 0, right: clientWidth })) say("outside of the window", one);
    if (rect(one.parentElement).width && !within(rect(one), rect(one.parentElement))) say("outside of its box", one);
    const inline = getComputedStyle(one).display === "inline" || !one.clientWidth;
    if (!inline && !one.matches(".scroll") && one.scrollWidth > one.clientWidth + 1) say("cut off", one);
  }
  for (const one of all.filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))) {
    const scale = one.getScreenCTM ? one.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(one).fontSize) * scale;
    if (size < 10.99) say(`${size} px`, one);
  }
  for (const text of document.querySelectorAll(".box text, .label text")) {
    const room = rect(text.closest("g").querySelector("rect"));
    if (!within(rect(text), room) || !below(rect(text), room)) say("leaves its box", text);
  }
  for (const select of all.filter((one) => one.matches("select"))) {
    const [chosen] = select.selectedOptions;
    if (widthOf(chosen.text, getComputedStyle(select).font) > select.clientWidth - 10) say("cut off", chosen);
  }
  for (const cell of document.querySelectorAll("main td.worked, main td[aria-selected=true]")) {
    if (!within(rect(cell), rect(cell.closest(".scroll")))) say("out of sight", cell);
  }
  const here = document.querySelector(".box.here > rect");
  const sight = rect(document.querySelector("#graph .scroll"));
  if (here && (!within(rect(here), sight) || !below(rect(here), sight))) say("out of sight", here.parentElement);
  return found;
}"""  # noqa: E501


def look_at_an_entry(page):
    """At the last step, pick and check an entry of the first tensor that has a gradient."""
    page.keyboard.press("End")
    page.evaluate("inspect(currentRun().nodes.findIndex((node) => node.requires_grad && !node.operation))")
    page.locator("#inspection figure").nth(1).locator("td").last.click()
    page.keyboard.press("g")


#: name -> (fragment, what to do there).
VIEWS = {
    "the beginning": ("#step=0", lambda page: page.keyboard.press("?")),
    "a step": ("#step=3", lambda page: page.evaluate("state.open.add('source'); state.open.add('saved'); show()")),
    "a comparison": ("#step=3&beside=1", lambda page: None),
    "folded": ("#step=2&view=forward", lambda page: page.keyboard.press("l")),
    "an entry": ("#step=0", look_at_an_entry),
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_everything_fits_at_every_width(visit, name):
    page = visit(recording(name))
    found = {}
    for view, (fragment, look) in VIEWS.items():
        page.evaluate(RESET, fragment)
        look(page)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.evaluate("show()")
            if misfits := page.evaluate(MISFITS):
                found[view, width] = misfits
    assert found == {}
