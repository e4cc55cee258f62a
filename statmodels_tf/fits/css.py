"""The style sheet of tables in notebooks."""

CSS = """
.statmodels{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
color:#1f2328;background:transparent;max-width:60em}
.statmodels .head{display:flex;justify-content:space-between;gap:2em;flex-wrap:wrap}
.statmodels .head b,.statmodels th:first-child{font-weight:600}
.statmodels .quiet{color:#59636e}
.statmodels .note{color:#8a4600}
.statmodels table{font:inherit;border-collapse:collapse;margin:.8em 0;color:inherit;background:transparent}
.statmodels th,.statmodels td{padding:.12em .7em;text-align:right;border:0;background:transparent;white-space:nowrap}
.statmodels th:first-child,.statmodels td:first-child{padding-left:0}
.statmodels th{font-weight:400;border-bottom:1px solid #d1d9e0}
.statmodels .left{text-align:left}
.statmodels .pair{text-align:center}
@media (prefers-color-scheme: dark){
.statmodels{color:#e6edf3}
.statmodels .quiet{color:#9198a1}
.statmodels .note{color:#e3a14d}
.statmodels th{border-color:#3d444d}
}
"""
