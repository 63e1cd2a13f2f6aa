newline='
'
tab='	'
IFS=$newline
set -f

# What has to be ended or undone, whatever happens.
instance=''  # the private instance, once it is made
mounted=''   # what this program has mounted
changes=0    # file_1 was_1 file_2 was_2 ..: what shared files said
command=''   # processes
reader=''
timer=''
watch=''

here=''      # where this recording traces: $instance, or all of $tracefs
claimed=''   # whether nobody else uses what this recording changes
lacking=''   # options that are wanted, and that the kernel does not have
stopped=''   # whether somebody has asked to end the recording
broken=''    # whether nobody wants it any more

record() {
  trap 'restore' EXIT
  trap 'stopped=1' INT USR1
  trap 'stopped=1 broken=1' HUP TERM PIPE
  find_tracefs
  check
  prepare_command
  set_up
  begin
  wait_for_the_end
  write_file "$here/tracing_on" 0
  if [ -n "$stream" ]; then
    end_reader
  elif [ -z "$broken" ]; then
    # shellcheck disable=SC2002 # a shell may seek in a file that it reads lines from
    cat "$here/trace" | with_losses
  fi
  [ -z "$broken" ]
  exit
}

# --- Telling ------------------------------------------------------------------------------------------

# tell KIND SENTENCE: to fgraph between the lines of the trace, to a person on stderr.
tell() {
  if [ -n "$connected" ]; then
    printf '# fgraph: %s %s\n' "$1" "$2"
  else
    printf 'fgraph: %s\n' "$2" >&2
  fi
}

fail() {
  tell "$1" "$2"
  exit 1
}

# --- Where the tracer is ------------------------------------------------------------------------------

find_tracefs() {
  if [ -z "$tracefs" ]; then
    while IFS=' ' read -r _ place type _; do
      case $type in
        tracefs) tracefs=$place; break ;;
        debugfs) [ ! -d "$place/tracing" ] || tracefs=$place/tracing ;;
      esac
    done < /proc/mounts
  fi
  [ -n "$tracefs" ] || mount_tracefs
  [ -x "$tracefs" ] || fail not-root "$tracefs: only root may record"
  [ -e "$tracefs/current_tracer" ] || fail no-tracer "$tracefs: has no current_tracer"
  [ -w "$tracefs/current_tracer" ] || fail not-root "$tracefs: only root may record"
}

mount_tracefs() {
  if mount -t tracefs tracefs /sys/kernel/tracing 2> /dev/null; then
    mounted=/sys/kernel/tracing
    tracefs=$mounted
  elif mount -t debugfs debugfs /sys/kernel/debug 2> /dev/null; then
    mounted=/sys/kernel/debug
    tracefs=$mounted/tracing
  else
    fail not-root 'no tracefs is mounted, and it cannot be mounted'
  fi
}

# --- What the kernel can do, before anything is changed -----------------------------------------------

check() {
  case " $(cat "$tracefs/available_tracers") " in
    *' function_graph '*) ;;
    *) fail no-tracer 'the kernel has no function_graph tracer' ;;
  esac
  [ "$(cat /proc/sys/kernel/ftrace_enabled 2> /dev/null)" != 0 ] ||
    fail switched-off 'tracing of functions is switched off'
  [ -z "$clock" ] || check_clock
  for cpu in $cpus; do
    [ -d "$tracefs/per_cpu/cpu$cpu" ] || fail no-cpu "cpu $cpu: the machine has no such cpu"
  done
  if [ -n "$functions$only$notrace" ]; then
    known=$(cat "$tracefs/available_filter_functions") ||
      fail no-filter 'the kernel traces all functions or none'
    for name in $functions $only $notrace; do
      is_known "$name" || unknown_function "$name"
    done
  fi
  known=$(cat "$tracefs/available_events")
  for name in $events; do
    is_known "$name" || fail no-event "$name: the kernel has no such event"
  done
  known=
}

check_clock() {
  clocks=$(cat "$tracefs/trace_clock")
  case " $clocks " in
    *" $clock "* | *"[$clock]"*) ;;
    *) fail no-clock "$clock: the kernel has no such clock, but $clocks" ;;
  esac
}

# Whether a glob means one of the names in $known, of functions or of events. `sched` means `sched:*`.
is_known() {
  for line in $known; do
    # shellcheck disable=SC2254 # a glob
    case ${line%%[ "$tab"]*} in
      $1 | $1:*) return 0 ;;
    esac
  done
  return 1
}

unknown_function() {
  why='the kernel has no such function'
  for line in $(cat /proc/kallsyms 2> /dev/null); do
    line=${line#* }
    # shellcheck disable=SC2254 # a glob
    case ${line%%"$tab"*} in
      [tTwW]' '$1) why='the kernel has it, but cannot trace it'; break ;;
    esac
  done
  tell no-function "$1: $why"
  # fgraph looks for similar names.
  [ -z "$connected" ] || cat "$tracefs/available_filter_functions"
  exit 1
}

# --- Settings, each undone at the end -----------------------------------------------------------------

# New kernels trace calls in a private instance. Old ones refuse that: then it is all of tracefs.
set_up() {
  instance=$tracefs/instances/fgraph-$$
  if mkdir "$instance" 2> /dev/null; then
    here=$instance
    if set_all; then return; fi
    undo
    rmdir "$instance"
  fi
  instance=
  here=$tracefs
  set_all || fail refused 'the kernel refuses to start the function_graph tracer'
}

# The tracer comes last: the kernel then prepares its functions, which can take a while.
set_all() {
  [ -e "$here/current_tracer" ] || return 1
  put "$here/tracing_on" 0
  lacking=
  for option in $options; do
    set_option "${option%=*}" "${option#*=}"
  done
  put "$tracefs/set_graph_function" "$functions"
  put "$tracefs/set_graph_notrace" ''
  put "$tracefs/max_graph_depth" "$depth"
  put "$tracefs/tracing_thresh" "$threshold"
  put "$here/set_ftrace_filter" "$only"
  put "$here/set_ftrace_notrace" "$notrace"
  put "$here/set_ftrace_pid" "$pids"
  put "$here/set_event_pid" "$pids"
  put "$here/set_event" "$events"
  [ -z "$cpumask" ] || put "$here/tracing_cpumask" "$cpumask"
  [ -z "$clock" ] || put "$here/trace_clock" "$clock"
  set_buffer
  change "$here/current_tracer" function_graph || return 1
  clear_buffer
}

# A kernel without an option does not do what 0 would switch off.
set_option() {
  if [ -e "$here/options/$1" ]; then
    put "$here/options/$1" "$2"
  elif [ "$2" = 1 ]; then
    lacking=$lacking$newline$1
  fi
}

# Nobody has to ask for a buffer that holds more than milliseconds, as the kernel's own does. One that is
# asked for must be had.
set_buffer() {
  if [ ! -e "$here/buffer_total_size_kb" ]; then
    [ -z "$buffer" ] || fail refused "$here: has no buffer_total_size_kb"
    return 0
  fi
  total=$(cat "$here/buffer_total_size_kb")
  total=${total%% *}
  if [ -n "$buffer" ]; then
    resize "$buffer" || fail refused "$here/buffer_size_kb: the kernel refuses $buffer kB"
  else
    usual=$(usual_buffer)
    [ "$usual" -le "$total" ] || resize "$usual"
  fi
}

# 64 MB, or an eighth of the memory that is free.
usual_buffer() {
  eighth=$(($(number_in /proc/meminfo MemAvailable) / 8))
  if [ "$eighth" -lt 65536 ]; then echo "$eighth"; else echo 65536; fi
}

# resize KB: for all cpus; the files of the kernel are for one.
resize() {
  size=$(cat "$here/buffer_size_kb")
  # X: they differ
  if [ -z "$cpus" ] && [ "$size" != X ]; then
    change "$here/buffer_size_kb" $(($1 * ${size%% *} / total))
    return
  fi
  parts=0
  for file in $(buffers); do parts=$((parts + 1)); done
  for file in $(buffers); do change "$file" $(($1 / parts)) || return 1; done
}

buffers() {
  if [ -z "$cpus" ]; then files "$here" buffer_size_kb; fi
  for cpu in $cpus; do echo "$here/per_cpu/cpu$cpu/buffer_size_kb"; done
}

# put FILE VALUE: fails with a sentence.
put() {
  change "$1" "$2" || fail refused "$1: the kernel refuses ${2:-to clear it}"
}

# change FILE VALUE: writes it, and keeps what a shared file said. Does nothing if the kernel has no such file.
change() {
  [ -e "$1" ] || return 0
  was=$(value_of "$1")
  case $1 in
    # A list of pids that have ended looks like no list, but lets no task through.
    */set_*_pid) ;;
    *) [ "$was" != "$2" ] || return 0 ;;
  esac
  case $1 in
    "$tracefs"/instances/*) ;;
    *)
      claim
      changes=$((changes + 1))
      eval "file_$changes=\$1 was_$changes=\$was"
      ;;
  esac
  write_file "$1" "$2"
}

# What a file says, as it would be written.
value_of() {
  said=$(cat "$1")
  case ${1##*/} in
    # local [global] counter
    trace_clock) said=${said#*\[}; echo "${said%%\]*}" ;;
    # 7 (expanded: 1408)
    buffer_size_kb) said=${said#*expanded: }; echo "${said%\)}" ;;
    set_*) names_in "${1##*/}" "$said" ;;
    *) echo "$said" ;;
  esac
}

# names_in FILE LINES: without `#### all functions enabled ####`, `no pid`, commands for functions such as
# `schedule:traceoff:unlimited`, which stay, and the module in `ext4_sync_fs [ext4]`.
names_in() {
  for line in $2; do
    case $1:$line in
      *:'#'* | *:'no pid' | set_ftrace_*:*:*) ;;
      *) echo "${line%% \[*}" ;;
    esac
  done
}

# Opening a file empties it.
write_file() {
  { echo "$2" > "$1"; } 2> /dev/null
}

clear_buffer() {
  { cat /dev/null > "$here/trace"; } 2> /dev/null
}

# Before the first change to what everybody shares: refuses to disturb others.
claim() {
  [ -z "$claimed$force" ] || return 0
  tracer=$(cat "$tracefs/current_tracer")
  [ "$tracer" = nop ] || fail busy "$tracefs: the tracer $tracer is in use$(holder)"
  if [ -z "$instance" ]; then
    others=$(value_of "$tracefs/set_event")
    if [ -n "$others" ] && [ "$(cat "$tracefs/tracing_on")" = 1 ]; then
      fail busy "$tracefs: the event ${others%%"$newline"*} is being traced$(holder)"
    fi
    is_empty || fail busy "$tracefs: the buffer holds a trace, which a recording erases"
  fi
  claimed=1
}

# Whether the buffers hold nothing.
is_empty() {
  for stats in $(files "$here" stats); do
    [ "$(number_in "$stats" entries)" = 0 ] || return 1
  done
}

# ` by trace-cmd (pid 123)`, if a process has the buffers open.
holder() {
  set +f
  for open in /proc/[0-9]*/fd/*; do
    for file in "$tracefs"/trace_pipe "$tracefs"/per_cpu/cpu*/trace_pipe*; do
      # shellcheck disable=SC3013 # dash, bash, busybox and mksh have it
      if [ "$open" -ef "$file" ]; then
        process=${open%/fd/*}
        echo " by $(cat "$process/comm") (pid ${process##*/})"
        return
      fi
    done
  done
}

# files PLACE NAME: the paths of that file for each cpu.
files() {
  set +f
  for path in "$1"/per_cpu/cpu*/"$2"; do
    [ ! -e "$path" ] || echo "$path"
  done
}

# number_in FILE KEY: of the line `KEY: NUMBER`, which may end in kB, or 0.
number_in() {
  for line in $(cat "$1"); do
    case $line in
      "$2: "*)
        line=${line% kB}
        echo "${line##* }"
        return
        ;;
    esac
  done
  echo 0
}

# --- Recording ----------------------------------------------------------------------------------------

# The command waits until tracing is on.
prepare_command() {
  [ -n "$has_command" ] || return 0
  input=/dev/null
  if { true < /dev/tty; } 2> /dev/null; then input=/dev/tty; fi
  run_command < "$input" >&2 &
  command=$!
  until is_stopped; do :; done
  [ -n "$everything" ] || pids=$command${pids:+$newline$pids}
}

is_stopped() {
  state=$(cat "/proc/$command/stat" 2> /dev/null) || return 0
  case ${state##*) } in
    [Tt]*) ;;
    *) return 1 ;;
  esac
}

begin() {
  for option in $lacking; do
    tell lacks "$option: the kernel has no such option"
  done
  # trace_pipe has no header.
  [ -z "$stream" ] || cat "$here/trace"
  tell recording 'recording; Ctrl-C ends it'
  if [ -n "$stream" ]; then
    cat "$here/trace_pipe" &
    reader=$!
  fi
  if [ -n "$connected" ]; then
    listen <&3 > /dev/null 2>&1 &
    watch=$!
  fi
  if [ -z "$command" ]; then
    sleep "${seconds:-1000000000}" > /dev/null 2>&1 &
    timer=$!
  elif [ -n "$seconds" ]; then
    { sleep "$seconds"; kill -s USR1 $$; } > /dev/null 2>&1 &
    timer=$!
  fi
  write_file "$here/tracing_on" 1 || fail refused "$here/tracing_on: the kernel refuses 1"
  [ -z "$command" ] || kill -s CONT "$command"
}

# fgraph says when to end. Without it, there is nobody to record for.
listen() {
  while read -r word; do
    [ "$word" != stop ] || kill -s USR1 $$
  done
  kill -s TERM $$
}

wait_for_the_end() {
  [ -n "$stopped" ] || wait "${command:-$timer}"
  status=$?
  if [ -n "$command" ] && [ -z "$stopped" ]; then
    [ "$status" = 0 ] || tell ended "the command ended with status $status"
    command=
  fi
}

# What is in the buffer still comes through trace_pipe, and then its end: kernels before 6.1 notice that
# after a signal only, and all of them only if something was read.
end_reader() {
  while [ -z "$broken" ] && kill -s 0 "$reader" 2> /dev/null; do
    if is_empty; then
      if [ "$(reads)" = 0 ]; then kill "$reader"; fi
      kill -s STOP "$reader"
      kill -s CONT "$reader"
      sleep 1
    fi 2> /dev/null
  done
  [ -n "$broken" ] || { wait "$reader"; reader=; }
}

reads() {
  sum=0
  for stats in $(files "$here" stats); do
    sum=$((sum + $(number_in "$stats" 'read events')))
  done
  echo "$sum"
}

# Says behind the header what has been overwritten, in the words of the kernel.
with_losses() {
  while IFS= read -r line; do
    case $line in
      '#'*) printf '%s\n' "$line" ;;
      *)
        losses
        printf '%s\n' "$line"
        break
        ;;
    esac
  done
  cat
}

losses() {
  for stats in $(files "$here" stats); do
    lost=$(($(number_in "$stats" overrun) + $(number_in "$stats" 'dropped events')))
    cpu=${stats%/stats}
    [ "$lost" = 0 ] || echo "CPU:${cpu##*/cpu} [LOST $lost EVENTS]"
  done
}

# --- The end ------------------------------------------------------------------------------------------

restore() {
  result=$?
  trap '' INT HUP TERM PIPE USR1
  # A shell that has just begun may miss any other signal.
  for process in $reader $timer $watch; do
    kill -s KILL "$process"
    wait "$process"
  done 2> /dev/null
  if [ -n "$command" ]; then
    kill -s TERM "$command"
    kill -s CONT "$command"
  fi 2> /dev/null
  if [ -n "$instance" ]; then
    write_file "$instance/current_tracer" nop
    rmdir "$instance" || tell note "$instance: cannot be removed"
  fi
  if [ "$changes" != 0 ] && [ "$here" = "$tracefs" ]; then
    write_file "$tracefs/tracing_on" 0
    clear_buffer
  fi
  undo
  [ -z "$mounted" ] || umount "$mounted"
  [ -z "$connected" ] || tell restored ''
  exit "$result"
}

# Takes the changes back, the last one first.
undo() {
  while [ "$changes" != 0 ]; do
    eval "file=\$file_$changes was=\$was_$changes"
    write_file "$file" "$was" || [ "$(value_of "$file")" = "$was" ] ||
      tell note "$file: cannot be set back to ${was:-nothing}"
    changes=$((changes - 1))
  done
  claimed=
}

exec 3<&0
record
