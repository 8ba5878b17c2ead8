// Holds beacons.js to its promises without a browser: a server that is away, slow or strict, a page
// that is left, and a player that throws. Run by test_page_files.py: node beacons_test.mjs SCRIPT
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const { watch } = await import(pathToFileURL(process.argv[2]));

class Page {
  constructor(answer) {
    this.posts = [];
    this.beacons = [];
    this.timers = [];
    this.heard = {};
    this.now = 1_795_432_200_000;
    this.answer = answer;
    const page = this;
    globalThis.window = { addEventListener: (name, work) => { page.heard[name] = work; } };
    globalThis.document = { hidden: false, fullscreenElement: null };
    globalThis.setInterval = (work) => page.timers.push(work);
    globalThis.clearInterval = () => { page.timers = []; };
    globalThis.setTimeout = (work) => page.timers.push(work);
    Date.now = () => page.now;
    globalThis.fetch = (_, { body, signal }) => {
      page.posts.push(read(body));
      page.signal = signal;
      return page.answer(page.posts.length, body);
    };
    Object.defineProperty(globalThis, "navigator", { configurable: true, value: {
      sendBeacon: (_, body) => page.room(body) && page.beacons.push(body) > 0 } });
    this.room = () => true;
  }

  async pass(seconds) {
    for (let second = 0; second < seconds; second++) {
      this.now += 1000;
      for (const work of [...this.timers]) work();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    }
  }
}

const read = (body) => {
  const [token, rest] = body.split("\n");
  return { token, ...JSON.parse(rest) };
};
const video = () => ({ currentSrc: "https://a.example/x/film.mp4?secret#t", currentTime: 1.23456,
  duration: Infinity, volume: 1, playbackRate: NaN, listeners: {}, querySelector: () => null,
  addEventListener(name, work) { this.listeners[name] = work; } });
const status = (code) => () => Promise.resolve({ status: code });
const sequences = (posts) => posts.flatMap(({ beacons }) => beacons.map(({ seq }) => seq));
const tests = {
  async "what an element says is sent once a second, in order, without its address"() {
    const page = new Page(status(204)), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    element.listeners.play();
    element.listeners.playing();
    await page.pass(1);
    assert.equal(page.posts.length, 1);
    assert.equal(page.posts[0].token, "T");
    const [first] = page.posts[0].beacons;
    assert.deepEqual([first.seq, first.player, first.event, first.el], [0, "html5", "play", null]);
    assert.deepEqual([first.state.src, first.state.currentTime, first.state.duration,
      first.state.playbackRate], ["film.mp4", 1.2346, "Infinity", null]);
    assert.equal(first.t, page.posts[0].sent_at - 1000);
  },
  async "silence is told once, so that the collector knows that nothing came"() {
    const page = new Page(status(204)), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    element.listeners.pause();
    await page.pass(30);
    assert.deepEqual(page.posts.map(({ beacons }) => beacons.map((b) => b.event || b.signal)),
      [["pause"], ["tick"]]);
    assert.deepEqual(sequences(page.posts), [0, 1]);
  },
  async "twenty beacons do not wait for the second to end"() {
    const page = new Page(status(204)), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    for (let n = 0; n < 20; n++) element.listeners.timeupdate();
    assert.equal(page.posts.length, 1);
  },
  async "what was not answered well is sent again as it was, after growing waits"() {
    for (const code of [408, 421, 429, 500, 503, "away", "throws"]) {
      let well = false;
      const times = [];
      const page = new Page(() => {
        times.push(page.now);
        if (well) return Promise.resolve({ status: 204 });
        if (code === "throws") throw new TypeError("no");
        return code === "away" ? Promise.reject(new Error("away")) : status(code)();
      });
      const element = video();
      watch(element, { endpoint: "/b", token: "T" });
      element.listeners.play();
      await page.pass(40);
      well = true;
      await page.pass(40);
      if (code !== "throws") assert.ok(times.length > 3 && times.length < 12, `${code}: ${times.length}`);
      assert.ok(sequences(page.posts.slice(0, -1)).every((n) => n < 3));
      const last = page.posts.at(-1);
      if (code !== "throws") assert.equal(last.beacons[0].seq, 0);
    }
  },
  async "what is refused for good is dropped, and does not hold up the rest"() {
    const page = new Page((n) => status(n === 1 ? 400 : 204)()), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    element.listeners.play();
    await page.pass(1);
    element.listeners.pause();
    await page.pass(1);
    assert.deepEqual(sequences(page.posts), [0, 1]);
  },
  async "a queue that nobody takes is bounded, and loses the oldest"() {
    const page = new Page(() => Promise.reject(new Error("away"))), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    for (let n = 0; n < 3000; n++) element.listeners.timeupdate();
    await page.pass(60);
    page.posts = [];
    page.answer = status(204);
    await page.pass(120);
    const sent = sequences(page.posts);
    assert.ok(sent.length <= 1001 && sent.length > 900, `${sent.length}`);
    assert.deepEqual(sent, [...sent].sort((a, b) => a - b));
    assert.ok(sent.includes(2999));
  },
  async "a page that is left hands everything over in parts that a browser takes"() {
    const page = new Page(() => new Promise(() => {})), element = video();
    element.currentSrc = "https://a.example/" + "ш".repeat(500);
    watch(element, { endpoint: "/b", token: "T" });
    for (let n = 0; n < 300; n++) element.listeners.timeupdate();
    page.heard.pagehide();
    for (const body of page.beacons) assert.ok(Buffer.byteLength(body) < 64_000);
    const sent = [...sequences(page.posts), ...page.beacons.map(read).reverse()
      .flatMap(({ beacons }) => beacons.map(({ seq }) => seq))];
    assert.deepEqual(sent, [...Array(301).keys()]);
    assert.equal(read(page.beacons[0]).beacons.at(-1).event, "pagehide");
  },
  async "what the browser had no room for is still there when the page comes back"() {
    const page = new Page(status(204)), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    element.listeners.play();
    page.room = () => false;
    page.heard.pagehide();
    page.heard.pageshow();
    await page.pass(1);
    assert.deepEqual(page.posts[0].beacons.map((b) => b.event), ["play", "pagehide", "pageshow"]);
  },
  async "what a page handed over unanswered is said again when it comes back, until it is answered"() {
    const page = new Page(status(204)), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    element.listeners.play();
    page.heard.pagehide();
    assert.deepEqual(sequences(page.beacons.map(read)), [0, 1]);
    page.heard.pageshow();
    await page.pass(1);
    assert.deepEqual(sequences(page.posts), [0, 1, 2]);
    await page.pass(5);
    assert.deepEqual(sequences(page.posts), [0, 1, 2, 3]); // and the tick
  },
  async "a page that is hidden hands over what waits: it may never be shown again"() {
    const page = new Page(status(204)), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    element.listeners.play();
    document.hidden = true;
    page.heard.visibilitychange();
    assert.deepEqual(sequences(page.beacons.map(read)), [0, 1]);
    document.hidden = false;
    page.heard.visibilitychange();
    assert.equal(page.beacons.length, 1);
  },
  async "an answer that never comes is not waited for"() {
    const given = [], real = AbortSignal.timeout;
    AbortSignal.timeout = (ms) => { given.push(ms); return real(ms); };
    const page = new Page(() => new Promise((_, fail) => {
      page.signal.onabort = () => fail(page.signal.reason);
    })), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    element.listeners.play();
    await page.pass(3);
    assert.deepEqual([given, page.posts.length], [[30000], 1]);
    page.signal.dispatchEvent(new Event("abort"));
    await page.pass(3);
    assert.deepEqual(sequences(page.posts), [0, 0, 1]);
    AbortSignal.timeout = real;
  },
  async "a worker that is not found is looked for again, and then done without"() {
    const page = new Page(() => status(page.posts.at(-1).token === "T" ? 421 : 204)());
    const element = video();
    watch(element, { endpoint: "/b", token: "T", renew: async () => "U" });
    element.listeners.play();
    await page.pass(90);
    const tokens = page.posts.map(({ token }) => token).join("");
    assert.match(tokens, /^TTTTTTUU*$/);
    assert.equal(page.posts[6].beacons[0].event, "play");
  },
  async "sessions that are over at once are not asked for without a pause"() {
    const page = new Page(status(410)), element = video();
    let asked = 0;
    watch(element, { endpoint: "/b", token: "T", renew: async () => `U${++asked}` });
    element.listeners.play();
    await page.pass(60);
    assert.ok(asked > 3 && asked < 14, `${asked}`);
  },
  async "a session that is over goes on in a new one, numbered anew"() {
    for (const code of [401, 410]) {
      const page = new Page((n) => status(n === 2 ? code : 204)()), element = video();
      let asked = 0;
      const renew = async () => { if (!asked++) throw new Error("away"); return "U"; };
      watch(element, { endpoint: "/b", token: "T", renew });
      element.listeners.play();
      await page.pass(1);
      element.listeners.timeupdate();
      await page.pass(4);
      assert.deepEqual(page.posts.map(({ token }) => token).slice(0, 3), ["T", "T", "U"]);
      assert.deepEqual(page.posts[2].beacons[0].seq, 0);
      assert.equal(page.posts[2].beacons[0].event, "timeupdate");
    }
  },
  async "without a way to a new session it falls silent"() {
    const page = new Page(status(410)), element = video();
    watch(element, { endpoint: "/b", token: "T" });
    element.listeners.play();
    await page.pass(1);
    element.listeners.pause();
    await page.pass(5);
    assert.equal(page.posts.length, 1);
  },
  async "nothing that goes wrong is thrown into the page"() {
    const page = new Page(status(204)), element = video();
    Object.defineProperty(element, "duration", { get() { throw new Error("gone"); } });
    const hls = { on() { throw new Error("broken"); }, constructor: { Events: {} } };
    const watcher = watch(element, { endpoint: "/b", token: "T", hls });
    element.listeners.play();
    const circle = {};
    circle.itself = circle;
    watcher.say("page", "focus", circle, video());
    watcher.flush();
    page.heard.pagehide?.();
    watcher.stop();
    await page.pass(3);
    watch(element, { endpoint: "/b", token: "T" }).say("page", "focus", circle, video());
    element.listeners.play();
    Object.defineProperty(element, "duration", { value: 20 });
    element.listeners.pause();
    await page.pass(1);
    assert.deepEqual(page.posts.at(-1).beacons.map((b) => b.event), ["pause"]);
    watch(video(), { endpoint: "/b", token: "T", hls: {}, videojs: {}, ads: {} });
  },
};

for (const [name, test] of Object.entries(tests)) {
  await test().catch((error) => {
    console.error(`${name}:\n${error.stack}`);
    process.exitCode = 1;
  });
}
console.log(`${Object.keys(tests).length} promises`);
