"""Slack preview style sheet: CSS of the previewed blocks, with light and dark theme variables."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
.sk { --ink: #1d1c1d; --quiet: #616061; --page: #fff; --rule: #dddddd; --edge: #bbbabb; --link: #1264a3;
  --code: #e01e5a; --code-page: #f7f7f7; --green: #007a5a; --tint: #f8f8f8;
  background: var(--page); color: var(--ink); font: 15px/1.46668 Lato, "Liberation Sans", Arial, sans-serif;
  max-width: 680px; padding: 8px 20px; box-sizing: border-box; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) .sk {
  --ink: #d1d2d3; --quiet: #ababad; --page: #1a1d21; --rule: #35373b; --edge: #565856; --link: #1d9bd1;
  --code: #e8912d; --code-page: #232529; --green: #148567; --tint: #222529; } }
:root[data-theme="dark"] .sk {
  --ink: #d1d2d3; --quiet: #ababad; --page: #1a1d21; --rule: #35373b; --edge: #565856; --link: #1d9bd1;
  --code: #e8912d; --code-page: #232529; --green: #148567; --tint: #222529; }
.sk * { box-sizing: border-box; }
.sk b { font-weight: 900; }
.sk a { color: var(--link); text-decoration: none; }
.sk a:hover { text-decoration: underline; }
.sk code { border: 1px solid var(--rule); border-radius: 3px; background: var(--code-page); color: var(--code);
  font: 12px/1.5 Monaco, Menlo, "Liberation Mono", monospace; padding: 2px 3px 1px; }
.sk pre { border: 1px solid var(--rule); border-radius: 4px; background: var(--code-page); margin: 4px 0; padding: 8px;
  font: 12px/1.5 Monaco, Menlo, "Liberation Mono", monospace; white-space: pre-wrap; }
.sk blockquote { border-left: 4px solid var(--rule); margin: 0; padding-left: 8px; }
.sk hr { border: 0; border-top: 1px solid var(--rule); margin: 8px 0; }
.sk h3 { font-size: 18px; font-weight: 900; line-height: 1.33; margin: 8px 0 4px; }
.sk-message { display: flex; gap: 8px; }
.sk-body { flex: 1; min-width: 0; }
.sk-bot { border: 1px solid var(--rule); flex: none; width: 36px; height: 36px; border-radius: 8px;
  background: #1d1c1d; color: #fff; font: 700 20px/34px Georgia, "Liberation Serif", serif; text-align: center; }
.sk-by { line-height: 22px; }
.sk-app { background: var(--rule); color: var(--quiet); border-radius: 2px; font: 700 10px/14px Arial, sans-serif;
  margin-left: 5px; padding: 1px 3px; vertical-align: 2px; }
.sk-section { display: flex; gap: 16px; justify-content: space-between; margin: 4px 0 8px; }
.sk-text { min-width: 0; }
.sk-context { color: var(--quiet); font-size: 13px; line-height: 1.38; margin: 4px 0 8px; }
.sk-context span + span { margin-left: 8px; }
.sk-actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 4px 0 8px; }
.sk-button { display: inline-block; border: 1px solid var(--edge); border-radius: 4px; background: var(--page);
  color: var(--ink); font-size: 13px; font-weight: 700; line-height: 26px; padding: 0 10px; white-space: nowrap; }
.sk-primary, .sk-submit { background: var(--green); border-color: var(--green); color: #fff; }
.sk-image { border-radius: 4px; display: block; height: 80px; object-fit: cover; width: 80px; }
.sk-menu { position: relative; }
.sk-menu summary { cursor: pointer; list-style: none; }
.sk-menu summary::-webkit-details-marker { display: none; }
.sk-menu ul { position: absolute; right: 0; z-index: 1; margin: 4px 0 0; padding: 8px 0; list-style: none;
  max-height: 280px; min-width: 160px; overflow: auto;
  background: var(--page); border: 1px solid var(--rule); border-radius: 6px; box-shadow: 0 4px 12px #0003; }
.sk-menu li { padding: 2px 16px; white-space: nowrap; }
.sk-field { border: 1px solid var(--edge); border-radius: 4px; display: flex; flex-wrap: wrap; gap: 4px;
  line-height: 24px; min-height: 36px; padding: 5px 10px; white-space: pre-wrap; }
.sk-section .sk-field { font-size: 13px; line-height: 18px; min-height: 28px; min-width: 110px; padding: 4px 8px; }
.sk-lines { min-height: 84px; }
.sk-down { margin-left: auto; }
.sk-chip { background: var(--tint); border-radius: 4px; padding: 0 6px; }
.sk-menu > .sk-field > .sk-chip:only-of-type { background: none; padding: 0; }
.sk-label { font-weight: 700; margin: 12px 0 6px; }
.sk-quiet { color: var(--quiet); font-size: 13px; font-weight: 400; line-height: 1.38; margin-top: 4px; }
.sk-check { display: flex; gap: 8px; }
.sk-check .sk-quiet { margin-top: 0; }
.sk-check i { flex: none; margin-top: 3px; border: 1px solid var(--edge); border-radius: 3px; font: 700 12px/16px Arial;
  height: 16px; text-align: center; width: 16px; }
.sk-mention { background: #f2c74433; color: var(--link); }
.sk-only { color: var(--quiet); font-size: 13px; line-height: 18px; }
.sk-window { border: 1px solid var(--rule); border-radius: 8px; max-width: 520px; padding: 0; }
.sk-window .sk-body { padding: 4px 24px 12px; }
.sk-bar { align-items: center; display: flex; font-size: 20px; gap: 12px; padding: 16px 24px 8px; }
.sk-x { color: var(--quiet); margin-left: auto; }
.sk-end { border-top: 1px solid var(--rule); display: flex; gap: 12px; justify-content: flex-end; padding: 14px 24px; }
.sk-end .sk-button { font-size: 15px; line-height: 34px; padding: 0 12px; }
"""
