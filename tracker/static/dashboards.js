// The drawing of the page to look around on. Without this script its table says the same.
(() => {
  const card = document.querySelector("[data-chart]");
  if (!card || !window.echarts) return;
  const box = card.querySelector(".db-chart");
  const style = () => getComputedStyle(document.documentElement);
  const token = (name) => style().getPropertyValue(name).trim();
  const shades = () => ["--c-azure", "--c-seq-2", "--c-hold", "--c-used", "--c-done", "--c-seq-3", "--c-neutral", "--c-seq-1"].map(token);
  const most = 40;
  let chart = null;
  let told = null;

  function draw() {
    if (!told) return;
    chart ??= window.echarts.init(box, null, { renderer: "svg" });
    const shown = Math.min(told.labels.length, most);
    const ink = token("--c-ink-2");
    const flat = told.labels.length > (box.clientWidth < 700 ? 3 : 12);
    const names = { type: "category", data: told.labels.slice(0, shown), inverse: flat, axisLabel: { color: ink, width: flat ? (box.clientWidth < 700 ? 90 : 170) : 90, overflow: "truncate", interval: 0 }, axisLine: { lineStyle: { color: token("--c-line-2") } }, axisTick: { show: false } };
    const counts = { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: token("--c-line") } } };
    box.classList.toggle("db-chart-tall", flat);
    chart.setOption({
      animation: false,
      color: shades(),
      textStyle: { fontFamily: token("--font"), color: token("--c-ink") },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" }, backgroundColor: token("--c-surface"), borderColor: token("--c-line-2"), textStyle: { color: token("--c-ink") } },
      legend: told.series.length > 1 ? { textStyle: { color: ink }, type: "scroll", top: 4 } : { show: false },
      grid: { left: 8, right: 24, top: told.series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
      xAxis: flat ? counts : names,
      yAxis: flat ? names : counts,
      series: told.series.map((one) => ({ name: one.name, type: "bar", stack: "all", barMaxWidth: 34, data: one.values.slice(0, shown), cursor: "pointer" })),
    }, true);
    chart.resize();
  }

  fetch(card.dataset.chart, { headers: { Accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((found) => {
      if (!found || !found.labels.length) return;
      told = found;
      card.hidden = false;
      draw();
      chart.on("click", (at) => {
        const url = told.series[at.seriesIndex].urls[at.dataIndex];
        if (url) window.location.assign(url);
      });
    })
    .catch(() => {});
  window.addEventListener("resize", () => chart && chart.resize());
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
