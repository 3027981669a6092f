/* Drawing lines. Texts are set as text, never as markup. */
(function () {
  "use strict";
  var T = window.Tijian;
  var log = document.getElementById("log");
  var scroll = document.getElementById("scroll");
  var newest = document.getElementById("newest");
  var DAY = 86400000;
  var GAP = 5 * 60000;
  var BASIS = /^(依据|来源)：/;
  var SMALL = /^(【|一般法律信息|按“|与库里的问题|您选的问题|适用地区：|以上按“)/;
  var STEP = /^\d\. /;
  var LEAD = /^[\u4e00-\u9fff]{2,8}：/;
  var WARN = /^待复核/;

  function el(tag, name, text) {
    var made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function clock(at) {
    return ("0" + at.getHours()).slice(-2) + ":" + ("0" + at.getMinutes()).slice(-2);
  }

  function when(at) {
    var today = new Date();
    today.setHours(0, 0, 0, 0);
    var days = Math.floor((today - new Date(at.getFullYear(), at.getMonth(), at.getDate())) / DAY + 0.5);
    var day = days === 0 ? "今天" : days === 1 ? "昨天" : at.getMonth() + 1 + "月" + at.getDate() + "日";
    if (at.getFullYear() !== today.getFullYear()) day = at.getFullYear() + "年" + day;
    return day + " " + clock(at);
  }

  function time(iso) {
    var at = new Date(iso);
    var made = el("time", "", when(at));
    made.dateTime = iso;
    return made;
  }

  function divider(iso, before) {
    if (before && new Date(iso) - new Date(before) < GAP) return null;
    var made = el("p", "divider");
    made.appendChild(time(iso));
    return made;
  }

  /* A version's date is not broken over two lines. */
  function dated(block, row) {
    row.split(/(（\d{4}-\d{2}-\d{2}）)/).forEach(function (part, index) {
      block.appendChild(index % 2 ? el("span", "date", part) : document.createTextNode(part));
    });
  }

  /* What the buttons below say in full is not said twice. */
  function unlisted(line) {
    var labels = [].concat.apply([], line.buttons || []).map(function (button) { return button.label; });
    return line.text.split("\n").filter(function (row) {
      var option = /^\d\. (.+)$/.exec(row);
      return !(option && labels.indexOf(option[1]) >= 0);
    }).join("\n");
  }

  /* Paragraphs of a text; legal basis and small print are told apart by how the line begins. */
  function paragraphs(box, text, structured) {
    var block = null;
    var kind = "";
    var rows = text.split("\n");
    if (structured) rows = [].concat.apply([], rows.map(steps));
    rows.forEach(function (row) {
      var name = "";
      if (structured) name = BASIS.test(row) ? "basis" : SMALL.test(row) ? "small" : WARN.test(row) ? "warn" : STEP.test(row) ? "step" : "body";
      if (!row.trim()) { block = null; return; }
      if (name === "body" && LEAD.test(row)) {
        var lead = LEAD.exec(row)[0];
        block = el("p", name);
        block.appendChild(el("strong", "", lead));
        block.appendChild(document.createTextNode(row.slice(lead.length)));
        box.appendChild(block);
        kind = name;
        return;
      }
      if (!block || name !== kind || (structured && name !== "small")) {
        block = el("p", name);
        box.appendChild(block);
      } else block.appendChild(document.createElement("br"));
      kind = name;
      if (name === "basis") dated(block, row);
      else block.appendChild(document.createTextNode(row));
    });
  }

  /* 「现在可以做：1. …；2. …」 is read as a list; nothing of the text is left out but the semicolons between. */
  function steps(row) {
    if (BASIS.test(row) || !/1\. .*；2\. /.test(row)) return [row];
    return row.split(/(?:；|(：))(?=\d\. )/).reduce(function (all, part) {
      if (part === "：") all[all.length - 1] += part;
      else if (part) all.push(part);
      return all;
    }, []);
  }

  function size(bytes) {
    return bytes < 1024 * 1024 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }

  function files(box, list) {
    if (!list || !list.length) return;
    var made = el("ul", "line-files");
    list.forEach(function (file) {
      var item = el("li");
      var link = el("a");
      link.href = "/files/" + encodeURIComponent(file.id);
      link.setAttribute("download", "");
      if (file.image) {
        var picture = el("img");
        picture.src = link.href + "/preview";
        picture.alt = file.name;
        picture.loading = "lazy";
        link.appendChild(picture);
      }
      link.appendChild(el("span", "", file.name + "（" + size(file.size) + "）"));
      item.appendChild(link);
      made.appendChild(item);
    });
    box.appendChild(made);
  }

  function links(box, list, urgent) {
    if (!list || !list.length) return;
    var made = el("p", urgent ? "tels" : "links");
    list.forEach(function (link) {
      var own = /[?&]case=([A-Z0-9-]+)/.exec(link.url);
      if (own && link.url.indexOf(location.origin + "/") === 0) return;
      var item = el("a", "", link.label);
      item.href = link.url;
      if (link.url.indexOf("tel:") !== 0) { item.target = "_blank"; item.rel = "noopener"; }
      made.appendChild(item);
    });
    if (made.childNodes.length) box.appendChild(made);
  }

  function buttons(box, line) {
    if (!line.buttons || !line.buttons.length) return;
    var made = el("div", "buttons");
    line.buttons.forEach(function (row) {
      var group = el("div", "button-row");
      row.forEach(function (button) {
        var item = el("button", "choice", button.label);
        item.type = "button";
        item.addEventListener("click", function () { T.emit("press", { button: item, line: line, action: button.action, label: button.label }); });
        group.appendChild(item);
      });
      made.appendChild(group);
    });
    box.appendChild(made);
  }

  function told(line) {
    var made = el("article", "line told " + line.tone);
    made.setAttribute("aria-label", line.tone === "emergency" ? "紧急" : "答复");
    var box = el("div", "bubble");
    if (line.tone === "emergency") {
      var cut = line.text.indexOf("\n");
      paragraphs(box, cut < 0 ? line.text : line.text.slice(0, cut), false);
      links(box, line.links, true);
      paragraphs(box, cut < 0 ? "" : line.text.slice(cut + 1), false);
    } else paragraphs(box, line.tone === "question" ? unlisted(line) : line.text, line.tone === "answer");
    files(box, line.files);
    if (line.tone !== "emergency") links(box, line.links, false);
    buttons(box, line);
    if (line.form === "handover") {
      var open = el("button", "button", "打开表格");
      open.type = "button";
      open.addEventListener("click", function () { T.emit("sheet", "handover"); });
      box.appendChild(open);
    }
    made.appendChild(box);
    return made;
  }

  function mine(line) {
    var made = el("article", "line mine" + (line.pressed ? " pressed" : ""));
    made.setAttribute("aria-label", "您");
    made.dataset.id = line.id || "";
    var box = el("div", "bubble");
    var target = line.case && T.caseNumber ? T.caseNumber(line.case) : "";
    if (target) box.appendChild(el("p", "to-case", "发给案件 " + target));
    var words = line.text || (T.unkept ? T.unkept(line.id) : "");
    if (words) paragraphs(box, words, false);
    else if (line.kept === false && !(line.files && line.files.length)) box.appendChild(el("p", "unkept", "（按您的意思，没有保存写的内容）"));
    files(box, line.files);
    made.appendChild(box);
    made.appendChild(el("p", "state"));
    return made;
  }

  function nearEnd() { return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 140; }
  function toEnd() { scroll.scrollTop = scroll.scrollHeight; newest.hidden = true; }

  /* Adds at the end; scrolls there if the reader was there, else says that there is something new. */
  var last = "";
  function append(node, iso, follow) {
    var stay = !follow && !nearEnd();
    var head = divider(iso, last);
    if (head) log.appendChild(head);
    last = iso;
    log.appendChild(node);
    document.getElementById("empty").hidden = true;
    if (stay) newest.hidden = false;
    else requestAnimationFrame(function () { show(node); });
  }

  /* A long answer is shown from its beginning. */
  function show(node) {
    if (node.offsetHeight > scroll.clientHeight - 40 && node.classList.contains("told")) scroll.scrollTop = node.offsetTop - 12;
    else toEnd();
  }

  function draw(line) { return line.mine ? mine(line) : told(line); }

  /* Earlier lines above, without moving what is being read. */
  function prepend(lines) {
    var before = scroll.scrollHeight;
    var part = document.createDocumentFragment();
    var previous = "";
    lines.forEach(function (line) {
      var head = divider(line.at, previous);
      if (head) part.appendChild(head);
      previous = line.at;
      part.appendChild(draw(line));
    });
    log.insertBefore(part, log.firstChild);
    scroll.scrollTop += scroll.scrollHeight - before;
  }

  function state(node, text, acts) {
    var box = node.querySelector(".state");
    box.textContent = text;
    (acts || []).forEach(function (act) {
      var made = el("button", "quiet", act.label);
      made.type = "button";
      made.addEventListener("click", act.run);
      box.appendChild(made);
    });
  }

  newest.addEventListener("click", toEnd);
  scroll.addEventListener("scroll", function () { if (nearEnd()) newest.hidden = true; }, { passive: true });
  T.draw = { el: el, line: draw, mine: mine, append: append, prepend: prepend, state: state, size: size, paragraphs: paragraphs, toEnd: toEnd };
})();
