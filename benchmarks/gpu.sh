#!/bin/sh
# Everything that needs a GPU, in less than eight minutes: the executors' contract, question 4's checks on honest and
# planted submissions, the sweep with 8 and 512 seeds beside the CPU.
#
#     benchmarks/gpu.sh [FOLDER]     writes FOLDER/gpu.md (out/gpu/gpu.md) and what each step said beside it
#
# Ends with 0 if all holds, 1 if something does not, 4 if there is no GPU that torch can use: then nothing is measured.
# PYTHON names another interpreter than .venv/bin/python. HW11_REHEARSE=1 does all steps on the CPU, to try this script.

cd "$(dirname "$0")/.." || exit 1
out=${1:-out/gpu}
python=${PYTHON:-.venv/bin/python}
test -x "$python" || python=$(command -v python3) || { echo "gpu.sh: no Python here; name one with PYTHON=…"; exit 1; }
mkdir -p "$out" || exit 1
export OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}"

device=cuda
if test -n "$HW11_REHEARSE"; then
    device=cpu
    card="no card: a rehearsal on the CPU"
else
    card=$("$python" - <<'PYTHON_ENDS'
import sys

try:
    import torch
except ImportError:
    sys.exit("torch is not installed for this Python")
if torch.version.cuda is None:
    sys.exit(f"torch {torch.__version__} is the build for CPUs alone")
if not torch.cuda.is_available():
    sys.exit(f"torch {torch.__version__} finds no GPU: no device, or no driver for CUDA {torch.version.cuda}")
print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}, CUDA {torch.version.cuda}")
PYTHON_ENDS
    ) 2> "$out/no_gpu.txt" || {
        echo "gpu.sh: nothing was measured, as $(cat "$out/no_gpu.txt")."
        exit 4
    }
    rm -f "$out/no_gpu.txt"
fi
echo "gpu.sh: $card"

# Each step in a process of its own, with a limit: one that hangs costs no other its place. $1 name, $2 seconds.
step() {
    name=$1 seconds=$2
    shift 2
    timeout -k 5 "$seconds" "$@" > "$out/$name.txt" 2> "$out/$name.err"
    echo $? > "$out/$name.status"
}
contract() {
    tests="tests/sandbox/test_contract.py tests/sandbox/test_gpu.py"
    HW11_TEST_DEVICE=$device step "contract_$1" "$2" "$python" -m pytest -q -p no:cacheprovider -k "$1" $tests
}
checks() {
    step "checks_$1" 200 "$python" benchmarks/bench_gpu.py --isolation "$1" --devices "cpu,$device"
}

# What measures no time runs side by side; the sweep comes after it, alone.
contract bubblewrap 240 &
contract forkserver 240 &
contract plain_process 280 &
checks full &
checks process &
wait
step sweep 120 "$python" benchmarks/bench_lr.py --device "$device"
step command 60 "$python" -m grader run sweep --out "$out/sweep" --device "$device"

held=0
{
    printf '# On a GPU\n\n`benchmarks/gpu.sh` wrote this page on %s: %s.\n\n' "$(date -u +%F)" "$card"
    printf '| step | ended with | its last words |\n| --- | --: | --- |\n'
    for name in contract_bubblewrap contract_forkserver contract_plain_process checks_full checks_process sweep command; do
        status=$(cat "$out/$name.status")
        words=$(cat "$out/$name.txt" "$out/$name.err" | grep -v '^[[:space:]]*$' | tail -n 1 | tr '|' ' ' | cut -c 1-160)
        printf '| %s | %s | %s |\n' "$name" "$status" "$words"
    done
    printf '\n'
    cat "$out/checks_full.txt" "$out/checks_process.txt" "$out/sweep.txt"
} > "$out/gpu.md"
for status in "$out"/*.status; do test "$(cat "$status")" = 0 || held=1; done
cat "$out/gpu.md"
exit $held
