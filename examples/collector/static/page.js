// The demonstration page: begins a session, plays the film, and shows what became of it.
import * as VideoBeacons from "./beacons.js";
import * as players from "./players.js";
import { show } from "./timeline.js";

const asked = new URLSearchParams(location.search);
const kind = players[asked.get("player")] ? asked.get("player") : "html5";
const withAds = asked.get("ads") !== "0";
const $ = (id) => document.getElementById(id);
const WHERE = ["idle", "starting", "content", "ad_break", "ad", "after_content", "over"];
const HOW = ["playing", "paused", "seeking", "seeking_paused", "buffering", "interrupted"];
const FIGURES = {
  content_played: "content", ad_played: "ads", paused: "paused", seeking: "seeking",
  buffering: "buffering", startup: "startup",
};

let token = "";
let shown = 0;

async function begin() {
  const answer = await fetch("/sessions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      video: withAds ? "film-with-ads" : "film", player: kind, clock: Date.now(),
    }),
  });
  if (!answer.ok) throw new Error(`the collector answered ${answer.status}`);
  const given = await answer.json();
  document.body.dataset.session = given.session;
  token = given.token;
  return token;
}

function showAd(ad, place, size) {
  $("badge").hidden = !ad;
  $("skip").hidden = !ad || kind === "videojs";
  $("badge").textContent = ad ? `Ad ${place} of ${size}` : "";
}

function chips(id, names, current) {
  $(id).replaceChildren(...names.map((name) => {
    const chip = document.createElement("span");
    chip.textContent = name.replace("_", " ");
    if (name === current) chip.className = name.startsWith("ad") ? "on ads" : "on";
    return chip;
  }));
}

function row(message, start) {
  const item = document.createElement("li");
  const said = message.properties;
  const words = message.event.replace(/^Video /, "");
  item.className = /^Ad /.test(words) ? "is-ad" : /^Content /.test(words) ? "is-content" : "";
  const seconds = (Date.parse(message.timestamp) - start) / 1000;
  const which = said.ad_asset_id || said.asset_id || "";
  item.innerHTML = "<details><summary><time></time><b></b><em></em></summary><pre></pre></details>";
  item.querySelector("time").textContent = `${seconds.toFixed(1)} s`;
  item.querySelector("b").textContent = words;
  const quartile = said.quartile ? ` quartile ${said.quartile},` : "";
  item.querySelector("em").textContent = `${which}${quartile} ${said.position ?? 0} s`;
  const details = item.querySelector("details");
  details.addEventListener("toggle", () => {
    item.querySelector("pre").textContent = JSON.stringify(message, null, 2);
  });
  return item;
}

function render({ messages, standing }) {
  if (standing) {
    chips("where", WHERE, standing.where);
    chips("how", HOW, standing.how);
    $("figures").replaceChildren(...Object.entries(FIGURES).map(([name, words]) => {
      const pair = document.createElement("div");
      pair.innerHTML = "<dt></dt><dd></dd>";
      pair.firstChild.textContent = words;
      pair.lastChild.textContent = `${standing.figures[name].toFixed(1)} s`;
      return pair;
    }));
  }
  if (messages.length) {
    const start = Date.parse(messages[0].timestamp);
    if (!shown) $("events").replaceChildren();
    for (const message of messages.slice(shown)) $("events").prepend(row(message, start));
    shown = messages.length;
    $("count").textContent = shown;
    const over = standing === null || standing.where === "over";
    show($("timeline"), $("undrawn"), token, messages, over).catch(away);
  }
}

async function look() {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch("/debug/session", { headers });
    if (answer.ok) render(await answer.json());
  } catch (error) {
    away(error);
  }
  setTimeout(look, 400);
}

function away(error) {
  console.info("the collector is away", error.message);
}

for (const link of document.querySelectorAll("nav a")) {
  if (link.dataset.player === kind) link.setAttribute("aria-current", "page");
  else if (link.dataset.player !== "html5") {
    const library = link.dataset.player === "hlsjs" ? "hls.js" : "video.js";
    fetch(`/libraries/${library}/package.json`, { method: "HEAD" }).then((answer) => {
      link.classList.toggle("absent", !answer.ok);
      if (!answer.ok) link.title = `install ${library} first: see the README`;
    });
  }
}
chips("where", WHERE, "idle");
chips("how", HOW, "");

async function start() {
  const video = $("content");
  const player = await players[kind](video, $("ad"), withAds, showAd);
  const watcher = VideoBeacons.watch(video, {
    endpoint: "/beacons", token: await begin(), renew: begin, ...player.options,
  });
  const controls = player.load(watcher.say);
  $("skip").addEventListener("click", () => controls.skip?.());
  window.demo = { watcher, controls }; // for the browser's console, and for tests
  look();
}

start().catch((error) => {
  const item = document.createElement("li");
  item.className = "empty";
  item.textContent = `This did not work: ${error.message}`;
  $("events").replaceChildren(item);
});
