"use strict";

/* `node run.cjs NAME WORK MODULES`: one contender at one piece of work. Each line that it reads is
 * something to do, each line that it writes what it found: `check` names what one pass over all
 * viewings sends; `all SECONDS` passes for so long and says what a callback costs, with the timers
 * that fall due meanwhile; `alone SECONDS` lets these wait until the viewing is over. */

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");

const { page } = require("./page.cjs");
const contenders = require("./contenders.cjs");

const [name, work, modules] = process.argv.slice(2);
const load = (library) => require(path.join(modules, "node_modules", library));

const sessions = JSON.parse(fs.readFileSync(work, "utf8")).map((rows) =>
  rows.map((row) => ({ at: row.t, event: row.event, state: page.stateOf(row) })),
);
const callbacks = sessions.reduce((sum, rows) => sum + rows.length, 0);

page.open();
const contender = contenders[name](load);
let viewings = 0;

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

async function settle() {
  page.owed = false;
  await page.settle();
}

/** All callbacks once; returns microseconds in them, and around them. */
async function pass(alone) {
  let inside = 0;
  const began = cpu();
  for (const rows of sessions) {
    const video = page.video();
    const end = contender.watch(video, `viewing-${++viewings}`);
    await settle();
    const from = page.now + 1000;
    const entered = cpu();
    page.still = alone;
    for (const row of rows) {
      page.advance(from + row.at);
      video.state = row.state;
      video.dispatch(row.event);
      if (page.owed) await settle();
    }
    inside += cpu() - entered;
    page.still = false;
    end();
    await settle();
    page.advance(page.now + 30_000);
    await settle();
  }
  return [inside, cpu() - began - inside];
}

async function passes(seconds, alone) {
  const until = cpu() + seconds * 1e6;
  page.requests = page.bytes = 0;
  let inside = 0;
  let around = 0;
  let done = 0;
  while (done === 0 || cpu() < until) {
    const [within, without] = await pass(alone);
    inside += within;
    around += without;
    done += 1;
  }
  return {
    callback_us: inside / done / callbacks,
    session_us: around / done / sessions.length,
    requests: page.requests / done,
    bytes: page.bytes / done,
    timers: page.timers(),
    callbacks,
  };
}

async function check() {
  page.kept = [];
  const found = await passes(0, false);
  found.events = {};
  for (const body of page.kept) {
    const text = body instanceof Blob ? await body.text() : body;
    for (const event of contender.names(text)) {
      found.events[event] = (found.events[event] || 0) + 1;
    }
  }
  page.kept = null;
  return found;
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [what, seconds] = line.split(" ");
    const found = what === "check" ? await check() : await passes(+seconds, what === "alone");
    process.stdout.write(`${JSON.stringify(found)}\n`);
  }
}

main();
