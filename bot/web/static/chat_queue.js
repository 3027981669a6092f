/* What the owner sent and the server has not confirmed yet: kept over reloads, sent in order, each with an id of its own
   so that sending again has no second effect. */
(function () {
  "use strict";
  var T = window.Tijian;
  var waiting = T.kept(T.local, "outbox", []);
  var words = T.kept(T.session, "words", {});
  var nodes = {};
  var busy = false;
  var tries = 0;
  var timer = 0;

  function save() { T.keep(T.local, "outbox", waiting.length ? waiting : null); }

  /* Words that the server does not store (no consent) stay in this tab only. */
  T.unkept = function (id) { return words[id] ? words[id].text : ""; };
  function remember(item) {
    words[item.id] = { text: item.text, at: item.at };
    var ids = Object.keys(words);
    while (ids.length > 30) delete words[ids.shift()];
    T.keep(T.session, "words", words);
  }

  function add(item) {
    item.id = T.net.uuid();
    item.at = new Date().toISOString();
    waiting.push(item);
    save();
    if (item.kind === "send") {
      remember(item);
      show(item);
      T.draw.append(nodes[item.id], item.at, true);
    }
    clearTimeout(timer);
    tries = 0;
    flush();
    return item.id;
  }

  function show(item) {
    nodes[item.id] = T.draw.mine({ id: item.id, text: item.text, case: item.case, files: item.files });
    mark(item, item.refused ? "refused" : "sending");
  }

  function mark(item, name, text) {
    var node = nodes[item.id];
    if (!node) return;
    node.classList.toggle("waiting", name !== "sent");
    node.classList.toggle("failed", name === "refused" || name === "lost");
    if (name === "sending") T.draw.state(node, "发送中…");
    else if (name === "sent") T.draw.state(node, "已送达");
    else if (name === "lost") T.draw.state(node, "未送达 ", [{ label: "重试", run: retry }]);
    else T.draw.state(node, (text || item.refused) + " ", [
      { label: "重试", run: function () { item.refused = ""; retry(); } },
      { label: "取回修改", run: function () { drop(item); T.emit("redo", item); } },
    ]);
  }

  function drop(item) {
    waiting = waiting.filter(function (each) { return each.id !== item.id; });
    save();
    if (nodes[item.id]) nodes[item.id].remove();
    delete nodes[item.id];
  }

  function retry() { clearTimeout(timer); tries = 0; waiting.forEach(function (each) { if (!each.refused) mark(each, "sending"); }); flush(); }

  function deliver(item) {
    if (item.kind === "send") {
      return T.net.post("/chat/send", { id: item.id, text: item.text, case: item.case, files: item.files.map(function (f) { return f.id; }) });
    }
    var body = { id: item.id, action: item.action, seq: item.seq };
    if (item.action === "k|keep|1") {
      body.words = Object.keys(words).map(function (id) { return { id: id, text: words[id].text }; });
    }
    return T.net.post("/chat/press", body);
  }

  function flush() {
    if (busy) return;
    var item = waiting.find(function (each) { return !each.refused; });
    if (!item) return;
    busy = true;
    item.sent = Date.now();
    deliver(item).then(function () {
      busy = false;
      tries = 0;
      waiting = waiting.filter(function (each) { return each.id !== item.id; });
      save();
      mark(item, "sent");
      T.emit("delivered", item);
      flush();
    }, function (problem) {
      busy = false;
      if (problem.offline || problem.status === 429 || problem.status === 503 || problem.status === 500) {
        tries += 1;
        if (tries > 2) mark(item, "lost");
        timer = setTimeout(flush, Math.max(problem.wait * 1000, Math.min(30000, 1000 * Math.pow(2, tries - 1))));
        return;
      }
      if (item.kind === "press") { drop(item); T.emit("say", problem.text); }
      else { item.refused = problem.text; save(); mark(item, "refused"); }
      flush();
    });
  }

  /* The server's line of something sent here takes the place of the waiting one. */
  function arrived(line) {
    var node = line.mine && line.id ? nodes[line.id] : null;
    if (!node) return false;
    T.draw.state(node, "已送达");
    node.classList.remove("waiting", "failed");
    delete nodes[line.id];
    return true;
  }

  /* After a reload: what is not confirmed stands at the end again, unless the server has it. */
  function restore(known) {
    waiting = waiting.filter(function (item) { return !known[item.id]; });
    save();
    waiting.forEach(function (item) {
      if (item.kind !== "send") return;
      show(item);
      T.draw.append(nodes[item.id], item.at, true);
    });
    flush();
  }

  window.addEventListener("online", retry);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) flush(); });
  T.queue = { add: add, arrived: arrived, restore: restore };
})();
