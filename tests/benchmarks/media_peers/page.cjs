"use strict";

/* A page without a browser: a clock and timers moved by hand, one media element, a network that
 * only counts. All of it is the least that a library in it needs, so that what is measured is the
 * library. */

const RealDate = Date;
const turn = setImmediate;

const NAVIGATION = 1_795_432_200_000;
const page = {
  now: NAVIGATION, // Unix milliseconds
  due: Infinity, // when the first timer falls due, or sooner
  owed: false, // whether promises wait for a turn of the loop
  still: false, // whether timers wait until that is over
  requests: 0,
  bytes: 0,
  kept: null, // the bodies of all requests, while it is a list
};

// ---------------------------------------------------------------- time

const timers = new Map();
let lastTimer = 0;

function start(call, delay, every, given) {
  const when = page.now + Math.max(Number(delay) || 0, every ? 1 : 0);
  timers.set(++lastTimer, { call, when, every: every ? Math.max(Number(delay) || 0, 1) : 0, given });
  if (when < page.due) page.due = when;
  return lastTimer;
}

function first() {
  let found = 0;
  let when = Infinity;
  for (const [id, timer] of timers) {
    if (timer.when < when) {
      when = timer.when;
      found = id;
    }
  }
  page.due = when;
  return found;
}

function fallDue(to) {
  for (let id = first(); page.due <= to; id = first()) {
    const timer = timers.get(id);
    page.now = Math.max(page.now, timer.when);
    if (timer.every) timer.when += timer.every;
    else timers.delete(id);
    timer.call(...timer.given);
  }
}

page.advance = (to) => {
  if (page.due <= to && !page.still) fallDue(to);
  page.now = to;
};

page.timers = () => timers.size;

/** Let all promises settle. */
page.settle = () => new Promise((done) => turn(done));

class PageDate extends RealDate {
  constructor(...given) {
    if (given.length) super(...given);
    else super(page.now);
  }
  static now() {
    return page.now;
  }
}

// ---------------------------------------------------------------- the network

page.send = (body) => {
  page.requests += 1;
  page.bytes += body.length ?? body.size;
  if (page.kept) page.kept.push(body);
};

class NullXMLHttpRequest {
  static DONE = 4;
  readyState = 0;
  status = 0;
  responseText = "";
  open(_method, url) {
    this.url = url;
  }
  setRequestHeader() {}
  send(body) {
    const asksLicence = this.url.endsWith("/licensing");
    if (!asksLicence) page.send(body);
    this.readyState = 4;
    this.status = 200;
    this.responseText = asksLicence ? '{"status":"granted","message":""}' : "{}";
    if (asksLicence) page.owed = true;
    if (this.onreadystatechange) this.onreadystatechange();
  }
}

class NullRequest {
  constructor(url, options) {
    this.url = url;
    this.body = options.body;
  }
}

const ANSWER = { ok: true, status: 200, statusText: "OK", text: () => Promise.resolve("ok") };

function nullFetch(to, options) {
  page.send(to instanceof NullRequest ? to.body : options.body);
  page.owed = true;
  return Promise.resolve(ANSWER);
}

// ---------------------------------------------------------------- what listens

class Target {
  heard = new Map();
  addEventListener(type, call) {
    const calls = this.heard.get(type);
    if (calls) calls.push(call);
    else this.heard.set(type, [call]);
  }
  removeEventListener(type, call) {
    const calls = this.heard.get(type) || [];
    const at = calls.indexOf(call);
    if (at >= 0) calls.splice(at, 1);
  }
  dispatch(type) {
    const calls = this.heard.get(type);
    if (!calls) return;
    const event = { type, target: this };
    for (const call of calls) call(event);
  }
}

class Video extends Target {
  nodeName = "VIDEO";
  tagName = "VIDEO";
  autoplay = false;
  preload = "auto";
  loop = false;
  lang = "";
  poster = "";
  width = 640;
  height = 360;
  textTracks = [];
  state = EMPTY;
  load() {}
  get currentTime() {
    return this.state.currentTime;
  }
  get duration() {
    return this.state.duration;
  }
  get paused() {
    return this.state.paused;
  }
  get ended() {
    return this.state.ended;
  }
  get seeking() {
    return this.state.seeking;
  }
  get readyState() {
    return this.state.readyState;
  }
  get networkState() {
    return this.state.networkState;
  }
  get playbackRate() {
    return this.state.playbackRate;
  }
  get volume() {
    return this.state.volume;
  }
  get muted() {
    return this.state.muted;
  }
  get videoWidth() {
    return this.state.videoWidth;
  }
  get videoHeight() {
    return this.state.videoHeight;
  }
  get src() {
    return this.state.src;
  }
  get currentSrc() {
    return this.state.src;
  }
  get error() {
    return this.state.error;
  }
  getVideoPlaybackQuality() {
    return {
      droppedVideoFrames: this.state.droppedFrames,
      totalVideoFrames: this.state.totalFrames,
    };
  }
}

/** What the element's properties say inside a callback: always of one shape. */
page.stateOf = (row) => {
  const said = row.state;
  const length = said.duration;
  return {
    currentTime: said.currentTime,
    duration: length === "Infinity" ? Infinity : (length ?? NaN),
    paused: said.paused,
    ended: said.ended,
    seeking: said.seeking,
    readyState: said.readyState,
    networkState: said.networkState ?? 1,
    playbackRate: said.playbackRate,
    volume: said.volume,
    muted: said.muted,
    videoWidth: said.videoWidth,
    videoHeight: said.videoHeight,
    src: `https://media.example.com/${said.src || ""}`,
    droppedFrames: said.droppedFrames,
    totalFrames: said.totalFrames ?? 0,
    error: row.event === "error" ? { message: "", ...row.detail } : null,
  };
};

const EMPTY = page.stateOf({
  event: "",
  state: {
    currentTime: 0,
    duration: null,
    paused: true,
    ended: false,
    seeking: false,
    readyState: 0,
    networkState: 0,
    playbackRate: 1,
    volume: 1,
    muted: false,
    videoWidth: 0,
    videoHeight: 0,
    src: "",
    droppedFrames: 0,
  },
});

page.video = () => new Video();

// ---------------------------------------------------------------- the globals of a window

class Store {
  kept = new Map();
  getItem(key) {
    return this.kept.get(key) ?? null;
  }
  setItem(key, value) {
    this.kept.set(key, String(value));
  }
  removeItem(key) {
    this.kept.delete(key);
  }
}

class Document extends Target {
  cookies = new Map();
  body = { offsetWidth: 640, offsetHeight: 360, clientWidth: 640, clientHeight: 360 };
  documentElement = { ...this.body, lang: "en", scrollLeft: 0, scrollTop: 0 };
  links = [];
  title = "A page";
  referrer = "";
  characterSet = "UTF-8";
  readyState = "complete";
  visibilityState = "visible";
  hidden = false;
  fullscreenElement = null;
  pictureInPictureElement = null;
  location = globalThis.location;
  get cookie() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
  set cookie(written) {
    const [, name, value] = /^([^=]*)=([^;]*)/.exec(written);
    this.cookies.set(name.trim(), value);
  }
  createElement() {
    return { style: {} };
  }
  getElementsByTagName() {
    return [];
  }
  querySelector() {
    return null;
  }
}

const view = new Target();
page.leave = () => view.dispatch("beforeunload");

const WINDOW = {
  Date: PageDate,
  setTimeout: (call, delay, ...given) => start(call, delay, false, given),
  setInterval: (call, delay, ...given) => start(call, delay, true, given),
  clearTimeout: (id) => timers.delete(id),
  clearInterval: (id) => timers.delete(id),
  XMLHttpRequest: NullXMLHttpRequest,
  Request: NullRequest,
  fetch: nullFetch,
  localStorage: new Store(),
  sessionStorage: new Store(),
  location: new URL("https://www.example.com/watch/4711"),
  screen: { width: 1920, height: 1080, colorDepth: 24 },
  innerWidth: 1280,
  innerHeight: 720,
  devicePixelRatio: 1,
  navigator: {
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36",
    platform: "Linux x86_64",
    language: "en-GB",
    cookieEnabled: true,
    onLine: true,
    doNotTrack: null,
    hardwareConcurrency: 2,
    sendBeacon: (_url, body) => {
      page.send(body);
      return true;
    },
  },
  addEventListener: view.addEventListener.bind(view),
  removeEventListener: view.removeEventListener.bind(view),
  getComputedStyle: () => ({ getPropertyValue: (name) => (name === "width" ? "640px" : "360px") }),
};

page.open = () => {
  for (const [name, value] of Object.entries(WINDOW)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  globalThis.window = globalThis;
  globalThis.self = globalThis;
  globalThis.top = globalThis;
  globalThis.parent = globalThis;
  globalThis.document = new Document();
  performance.now = () => page.now - NAVIGATION;
};

module.exports = { page };
