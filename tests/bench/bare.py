"""A Flask page that renders the same table from a list in memory: no database, no rights, no words.

It goes through the same template engine with the same number of rows and cells, and is what any
page of that size costs before a product begins.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, redirect, render_template_string, request, url_for
from flask.typing import ResponseReturnValue

_FRAME = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>线索</title>
<link rel="stylesheet" href="{{ url_for("static", filename="app.css") }}"></head><body>
<nav>{% for name in ("工作台", "线索", "通知", "我的") %}
<a href="{{ url_for("show") }}">{{ name }}</a>
{% endfor %}</nav><form><select>{% for s in states %}<option value="{{ s }}">{{ s }}</option>
{% endfor %}</select><select>{% for n in range(40) %}
<option value="{{ n }}">东胜区{{ n }}局</option>
{% endfor %}</select><input name="q"></form>"""
_TABLE = """<table><tbody>{% for r in rows %}<tr>
<td><a href="{{ url_for("show", id=r[0]) }}">{{ r[1] or "未编号" }}</a></td>
<td><a href="{{ url_for("show", id=r[0]) }}"><b>{{ r[2] }}</b> {{ r[3] }}</a></td>
<td><span class="tag">{{ r[4] }}</span></td>
<td>{{ r[5] or r[6] }}</td><td>{{ r[7] }}</td>
<td><svg viewBox="0 0 100 12" role="img" aria-label="{{ r[11] }}">{% for n in range(12) %}
<rect class="{{ "used" if n < 5 else "free" }}" x="{{ n * 8 }}" y="1" width="7" height="10"/>
{% endfor %}</svg></td><td>{{ r[12] or "—" }}</td><td>{{ r[9] }}</td><td>{{ r[10] }}</td></tr>
{% endfor %}</tbody></table><p>{{ rows | length }}</p></body></html>"""
_CASE = """<dl>{% for cell in rows[0] %}
<dt>{{ loop.index }}</dt><dd>{{ cell }}</dd>{% endfor %}</dl>
<ol>{% for r in rows[1:] %}<li>{% for cell in r %}<span>{{ cell }}</span>{% endfor %}</li>
{% endfor %}</ol>{% for f in range(3) %}<form method="post" action="{{ url_for("show") }}">
<input type="hidden" name="version" value="1"><textarea name="note"></textarea><button>办理</button>
</form>{% endfor %}</body></html>"""
_STATES = (
    "草拟",
    "部门审批",
    "待接收",
    "登记查重",
    "初审",
    "补充材料",
    "核查",
    "核查会签",
    "结果审定",
)


def bare_app(shown: dict[str, list[Any]]) -> Flask:
    """Pages `/?page=NAME` over rows that were read before."""
    app = Flask("bare", static_folder=None)
    app.jinja_env.trim_blocks = True
    app.add_url_rule("/static/<path:filename>", "static", lambda filename: filename)

    @app.get("/")
    def show() -> ResponseReturnValue:
        name = request.args.get("page", "")
        text = _FRAME + (_CASE if name == "case" else _TABLE)
        return Response(
            render_template_string(text, rows=shown[name], states=_STATES), mimetype="text/html"
        )

    @app.post("/")
    def do() -> ResponseReturnValue:
        return redirect(url_for("show", page="case"), 303)

    return app
