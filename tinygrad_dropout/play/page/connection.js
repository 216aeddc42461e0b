// The live connection: messages as JSON in both directions, and frames of numbers and arrays.

const TYPES = { uint8: Uint8Array, int8: Int8Array, float32: Float32Array };
const tab = crypto.randomUUID();
let socket;

/** Where the replay of a network's last step is. */
export const whyAddress = (network) => `why/${tab}/${network}`;

/**
 * Connect. `hears` has one function for each kind of event: frame, message, closed.
 */
export function connect(hears) {
  const address = new URL(`live/${tab}`, location.href);
  address.protocol = "ws:";
  address.hash = "";
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => send({ open: location.hash.slice(1) }));
  socket.addEventListener("close", hears.closed);
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") hears.message(JSON.parse(data));
    else requestAnimationFrame(() => { // a background tab draws nothing, so its networks wait
      hears.frame(unpack(data));
      send({ drawn: true });
    });
  });
}

export function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

/** A frame: its numbers, with the arrays by name as { data, shape }. */
function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const frame = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let offset = 4 + length;
  for (const [name, [type, shape]] of Object.entries(frame.arrays)) {
    const size = shape.reduce((product, axis) => product * axis, 1) * TYPES[type].BYTES_PER_ELEMENT;
    frame.arrays[name] = { data: new TYPES[type](buffer.slice(offset, offset + size)), shape };
    offset += size;
  }
  return frame;
}
