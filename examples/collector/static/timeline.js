// Shows the picture of the session that the collector draws, anew when there is more of it.

const EVERY = 1500; // milliseconds between two pictures, at least
const dark = matchMedia("(prefers-color-scheme: dark)");
let drawn = "";
let busy = false;
let last = 0;

/** Fetches the picture if something changed; `over` says that nothing changes by time alone. */
export async function show(image, words, token, messages, over) {
  const wide = Math.max(400, Math.min(1600, Math.round(image.parentElement.clientWidth) - 32));
  const theme = dark.matches ? "dark" : "light";
  const now = [messages.length, over, wide, theme].join();
  if (busy || (over && now === drawn) || Date.now() - last < EVERY) return;
  busy = true;
  try {
    const answer = await fetch(`/debug/timeline?theme=${theme}&width=${wide}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (answer.status === 501) words.textContent = "Install vl-convert-python to see it drawn.";
    if (answer.status !== 200) return;
    const old = image.src;
    image.src = URL.createObjectURL(await answer.blob());
    if (old) URL.revokeObjectURL(old);
    image.hidden = false;
    words.hidden = true;
    drawn = now;
  } finally {
    busy = false;
    last = Date.now();
  }
}
