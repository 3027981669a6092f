/* 找人工: the form, who will see it, the receipt. Nothing is sent before the owner saw who reads it. */
(function () {
  "use strict";
  var T = window.Tijian;
  var form = document.getElementById("handover");
  var preview = document.getElementById("handover-preview");
  var sent = document.getElementById("handover-sent");
  var noParty = document.getElementById("h-no-party");
  var noRegion = document.getElementById("h-no-region");
  var problem = document.getElementById("handover-error");
  var file = document.getElementById("h-file");
  var NAMES = ["other_party", "situation", "court", "region", "question", "email", "phone", "name", "company"];
  var begun = T.kept(T.local, "form", {});
  var shown = "";
  var tray = T.tray("form", document.getElementById("h-attached"), function () {});

  function radio(name) { var found = form.querySelector("input[name=" + name + "]:checked"); return found ? found.value : ""; }
  function pick(name, value) { var found = form.querySelector("input[name=" + name + "][value='" + value + "']"); if (found) found.checked = true; }

  function values() {
    var made = { id: begun.id, asked: begun.asked || "", topic: begun.topic || "", side: radio("side"), notify: radio("notify") };
    NAMES.forEach(function (name) { made[name] = form.elements[name].value; });
    if (noParty.checked) made.other_party = "";
    if (noRegion.checked) made.region = "none";
    if (made.situation !== "procedure") made.court = "";
    if (made.notify !== "email") made.email = "";
    if (made.notify !== "phone" && made.notify !== "webhook") made.phone = "";
    return made;
  }

  function depends() {
    form.elements.other_party.disabled = noParty.checked;
    form.elements.region.disabled = noRegion.checked;
    document.getElementById("h-court-field").hidden = form.elements.situation.value !== "procedure";
    document.getElementById("h-email-field").hidden = radio("notify") !== "email";
    document.getElementById("h-phone-field").hidden = radio("notify") !== "phone" && radio("notify") !== "webhook";
  }

  function save() {
    NAMES.forEach(function (name) { begun[name] = form.elements[name].value; });
    begun.side = radio("side"); begun.notify = radio("notify");
    begun.noParty = noParty.checked; begun.noRegion = noRegion.checked;
    T.keep(T.local, "form", begun);
  }

  function fill(from) {
    NAMES.forEach(function (name) { if (from[name]) form.elements[name].value = from[name]; });
    if (from.side) pick("side", from.side);
    if (from.notify) pick("notify", from.notify);
    noParty.checked = !!from.noParty; noRegion.checked = !!from.noRegion;
    depends();
  }

  function step(name) {
    form.hidden = name !== "form";
    preview.hidden = name !== "preview";
    sent.hidden = name !== "sent";
    document.getElementById("sheet-handover").scrollTop = 0;
  }

  T.on("opened", function (name) {
    if (name !== "handover") return;
    if (!sent.hidden) reset();
    step("form");
    if (!begun.id) begun.id = T.net.uuid();
    fill(begun);
    /* A question asked since then goes before what was typed for another one. */
    T.net.get("/chat/handover").then(function (data) {
      if (data.asked && data.asked !== begun.asked) { begun.question = ""; begun.situation = ""; }
      ["question", "situation", "side", "region", "other_party", "email", "phone", "name"].forEach(function (key) { if (!begun[key] && data[key]) begun[key] = data[key]; });
      begun.asked = data.asked || begun.asked || "";
      begun.topic = data.topic || begun.topic || "";
      fill(begun);
      save();
    }, function () {});
  });

  function reset() {
    begun = {};
    form.reset();
    T.keep(T.local, "form", null);
    depends();
  }

  function complain(errors) {
    var first = null;
    form.querySelectorAll("[data-field]").forEach(function (field) {
      var box = field.querySelector(":scope > .error");
      var text = errors[field.dataset.field] || "";
      if (!box) return;
      box.textContent = text;
      box.hidden = !text;
      var control = field.querySelector("input, select, textarea");
      if (text) {
        field.hidden = false;
        if (field.closest("details")) field.closest("details").open = true;
        control.setAttribute("aria-invalid", "true");
        first = first || control;
      } else control.removeAttribute("aria-invalid");
    });
    if (first) first.focus();
    return !!first;
  }

  function send(confirmed) {
    var body = values();
    body.files = tray.ready().map(function (each) { return each.id; });
    body.confirmed = confirmed;
    body.shown = shown;
    return T.net.post("/chat/form", body);
  }

  form.addEventListener("input", function () { depends(); save(); });
  form.addEventListener("change", function () { depends(); save(); });
  document.getElementById("h-attach").addEventListener("click", function () { file.click(); });
  file.addEventListener("change", function () { tray.add(file.files); file.value = ""; });

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    problem.hidden = true;
    if (tray.pending()) { tell(problem, "附件还在上传，请等一下。"); return; }
    var errors = {};
    if (!noParty.checked && !form.elements.other_party.value.trim()) errors.other_party = "请写对方名称，或者勾选“没有对方，或者说不清”。";
    if (complain(errors)) return;
    busy(form, true);
    send(false).then(function (data) {
      busy(form, false);
      if (complain(data.errors)) return;
      if (data.number && !data.sent) { tell(problem, data.preview); return; }
      shown = data.shown;
      var box = document.getElementById("preview-text");
      box.textContent = "";
      T.draw.paragraphs(box, data.preview, false);
      document.getElementById("preview-send").hidden = data.refused;
      document.getElementById("preview-title").textContent = data.refused ? "这件事请找" : "发出之前，看清谁会看到";
      document.getElementById("preview-error").hidden = true;
      step("preview");
      document.getElementById("preview-title").focus();
    }, function (error) { busy(form, false); tell(problem, error.text); });
  });

  document.getElementById("preview-back").addEventListener("click", function () { step("form"); form.elements.question.focus(); });
  document.getElementById("preview-send").addEventListener("click", function () {
    busy(preview, true);
    send(true).then(function (data) {
      busy(preview, false);
      if (Object.keys(data.errors).length) { step("form"); complain(data.errors); return; }
      if (!data.sent && data.number) { receipt({ number: data.number, code: "", text: data.preview }); return; }
      if (!data.sent) { shown = data.shown; tell(document.getElementById("preview-error"), "内容有变化，请再看一遍谁会看到，然后确认。"); return; }
      receipt(data.sent);
    }, function (error) { busy(preview, false); tell(document.getElementById("preview-error"), error.text + "请再点一次“确认发出”，不会重复受理。"); });
  });

  function receipt(made) {
    document.getElementById("sent-number").textContent = made.number;
    document.getElementById("sent-code").textContent = made.code || "（已在另一处显示过）";
    document.getElementById("sent-warning").hidden = !made.code;
    document.getElementById("sent-copy").hidden = !made.code;
    document.getElementById("sent-copied").textContent = "";
    document.getElementById("sent-rest").textContent = made.text.split("\n").filter(function (line) { return line.indexOf(made.number) < 0 && !/^取件码/.test(line); }).join("\n");
    step("sent");
    document.getElementById("sent-title").focus();
    tray.clear();
    begun = {};
    T.keep(T.local, "form", null);
    T.refreshCases();
  }

  document.getElementById("sent-copy").addEventListener("click", function () {
    var text = "案件编号 " + document.getElementById("sent-number").textContent + " 取件码 " + document.getElementById("sent-code").textContent;
    copy(text).then(
      function () { document.getElementById("sent-copied").textContent = "已复制，请粘贴到安全的地方保存。"; },
      function () { document.getElementById("sent-copied").textContent = "这个浏览器不让复制，请截图或者抄下来。"; }
    );
  });

  /* The old way still works where the clipboard is closed (plain http, old WebViews). */
  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    var area = T.draw.el("textarea", "sr");
    area.value = text;
    sent.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject();
  }

  function tell(box, text) { box.textContent = text; box.hidden = false; }
  function busy(box, is) { box.querySelectorAll("button").forEach(function (each) { each.disabled = is; }); }
})();
