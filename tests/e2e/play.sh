#!/usr/bin/env bash
# Plays the station with the programs of one build: virtual plate, daemon and kiosk. `./station run` calls it after building,
# and a test does. It knows the programs' command lines and the socket's place, nothing of what they say to each other.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: tests/e2e/play.sh BUILD_DIR OUT_DIR [PLATE OPTIONS]

With a display: the kiosk in a window, a simulated patient who comes whenever a session is started there, until the
window is closed. Without: one session under Xvfb. OUT_DIR gets the kiosk's pictures (without a display), the last
session's force curve as session.csv, the stored sessions in data/ and the programs' logs.

PLATE OPTIONS are heeldrop-plate's own, such as --side left, --mass 60, --seed 9, --pace flat-out or --script "good*3".
With a display the leg is the session's; --side counts where that leaves it free.
Exit codes: 0 played; 1 something failed, and the last lines say what and where its log is; 2 wrong usage.
TEXT
}
case "${1:-}" in -h | --help) usage; exit 0 ;; esac
[ $# -ge 2 ] || { usage >&2; exit 2; }
build=$1
out=$2
shift 2

heeldropd=$build/daemon/heeldropd
heeldropctl=$build/daemon/ctl/heeldropctl
plate_program=$build/firmware-protocol/virtual-plate/heeldrop-plate
kiosk_program=$build/ui/heeldrop-kiosk
for program in "$heeldropd" "$heeldropctl" "$plate_program" "$kiosk_program"; do
    [ -x "$program" ] || { echo "play.sh: $program is not built; try: ./station build" >&2; exit 2; }
done

# --- what the plate is told: the caller's options, and ours where he gave none ---
side=right seed=7 script='' replay=''
previous=''
rest=()
for option in "$@"; do
    case "$previous" in
        --side) side=$option ;;
        --seed) seed=$option ;;
        --script) script=$option ;;
        --replay) replay=$option ;;
    esac
    case "$option" in
        --side=*) side=${option#*=} ;;
        --seed=*) seed=${option#*=} ;;
        --script=*) script=${option#*=} ;;
        --replay=*) replay=${option#*=} ;;
        --side | --seed | --script | --replay) ;;
        *) case "$previous" in --side | --seed | --script | --replay) ;; *) rest+=("$option") ;; esac ;;
    esac
    previous=$option
done

if ! { mkdir -p "$out/data" && [ -w "$out" ] && [ -w "$out/data" ]; } 2>/dev/null; then
    echo "play.sh: cannot write into $out: name another folder, or remove the one that somebody else left there" >&2
    exit 1
fi
out=$(cd "$out" && pwd)
rm -f "$out"/*.png "$out"/*.log "$out/texts.json" "$out/session.csv"

# The socket's and the plate's names live here: their paths must be short, whatever OUT_DIR's is.
run=$(mktemp -d "${TMPDIR:-/tmp}/heeldrop-run-XXXXXX")
export HEELDROP_SOCKET=$run/daemon.sock
pids=() names=() may_end=none
clean_up() {
    trap '' EXIT INT TERM
    local i newest_first=()
    for i in "${!pids[@]}"; do newest_first=("$i" "${newest_first[@]}"); done
    for i in "${newest_first[@]}"; do
        kill "${pids[i]}" 2>/dev/null || continue
        wait "${pids[i]}" 2>/dev/null || true
    done
    rm -rf "$run"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
    echo "play.sh: $*" >&2
    local log
    for log in "$out"/{daemon,kiosk,plate,xvfb}.log; do
        [ -s "$log" ] && { echo "--- the end of $log" >&2; tail -n 5 "$log" >&2; }
    done
    exit 1
}

# wait_for SECONDS WHAT COMMAND...: until COMMAND succeeds, while the programs started so far run.
wait_for() {
    local deadline=$((SECONDS + $1)) what=$2 i
    shift 2
    until "$@"; do
        for i in "${!pids[@]}"; do
            [ "${pids[i]}" = "$may_end" ] || kill -0 "${pids[i]}" 2>/dev/null || fail "${names[i]} ended while waiting for $what."
        done
        [ $SECONDS -lt $deadline ] || fail "waited in vain for $what."
        sleep 0.1
    done
}
started() {
    names+=("$1")
    pids+=("$!")
}
ctl() { "$heeldropctl" "$@" 2>>"$out/ctl.log"; }
plate_is() { ctl status | grep -q "^Plate  *$1:"; }
session_is() { ctl status | grep -qE "^Session  [^ ]+ ($1),"; }
session_side() { # nothing where the session leaves the leg free
    ctl status --json | tr -d ' \n' | sed -nE 's/.*"prescription":\{[^}]*"side":"(left|right)".*/\1/p'
}

start_plate() { # SEED SCRIPT [OPTIONS]: an empty plate until person_comes
    local what=(--script "$2")
    [ -n "$replay" ] && what=(--replay "$replay")
    mkfifo "$run/enter.$1"
    "$plate_program" --link "$run/plate" --seed "$1" --side "$side" "${what[@]}" --hold-until-enter --stay --verbose \
        "${rest[@]}" <>"$run/enter.$1" >/dev/null 2>"$out/plate.log" &
    plate_pid=$!
    enter=$run/enter.$1
}
person_comes() { echo "${1:-}" >"$enter"; } # [SIDE]: the leg to lower on, where it is not --side's

start_daemon() {
    "$heeldropd" --port "$run/plate" --socket "$HEELDROP_SOCKET" --data-dir "$out/data" 2>"$out/daemon.log" &
    started heeldropd
    wait_for 20 "the daemon" ctl status >/dev/null
}

# Each rep as it is judged; its line comes again when a later look changes the account.
tell_reps() {
    "$heeldropctl" watch > >(sed -un 's/^rep /  rep /p') 2>>"$out/ctl.log" &
    started "heeldropctl watch"
}

tell_results() {
    echo
    ctl sessions show last || fail "the session's results cannot be read ($out/ctl.log)."
    ctl export last -o "$out/session.csv" --force >/dev/null || fail "the session cannot be exported ($out/ctl.log)."
    echo
}

play_in_window() {
    start_daemon
    "$kiosk_program" --window 2>"$out/kiosk.log" &
    local kiosk=$!
    started heeldrop-kiosk
    # More reps than anybody prescribes here; the session ends when its dose is done.
    local reps='good*2,fast_drop,good,two_leg_drop,good,wrong_leg,good*3'
    local all="step_on,quiet:6" i round=0
    for ((i = 0; i < 10; i++)); do all+=",$reps"; done
    echo "The kiosk's window is open. Start a session there: a simulated patient comes and lowers on the leg that it names."
    echo "Close the window to end. Logs and sessions: $out"
    tell_reps
    local plate=
    while kill -0 "$kiosk" 2>/dev/null; do
        if [ -z "$plate" ]; then
            start_plate $((seed + round++)) "${script:-$all}"
            plate=waiting
            pids[3]=$plate_pid names[3]=heeldrop-plate
        elif ! kill -0 "$plate_pid" 2>/dev/null; then
            fail "the virtual plate ended."
        elif [ $plate = waiting ] && session_is weighing; then
            person_comes "$(session_side)"
            plate=busy
        elif [ $plate = busy ] && ! session_is 'weighing|running'; then
            kill "$plate_pid" && wait "$plate_pid" || true # the next patient is another
            plate=
        fi
        kill -0 "${pids[0]}" 2>/dev/null || fail "the daemon ended."
        sleep 0.2
    done
    wait "$kiosk" || fail "the kiosk failed."
    if ctl sessions show last >/dev/null; then
        tell_results
        echo "Its force curve: $out/session.csv"
    fi
}

start_display() {
    local screen fd
    mkfifo "$run/display"
    exec {fd}<>"$run/display"
    Xvfb -displayfd "$fd" -screen 0 1280x800x24 -nolisten tcp >"$out/xvfb.log" 2>&1 &
    started Xvfb
    read -r -t 30 screen <&"$fd" || fail "Xvfb, the display in memory, does not come up."
    exec {fd}>&-
    export DISPLAY=:$screen QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1 XDG_RUNTIME_DIR=$run
}
shown() { grep -q "\"$1\"" "$out/texts.json" 2>/dev/null; }
ended() { grep -q 'end of the script' "$out/plate.log" || ! session_is 'weighing|running'; }
kiosk_is_done() { ! kill -0 "$kiosk" 2>/dev/null; }

play_in_memory() {
    local reps=6
    if [ -n "$script$replay" ]; then
        reps=100 # it ends when the script does
        case "$script" in '' | @*) ;; *) script+=,empty:6 ;; esac
    fi
    command -v Xvfb >/dev/null || fail "there is no display, and no Xvfb to do without; install the package xvfb."
    echo "No display: one session of a simulated patient, prescribed to lower on the $side leg, in about a minute and a half."
    start_display
    start_plate "$seed" "${script:-step_on,quiet:4,good,good,fast_drop,two_leg_drop,wrong_leg,good,quiet:8}"
    started heeldrop-plate
    start_daemon
    "$kiosk_program" --pictures "$out" --exit-after-results --timeout 900 2>"$out/kiosk.log" &
    kiosk=$!
    started heeldrop-kiosk
    wait_for 60 "the plate to be zeroed" plate_is ready
    tell_reps
    wait_for 60 "the kiosk's first page" shown ready.png
    ctl session start --side "$side" --sets 1 --reps $reps >/dev/null || fail "no session can be started ($out/ctl.log)."
    wait_for 60 "the kiosk to ask the patient onto the plate" shown live-weighing.png
    person_comes
    wait_for 1800 "the session to end" ended
    if session_is 'weighing|running'; then ctl session stop >/dev/null || true; fi
    may_end=$kiosk
    wait_for 60 "the kiosk to show the results" kiosk_is_done
    wait "$kiosk" || fail "the kiosk failed."
    tell_results
    echo "Pictures of the kiosk, and the words on them (texts.json): $out"
    (cd "$out" && ls ./*.png | sed 's/^\.\//  /')
    echo "The session's force curve: $out/session.csv"
}

# A variable may name a display that is not there (any more): only one that answers counts.
display_answers() {
    case "${DISPLAY:-}" in
        '') ;;
        :*) local screen=${DISPLAY#:}; [ -S "/tmp/.X11-unix/X${screen%%.*}" ] && return ;;
        *) return 0 ;;  # on another machine; Qt tells if it is not
    esac
    [ -n "${WAYLAND_DISPLAY:-}" ] && [ -S "${XDG_RUNTIME_DIR:-/nowhere}/$WAYLAND_DISPLAY" ]
}
if display_answers; then
    play_in_window
else
    play_in_memory
fi
