/* Talking to the server: one token, one session begun once, news by event stream or by asking. */
(function () {
  "use strict";
  var T = (window.Tijian = window.Tijian || {});
  var meta = document.querySelector("meta[name=csrf]");
  var token = meta ? meta.content : "";
  var known = !!document.querySelector("meta[name=known][content='1']");
  var starting = null;

  /* A problem the server named: code, sentence, seconds to wait. `offline` where no answer came. */
  function Problem(status, error) {
    this.status = status;
    this.code = (error && error.code) || "";
    this.text = (error && error.text) || "没有连上服务器。";
    this.wait = (error && error.wait_s) || 0;
    this.offline = status === 0 || status >= 502;
  }

  function uuid() {
    var b = new Uint8Array(16);
    crypto.getRandomValues(b);
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    var h = Array.prototype.map.call(b, function (x) { return (x + 256).toString(16).slice(1); }).join("");
    return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");
  }

  function take(data) {
    if (data.csrf) token = data.csrf;
    if (data.known) known = true;
    return data;
  }

  function answer(response) {
    return response.json().then(
      function (data) {
        if (response.ok) return take(data);
        throw new Problem(response.status, data.error);
      },
      function () { throw new Problem(response.status, null); }
    );
  }

  function request(url, options) {
    return fetch(url, options).then(answer, function () { throw new Problem(0, null); });
  }

  function get(url) {
    return request(url, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
  }

  function raw(url, body) {
    return request(url, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": token },
      credentials: "same-origin",
      body: JSON.stringify(body || {}),
    });
  }

  /* Posts; a token that is too old (logged in elsewhere, page left open) is fetched anew once. */
  function fresh(act) {
    return act().catch(function (problem) {
      if (problem.code !== "stale_page") throw problem;
      return get("/chat/state").then(act);
    });
  }

  /* The first post of a device makes its session: what follows waits for it. */
  function ready() {
    if (known) return Promise.resolve();
    if (!starting) {
      starting = fresh(function () { return raw("/chat/start"); }).then(
        function () { known = true; starting = null; T.emit("known"); },
        function (problem) { starting = null; throw problem; }
      );
    }
    return starting;
  }

  function post(url, body) {
    return ready().then(function () { return fresh(function () { return raw(url, body); }); });
  }

  /* A file with progress(0..1); `abort` in the returned object stops it. */
  function upload(file, name, progress) {
    var xhr = new XMLHttpRequest();
    var stopped = false;
    function once() {
      return new Promise(function (resolve, reject) {
        if (stopped) { reject(new Problem(1, { code: "stopped", text: "" })); return; }
        xhr.open("POST", "/chat/upload?name=" + encodeURIComponent(name));
        xhr.setRequestHeader("X-CSRF-Token", token);
        xhr.setRequestHeader("Accept", "application/json");
        xhr.setRequestHeader("Content-Type", "application/octet-stream");
        xhr.upload.onprogress = function (event) { if (event.lengthComputable) progress(event.loaded / event.total); };
        xhr.onerror = function () { reject(new Problem(0, null)); };
        xhr.onabort = function () { reject(new Problem(1, { code: "stopped", text: "" })); };
        xhr.onload = function () {
          var data = null;
          try { data = JSON.parse(xhr.responseText); } catch (e) { data = null; }
          if (xhr.status >= 200 && xhr.status < 300 && data) resolve(take(data));
          else reject(new Problem(xhr.status, data && data.error));
        };
        xhr.send(file);
      });
    }
    return {
      done: ready().then(function () { return fresh(once); }),
      abort: function () { stopped = true; xhr.abort(); },
    };
  }

  /* News. `after()` gives the last number seen, `line(data)` takes a line, `moved(id)` an opened case. */
  function listen(after, line, moved) {
    var source = null;
    var polling = 0;
    var greeted = 0;
    var again = 0;
    function state(name) { T.emit("connection", name); }
    function poll() {
      clearTimeout(polling);
      get("/chat/lines?after=" + after()).then(
        function (data) { data.lines.forEach(line); state("ok"); },
        function (problem) { state(problem.status === 404 ? "ok" : "lost"); }
      ).then(function () { if (!source) polling = setTimeout(poll, 4000); });
    }
    function fallBack() {
      if (source) { source.close(); source = null; }
      clearTimeout(greeted);
      poll();
      clearTimeout(again);
      again = setTimeout(open, 60000);
    }
    function open() {
      if (!window.EventSource) { fallBack(); return; }
      clearTimeout(polling);
      if (source) source.close();
      source = new EventSource("/chat/events?after=" + after());
      greeted = setTimeout(fallBack, 8000);
      source.addEventListener("hello", function () { clearTimeout(greeted); state("ok"); });
      source.addEventListener("line", function (event) { line(JSON.parse(event.data)); });
      source.addEventListener("case", function (event) { moved(JSON.parse(event.data).id); });
      source.addEventListener("bye", function () { source.close(); source = null; location.reload(); });
      source.onerror = function () {
        state("lost");
        clearTimeout(greeted);
        if (!source || source.readyState === 2) fallBack();
      };
    }
    open();
    return function () { if (!source || source.readyState !== 1) open(); };
  }

  var listeners = {};
  T.on = function (name, act) { (listeners[name] = listeners[name] || []).push(act); };
  T.emit = function (name, value) { (listeners[name] || []).forEach(function (act) { act(value); }); };
  T.net = {
    get: get, post: post, upload: upload, listen: listen, uuid: uuid,
    isKnown: function () { return known; },
  };

  /* Storage may be forbidden or full: then things live as long as the page. */
  T.keep = function (store, name, value) {
    try {
      if (value === null) store.removeItem("tijian." + name);
      else store.setItem("tijian." + name, JSON.stringify(value));
    } catch (e) { /* nothing kept */ }
  };
  T.kept = function (store, name, otherwise) {
    try {
      var text = store.getItem("tijian." + name);
      return text === null ? otherwise : JSON.parse(text);
    } catch (e) { return otherwise; }
  };
  T.local = (function () { try { return window.localStorage; } catch (e) { return null; } })();
  T.session = (function () { try { return window.sessionStorage; } catch (e) { return null; } })();
})();
