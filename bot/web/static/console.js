// The console works without this file. It adds: tabs of the composer, drafts kept in the browser, quoting, live counts,
// and the ring for urgent cases.
(function () {
  "use strict";
  var find = function (selector, root) { return (root || document).querySelector(selector); };
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var store = {
    get: function (key) { try { return localStorage.getItem(key); } catch (error) { return null; } },
    set: function (key, value) { try { if (value) { localStorage.setItem(key, value); } else { localStorage.removeItem(key); } return true; } catch (error) { return false; } }
  };

  // --- composer -----------------------------------------------------------------------------------------------------
  var composer = find("#composer");
  if (composer) {
    var tabs = all("[role=tab]", composer);
    var choose = function (mode, focus) {
      tabs.forEach(function (tab) {
        var mine = tab.id === "tab-" + mode;
        tab.setAttribute("aria-selected", mine ? "true" : "false");
        tab.tabIndex = mine ? 0 : -1;
        find("#" + tab.getAttribute("aria-controls")).hidden = !mine;
        if (mine && focus) { tab.focus(); }
      });
    };
    tabs.forEach(function (tab, index) {
      tab.addEventListener("click", function () { choose(tab.id.slice(4), false); });
      tab.addEventListener("keydown", function (event) {
        var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) { event.preventDefault(); choose(tabs[(index + step + tabs.length) % tabs.length].id.slice(4), true); }
      });
    });
    choose(composer.dataset.mode, false);
    find(".keys", composer).hidden = false;
    var sent = find(".alert.good") !== null;
    all("textarea[data-draft]", composer).forEach(function (area) {
      var key = "tijian.draft." + composer.dataset.case + "." + area.dataset.draft;
      var hint = find("[data-saved]", area.form);
      var sending = key + ".sent";
      if (sent && store.get(sending)) { store.set(key, ""); }
      store.set(sending, "");
      var kept = store.get(key);
      if (kept && !area.value) { area.value = kept; if (hint) { hint.hidden = false; } }
      area.addEventListener("input", function () {
        var good = store.set(key, area.value);
        if (hint) { hint.hidden = !good || !area.value; }
      });
      area.addEventListener("keydown", function (event) {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); area.form.requestSubmit(); }
      });
      area.form.addEventListener("submit", function () { store.set(sending, "1"); });
    });
    all("[data-quote]").forEach(function (button) {
      var area = find("#body-answer");
      if (!area) { return; }
      button.hidden = false;
      button.addEventListener("click", function () {
        choose("answer", false);
        area.value = (area.value ? area.value.replace(/\s+$/, "") + "\n\n" : "") + button.dataset.quote;
        area.dispatchEvent(new Event("input"));
        area.focus();
        area.scrollIntoView({ block: "center" });
      });
    });
  }

  // --- small things ---------------------------------------------------------------------------------------------------
  all("form").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.busy) { event.preventDefault(); return; }
      if (form.method === "post") { form.dataset.busy = "1"; setTimeout(function () { delete form.dataset.busy; }, 4000); }
    });
  });
  all("[data-copy]").forEach(function (button) {
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(find("#" + button.dataset.copy).value).then(function () { button.textContent = "已复制"; });
    });
  });
  all(".me").forEach(function (menu) {
    document.addEventListener("click", function (event) { if (menu.open && !menu.contains(event.target)) { menu.open = false; } });
    menu.addEventListener("keydown", function (event) { if (event.key === "Escape") { menu.open = false; find("summary", menu).focus(); } });
  });

  // --- live -----------------------------------------------------------------------------------------------------------
  var main = find("main[data-live]");
  var bell = find("#bell");
  var ring = find("#ring");
  var audio = null;
  var on = store.get("tijian.bell") === "1";
  var show = function () {
    bell.setAttribute("aria-pressed", on ? "true" : "false");
    find(".bell-words", bell).textContent = "紧急提醒：" + (on ? "开" : "关");
  };
  var wakeAudio = function () {
    // Browsers give sound only after a gesture of the person.
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!audio && Context) { audio = new Context(); }
    if (audio && audio.state === "suspended") { audio.resume(); }
  };
  var beep = function () {
    if (!audio || audio.state !== "running") { return; }
    [0, 0.25, 0.5].forEach(function (after) {
      var tone = audio.createOscillator();
      var volume = audio.createGain();
      tone.frequency.value = 880;
      volume.gain.setValueAtTime(0.0001, audio.currentTime + after);
      volume.gain.exponentialRampToValueAtTime(0.25, audio.currentTime + after + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + after + 0.18);
      tone.connect(volume);
      volume.connect(audio.destination);
      tone.start(audio.currentTime + after);
      tone.stop(audio.currentTime + after + 0.2);
    });
  };
  if (bell) {
    bell.hidden = false;
    show();
    bell.addEventListener("click", function () {
      on = !on;
      store.set("tijian.bell", on ? "1" : "");
      if (on) {
        wakeAudio();
        beep();
        if (window.Notification && Notification.permission === "default") { Notification.requestPermission(); }
      }
      show();
    });
    if (on) { document.addEventListener("pointerdown", wakeAudio, { once: true }); }
  }
  var pop = function (news) {
    ring.textContent = "";
    var words = document.createElement("p");
    var head = document.createElement("strong");
    head.textContent = "紧急案件，还没有人签收";
    words.append(head, document.createElement("br"), news.number + "｜" + news.topic + "｜" + news.region);
    var open = document.createElement("a");
    open.className = "button small";
    open.href = "/console/cases/" + encodeURIComponent(news.id);
    open.textContent = "打开案件";
    var close = document.createElement("button");
    close.type = "button";
    close.className = "quiet";
    close.textContent = "知道了";
    close.addEventListener("click", function () { ring.hidden = true; });
    var row = document.createElement("div");
    row.className = "row";
    row.append(open, close);
    ring.append(words, row);
    ring.hidden = false;
    beep();
    if (document.hidden && window.Notification && Notification.permission === "granted") {
      new Notification("紧急案件 " + news.number, { body: "还没有人签收", tag: news.id });
    }
  };
  var first = null;
  var fill = function (counts) {
    all("[data-count]").forEach(function (place) {
      var count = counts[place.dataset.count];
      if (count === undefined) { return; }
      place.textContent = count;
      place.hidden = place.dataset.count === "tasks" && !count;
      if (count) { delete place.dataset.zero; } else { place.dataset.zero = "1"; }
    });
    var now = JSON.stringify(counts);
    var news = find("#news");
    if (first !== null && first !== now && news && !main.dataset.live.includes("case=")) { news.hidden = false; }
    if (first === null) { first = now; }
  };
  all("[data-count]").forEach(function (place) { if (place.textContent === "0") { place.dataset.zero = "1"; } });
  if (main && window.EventSource) {
    var source = new EventSource(main.dataset.live);
    var lost = null;
    source.addEventListener("open", function () { if (lost) { lost.remove(); lost = null; } });
    source.addEventListener("error", function () {
      if (lost) { return; }
      lost = document.createElement("p");
      lost.className = "lost";
      lost.textContent = "连接断了，正在重连";
      document.body.append(lost);
    });
    source.addEventListener("counts", function (event) { fill(JSON.parse(event.data)); });
    source.addEventListener("case", function () { var news = find("#news"); if (news) { news.hidden = false; } });
    source.addEventListener("bye", function () { source.close(); location.reload(); });
    source.addEventListener("urgent", function (event) {
      var news = JSON.parse(event.data);
      var seen = sessionStorage.getItem("tijian.rung." + news.id);
      sessionStorage.setItem("tijian.rung." + news.id, "1");
      if (on && !(seen && news.old)) { pop(news); }
    });
    window.addEventListener("pagehide", function () { source.close(); });
  }
})();
