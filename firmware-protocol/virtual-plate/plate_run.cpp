// The event loop of heeldrop-plate; see plate_run.hpp.
#include "firmware-protocol/virtual-plate/plate_run.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include "firmware-protocol/virtual-plate/performance.hpp"

namespace heeldrop::virtual_plate {
namespace {

constexpr int drain_look_ms = 20;
constexpr int least_wait_ms = 5;  ///< at 1000 samples a second, a handful at a time

double whole_ticks(double s) {
    return std::round(s * tick_hz) / tick_hz;
}

}  // namespace

PlateRun::PlateRun(const RunSetup& setup, const DeviceSetup& device, std::unique_ptr<PseudoTerminal> line,
                   const StopSignals& stop, TruthFile truth)
    : setup_(setup),
      boot_(device),
      device_(device),
      line_(std::move(line)),
      disturbed_(setup.seed),
      cell_faults_(setup.seed),
      stop_(stop),
      truth_(std::move(truth)),
      electronics_(setup.converter, setup.disturbances, setup.seed),
      waiting_(electronics_.waiting()),
      source_(setup.source(0, setup.side)),
      holding_(setup.hold_until_enter),
      input_open_(setup.hold_until_enter) {
    wall_origin_ = wall_s();
    if (setup.cells) {
        cells_.emplace(*setup.cells, setup.seed);
        waiting_cells_.emplace(*setup.cells, setup.seed + 1);
    }
    if (!setup.forces_path.empty())
        forces_ = std::make_unique<ForceLog>(setup.forces_path);
    if (!setup.control_path.empty())
        control_ = std::make_unique<ControlSocket>(setup.control_path);
    for (const ControlLine& mishap : setup.mishaps)
        due_.emplace(mishap.at ? mishap.at->value : 0.0, mishap);
}

double PlateRun::wall_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool PlateRun::in_true_time() const {
    return holding_ || setup_.pace == Pace::real;
}
double PlateRun::plate_now() const {
    return in_true_time() ? wall_s() - wall_origin_ : next_s_;
}

void PlateRun::begin_streaming() {
    clock_.emplace(setup_.converter, setup_.rate, setup_.disturbances.timing,
                   setup_.seed + static_cast<std::uint64_t>(starts_++));
    if (holding_)
        clock_ = clock_->waiting();
    next_s_ = whole_ticks(plate_now());
    device_s_ = whole_ticks(device_time(next_s_));
    when_s_ = whole_ticks(next_s_ - script_s_);
    clock_s_ = clock_->next().value;
    last_status_s_ = next_s_;
}

void PlateRun::schedule() {
    if (rounds_ > 0 && own_ + 1 < setup_.own_times.size()) {
        when_s_ = setup_.own_times[++own_].value;
        next_s_ = whole_ticks(script_s_ + when_s_);
        device_s_ = whole_ticks(device_time(next_s_));
        return;
    }
    const double clock = clock_->next().value;
    // A step of the converter is a whole number of its own ticks, however long these are.
    const double step = whole_ticks(clock - clock_s_);
    next_s_ = clock_rate_ == 1.0 ? whole_ticks(next_s_ + step) : next_s_ + step / clock_rate_;
    device_s_ = whole_ticks(device_s_ + step);
    when_s_ = whole_ticks(next_s_ - script_s_);
    clock_s_ = clock;
}

void PlateRun::begin_script() {
    script_s_ = begun_s_ = next_s_;
    when_s_ = 0.0;
    rounds_ = 1;
    truth_.script_begins();
    if (!setup_.hold_until_enter)
        return;
    // From here on nothing may tell how long the hold was: not the converter's timing, not where frames end, not when
    // STATUS comes.
    clock_.emplace(setup_.converter, setup_.rate, setup_.disturbances.timing, setup_.seed);
    clock_s_ = clock_->next().value;
    starts_ = 1;
    device_.flush();
    device_.status();
    last_status_s_ = next_s_;
}

void PlateRun::produce(bool has_room) {
    if (rounds_ > 0)
        mishaps_due();
    if (!device_.streaming() || paused_)
        return;  // just now
    const double t = next_s_;
    const bool hangs = t < hangs_until_s_;
    CellCounts counts{};
    if (!first_s_)
        first_s_ = t;
    if (!hangs)
        truth_.sample(Seconds{t}, device_.next_index(), device_.tick_at(Seconds{device_s_}));
    if (!holding_ && rounds_ == 0)
        begin_script();
    const Seconds when{when_s_};
    if (!holding_) {
        // The cells age from the script's beginning on, round after round.
        counts = convert(when);
        for (const auto& word : source_->begun_by(when))
            if (setup_.verbose)
                fmt::print(stderr, "{:9.2f} s  {}\n", when.value, word);
        if (const auto* person = dynamic_cast<const Performance*>(source_.get()))
            truth_.update(person->truth(), source_->undecided_from(when));
        else
            truth_.update({}, when);
    } else {
        truth_.update({}, Seconds{t});
        counts = waiting_cells_ ? waiting_cells_->convert(Seconds{0.0}, {}) : waiting_.convert(Seconds{t}, {});
    }
    // What a plate that hangs does not take was there all the same: the counts after it are those without the hang.
    if (!hangs)
        send_sample(counts, has_room);
    schedule();
    if (!holding_ && !ended_ && source_->over(when))
        finish_round();
}

/// What stands on the plate at that script time, as the cells have it now.
CellCounts PlateRun::convert(Seconds when) {
    const Seconds age{whole_ticks(next_s_ - begun_s_)};
    const Load load = source_->load_at(when);
    const CellForces forces = cells_under(load);
    const CellCounts counts = cells_ ? cells_->convert(age, forces) : electronics_.convert(age, forces);
    if (forces_ && next_s_ >= hangs_until_s_)
        forces_->add(Seconds{next_s_ - *first_s_}, device_.next_index(), load, cells_ ? cells_->carried() : forces);
    return counts;
}

void PlateRun::send_sample(const CellCounts& counts, bool has_room) {
    const DisturbedCounts read = cell_faults_.apply(Seconds{next_s_}, counts);
    disturbed_.sampled(device_.next_index(), Seconds{next_s_}, read.marks);
    if (has_room)
        device_.sample(Seconds{device_s_}, read.counts, read.faults);
    else
        device_.lose_sample();
    if (next_s_ - last_status_s_ >= 1.0) {
        last_status_s_ = next_s_;
        if (has_room)
            device_.status();
    }
    pass_on();
}

void PlateRun::finish_round() {
    if (setup_.verbose)
        fmt::print(stderr, "{:9.2f} s  end of the script\n", next_s_ - script_s_);
    if (setup_.loop) {
        source_ = setup_.source(rounds_++, setup_.side);
        script_s_ = next_s_;
        when_s_ = 0.0;
        own_ = 0;
        truth_.script_begins();
        return;
    }
    ended_ = true;
    write_truth(true);
    write_account_if_wanted();
    if (setup_.stay) {
        setup_.pace = Pace::real;
        wall_origin_ = wall_s() - next_s_;
    } else {
        device_.flush();
    }
}

void PlateRun::write_truth(bool complete) {
    if (forces_)
        forces_->flush();
    if (!setup_.truth_path.empty())
        truth_.write(setup_.truth_path, complete);
}

/// At the script's end and again at the very end, as a plate that stays can still be disturbed.
void PlateRun::write_account_if_wanted() const {
    if (!setup_.account_path.empty())
        write_account(setup_.account_path, account());
}

/// What the device has to say goes onto the line.
void PlateRun::pass_on() {
    disturbed_.carry(device_.outgoing());
    device_.outgoing().clear();
}

void PlateRun::write_line() {
    auto& out = disturbed_.out();
    if (line_ && !out.empty() && plate_now() >= stalled_until_s_)
        out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(line_->write(out)));
}

void PlateRun::generate() {
    const auto more = [&] { return device_.streaming() && !unplug_ && !paused_ && (!ended_ || setup_.stay); };
    if (in_true_time()) {
        const double now = plate_now();
        while (more() && in_true_time() && next_s_ <= now)
            produce(room());
    }
    const auto time_passes = [&] { return next_s_ < stalled_until_s_ || (back_at_s_ && next_s_ < *back_at_s_); };
    while (more() && !in_true_time() && !host_awaited_ && (room() || time_passes()))
        produce(room());
}

void PlateRun::read_standard_input() {
    std::array<char, 256> text{};
    const auto n = ::read(STDIN_FILENO, text.data(), text.size());
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        input_open_ = false;
        fmt::print(stderr, "heeldrop-plate: standard input ended before a line came: the plate stays empty\n");
        return;
    }
    input_.append(text.data(), static_cast<std::size_t>(n));
    if (const auto end = input_.find('\n'); end != std::string::npos)
        release(input_.substr(0, end));
}

void PlateRun::release(const std::string& line) {
    holding_ = input_open_ = false;
    const auto first = line.find_first_not_of(" \t\r");
    const auto word = first == line.npos ? "" : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
    if (word == "left" || word == "right") {
        setup_.side = word == "left" ? Prescribed::left : Prescribed::right;
        source_ = setup_.source(0, setup_.side);
        truth_.prescribe(setup_.side);
    } else if (!word.empty()) {
        fmt::print(stderr, "heeldrop-plate: '{}' is neither left nor right: the script begins as --side says\n", word);
    }
    if (setup_.verbose)
        fmt::print(stderr, "the script begins\n");
}

int PlateRun::wait_ms() {
    if (unplug_)
        return 1;
    for (const auto& due : {boot_at_s_, back_at_s_})
        if (due && plate_now() >= *due)
            return 0;
    if (ended_ && !setup_.stay)
        return drain_look_ms;
    double next = device_.streaming() ? next_s_ : std::numeric_limits<double>::infinity();
    for (const auto& due : {boot_at_s_, back_at_s_})
        next = std::min(next, due.value_or(next));
    if (in_true_time() && plate_now() < stalled_until_s_)
        next = std::min(next, stalled_until_s_);
    if (std::isinf(next))
        return -1;
    if (!in_true_time())
        return room() && !host_awaited_ && !paused_ ? 0 : -1;
    const double wait = std::ceil(1000.0 * (next - plate_now()));
    return std::clamp(static_cast<int>(wait), setup_.rate.value > 200.0 ? least_wait_ms : 1, 1000);
}

void PlateRun::wait_for_something() {
    const bool to_write = !disturbed_.out().empty() && plate_now() >= stalled_until_s_;
    std::vector<pollfd> fds{
        {line_ ? line_->descriptor() : -1, static_cast<short>(POLLIN | (to_write ? POLLOUT : 0)), 0},
        {stop_.descriptor(), POLLIN, 0},
        {input_open_ ? STDIN_FILENO : -1, POLLIN, 0}};
    if (control_)
        control_->add_to(fds);
    if (poll(fds.data(), fds.size(), wait_ms()) < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "cannot wait for the line");
    stopped_ = fds[1].revents != 0;
    if (stopped_)
        return;
    if (fds[2].revents != 0)
        read_standard_input();
    if (control_ && std::any_of(fds.begin() + 3, fds.end(), [](const pollfd& fd) { return fd.revents != 0; }))
        control_->serve([this](std::string_view line) { return controlled(line); });
    if ((fds[0].revents & POLLIN) != 0 && line_) {
        const auto bytes = line_->read();
        if (powered() && !back_at_s_) {
            host_awaited_ = false;
            device_.receive(bytes);
        }
    }
}

void PlateRun::run() {
    device_.boot();
    for (;;) {
        pass_on();
        write_line();
        look_at_port();
        if (ended_ && !setup_.stay && line_) {
            // Read to the last byte: seen empty twice, as the kernel moves bytes along a little later.
            quiet_looks_ = disturbed_.out().empty() && line_->unread() == 0 ? quiet_looks_ + 1 : 0;
            if (quiet_looks_ >= 2)
                return write_account_if_wanted();
        }
        wait_for_something();
        if (stopped_) {
            if (!ended_)
                write_truth(false);
            return write_account_if_wanted();
        }
        if (device_.streaming() && !was_streaming_)
            begin_streaming();
        was_streaming_ = device_.streaming();
        generate();
    }
}

}  // namespace heeldrop::virtual_plate
