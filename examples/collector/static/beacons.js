// Tells a collector of a player:
//   watch(video, {endpoint, token, hls, videojs, ads, renew});
// hls, videojs: the library, if there is one; ads: a second <video> for ads;
// renew: promises the token of a new session when this one is over.
const words = (text) => text.split(" ");
const MEDIA = words("canplay canplaythrough durationchange emptied ended error loadedmetadata " +
  "loadstart pause play playing ratechange seeked seeking timeupdate volumechange waiting " +
  "webkitbeginfullscreen webkitendfullscreen");
const HLS = words("ASSET_LIST_LOADED ERROR INTERSTITIALS_PRIMARY_RESUMED INTERSTITIAL_ENDED " +
  "INTERSTITIAL_ASSET_ENDED INTERSTITIAL_ASSET_ERROR INTERSTITIAL_ASSET_STARTED " +
  "INTERSTITIAL_STARTED LEVEL_LOADED LEVEL_SWITCHED LEVEL_UPDATED MANIFEST_LOADING");
const VIDEOJS = words("adstart adend adserror ads-ad-started ads-ad-ended ads-ad-skipped " +
  "ads-click ads-pause ads-play ads-pod-started contentresumed readyforpreroll resumeended " +
  "readyforpostroll sourceset dispose fullscreenchange enterFullWindow exitFullWindow")
  .concat(...["", "ad", "content"].map((mode) => MEDIA.map((n) => mode + n)));
const number = (n) => n === Infinity ? "Infinity" : isFinite(n) ? Math.round(n * 1e4) / 1e4 : null;
const pick = (from, names) => from && Object.fromEntries(words(names).map((n) => [n, from[n]]));

function state(video) {
  const out = pick(video, "paused ended seeking muted readyState");
  for (const n of words("currentTime duration playbackRate volume")) out[n] = number(video[n]);
  out.src = video.currentSrc.replace(/[?#].*/, "").replace(/^(blob:)?.*\//, "$1").slice(-60);
  out.fullscreen = !!document.fullscreenElement;
  out.hidden = document.hidden;
  out.droppedFrames = video.getVideoPlaybackQuality?.().droppedVideoFrames;
  return out;
}

function hlsDetail(hls, name, data) {
  const { event, asset } = data, out = pick(data, "type details fatal assetListIndex");
  if (/^LEVEL/.test(name)) return { ...pick(data.details, "live edge"),
    ...pick(hls.levels[data.level], "bitrate width height frameRate") };
  if (event?.identifier) {
    out.event = { ...pick(event, "startTime cue appendInPlace"), id: event.identifier,
      assets: event.assetList.length };
    out.assets = data.assetListResponse;
    out.playerTime = number(data.player?.currentTime);
  }
  if (asset) out.asset = { ...pick(asset, "duration timelineStart"), id: asset.identifier };
  return out;
}

function adsDetail(player, { type, indexInBreak }) {
  const ads = player.ads || {}; // stale, until an `ads-` event
  return { indexInBreak, ad: /^ads-ad/.test(type) && pick(ads.ad, "id index duration type"),
    pod: /^ads-/.test(type) && pick(ads.pod, "id size kind type"),
    inAdBreak: ads.inAdBreak?.(), api: { duration: number(player.duration()) } };
}

export function watch(video, { endpoint, token, hls, videojs, ads, renew }) {
  let queue = [], next = 0, sending = 0, fails = 0, quiet = 0, still = 0, over = false;
  // Its faults are its own.
  const safely = (work) => (...all) => { try { return over ? null : work(...all); } catch {} };
  const on = (target, name, work) =>
    (target.on || target.addEventListener).call(target, name, safely(work));

  const say = safely((player, event, detail, media = video.querySelector("video") || video) => {
    still = 0;
    queue.push({ seq: next++, t: Date.now(), player, event, state: state(media),
      detail: detail && JSON.parse(JSON.stringify(detail)), el: media === ads ? "ad" : null });
    if (queue.length > 1000) queue.splice(sending, 1);
    if (queue.length - sending >= 20) flush();
  });

  function batch(from) {
    const parts = [];
    for (let size = 0; parts.length < 60 && from < queue.length; from++) {
      const part = JSON.stringify(queue[from]);
      size += part.length;
      if (size > 20000 && parts.length) break;
      parts.push(part);
    }
    return [parts.length, `${token}\n{"sent_at":${Date.now()},"beacons":[${parts}]}`];
  }

  const flush = safely(() => {
    if (sending || !queue.length || Date.now() < quiet) return;
    const [count, body] = batch(0);
    sending = count;
    fetch(endpoint, { method: "POST", body, keepalive: true, signal: AbortSignal.timeout(3e4) })
      .then((a) => a.status, () => 0).then(answered);
  });

  const answered = safely((status) => {
    const count = sending;
    sending = 0;
    if (/401|410/.test(status) || status === 421 && fails > 4) return begin();
    if (/^(0|408|421|429|5..)$/.test(status)) {
      quiet = Date.now() + Math.min(3e4, 1e3 * 2 ** fails++) * (1 + Math.random()) / 2;
    } else {
      fails = 0;
      queue.splice(0, count); // taken or wrong
    }
  });

  function begin() {
    if (!renew) return stop();
    quiet = Infinity;
    renew().then((fresh) => {
      token = fresh;
      queue.forEach((b, i) => { b.seq = i; });
      next = queue.length;
      quiet = Date.now() + 1e3 * fails++;
    }).catch(() => setTimeout(begin, 5e3));
  }

  const leave = safely(() => {
    // Newest first, in 64 KB; kept, as nobody answers.
    const rest = [];
    for (let from = sending, part; from < queue.length; from += part[0])
      rest.unshift(part = batch(from));
    rest.every(([, body]) => navigator.sendBeacon(endpoint, body));
  });

  const timer = setInterval(() => {
    if (still++ === 1) queue.push({ seq: next++, t: Date.now(), signal: "tick" });
    flush();
  }, 1000);
  const stop = () => { leave(); over = true; clearInterval(timer); };

  safely(() => {
    if (videojs) on(videojs, VIDEOJS, (e) => say("videojs", e.type, adsDetail(videojs, e)));
    for (const media of [!videojs && video, ads]) if (media) for (const name of MEDIA)
      on(media, name, () => say("html5", name, { error: pick(media.error, "code") }, media));
    if (hls) for (const key of HLS) on(hls, hls.constructor.Events[key],
      (_, data) => say("hlsjs", key, hlsDetail(hls, key, data)));
    for (const name of words("visibilitychange fullscreenchange pageshow pagehide"))
      on(window, name, () => { say("page", name); if (name === "pagehide" || document.hidden) leave(); });
  })();
  return { say, flush, stop };
}
