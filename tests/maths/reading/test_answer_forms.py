"""Forms in which students begin or end an answer, each with its no-op: what looks alike must stay refused.

A row is a field (its name matters: it says which labels and nouns are the field's own), what is accepted there, and
what is not.
"""

from dataclasses import replace

import pytest

from grader.maths.decide import decide
from grader.maths.reading.question import Question, Tolerance

POSITIVE = {name: {"positive": True, "real": True} for name in ("A", "B", "C", "N", "D", "d", "alpha", "beta")}
SIZES = {name: {"positive": True, "integer": True} for name in ("m", "k", "l", "n")}
HEADS = {name: {"positive": True, "integer": True} for name in ("d_head", "d_model", "H")}
RANGES = {"q": {"integer": True}, "r": {"real": True}, "S": {"positive": True}}
STREAM = {
    "X0": {"matrix": ["d", "n"]},
    "W1": {"matrix": ["d", "d"], "aliases": ["W^1", "W_OV^1"]},
    "W2": {"matrix": ["d", "d"], "aliases": ["W^2", "W_OV^2"]},
    "A1": {"matrix": ["n", "n"], "aliases": ["A^1"]},
    "A2": {"matrix": ["n", "n"], "aliases": ["A^2"]},
}
GRADIENTS = {"G": {"matrix": ["m", "l"]}, "A": {"matrix": ["m", "k"]}, "B": {"matrix": ["k", "l"]}}
VECTORS = {"M": {"matrix": ["n", "n"]}, "x": {"matrix": ["n", 1]}, "y": {"matrix": ["n", 1]}, **SIZES}
LETTERS = {name: {"positive": True, "real": True} for name in "absmx"}
CLOSE = Tolerance(rel=0.05)


def asked(name, kind, reference, symbols=POSITIVE, **more):
    return Question(f"part.{name}", kind, reference, symbols, **more)


def amount(name, reference, unit):
    return asked(name, "quantity", reference, {}, unit=unit, tolerance=CLOSE)


FORMS = {
    "a condition of an optimum": (
        asked("slope", "expr", "B*D - A*N"),
        ["BD - AN = 0", "0 = BD - AN", "BD - AN"],
        ["BD - 2AN = 0", "BD - AN = 1", "0 = 0", "1 = BD - AN"],
    ),
    "a product never vanishes": (asked("size", "expr", "A*N"), ["AN"], ["AN = 0", "0 = AN"]),
    "a bound": (
        asked("bound", "expr", "d_head", HEADS, labels=("rank", "r")),
        [
            "≤ d_head", "at most d_head", "r <= d_head", "rank ≤ d_head", "rank(W_O W_V) <= d_head",
            "rank is at most d_head",
            r"\operatorname{rank}\left(W_O W_V\right) \le d_{\text{head}}", "bound = d_head", "r = d_head",
        ],
        [
            "≥ d_head", "rank(W) >= d_head", "rank(W) < d_head", "at least d_head", "≤ d_model", "d_model <= d_head",
            "H ≤ d_head", "H = d_head", "2 <= d_head", "d_head <= rank(W)", "rank(W) ≤ d_head - 1",
            "not at most d_head",
        ],
    ),
    "a bound where a value is asked": (asked("bytes", "expr", "d"), ["d"], ["≤ d", "at most d", "bytes ≤ d"]),
    "an optimum": (
        asked("N_opt", "expr", "A/(B*C)"),
        ["N_opt = A/(BC)", "N^* = A/(BC)", "N* = A/(BC)", "N_{opt}^* = A/(BC)", r"N^\star = A/(BC)",
         r"\hat{N} = A/(BC)"],
        ["D^* = A/(BC)", "N = A/(BC)", "N^2 = A/(BC)", "N^* D^* = A/(BC)", r"\hat D = A/(BC)", "N* = A/(B+C)"],
    ),
    "an accent": (
        asked("x_hat", "expr", "A/(B*C)"),
        [r"\hat{x} = A/(BC)", r"\hat x = A/(BC)", "x̂ = A/(BC)", "x_hat = A/(BC)"],
        [r"\tilde x = A/(BC)", "x = A/(BC)", r"\hat y = A/(BC)", "ŷ = A/(BC)", "x̂_0 = A/(BC)", "x̂^2 = A/(BC)"],
    ),
    "a remainder": (
        asked("parity", "expr", "n - 2*floor(n/2)", SIZES),
        ["n%2", "n % 2", "n mod 2", r"n \bmod 2", "mod(n, 2)", "np.mod(n, 2)", "(n + 2k) mod 2", "-n % 2",
         "(-n) mod 2", "n mod(2)", "1 if n % 2 == 1 else 0", "1 - (n + 1) % 2"],
        ["n% 2", "n %2", "2% n", "n % m", "n mod 3", "n + 2k mod 2", "3 % 2", "n - 2 mod 2", "n mod", "mod n 2",
         "-n mod 2", r"n \mod", "-(n%2)"],
    ),
    "a percentage of something": (
        asked("size", "expr", "A/10", POSITIVE),
        ["10% A", "10% * A", "A * 10 %", "A*10%"],
        ["10 % A", "10%A", "A % 10", "A%10", "10 % of A"],
    ),
    "a positive part": (
        asked("hinge", "expr", "max(0, q - r)", RANGES),
        ["(q - r)_+", "[q-r]_+", "(q-r)_{+}", "[q - r]₊", r"\left(q - r\right)_+", "-(r - q)_+ + |q-r|"],
        ["(r - q)_+", "q_+ - r_+", "q - r_+", "(q-r)_-", "_+(q-r)", "(q-r)_+^2", "2(q-r)_+"],
    ),
    "a derivative": (
        asked("dL_dN", "expr", "alpha*A*N"),
        ["dL/dN = αAN", "L'(N) = αAN", "L' = αAN", r"L^{\prime}(N) = αAN", "d/dN L(N) = αAN", r"\frac{d}{dN} L = αAN",
         r"\frac{\mathrm{d}L}{\mathrm{d}N} = αAN"],
        ["L''(N) = αAN", "D'(N) = αAN", "L'(D) = αAN", r"\frac{d}{dC} L = αAN", "dL/dD = αAN",
         r"\frac{d^2L}{dN^2} = αAN"],
    ),
    "a derivative that a label names": (
        asked("slope", "expr", "alpha*A*N", labels=("dL/dW_q", "D_KL")),
        [r"\frac{\partial L}{\partial W_q} = αAN", "∂L/∂W_q = αAN", r"\frac{\partial\mathcal{L}}{\partial W_q} = αAN",
         r"\nabla_{W_q} L = αAN", "∇_{W_q} L = αAN", "dL/dW_q = αAN", "∂_{W_q} L = αAN", r"D_{\mathrm{KL}}(p\|q) = αAN",
         "D_KL(p || q) = αAN"],
        ["dL/dW_k = αAN", "dM/dW_q = αAN", r"\nabla_{W_k} L = αAN", r"\nabla_{W_q} M = αAN", r"\nabla_{W_q}^2 M = αAN",
         "D_JS(p || q) = αAN", r"\frac{\partial^2 L}{\partial W_q^2} = αAN", r"D_{KL}(p\|q)^2 = αAN"],
    ),
    "several definitions behind a formula": (
        asked("size", "expr", "A*B/(C + D)"),
        ["x/y with x = AB, y = C + D", "x/y, y = C + D, x = AB", r"\frac{\Sigma}{\Delta}, \Sigma = AB, \Delta = C + D",
         "2\\Sigma/(2C + 2D), \\Sigma = AB", "x/y where x = A z, y = C + D, z = B"],
        ["x/y with x = AB, y = C - D", "x/y with x = AB", "x/y with y = x, x = y", "x with x = AB/(C + D), y = q",
         "x/y with x = AB, y = x", "z with z = 2z", "x = AB, y = C + D"],
    ),
    "methods behind a transpose": (
        asked("dA", "matrix", "A.T*G", GRADIENTS),
        ["A.T.dot(G)", "A.t().mm(G)", "A.mT.matmul(G)", "A.transpose(0, 1) @ G", "A.permute(1, 0).mm(G)",
         "G.T.dot(A).T"],
        ["A.dot(G)", "A.transpose(0, 0) @ G", "A.T.add(G)", "A.T.dot", "A.permute(0, 1) @ G", "A.T.dot(G).T"],
    ),
    "vectors without a transpose in code": (
        asked("form", "expr", "transpose(x)*M*y", VECTORS),
        ["x @ M @ y", "y @ (M.T @ x)", "(M @ y) @ x", "x.T @ M @ y", "x @ (M @ y)", "M y @ x"],
        ["x M y", "x @ M", "y @ M @ x", "x * M * y", "x @ y @ M", "M @ x @ y"],
    ),
    "a row from code": (
        asked("row", "matrix", "transpose(x)*M", VECTORS),
        ["x @ M", "x.T @ M", "(M.T @ x).T"],
        ["M @ x", "x M", "x * M", "M.T @ x", "x @ M.T"],
    ),
    "a diagonal": (
        asked("jacobian", "matrix", "diag(x) - x*transpose(x)", VECTORS),
        ["Diag(x) - x x^T", r"\operatorname{Diag}(x) - xx^\top", "np.diagflat(x) - np.outer(x, x)",
         "torch.diag(x) - x @ x.T"],
        ["Diag(x) - x^T x", "Diag(x) - x @ x", "Diag(x) + x x^T", "Diag(x)"],
    ),
    "rows that are set apart": (
        asked("turn", "matrix", "[[A, B], [C, D]]"),
        [
            r"\begin{psmallmatrix}A&B\\C&D\end{psmallmatrix}", r"\begin{pmatrix}A&B\\[4pt]C&D\end{pmatrix}",
            r"\begin{bmatrix}A&B\\ [-0.5ex] C&D\end{bmatrix}",
            r"\left[\begin{array}{c|c}A&B\\ \hline C&D\end{array}\right]",
        ],
        [r"\begin{pmatrix}A&C\\[4pt]B&D\end{pmatrix}", r"\begin{pmatrix}A&B\\[4]C&D\end{pmatrix}", "A B [4pt] C D"],
    ),
    "eighths": (asked("ratio", "number", "0.875", {}), ["⅞", "7/8", "0⅞"], ["⅝", "⅜", "1⅞", "⅞ %", "⅚"]),
    "letters that spell a function": (
        asked("size", "expr", "a*b*s**2*x*m", LETTERS),
        ["abs²xm", "m abs^2 x", "abs^2 max/a", "xm abss", "|a| b s^2 x m", "abs(a) b s^2 x m"],
        ["abs(s) x m", "abs(s)^2 x m", "max(a, b) s", "abs xm", "max(a, x)", "abs²x"],
    ),
    "entry by entry, of numbers": (
        asked("sample", "expr", "m + s*x*x", LETTERS),
        ["m + s ⊙ x^2", r"m + s \odot x \odot x", "m + s*(x ⊙ x)", "m + s x ∘ x", r"m + sx^2, x \sim \mathcal{N}(0, 1)",
         "m + s x^2 with x ~ N(0,1)", r"m + s x^2 \quad x \sim N(0, \sigma^2)."],
        ["m + s ⊙ x", "m ⊙ s + x^2", r"m + s x, x \sim \mathcal{N}(0, 1)", r"x \sim \mathcal{N}(m, s)",
         "m + s x^2 with q ~ N(0,1)", "m + s x^2 ~ N(0,1)"],
    ),
    "indices of norms and degrees in braces": (
        asked("cosine", "expr", "transpose(x)*y/(norm(x)*norm(y)) * sin(pi/2)", VECTORS),
        [r"\frac{x^T y}{\|x\|_2\|y\|_2}", r"\frac{x^T y}{\|x\|_{2}\,\|y\|_2}", r"\frac{x^T y}{\|x\|\|y\|_{\mathrm{2}}}",
         r"\frac{x^Ty}{\|x\|\|y\|}\sin{90^\circ}", r"\frac{x^Ty \sin 90^{\circ}}{\|x\|_\mathrm{2}\|y\|}"],
        [r"\frac{x^T y}{\|x\|_2\|y\|_1}", r"\frac{x^T y}{\|x\|_2^2}", r"\frac{x^Ty}{\|x\|\|y\|}\sin{45^\circ}"],
    ),
    "the identity in code": (
        asked("mirror", "matrix", "I - 2*x*transpose(x)", {**VECTORS, "I": {"identity": True, "matrix": ["n", "n"]}}),
        ["np.eye(n) - 2*np.outer(x, x)", "torch.eye(n) - 2 * x @ x.T", "eye(n) - 2xx^T"],
        ["np.eye(n) - np.outer(x, x)", "np.eye(m) - 2xx^T", "np.ones(n) - 2xx^T"],
    ),
    "per cent behind a function": (
        asked("loss", "number", "log(100)", {}, tolerance=CLOSE),
        ["-ln(1%)", "ln 100", "-(ln 0.01)"],
        ["-ln 1%", "ln 100 %"],
    ),
    "ranges of Python": (
        asked("heads", "set", "{3, 7, 11}", {}),
        ["range(3, 12, 4)", "list(range(3, 12, 4))", "np.arange(3, 12, 4)", "range(11, 2, -4)"],
        ["range(3, 11, 4)", "range(3, 12)", "range(12)", "range(3, 12, 0)", "range(3, 12, 3)", "range(0, 10000, 4)"],
    ),
    "a range of Python from zero on": (
        asked("layers", "set", "{0, 1, 2, 3}", {}),
        ["range(4)", "list(range(4))", "np.arange(4)", "range(0, 4)"],
        ["range(3)", "range(5)", "range(1, 4)", "range()", "range(-4)", "4"],
    ),
    "what a label is about": (
        asked("variance", "expr", "4*k/(m+l)", SIZES),
        ["Var((AB)_ij) = 4k/(m+l)", r"\operatorname{Var}\left[(AB)_{ij}\right] = 4k/(m+l)", "Var = 4k/(m+l)",
         "Var[X] = 4k/(m+l)"],
        ["Std((AB)_ij) = 4k/(m+l)", "Va(X) = 4k/(m+l)", "k^2 = 4k/(m+l)", "2k = 4k/(m+l)", "Var(X) = 2k/(m+l)"],
    ),
    "the index of an entry": (
        asked("column", "expr", "A*N"),
        [r"\text{column}_i = AN", "column_i = AN", "column i = AN"],
        ["row_i = AN", "column_i = A", "A_i = AN"],
    ),
    "a number and a transpose above": (
        asked("stream", "matrix", "W1*X0*A1.T + W2*X0*A2.T", STREAM),
        [
            r"W_{OV}^{(1)} X_0 A^{(1)\top} + W_{OV}^{(2)} X_0 A^{(2)\top}", "W^1 X_0 A^{(1)T} + W^2 X_0 A^{(2)T}",
            r"W^{(1)} X_0 A^{1\top} + W^{(2)} X_0 A^{2\top}", r"\sum_{h=1}^{2} W^{(h)} X_0 A^{(h)\top}",
            r"W_{OV}^{(1)} X_0 A^{(1)^\top} + W_{OV}^{(2)} X_0 A^{T(2)}",
        ],
        [
            "W^{(1)} X_0 A^{(1)} + W^{(2)} X_0 A^{(2)}", r"W^{(1)} X_0 A^{(2)\top} + W^{(2)} X_0 A^{(1)\top}",
            r"W^{(1)} X_0 A^{(1)\top\top} + W^{(2)} X_0 A^{(2)\top}",
            r"W^{(3)} X_0 A^{(1)\top} + W^{(2)} X_0 A^{(2)\top}",
        ],
    ),
    "a unit behind a formula": (
        asked("bytes", "expr", "4*k*(m+l)", SIZES),
        ["4k(m+l) bytes", "4k(m+l) B", r"4k(m+l)\text{ bytes}", "bytes = 4k(m+l) bytes.", "$4k(m+l)$ bytes"],
        ["4k(m+l) bits", "4k(m+l) kB", "4k(m+l) parameters", "4k(m+l) bananas", "4k(m+l) bytes/s", "4k(m+l) no bytes"],
    ),
    "a noun behind a formula": (
        asked("count", "expr", "2**n", SIZES),
        ["2^n values", "2^n levels", "2^n distinct values", "at most 2^n"],
        ["2^n bits", "2^n bananas", "2^n n", "2^n or so", "2^n values or less", "2n values", "values"],
    ),
    "a noun behind a number": (
        asked("count", "number", "16", {}),
        ["16 values", "16 different values", "exactly 16"],
        ["16 bits", "16 bananas", "16 GB", "16 values or 17", "values", "no 16"],
    ),
    "what a mass is of": (
        amount("emissions", "552 t", "t"),
        [
            "552 t CO2e", "552 tCO2e", "552 tCO_2", "552 t CO₂", "552 tonnes of CO2", "552,000 kg CO2-eq",
            "552 t CO2eq", r"\frac{1104\,\mathrm{t\,CO_2}}{2}",
            r"552\,\mathrm{t\,CO_2e}", r"552\ \mathrm{t}\,\mathrm{CO}_2", "552 metric tons",
            "0.552 kt CO2 equivalents", "1287 MWh * 429 kg CO2e/MWh", "552 kgCO2 * 1000",
        ],
        [
            "552 kg CO2e", "552 CO2e", "CO2 552 t", "552 t CH4", "552 GB CO2", "552 t CO", "552 t CO2 CO2",
            "552 kt CO2e", "552 t CO3", "552 t/CO2",
        ],
    ),
    "millions in German, and dollars in full": (
        amount("cost", "2000000 USD", "USD"),
        ["2 Mio. $", "2 Mio $", "2 Millionen Dollar", "2 Millionen USD", "2 Mio. US-Dollar", "2,000,000 US dollars",
         "0.002 Mrd. $", "2 million US dollars"],
        ["2 Mrd. $", "2 Mio. €", "2 Milliarden Dollar", "2 US dollars", "2 Mio. Mio. $"],
    ),
    "operations": (
        amount("speed", "4e12 FLOP/s", "TFLOP/s"),
        ["4 TOPS", "4e12 ops/s", "4 Tops/s", "4000 GOPS", "4e12 operations per second"],
        ["4 GOPS", "4 ops/s", "4 TOPS/W", "4 TOPS * 1 s"],
    ),
    "operations for each byte": (
        amount("intensity", "208 FLOP/B", "FLOP/byte"),
        ["312e12 FLOP/s / (1.5e12 B/s)", "208 FLOP/B", "208 ops/byte", "312e12 FLOP / 1.5e12 B"],
        ["208 B/FLOP", "208 FLOP", "208 byte/FLOP", "312e12 FLOP/s / (1.5e12 s)", "312e12 FLOP/s / 1.5e3"],
    ),
    "the thing that is counted": (
        asked("gpus", "number", "20", {}, tolerance=CLOSE),
        ["20 GPUs", "20 H200 GPUs", "2 TB / 100 GB = 20", "2 TB / 100 GB", "2 TB/(100 GB/GPU) = 20 GPUs"],
        ["20 GB", "20 H200-hours", "2 TB", "2 TB = 20", "2 TB / 10 GB = 20", "2 TB / 100 GB = 200", "20 NOT GPUs"],
    ),
    "the unit in a number's name": (
        asked("pf_days", "number", "2e10", {}, tolerance=CLOSE),
        ["2e10", "2e10 PF-days", "2e10 PF days", "1.728e30 FLOP / 8.64e19 FLOP", "2e10 petaflop-days"],
        ["2e10 days", "1.728e30 FLOP", "2e10 H200-hours", "2e7 PF-days", "2e10 PF-days/day"],
    ),
    "an exact zero": (
        asked("grad_A_at_zero", "number", "0", GRADIENTS),
        ["0", "zero", "exactly 0", "exactly zero", "0 (exactly)", "the zero matrix", r"\mathbf{0}", "dL/dA = 0",
         "G B^T = 0"],
        ["≈ 0", "about 0", "almost zero", "grad_A ≈ 0", "G B^T ≈ 0", "not zero", "non-zero", "0 or small", "dL/dB = 0",
         "1e-300", "zero or one"],
    ),
    "formulas in front of a number": (
        asked("a", "number", "0.4516", within=(0.44, 0.46)),
        ["β/(α+β) = 0.28/0.62 = 0.4516", "β/(α+β) = 0.452", "1 - b = 0.452",
         r"\frac{\beta}{\alpha+\beta} \approx 0.452",
         "a = x_{opt}/2 = 0.452"],
        ["β/(α+β)", "β/(α+β) = 0.548", "β/(α+β) = 0.34/0.62 = 0.4516", "0.4516 = β/(α+β)", "0.548 or x = 0.452",
         "b = 0.452", "α = 0.452", "foo bar = 0.452", "0.548 = x = 0.452", "β/(α+β) < 0.452"],
    ),
    "a share of something": (
        asked("share", "number", "1.03", percent=True, tolerance=CLOSE),
        ["0.0103 = 1.03 %", "1.03", "1.03 %"],
        ["0.0206 = 1.03 %", "0.0103", "0.0103 %"],
    ),
    "about": (
        amount("cost", "66182", "USD"),
        ["about $66,000", "≈ $66,000", "roughly 66 k$", "$66,000 USD"],
        ["about $6,600", "aboutness", "not about $66,000", "$66,000 $66,000"],
    ),
    "times an amount of money": (
        amount("cost", "10000", "USD"),
        ["2e8 * $0.00005 = $10,000", "2e8 MB * $0.00005/MB", "$10k", "552 t * $18.12/t", "C·D = $10,000"],
        ["2e8 * $0.0005 = $10,000", "2e8 * $0.00005 = $100,000", "2e8 MB * $0.00005", "10 USD 1000", "10000 €"],
    ),
    "a point for thousands of money": (amount("cost", "10000", "USD"), ["10,000 $", "10000.00 $"], ["10.000 $",
    "$10.000"]),
    "a rate below the line": (
        amount("time", "41.67", "s"),
        ["200 TB / 4.8 TB/s", "200 TB/(4.8 TB/s) = 41.67 s", "2e14 B / 4.8e12 B/s", "0.6944 min"],
        ["200 TB / 4.8 TB / s", "200 TB / 4.8 TB/min", "200 TB * 4.8 TB/s", "41.67 B"],
    ),
    "what is counted may be left out above the line": (
        amount("rate", "1.44", "token/min"),
        ["1.44/min", "1.44 tokens/min"],
        ["1.44 min", "1.44 pages/min", "1.44/s", "1.44 tokens"],
    ),
    "but not below it": (amount("memory", "2e12", "B"), ["2 TB", "1e12 params * 2 B/param"], ["2 TB/param",
    "2e12 params"]),
    "a ratio of quantities": (
        amount("batch", "148349", "token"),
        ["350 GB / 2.359 MB"],
        ["350 GB / 2.359 GB", "350 GB", "350 GB / 2.359 s"],
    ),
    "a very small energy": (amount("energy", "9.6e-20", "J"), ["96 zJ", "0.096 aJ"], ["96 aJ", "96 ZJ", "96 zW"]),
    "machine hours": (
        amount("hours", "1.4e11", "h"),
        ["1.4e11 H200-hours", "1.4e11 GPU hours", "140 B hours", "140 billion h"],
        ["1.4e11 H200-days", "1.4e11 B", "1.4e11 H200", "1.4e11 NOT hours"],
    ),
    "months": (amount("days", "194.8", "day"), ["6.4 months"], ["6.4 years", "194.8 months"]),
    "whole already": (
        replace(asked("Z", "expr", "round(q - r/S)", RANGES), ties="any"),
        ["int(round(q - r/S))", "torch.round(q - r/S)", "int(q) - round(r/S)", "np.round(q - r/S)"],
        ["int(q - r/S)", "trunc(q - r/S)", "floor(q - r/S)", "os.round(q - r/S)", "int(floor(q - r/S))",
         "fix(q - r/S)"],
    ),
    "a probability": (
        asked("odds", "expr", "x*P(A)", {"P": {"function": True}, "A": {}, "B": {}, "x": {}}),
        [r"x \Pr(A)", r"x\Pr\left[A\right]", "x P(A)"],
        [r"x \Pr(B)", r"\Pr(x A)", r"x \Prob(A)"],
    ),
    "factors that go on": (
        asked("ways", "expr", "factorial(n)", SIZES),
        ["1*2*...*n", r"1 \cdot 2 \cdot \ldots \cdot n", "1·2·…·n"],
        ["1*2*...*(n-1)", "1*2*...*n*n", "2*4*...*n", "1+2*...*n"],
    ),
    "positions": (
        asked("outputs", "set", "50-71", {}),
        ["outputs 50 to 71", "all from 50 to 71", "t = 50, ..., 71", r"t \in \{50, \ldots, 71\}",
         "positions 50 through 71",
         "50 ≤ t ≤ 71", "49 < t <= 71", "{t | 50 <= t <= 71}"],
        ["targets 50 to 71", "not 50 to 71", "all but 50 to 71", "50 < t < 71", "50 >= t >= 71", "t = 50, 71",
         "outputs 51 to 72", "50 and 71", "half of 50-71", "50 ≤ t"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("theme", FORMS)
def test_what_is_read_over(theme):
    question, accepted, _ = FORMS[theme]
    assert {answer: decide(question, answer).verdict for answer in accepted} == dict.fromkeys(accepted, "equal")


@pytest.mark.parametrize("theme", FORMS)
def test_what_looks_alike_is_not(theme):
    question, _, refused = FORMS[theme]
    found = {answer: decide(question, answer).verdict for answer in refused}
    assert {answer: verdict for answer, verdict in found.items() if verdict not in ("different", "invalid")} == {}


@pytest.mark.parametrize(
    ("answer", "hint"), [("rank", None), ("trunc(r)", None), ("intt(r)", None), ("fact(r)", None), ("Q - r", "'q'")]
)
def test_only_declared_names_are_offered(answer, hint):
    message = decide(asked("Z", "expr", "round(q - r/S)", RANGES), answer).message
    assert ("did you mean" in message) is (hint is not None)
    assert (hint or "") in message


def test_the_reading_keeps_the_columns_of_what_was_read_over():
    decision = decide(asked("bound", "expr", "d_head", HEADS, labels=("rank",)), "rank(W) ≤ d_heads + z")
    assert (decision.verdict, decision.column) == ("invalid", 11)


@pytest.mark.parametrize(
    ("kind", "answer", "column"),
    [
        ("set", r"\emptyset, 3, x", 15),
        ("set", r"{1, \emptyset} 3 x", 18),
        ("set", "∅, 3, x", 7),
        ("expr", "x'_i + foo", 8),
        ("expr", "x' _i + foo", 9),
        ("expr", r"x^{\prime} _i + foo", 17),
    ],
)
def test_a_column_is_one_of_what_was_typed(kind, answer, column):
    question = asked("f", kind, {"set": "{3}", "expr": "x_i'"}[kind], {"x_i'": {}})
    assert decide(question, answer).column == column


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("six", "6"),
        ("\u00a0SIX.", "6"),
        ("Twenty-Six", "26"),
        ("ſix", None),
        ("sİx", None),
        ("ſIXTEEN", None),
        ("twenty-ſix", None),
        ("thırty", None),
        ("ſeven", None),
    ],
)
def test_numbers_in_words_are_of_plain_letters(answer, value):
    decision = decide(asked("f", "number", "6"), answer)
    assert (decision.verdict == "invalid", decision.value) == (value is None, value)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (None, "no answer"),
        (True, "no answer"),
        ("  ", "nothing here"),
        (float("nan"), "text"),
        (float("-inf"), "text"),
        (10**70, "digits"),
        ([10**70], "text"),
        (["1"], "text"),
        ({}, "text"),
    ],
)
def test_what_is_no_text_is_refused_with_a_true_sentence(answer, says):
    decision = decide(asked("f", "number", "1"), answer)
    assert decision.verdict == "invalid"
    assert says in decision.message
    assert "nothing" not in decision.message or answer == "  "
    assert "list" not in decision.message


@pytest.mark.parametrize("theme", FORMS)
@pytest.mark.parametrize("answer", ["7" + " " * 1_990 + "x", " " * 1_990 + "7", "a=" * 990 + "7", "≤" * 1_990])
def test_a_long_row_of_nothing_is_read_at_once(theme, answer):
    question, _, _ = FORMS[theme]
    assert decide(question, answer).verdict in ("different", "invalid")
