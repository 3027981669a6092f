/* Puts the chat page together: history, news, the composer. */
(function () {
  "use strict";
  var T = window.Tijian;
  var text = document.getElementById("text");
  var composer = document.getElementById("composer");
  var submit = document.getElementById("send");
  var file = document.getElementById("file");
  var earlier = document.getElementById("earlier");
  var thinking = document.getElementById("thinking");
  var state = document.getElementById("line-state");
  var touch = window.matchMedia && window.matchMedia("(pointer: coarse)").matches;
  var first = 0;
  var last = 0;
  var seen = {};
  var live = false;
  var expecting = 0;
  var answered = 0;
  var check = null;
  var tray = T.tray("composer", document.getElementById("attached"), able);

  function able() {
    submit.disabled = !(text.value.trim() || (tray && tray.ready().length)) || (tray && tray.pending());
  }

  function grow() {
    text.style.height = "auto";
    text.style.height = Math.min(text.scrollHeight + 2, window.innerHeight * 0.36) + "px";
  }

  var saving = 0;
  function keep() { T.keep(T.local, "draft", text.value || null); }
  text.addEventListener("input", function () { able(); grow(); clearTimeout(saving); saving = setTimeout(keep, 200); });
  window.addEventListener("pagehide", keep);

  /* Enter sends with a keyboard; never while a Chinese input method is composing. */
  text.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || touch) return;
    event.preventDefault();
    if (!submit.disabled) send();
  });

  function send() {
    var words = text.value.trim();
    var files = tray.ready();
    if (!words && !files.length) return;
    text.value = "";
    keep();
    grow();
    tray.clear();
    ask(words, T.sheets.target(), files);
  }

  function ask(words, target, files) {
    T.queue.add({ kind: "send", text: words, case: target || "", files: files || [] });
    able();
  }

  composer.addEventListener("submit", function (event) { event.preventDefault(); if (!submit.disabled) send(); });
  document.getElementById("attach").addEventListener("click", function () { file.click(); });
  file.addEventListener("change", function () { tray.add(file.files); file.value = ""; text.focus(); });
  text.addEventListener("paste", function (event) {
    if (event.clipboardData && event.clipboardData.files.length) { event.preventDefault(); tray.add(event.clipboardData.files); }
  });

  /* Buttons. A few open something here; all others go to the server. */
  function act(press) {
    var parts = press.action.split("|");
    if (press.action === "m|pickup") { T.sheets.open("pickup"); return false; }
    if (press.action === "m|cases") { T.sheets.open("cases"); return false; }
    if (press.action === "m|ask") { T.sheets.aim(""); text.focus(); return false; }
    if (parts[0] === "c" && (parts[1] === "follow" || parts[1] === "supply")) {
      T.sheets.refresh().then(function () { T.sheets.aim(parts[2]); text.focus(); });
      return false;
    }
    T.queue.add({ kind: "press", action: press.action, seq: press.line ? press.line.seq : 0 });
    return true;
  }

  var ONCE = /^[katgxdisy]\|?/;
  T.on("press", function (press) {
    if (!act(press)) return;
    var box = press.button.closest(".buttons");
    press.button.classList.add("chosen");
    press.button.setAttribute("aria-pressed", "true");
    if (ONCE.test(press.action)) box.querySelectorAll("button").forEach(function (each) { each.disabled = true; });
    text.focus({ preventScroll: true });
    if (touch) text.blur();
  });
  T.on("do", act);
  T.on("write", function () { text.focus(); });
  T.on("redo", function (item) { text.value = item.text; T.sheets.aim(item.case); tray.fill(item.files); able(); grow(); text.focus(); });
  document.addEventListener("click", function (event) {
    var pressed = event.target.closest && event.target.closest("[data-press]");
    if (pressed) { T.sheets.close(); act({ action: pressed.dataset.press }); }
    var asked = event.target.closest && event.target.closest("[data-ask]");
    if (asked) ask(asked.dataset.ask, "", []);
  });

  /* Lines. */
  function take(line) {
    if (seen[line.seq]) return;
    seen[line.seq] = true;
    last = Math.max(last, line.seq);
    if (!first || line.seq < first) first = line.seq;
    if (T.queue.arrived(line)) return;
    if (!line.mine) { wait(false); answered = Date.now(); }
    T.draw.append(T.draw.line(line), line.at, line.mine);
    if (line.case) T.refreshCases();
    if (live && line.form === "handover" && !document.hidden) T.sheets.open("handover");
  }

  function wait(is) {
    clearTimeout(expecting);
    thinking.hidden = !is;
    if (!is) return;
    T.draw.toEnd();
    expecting = setTimeout(function () { thinking.hidden = true; }, 15000);
  }
  /* The reply may be here before the server's word that the question came in. */
  T.on("delivered", function (item) { if (!(answered >= item.sent)) wait(true); begin(); });

  function moved(id) {
    T.sheets.refresh().then(function () {
      T.draw.append(T.draw.line({ mine: false, tone: "notice", text: "案件 " + T.caseNumber(id) + " 有新进展。", at: new Date().toISOString(), buttons: [[{ label: "看进展和答复", action: "c|open|" + id + "|0" }]] }), new Date().toISOString(), false);
    });
  }

  function begin() {
    if (check) return;
    check = T.net.listen(function () { return last; }, take, moved);
  }

  earlier.addEventListener("click", function () {
    earlier.disabled = true;
    T.net.get("/chat/history?before=" + first).then(function (data) {
      earlier.disabled = false;
      earlier.hidden = !data.more;
      data.lines.forEach(function (line) { seen[line.seq] = true; });
      if (data.lines.length) first = data.lines[0].seq;
      T.draw.prepend(data.lines);
    }, function () { earlier.disabled = false; });
  });

  var lost = 0;
  T.on("connection", function (name) {
    clearTimeout(lost);
    if (name === "ok") { state.hidden = true; return; }
    lost = setTimeout(function () { state.textContent = navigator.onLine === false ? "没有网络。写好的内容会留着，连上后自动发出。" : "连接断了，正在重连…"; state.hidden = false; }, 4000);
  });
  T.on("say", function (words) {
    state.textContent = words;
    state.hidden = false;
    clearTimeout(lost);
    lost = setTimeout(function () { state.hidden = true; }, 6000);
  });
  document.addEventListener("visibilitychange", function () { if (!document.hidden && check) check(); });
  T.on("opened-case", function () { begin(); });
  T.on("known", begin);

  /* Links of messages outside: a case by its number, or the form. */
  function arrive(cases) {
    var query = new URLSearchParams(location.search);
    var number = (query.get("case") || "").toUpperCase();
    if (number) {
      var found = cases.filter(function (item) { return item.number === number; })[0];
      if (found) { T.sheets.aim(found.open ? found.id : ""); act({ action: "c|open|" + found.id + "|" + found.version }); }
      else T.sheets.pickup(number);
    } else if (query.get("handover")) T.sheets.open("handover");
    if (location.search) history.replaceState(null, "", "/");
  }

  function boot() {
    text.value = T.kept(T.local, "draft", "") || "";
    able();
    grow();
    var log = document.getElementById("log");
    log.setAttribute("aria-busy", "true");
    var cases = T.sheets.refresh();
    T.net.get("/chat/history").then(function (data) {
      var ids = {};
      data.lines.forEach(function (line) { if (line.id) ids[line.id] = true; take(line); });
      earlier.hidden = !data.more;
      if (!data.lines.length) document.getElementById("empty").hidden = false;
      T.queue.restore(ids);
      log.removeAttribute("aria-busy");
      live = true;
      if (data.lines.length) { T.draw.toEnd(); begin(); }
    }, function () { T.emit("connection", "lost"); setTimeout(boot, 4000); });
    cases.then(arrive);
  }
  boot();
})();
