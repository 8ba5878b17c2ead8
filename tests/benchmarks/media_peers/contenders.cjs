"use strict";

/* A library at work in the page: told once to watch an element of its own and, in the end, that the
 * viewer leaves. Each is used with its defaults. */

const { page } = require("./page.cjs");

const TITLE = "The Long Way Round";

/** mux-embed: listens to the element by itself. */
function mux(load) {
  const library = load("mux-embed");
  return {
    watch(video, id) {
      library.monitor(video, {
        data: {
          env_key: "bench",
          video_id: id,
          video_title: TITLE,
          viewer_user_id: "user-4711",
          player_init_time: page.now,
        },
      });
      return () => library.destroyMonitor(video);
    },
    names: (body) => JSON.parse(body).events.map((event) => event.e),
  };
}

/** bitmovin-analytics: its adapter of the element listens by itself. */
function bitmovin(load) {
  const library = load("bitmovin-analytics");
  return {
    watch(video, id) {
      const config = { key: "bench", videoId: id, title: TITLE, customUserId: "user-4711" };
      new library.HTMLVideoElementAdapter(config, video);
      return page.leave; // it has no other end
    },
    names: (body) => {
      if (typeof body !== "string") return ["beacon"]; // a Blob, as the page is left
      const sample = JSON.parse(body);
      return [sample.errorCode === undefined ? sample.state : "error"];
    },
  };
}

/** Snowplow's media plugin: it listens to nothing, and is called for what it has a call for. */
function snowplow(load) {
  const media = load("@snowplow/browser-plugin-media");
  load("@snowplow/browser-tracker").newTracker("sp", "https://collector.example.com", {
    appId: "bench",
    plugins: [media.SnowplowMediaPlugin()],
  });
  const told = {
    loadedmetadata: media.trackMediaReady,
    play: media.trackMediaPlay,
    pause: media.trackMediaPause,
    ended: media.trackMediaEnd,
    seeking: media.trackMediaSeekStart,
    seeked: media.trackMediaSeekEnd,
    waiting: media.trackMediaBufferStart,
    playing: media.trackMediaBufferEnd,
    timeupdate: media.updateMediaTracking,
    error: media.trackMediaError,
  };
  return {
    watch(video, id) {
      media.startMediaTracking({
        id,
        pings: true,
        boundaries: [10, 25, 50, 75],
        player: { label: TITLE, mediaType: "video", duration: 0 },
      });
      const say = (call, more) => {
        call({ id, player: { currentTime: video.currentTime }, ...more });
        page.owed = true;
      };
      for (const [event, call] of Object.entries(told)) {
        video.addEventListener(event, () => say(call));
      }
      video.addEventListener("durationchange", () => {
        const { currentTime, duration } = video;
        if (duration > 0) say(media.updateMediaTracking, { player: { currentTime, duration } });
      });
      video.addEventListener("ratechange", () =>
        say(media.trackMediaPlaybackRateChange, { newRate: video.playbackRate }),
      );
      video.addEventListener("volumechange", () =>
        say(media.trackMediaVolumeChange, { newVolume: Math.round(video.volume * 100) }),
      );
      return () => {
        media.endMediaTracking({ id });
        page.owed = true;
      };
    },
    names: (body) =>
      JSON.parse(body).data.map((event) => {
        const said = event.ue_px ? Buffer.from(event.ue_px, "base64").toString() : event.ue_pr;
        return JSON.parse(said).data.schema.split("/")[1].replace("_event", "");
      }),
  };
}

/** Nobody: what the page and the loop over the callbacks cost themselves. */
function nobody() {
  return {
    watch(video) {
      video.addEventListener("timeupdate", () => page.requests);
      return () => {};
    },
    names: () => [],
  };
}

module.exports = { mux, bitmovin, snowplow, nobody };
