"""Discord preview style sheet: CSS of the previewed messages, with light and dark theme variables."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
.dc { --ink: #2f3035; --strong: #060607; --quiet: #5c5d66; --page: #fff; --rule: #dcdce0; --link: #0059d4;
  --code-page: #f3f3f4; --bar: #c5c6cb; --field: #f7f7f8; --list: #fff; --chip: #e6e6e9; --button: #ededef;
  --edge: #d6d6da; --mention: #e4e7fd; --mention-ink: #3c46b8; --hidden: #eff0fe;
  background: var(--page); color: var(--ink);
  font: 16px/1.375 "gg sans", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  max-width: 760px; padding: 16px; box-sizing: border-box; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) .dc {
  --ink: #dfe0e2; --strong: #fbfbfb; --quiet: #aaaab1; --page: #323339; --rule: #46474e; --link: #7bb0f5;
  --code-page: #2a2b30; --bar: #61626a; --field: #2c2d32; --list: #393a41; --chip: #4a4b53; --button: #42434a;
  --edge: #4c4d55; --mention: #3e4270; --mention-ink: #c9d0fe; --hidden: #3a3b46; } }
:root[data-theme="dark"] .dc {
  --ink: #dfe0e2; --strong: #fbfbfb; --quiet: #aaaab1; --page: #323339; --rule: #46474e; --link: #7bb0f5;
  --code-page: #2a2b30; --bar: #61626a; --field: #2c2d32; --list: #393a41; --chip: #4a4b53; --button: #42434a;
  --edge: #4c4d55; --mention: #3e4270; --mention-ink: #c9d0fe; --hidden: #3a3b46; }
.dc * { box-sizing: border-box; }
.dc p, .dc ul, .dc ol { margin: 0; }
.dc b { font-weight: 700; }
.dc a { color: var(--link); text-decoration: none; }
.dc a:hover { text-decoration: underline; }
.dc h1, .dc h2, .dc h3 { color: var(--strong); font-size: 16px; font-weight: 700; line-height: 1.375;
  margin: 8px 0 4px; }
.dc h1 { font-size: 24px; }
.dc h2 { font-size: 20px; }
.dc small { color: var(--quiet); display: block; font-size: 13px; line-height: 1.4; }
.dc-text ul, .dc-text ol { padding-left: 24px; }
.dc blockquote { border-left: 4px solid var(--bar); border-radius: 4px; margin: 0; padding: 0 8px 0 12px; }
.dc code { background: var(--code-page); border-radius: 4px; padding: 0 3px;
  font: 14px/1.3 Consolas, Menlo, "Liberation Mono", monospace; }
.dc pre { background: var(--code-page); border: 1px solid var(--rule); border-radius: 4px; margin: 6px 0 0;
  padding: 8px; font: 14px/18px Consolas, Menlo, "Liberation Mono", monospace; white-space: pre-wrap; }
.dc-message { display: flex; gap: 16px; }
.dc-message + .dc-message { margin-top: 8px; padding-left: 56px; }
.dc-body { flex: 1; min-width: 0; }
.dc-bot { flex: none; width: 40px; height: 40px; border-radius: 50%;
  background: #1d1c1d; color: #fff; font: 700 21px/40px Georgia, "Liberation Serif", serif; text-align: center; }
.dc-by { line-height: 22px; }
.dc-by b { color: var(--strong); font-weight: 500; }
.dc-app { background: #5865f2; border-radius: 4px; color: #fff; display: inline-block; font-size: 12px;
  font-weight: 500; line-height: 15px; margin-left: 4px; padding: 0 5px; vertical-align: 1px; }
.dc-quiet { color: var(--quiet); font-size: 13px; line-height: 1.4; }
.dc-by time, .dc-by .dc-quiet { font-size: 12px; margin-left: 8px; }
.dc-edited { font-size: 10px; }
.dc-hidden { background: var(--hidden); border-radius: 4px; margin: 0 -8px; padding: 8px; }
.dc-used { align-items: center; color: var(--quiet); display: flex; flex-wrap: wrap; font-size: 14px; gap: 4px;
  line-height: 18px; margin-bottom: 4px; padding-left: 56px; position: relative; }
.dc-used::before { border: solid var(--bar); border-width: 2px 0 0 2px; border-radius: 6px 0 0; content: "";
  height: 11px; left: 19px; position: absolute; top: 8px; width: 33px; }
.dc-used b { color: var(--strong); font-weight: 500; }
.dc-face { background: #5865f2; border-radius: 50%; color: #fff; font-size: 10px; height: 16px; line-height: 16px;
  text-align: center; width: 16px; }
.dc-file { background: var(--code-page); border: 1px solid var(--rule); border-radius: 8px; margin-top: 8px;
  max-width: 520px; overflow: hidden; }
.dc .dc-file pre { background: none; border: 0; border-bottom: 1px solid var(--rule); border-radius: 0; margin: 0; }
.dc-file div { padding: 8px; }
.dc-only { align-items: center; color: var(--quiet); display: flex; font-size: 13px; gap: 4px; line-height: 1.4;
  margin-top: 8px; }
.dc-link { color: var(--link); }
.dc-mention { background: var(--mention); border-radius: 3px; color: var(--mention-ink); font-weight: 500;
  padding: 0 2px; }
.dc-spoiler { background: var(--chip); border-radius: 4px; }
.dc-row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.dc-button { align-items: center; border: 1px solid var(--edge); border-radius: 8px; color: #fff;
  display: inline-flex; font-size: 14px; font-weight: 500; gap: 6px; justify-content: center; line-height: 18px;
  min-height: 32px; min-width: 60px; padding: 5px 15px; }
.dc .dc-secondary { background: var(--button); color: var(--ink); }
.dc-primary { background: #5865f2; border-color: #5865f2; }
.dc-success { background: #00863a; border-color: #00863a; }
.dc-danger { background: #d22d39; border-color: #d22d39; }
.dc-select { max-width: 400px; position: relative; width: 100%; }
.dc-select summary { cursor: pointer; list-style: none; }
.dc-select summary::-webkit-details-marker { display: none; }
.dc-field { align-items: center; background: var(--field); border: 1px solid var(--rule); border-radius: 8px;
  display: flex; gap: 8px; justify-content: space-between; line-height: 20px; min-height: 42px; padding: 8px 12px; }
.dc-waiting { color: var(--quiet); }
.dc-chosen { display: flex; flex-wrap: wrap; gap: 4px; }
.dc-chip { background: var(--chip); border-radius: 4px; font-size: 14px; padding: 1px 6px; }
.dc-down { flex: none; }
.dc-select ul { position: absolute; inset-inline: 0; z-index: 1; padding: 0; list-style: none;
  max-height: 320px; overflow: auto; background: var(--list); border: 1px solid var(--rule);
  border-radius: 0 0 8px 8px; box-shadow: 0 4px 12px #0003; }
.dc-select li { font-size: 14px; font-weight: 500; line-height: 18px; padding: 8px 12px; }
.dc-select li .dc-quiet { font-weight: 400; }
.dc-on { background: var(--chip); }
.dc-section { display: flex; gap: 16px; justify-content: space-between; margin-top: 8px; }
.dc-texts { min-width: 0; }
.dc-text + .dc-text, .dc-section + .dc-text { margin-top: 8px; }
.dc-thumbnail { align-items: center; background: var(--code-page); border: 1px solid var(--rule); border-radius: 8px;
  color: var(--quiet); display: flex; flex: none; font-size: 11px; height: 85px; justify-content: center;
  line-height: 14px; overflow: hidden; padding: 4px; text-align: center; width: 85px; }
.dc-modal { border: 1px solid var(--rule); border-radius: 12px; box-shadow: 0 12px 24px #0003; margin: 24px auto 0;
  max-width: 480px; overflow: hidden; }
.dc-modal:first-child { margin-top: 0; }
.dc-bar { align-items: center; color: var(--strong); display: flex; font-size: 20px; gap: 12px;
  padding: 20px 20px 4px; }
.dc-bar .dc-bot { height: 24px; line-height: 24px; width: 24px; font-size: 13px; }
.dc-shut { color: var(--quiet); margin-left: auto; }
.dc-question { padding: 12px 20px 0; }
.dc-star { color: #d22d39; }
.dc-input { background: var(--field); border: 1px solid var(--rule); border-radius: 8px; margin-top: 8px;
  min-height: 40px; padding: 8px 12px; white-space: pre-wrap; }
.dc-lines { min-height: 88px; }
.dc-end { display: flex; gap: 8px; justify-content: flex-end; padding: 20px; }
@media (max-width: 480px) {
  .dc-message { gap: 12px; }
  .dc-message + .dc-message { padding-left: 44px; }
  .dc-used { padding-left: 44px; }
  .dc-used::before { left: 15px; width: 25px; }
  .dc-bot { height: 32px; line-height: 32px; width: 32px; font-size: 17px; } }
"""
