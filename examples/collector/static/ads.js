// A small client-side ad scheduler: a second <video> plays the ads of each break over the content.
// It says what it does in the words of @dailymotion/vast-client and the code around it, which the
// collector's html5 adapter reads.

/**
 * @param content  the content's <video>
 * @param element  the ads' <video>
 * @param breaks   [{id, kind: "pre"|"mid"|"post", at, ads: [{id, src, duration}]}]
 * @param say      (event, detail, element?) => tells the collector
 * @param show     (ad | null, place, size) => lets the page show that an ad plays
 */
export function schedule(content, element, breaks, say, show) {
  const waiting = [...breaks];
  let running = null;

  const take = (kind) => {
    const found = waiting.findIndex((each) => each.kind === kind &&
      (kind !== "mid" || content.currentTime >= each.at));
    return found < 0 ? null : waiting.splice(found, 1)[0];
  };

  function begin(pod) {
    if (!pod || running) return;
    running = { pod, place: -1 };
    say("adrequest", { break: pod.id });
    content.pause();
    content.controls = false;
    say("adresponse", { break: pod.id, ads: pod.ads.map(({ id, duration }) => ({ id, duration })) });
    say("breakstart", { breakId: pod.id, kind: pod.kind, podSize: pod.ads.length,
      startTime: content.currentTime });
    next();
  }

  function next() {
    running.place += 1;
    running.told = false;
    const ad = running.pod.ads[running.place];
    if (!ad) return end();
    show(ad, running.place + 1, running.pod.ads.length);
    element.hidden = false;
    element.muted = content.muted;
    element.volume = content.volume;
    element.src = ad.src;
    element.play().catch(() => {}); // `error` tells, if that is why
  }

  const tell = (event, more) => {
    const { pod, place } = running, ad = pod.ads[place];
    say(event, { ad: ad.id, break: pod.id, pos: place + 1, pod_size: pod.ads.length,
      duration: ad.duration, ...more }, element);
  };

  function end() {
    const { pod } = running;
    running = null;
    show(null);
    element.hidden = true;
    element.removeAttribute("src");
    element.load();
    content.controls = true;
    say("breakend", { breakId: pod.id, kind: pod.kind });
    if (pod.kind === "post") say("alldone", {});
    else content.play().catch(() => {});
  }

  element.addEventListener("playing", () => {
    if (!running || running.told) return;
    running.told = true;
    tell("creativeView");
    tell("start");
  });
  element.addEventListener("ended", () => {
    if (!running) return;
    tell("complete");
    next();
  });
  element.addEventListener("error", () => {
    if (!running || !element.getAttribute("src")) return;
    tell("aderror", { code: 405, message: "the ad cannot be played" });
    next();
  });
  content.addEventListener("play", () => begin(take("pre")));
  content.addEventListener("timeupdate", () => content.paused || begin(take("mid")));
  content.addEventListener("ended", () => begin(take("post")));

  return {
    player: content,
    skip() {
      if (!running) return;
      tell("skip");
      next();
    },
    /** Pauses and goes on with whatever plays. */
    toggle() {
      const playing = running ? element : content;
      if (playing.paused) playing.play().catch(() => {});
      else playing.pause();
    },
  };
}
