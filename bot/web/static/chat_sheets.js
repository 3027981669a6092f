/* The sheets: opening and closing, the list of cases, 取件码. */
(function () {
  "use strict";
  var T = window.Tijian;
  var from = null;
  var known = {};
  var list = document.getElementById("cases");
  var target = document.getElementById("target");
  var row = document.getElementById("target-row");
  var wanted = T.kept(T.local, "target", "");

  function open(name) {
    var sheet = document.getElementById("sheet-" + name);
    var other = document.querySelector("dialog[open]");
    if (other && other !== sheet) close(other, true);
    if (!sheet || sheet.open) return;
    if (!other) from = document.activeElement;
    if (sheet.showModal) sheet.showModal();
    else { sheet.setAttribute("open", ""); sheet.setAttribute("role", "dialog"); document.body.classList.add("sheet-open"); }
    if (name === "cases") refresh();
    T.emit("opened", name);
  }

  function close(sheet, quiet) {
    if (sheet.close) sheet.close();
    else { sheet.removeAttribute("open"); document.body.classList.remove("sheet-open"); }
    if (!quiet && from && from.focus) { from.focus(); from = null; }
  }

  /* The 取件码 is shown once: only a button closes it. */
  function holds(sheet) {
    var receipt = sheet.querySelector("#handover-sent");
    return !!receipt && !receipt.hidden;
  }
  document.getElementById("sheet-handover").addEventListener("cancel", function (event) { if (holds(event.target)) event.preventDefault(); });

  function closeAll() {
    var sheet = document.querySelector("dialog[open]");
    if (sheet) close(sheet);
  }

  document.addEventListener("click", function (event) {
    var opener = event.target.closest && event.target.closest("[data-sheet]");
    if (opener) open(opener.dataset.sheet);
    var closer = event.target.closest && event.target.closest("[data-close]");
    if (closer) close(closer.closest("dialog"));
    if (event.target.tagName === "DIALOG" && !holds(event.target)) {
      var box = event.target.getBoundingClientRect();
      if (event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right) close(event.target);
    }
  });

  /* The target in the composer is always seen; the choice outlives a reload. */
  function aim(id) {
    wanted = id;
    T.keep(T.local, "target", id || null);
    target.value = id;
    if (target.value !== id) target.value = "";
    row.classList.toggle("to-case", target.value !== "");
    document.getElementById("text").placeholder = target.value ? "写给承办人：追问或者补充" : "写下您遇到的事，一次一件";
  }

  function drawTarget(cases) {
    target.textContent = "";
    var fresh = T.draw.el("option", "", "新问题");
    fresh.value = "";
    target.appendChild(fresh);
    cases.forEach(function (item) {
      var option = T.draw.el("option", "", "案件 " + item.number + "（" + item.status + "）");
      option.value = item.id;
      target.appendChild(option);
    });
    row.hidden = cases.length === 0;
    var still = cases.some(function (item) { return item.id === wanted && item.open; });
    aim(still || !cases.length ? wanted : "");
  }

  function drawCases(cases) {
    list.textContent = "";
    document.getElementById("cases-none").hidden = cases.length > 0;
    cases.forEach(function (item) {
      var node = T.draw.el("li", "case " + item.state);
      node.appendChild(T.draw.el("p", "case-number", item.number));
      node.appendChild(T.draw.el("p", "case-state", item.status));
      node.appendChild(T.draw.el("p", "case-topic", item.topic + "，" + item.since + "受理" + (item.here ? "" : "，用取件码打开")));
      if (item.due) node.appendChild(T.draw.el("p", "case-due", item.due));
      var acts = T.draw.el("div", "button-row");
      [["看进展和答复", function () { T.emit("do", { action: "c|open|" + item.id + "|" + item.version }); }],
        ["给承办人写话", function () { aim(item.id); T.emit("write"); }]].forEach(function (each, index) {
        if (index && !item.open) return;
        var button = T.draw.el("button", "choice", each[0]);
        button.type = "button";
        button.addEventListener("click", function () { closeAll(); each[1](); });
        acts.appendChild(button);
      });
      node.appendChild(acts);
      list.appendChild(node);
    });
    var open = cases.filter(function (item) { return item.open; }).length;
    document.querySelectorAll("[data-count]").forEach(function (node) { node.textContent = open; node.hidden = open === 0; });
  }

  function refresh() {
    return T.net.get("/chat/cases").then(function (data) {
      known = {};
      data.cases.forEach(function (item) { known[item.id] = item; });
      drawTarget(data.cases);
      drawCases(data.cases);
      return data.cases;
    }, function () { return []; });
  }

  var soon = 0;
  T.refreshCases = function () { clearTimeout(soon); soon = setTimeout(refresh, 800); };
  T.caseNumber = function (id) { return known[id] ? known[id].number : ""; };

  target.addEventListener("change", function () { aim(target.value); });

  var pickup = document.getElementById("pickup");
  var error = document.getElementById("pickup-error");
  pickup.addEventListener("submit", function (event) {
    event.preventDefault();
    var button = pickup.querySelector("button[type=submit]");
    button.disabled = true;
    error.hidden = true;
    T.net.post("/chat/pickup", { id: T.net.uuid(), number: pickup.number.value, code: pickup.code.value }).then(
      function (data) {
        button.disabled = false;
        if (!data.opened) { fail(data.text); return; }
        pickup.reset();
        closeAll();
        T.emit("opened-case", data.number);
        refresh();
      },
      function (problem) { button.disabled = false; fail(problem.text); }
    );
  });
  function fail(text) {
    error.textContent = text;
    error.hidden = false;
    pickup.code.setAttribute("aria-invalid", "true");
    pickup.code.focus();
  }
  pickup.addEventListener("input", function () { pickup.code.removeAttribute("aria-invalid"); });

  T.on("sheet", open);
  T.sheets = {
    open: open, close: closeAll, refresh: refresh, aim: aim,
    target: function () { return target.value; },
    pickup: function (number) { pickup.number.value = number; open("pickup"); },
  };
})();
