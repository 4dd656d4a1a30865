// Lets the search work on pages opened from a disk, where browsers refuse to start workers: a worker
// there is a hidden frame that runs the same script and talks by messages.
"use strict";
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      this.waiting = [];
      window.addEventListener("message", ({ source, data }) => {
        if (source !== frame.contentWindow) return;
        const event = new MessageEvent("message", { data });
        this.dispatchEvent(event);
        this.onmessage?.(event);
      });
      frame.addEventListener("load", () => {
        const inside = frame.contentWindow;
        inside.postMessage = (data) => window.dispatchEvent(new MessageEvent("message", { source: inside, data }));
        inside.importScripts = (...urls) => Promise.all(urls.map((address) => this.load(frame, address)));
        this.load(frame, url).then(() => {
          this.deliver = (data) => inside.dispatchEvent(new MessageEvent("message", { data }));
          this.waiting.forEach((data) => this.deliver(data));
        });
      }, { once: true });
      frame.srcdoc = "<!doctype html><title>search</title>";
    }

    load(frame, url) {
      return new Promise((done, failed) => {
        const script = frame.contentDocument.createElement("script");
        script.src = url;
        script.onload = done;
        script.onerror = failed;
        frame.contentDocument.body.append(script);
      });
    }

    postMessage(data) {
      if (this.deliver) this.deliver(data);
      else this.waiting.push(data);
    }

    terminate() {}
  };
}
