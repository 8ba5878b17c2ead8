// The three ways in which the demonstration page plays its film. Each returns what `watch` wants
// to know of the player, and begins to load only when `load()` is called.
import { schedule } from "./ads.js";

const AD = (id) => ({ id, src: `/media/${id}.mp4`, duration: 4 });
const BREAKS = [
  { id: "pre", kind: "pre", at: 0, ads: [AD("boots")] },
  { id: "mid", kind: "mid", at: 8, ads: [AD("tea"), AD("bikes")] },
  { id: "post", kind: "post", at: 20, ads: [AD("lamps")] },
];
const FILM = "/media/film.mp4";

function script(src) {
  return new Promise((done, failed) => {
    const element = document.createElement("script");
    Object.assign(element, { src, onload: done, onerror: () =>
      failed(new Error(`${src} is missing: the README tells how to install the players.`)) });
    document.head.append(element);
  });
}

export function html5(video, adVideo, withAds, show) {
  return {
    options: { ads: withAds ? adVideo : undefined },
    load(say) {
      video.src = FILM;
      if (!withAds) return { player: video };
      return schedule(video, adVideo, BREAKS, (...said) => say("vast-client", ...said), show);
    },
  };
}

export async function hlsjs(video, _adVideo, withAds, show) {
  await script("/libraries/hls.js/dist/hls.min.js");
  const hls = new window.Hls(), { Events } = window.Hls;
  return {
    options: { hls },
    load() {
      hls.on(Events.INTERSTITIAL_ASSET_STARTED, (_, { event, assetListIndex, asset }) => {
        show({ id: asset.identifier }, assetListIndex + 1, event.assetList.length);
        // hls.js begins a post-roll when the content has ended, and waits for someone to press play.
        if (event.cue.post && video.paused)
          video.addEventListener("canplay", () => video.play().catch(() => {}), { once: true });
      });
      hls.on(Events.INTERSTITIAL_ENDED, () => {
        show(null);
        // Sometimes hls.js 1.7 forgets to load the content after a pre-roll.
        setTimeout(() => video.readyState || hls.startLoad(), 1500);
      });
      hls.loadSource(withAds ? "/media/hls/with-ads.m3u8" : "/media/hls/film/index.m3u8");
      hls.attachMedia(video);
      return { player: video, skip: () => hls.interstitialsManager?.skip() };
    },
  };
}

export async function videojs(video, _adVideo, withAds, show) {
  const sheet = document.createElement("link");
  Object.assign(sheet, { rel: "stylesheet", href: "/libraries/video.js/dist/video-js.min.css" });
  document.head.prepend(sheet);
  await script("/libraries/video.js/dist/video.min.js");
  video.className = "video-js";
  const player = window.videojs(video, { fill: true });
  if (withAds) {
    await script("/libraries/videojs-contrib-ads/dist/videojs-contrib-ads.min.js");
    player.ads({ timeout: 2000 });
  }
  return {
    options: { videojs: player },
    load() {
      if (withAds) provide(player, show);
      player.src({ src: FILM, type: "video/mp4" });
      return { player };
    },
  };
}

// An ad provider for contrib-ads: plays the breaks in the content's own element.
function provide(player, show) {
  const waiting = [...BREAKS];
  const take = (kind) => {
    const found = waiting.findIndex((each) => each.kind === kind &&
      (kind !== "mid" || player.currentTime() >= each.at));
    return found < 0 ? null : waiting.splice(found, 1)[0];
  };

  function play(pod) {
    player.ads.startLinearAdMode();
    player.ads.pod = { id: pod.id, size: pod.ads.length, kind: pod.kind };
    player.trigger("ads-pod-started");
    const next = (index) => {
      const ad = pod.ads[index];
      if (!ad) {
        show(null);
        player.trigger("ads-pod-ended");
        return player.ads.endLinearAdMode();
      }
      player.ads.ad = { id: ad.id, index, duration: ad.duration, type: pod.kind + "roll" };
      show(ad, index + 1, pod.ads.length);
      player.src({ src: ad.src, type: "video/mp4" });
      player.one("adplaying", () => player.trigger("ads-ad-started"));
      player.one("adended", () => {
        player.trigger("ads-ad-ended");
        next(index + 1);
      });
      player.play();
    };
    next(0);
  }

  player.on("readyforpreroll", () => {
    const pod = take("pre");
    if (pod) play(pod);
    else player.trigger("nopreroll");
  });
  player.on("timeupdate", () => {
    const pod = !player.ads.isInAdMode() && !player.paused() && take("mid");
    if (pod) play(pod);
  });
  player.on("readyforpostroll", () => {
    const pod = take("post");
    if (pod) play(pod);
    else player.trigger("nopostroll");
  });
  player.trigger("adsready");
}
