// Draws a session out of its messages: what played when, pauses, stalls, seeks and heartbeats.

const OPENS = { "Video Content Started": "content", "Video Ad Started": "adpart" };
const CLOSES = /^Video (Content Completed|Ad Completed|Ad Skipped|Playback (Completed|Exited))$/;
const STOPS = {
  "Video Playback Paused": "paused", "Video Playback Buffer Started": "buffering",
  "Video Playback Interrupted": "paused",
};
const GOES_ON = /^Video Playback (Resumed|Buffer Completed|Completed|Exited)$/;

/** @returns {{parts, stops, marks, start, end}} all times in seconds since the first message */
export function read(messages, now) {
  const start = Date.parse(messages[0].timestamp);
  const parts = [], stops = [], marks = [];
  let end = 0, open = null, stop = null;
  const close = (at) => { if (open) { open.to = at; open = null; } };
  const goOn = (at) => { if (stop) { stop.to = at; stop = null; } };
  for (const { event, timestamp, properties } of messages) {
    const at = (Date.parse(timestamp) - start) / 1000;
    end = Math.max(end, at);
    if (OPENS[event]) {
      close(at);
      open = { kind: OPENS[event], from: at, label: properties.asset_id };
      parts.push(open);
    } else if (CLOSES.test(event)) close(at);
    if (STOPS[event]) {
      goOn(at);
      stop = { kind: STOPS[event], from: at };
      stops.push(stop);
    } else if (GOES_ON.test(event)) goOn(at);
    if (event === "Video Playback Seek Started") marks.push({ kind: "seek", at });
    if (/ Playing$/.test(event)) marks.push({ kind: "beat", at });
  }
  if (now !== null) end = Math.max(end, (now - start) / 1000);
  close(end);
  goOn(end);
  return { parts, stops, marks, start, end };
}

/** Fills `lanes`; `over` stops the clock. */
export function draw(lanes, span, messages, over) {
  const { parts, stops, marks, end } = read(messages, over ? null : Date.now());
  const width = Math.max(end, 10);
  const place = (seconds) => `${(100 * seconds / width).toFixed(2)}%`;
  const made = [];
  const add = (classes, left, length, text = "") => {
    const part = document.createElement("i");
    part.className = classes;
    part.style.left = left;
    if (length !== null) part.style.width = length;
    part.textContent = text;
    part.title = text;
    made.push(part);
  };
  const step = [2, 5, 10, 20, 30, 60, 120, 300, 600].find((each) => width / each <= 8) || 1800;
  for (let at = 0; at <= width * 0.97; at += step) add("tick", place(at), null, `${at} s`);
  for (const { kind, from, to, label } of parts)
    add(`part ${kind}`, place(from), place(to - from), label);
  for (const { kind, from, to } of stops) add(`stop ${kind}`, place(from), place(to - from));
  for (const { kind, at } of marks) add(kind, place(at), null);
  if (!over) add("now", `calc(${place(end)} - 2px)`, null);
  lanes.replaceChildren(...made);
  span.textContent = `${end.toFixed(0)} s`;
  lanes.setAttribute("aria-label", parts.map(({ kind, from, to, label }) =>
    `${kind === "content" ? "content" : "ad"} ${label} from ${from.toFixed(0)} to ${to.toFixed(0)} s`
  ).join(", ") || "Nothing has played yet");
}
