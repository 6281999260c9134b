"""How the report looks: plain, readable at any width, in the dark and on paper."""

STYLE = """
:root { color-scheme: light dark; --page: #fff; --ink: #1c2430; --soft: #5a6675; --line: #d9dee5;
  --card: #f5f7f9; --blue: #2563a8; --pale: #cfdef0; --paler: #e3ebf5; --green: #1f7a45;
  --red: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --page: #14181e; --ink: #e4e8ee; --soft: #9aa6b4;
  --line: #323a45; --card: #1c222a; --blue: #78aef0; --pale: #2b4468; --paler: #233347;
  --green: #62c58a; --red: #f28b82; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main, footer { max-width: 808px; margin: 0 auto; padding: 24px; }
footer { color: var(--soft); font-size: 14px; border-top: 1px solid var(--line); }
h1 { margin: 0; font-size: 30px; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 36px 0 8px; padding-bottom: 4px; font-size: 20px;
  border-bottom: 1px solid var(--line); }
h3 { margin: 24px 0 6px; font-size: 16px; }
p { margin: 6px 0; overflow-wrap: anywhere; }
.over, .under, .key, .none { color: var(--soft); }
.over, .under { font-size: 14px; }
.drill { padding: 8px 12px; border: 2px solid var(--red); border-radius: 6px; color: var(--red);
  font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(112px, 1fr)); gap: 8px;
  margin: 20px 0 0; }
.figure { padding: 10px 12px; border-radius: 6px; background: var(--card); }
.figure dt { color: var(--soft); font-size: 13px; }
.figure dd { margin: 0; font-size: 20px; font-weight: 600; }
.bad dd { color: var(--red); }
.lines { display: grid; grid-template-columns: minmax(140px, max-content) 1fr; gap: 4px 16px;
  margin: 8px 0; }
.lines dt { color: var(--soft); }
.lines dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { color: var(--soft); font-weight: 600; text-align: left; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
th:first-child, td:first-child { min-width: 64px; }
@media (min-width: 621px) { td[data-label="Who"], td[data-label="Time"], td[data-label="Due"] {
  white-space: nowrap; } }
.drawing { overflow-x: auto; margin: 8px 0 16px; }
svg { display: block; font: 13px system-ui, -apple-system, "Segoe UI", "Liberation Sans",
  sans-serif; }
svg text { fill: var(--ink); }
svg .small { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--line); }
.rail { stroke: var(--line); stroke-width: 2; }
.p0 { fill: var(--pale); }
.p1 { fill: var(--paler); }
.send { fill: var(--blue); background: var(--blue); }
.kept { fill: var(--green); background: var(--green); }
.broken { fill: var(--red); background: var(--red); }
.late { fill: var(--red); background: var(--red); opacity: .35; }
.bar { fill: var(--pale); }
.whisker { stroke: var(--soft); }
.mark { fill: var(--blue); }
.key { font-size: 13px; }
.key span { margin-right: 12px; white-space: nowrap; }
.key i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
.key i.send { border-radius: 5px; }
@media (max-width: 620px) {
  main, footer { padding: 16px; }
  h1 { font-size: 24px; }
  .lines { grid-template-columns: 1fr; gap: 0; }
  .lines dd { margin-bottom: 8px; }
  thead { display: none; }
  tr { display: block; padding: 6px 0; border-bottom: 1px solid var(--line); }
  td { display: flex; gap: 8px; padding: 1px 0; border: 0; }
  td::before { content: attr(data-label); flex: 0 0 104px; color: var(--soft); }
}
@media print {
  :root { --page: #fff; --ink: #000; --soft: #444; --line: #bbb; --card: #f2f2f2; }
  main, footer { max-width: none; padding: 0; }
  section, tr, svg { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .drawing svg { width: 100%; height: auto; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
