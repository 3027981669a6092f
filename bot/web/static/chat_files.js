/* Attachments: sent as soon as they are chosen, with progress; unfinished ones are sent anew after a reload. */
(function () {
  "use strict";
  var T = window.Tijian;
  var input = document.getElementById("file");
  var LIMIT = Number(input.dataset.limit) * 1024 * 1024;
  var MOST = Number(input.dataset.most);

  /* A small store for the bytes of unfinished uploads. Where there is none, they live as long as the page. */
  function store(mode, act) {
    return new Promise(function (resolve) {
      var open;
      try { open = window.indexedDB.open("tijian-uploads", 1); } catch (e) { resolve(null); return; }
      open.onupgradeneeded = function () { open.result.createObjectStore("files", { keyPath: "id" }); };
      open.onerror = function () { resolve(null); };
      open.onsuccess = function () {
        var db = open.result;
        try {
          var asked = act(db.transaction("files", mode).objectStore("files"));
          asked.onsuccess = function () { resolve(asked.result); db.close(); };
          asked.onerror = function () { resolve(null); db.close(); };
        } catch (e) { resolve(null); db.close(); }
      };
    });
  }

  /* One tray: a list of chips under `box`; `changed` is told whenever a file came, went or was finished. */
  function tray(name, box, changed) {
    var items = T.kept(T.local, "files." + name, []).map(function (file) { return { id: file.id, name: file.name, size: file.size, image: file.image, done: true }; });

    function save() {
      var done = items.filter(function (each) { return each.done; });
      T.keep(T.local, "files." + name, done.length ? done : null);
      box.hidden = items.length === 0;
      changed();
    }

    function chip(item) {
      var node = T.draw.el("li", "chip");
      var label = T.draw.el("span", "chip-name", item.name);
      var note = T.draw.el("span", "chip-note", item.done ? T.draw.size(item.size) : "");
      var bar = T.draw.el("progress");
      bar.max = 1;
      bar.value = 0;
      bar.hidden = !!item.done;
      bar.setAttribute("aria-label", item.name + "上传进度");
      var again = T.draw.el("button", "quiet", "重试");
      again.type = "button";
      again.hidden = true;
      again.addEventListener("click", function () { send(item); });
      var gone = T.draw.el("button", "chip-x", "×");
      gone.type = "button";
      gone.setAttribute("aria-label", "去掉附件" + item.name);
      gone.addEventListener("click", function () { remove(item); });
      [label, note, bar, again, gone].forEach(function (each) { node.appendChild(each); });
      item.node = node; item.note = note; item.bar = bar; item.again = again;
      box.appendChild(node);
    }

    function remove(item) {
      if (item.sending) item.sending.abort();
      items = items.filter(function (each) { return each !== item; });
      item.node.remove();
      if (item.local) store("readwrite", function (files) { return files.delete(item.local); });
      save();
    }

    function send(item) {
      item.again.hidden = true;
      item.bar.hidden = false;
      item.failed = false;
      item.note.textContent = "上传中";
      item.sending = T.net.upload(item.file, item.name, function (part) { item.bar.value = part; });
      item.sending.done.then(function (data) {
        item.id = data.file.id; item.name = data.file.name; item.size = data.file.size; item.image = data.file.image;
        item.done = true;
        item.sending = null;
        item.bar.hidden = true;
        item.note.textContent = T.draw.size(item.size);
        item.node.querySelector(".chip-name").textContent = item.name;
        store("readwrite", function (files) { return files.delete(item.local); });
        save();
      }, function (problem) {
        item.sending = null;
        if (problem.code === "stopped") return;
        item.failed = true;
        item.bar.hidden = true;
        item.again.hidden = !problem.offline;
        item.note.textContent = problem.offline ? "未传上" : problem.text;
        item.node.classList.add("bad");
        if (!problem.offline) store("readwrite", function (files) { return files.delete(item.local); });
        save();
      });
    }

    function take(file, local) {
      var item = { file: file, name: file.name || "照片.jpg", size: file.size, local: local || T.net.uuid() };
      items.push(item);
      chip(item);
      if (file.size > LIMIT) {
        item.failed = true;
        item.bar.hidden = true;
        item.node.classList.add("bad");
        item.note.textContent = "文件太大了，每个最大" + input.dataset.limit + " MB";
        save();
        return;
      }
      if (!local) store("readwrite", function (files) { return files.put({ id: item.local, tray: name, file: file }); });
      save();
      send(item);
    }

    function add(list) {
      var room = MOST - items.length;
      if (list.length > room) T.emit("say", "附件最多" + MOST + "个。");
      Array.prototype.slice.call(list, 0, Math.max(0, room)).forEach(function (file) { take(file); });
    }

    items.forEach(chip);
    box.hidden = items.length === 0;
    store("readonly", function (files) { return files.getAll(); }).then(function (left) {
      (left || []).forEach(function (each) { if (each.tray === name && each.file) take(each.file, each.id); });
    });
    window.addEventListener("online", function () { items.forEach(function (item) { if (item.failed && !item.again.hidden) send(item); }); });

    return {
      add: add,
      ready: function () { return items.filter(function (item) { return item.done; }).map(function (item) { return { id: item.id, name: item.name, size: item.size, image: item.image }; }); },
      pending: function () { return items.some(function (item) { return item.sending; }); },
      fill: function (files) { files.forEach(function (file) { var item = { id: file.id, name: file.name, size: file.size, image: file.image, done: true }; items.push(item); chip(item); }); save(); },
      clear: function () { items.slice().forEach(remove); },
    };
  }

  T.tray = tray;
})();
