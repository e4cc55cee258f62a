"""One short program for each library compared.

A peer is started with the data file (CSV), the factor levels (JSON), the formula, `REML` or `ML`, and how many calls
are timed together. It loads the data, fits once to warm up and prints a line of JSON with its versions. For each line
it then reads, it fits again and prints a line of JSON: `cpu` and `wall` seconds a call, `criterion`, `coef` and `se`.
"""
