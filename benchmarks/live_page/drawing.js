/** Draw frames on canvases inside an element: `const draw = drawing(element); draw(bytes)` returns the frame's number. */
function drawing(element) {
  const canvas = (width, height, shown) => {
    const made = Object.assign(document.createElement("canvas"), { width, height });
    made.style.cssText = `width: ${shown}px; image-rendering: pixelated; border: 1px solid #888; margin: 4px`;
    element.append(made);
    return made.getContext("2d");
  };
  const planes = [canvas(48, 48, 288), canvas(48, 48, 288)];
  const units = canvas(256, 256, 512), edges = canvas(400, 400, 400), curves = canvas(400, 150, 400);

  const put = (context, gray, side, at, x, y) => {
    const image = context.createImageData(side, side);
    for (let i = 0; i < side * side; i++) {
      const value = gray[at + i];
      image.data.set([value, 128, 255 - value, 255], 4 * i);
    }
    context.putImageData(image, x, y);
  };

  return (bytes) => {
    const [number] = new Uint32Array(bytes.slice(0, 4));
    const gray = new Uint8Array(bytes, 4);
    planes.forEach((context, k) => put(context, gray, 48, 2304 * k, 0, 0));
    for (let unit = 0; unit < 256; unit++) put(units, gray, 16, 4608 + 256 * unit, 16 * (unit % 16), 16 * (unit >> 4));
    edges.clearRect(0, 0, 400, 400);
    for (let at = 4608 + 65536; at < 4608 + 65536 + 2400; at += 3) {
      const side = at < 4608 + 65536 + 1200 ? 0 : 200;
      edges.strokeStyle = `rgba(0, 90, 160, ${gray[at + 2] / 255})`;
      edges.beginPath();
      edges.moveTo(side + 20, 10 + 6 * gray[at]);
      edges.lineTo(side + 180, 10 + 6 * gray[at + 1]);
      edges.stroke();
    }
    const losses = new Float32Array(bytes.slice(4 + 4608 + 65536 + 2400));
    curves.clearRect(0, 0, 400, 150);
    [0, 200].forEach((first, k) => {
      curves.strokeStyle = ["#666", "#06b"][k];
      curves.beginPath();
      for (let i = 0; i < 200; i++) curves.lineTo(2 * i, 145 - 140 * losses[first + i]);
      curves.stroke();
    });
    return number;
  };
}
